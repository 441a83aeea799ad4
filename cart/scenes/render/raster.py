"""An exact id mask in plain numpy: which thing is nearest at the middle of each pixel.

All triangles of a mesh are drawn at once: first each triangle's rows, then each row's pixels; the nearest
wins by one minimum over (depth, id) packed into one integer.
"""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats, Ints
from cart.scenes.stage.cameras import pinhole, seen_from
from cart.scenes.stage.lens import overscan, rendered_size
from cart.scenes.take import CameraSpec

NEAR = 0.02
"""Triangles that reach nearer to the camera than this are left out, metres."""
DEPTH_STEPS = 1e-5
"""Depths are told apart to this, metres."""


@dataclass(frozen=True)
class Layer:
    """What has been drawn so far: for each pixel (H * W,) depth and id in one integer."""

    size: tuple[int, int]
    nearest: Ints

    @property
    def ids(self) -> np.ndarray:
        """The id mask (H, W), 0 where there is nothing."""
        found = np.where(self.nearest == _EMPTY, 0, self.nearest & 0xFF)
        return found.astype(np.uint8).reshape(self.size[1], self.size[0])

    @property
    def depths(self) -> Floats:
        """Depth (H, W) in metres, infinite where there is nothing."""
        metres = np.where(self.nearest == _EMPTY, np.inf, (self.nearest >> 8) * DEPTH_STEPS)
        return metres.reshape(self.size[1], self.size[0])

    def with_mesh(self, camera: CameraSpec, vertices: Floats, faces: Ints, identity: int) -> "Layer":
        """Return the layer with a mesh (V, 3) in the world drawn into it under an id (1..255)."""
        nearest = self.nearest.copy()
        _draw(nearest, self.size, camera, vertices, faces, identity)
        return Layer(self.size, nearest)


_EMPTY = np.iinfo(np.int64).max


def empty_layer(camera: CameraSpec) -> Layer:
    """Return a layer for the camera's pinhole picture with nothing in it."""
    width, height = rendered_size(camera)
    return Layer((width, height), np.full(width * height, _EMPTY, np.int64))


def _draw(
    nearest: Ints, size: tuple[int, int], camera: CameraSpec, vertices: Floats, faces: Ints, identity: int
) -> None:
    ahead = seen_from(camera, vertices)[:, 2]
    corners = pinhole(camera, vertices, overscan(camera))[faces]
    kept = np.all(ahead[faces] > NEAR, axis=1)
    corners, inverse = corners[kept], 1 / ahead[faces[kept]]
    first = np.clip(np.ceil(corners[..., 1].min(axis=1) - 0.5), 0, size[1]).astype(np.int64)
    last = np.clip(np.floor(corners[..., 1].max(axis=1) - 0.5), -1, size[1] - 1).astype(np.int64)
    rows = np.maximum(last - first + 1, 0)
    which = np.repeat(np.arange(len(rows)), rows)
    y = first[which] + _counted(rows)
    low, high = _spans(corners[which], y + 0.5)
    left = np.clip(np.ceil(low - 0.5), 0, size[0]).astype(np.int64)
    right = np.clip(np.floor(high - 0.5), -1, size[0] - 1).astype(np.int64)
    columns = np.maximum(right - left + 1, 0)
    which, y = np.repeat(which, columns), np.repeat(y, columns)
    x = np.repeat(left, columns) + _counted(columns)
    depth = 1 / _between(corners, inverse, which, np.stack([x + 0.5, y + 0.5], axis=1))
    packed = (np.rint(depth / DEPTH_STEPS).astype(np.int64) << 8) | identity
    np.minimum.at(nearest, y * size[0] + x, packed)


def _counted(counts: Ints) -> Ints:
    """Return 0, 1, ... up to each count, one after the other."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _spans(corners: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return from where to where (N,) rows at y (N,) lie in triangles (N, 3, 2)."""
    low, high = np.full(len(y), np.inf), np.full(len(y), -np.inf)
    for n in range(3):
        one, other = corners[:, n], corners[:, (n + 1) % 3]
        rise = other[:, 1] - one[:, 1]
        crossed = (
            (np.minimum(one[:, 1], other[:, 1]) <= y)
            & (np.maximum(one[:, 1], other[:, 1]) >= y)
            & (rise != 0)
        )
        x = one[:, 0] + (y - one[:, 1]) / np.where(rise == 0, 1, rise) * (other[:, 0] - one[:, 0])
        low, high = np.where(crossed, np.minimum(low, x), low), np.where(crossed, np.maximum(high, x), high)
    return np.nan_to_num(low, posinf=1e9), np.nan_to_num(high, neginf=-1e9)


def _between(corners: Floats, values: Floats, which: Ints, places: Floats) -> Floats:
    """Return the values (N,) at places (N, 2) of triangles, linear between their corners' values (T, 3)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = _cross(b - a, c - a)
    area = np.where(np.abs(area) < 1e-9, np.inf, area)[which]
    from_a = places - a[which]
    share_b = np.clip(_cross(from_a, (c - a)[which]) / area, 0, 1)
    share_c = np.clip(_cross((b - a)[which], from_a) / area, 0, 1 - share_b)
    v = values[which]
    return np.asarray(v[:, 0] * (1 - share_b - share_c) + v[:, 1] * share_b + v[:, 2] * share_c)


def _cross(one: Floats, other: Floats) -> Floats:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])
