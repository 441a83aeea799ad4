"""Pictures painted in space: where on the arm each texel of a picture lies, and noise to paint with.

A colour that depends on the place alone has no seams, wherever the picture is cut.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats, Ints
from cart.scenes.hands.mesh import Piece, normals

_EDGE = 5
"""Texels painted beyond the faces' rims, so that no gap shows at a seam."""


@dataclass(frozen=True)
class Texels:
    """The texels of a picture that lie on faces."""

    size: tuple[int, int]
    """Width and height of the picture."""
    rows: Ints
    columns: Ints
    corners: Ints
    """(N, 3) vertices between which each lies."""
    shares: Floats
    """(N, 3) of those."""

    def of(self, values: Floats) -> Floats:
        """Return values (V, K) of vertices at the texels (N, K)."""
        return np.asarray(np.einsum("nc,nck->nk", self.shares, values[self.corners]))

    def picture(self, colors: Floats, back: Floats) -> Bytes:
        """Return the picture (H, W, 3) of colours (N, 3) of the texels, sRGB, and one (3,) elsewhere."""
        found = np.tile(np.asarray(back, float), (self.size[1], self.size[0], 1))
        found[self.rows, self.columns] = colors
        return np.asarray(np.clip(found * 255 + 0.5, 0, 255).astype(np.uint8))


def laid_out(piece: Piece, material: int, width: int) -> tuple[Piece, Texels]:
    """Return a piece whose faces of one material fill a picture of a width, and its texels."""
    mine = piece.quad_materials == material
    uvs = piece.uvs[mine]
    low, high = uvs.min(axis=(0, 1)), uvs.max(axis=(0, 1))
    height = 4 * int(np.ceil(width * (high[1] - low[1]) / (high[0] - low[0]) / 4))
    margin = _EDGE / np.array([width, height])
    moved = (uvs - low) / (high - low) * (1 - 2 * margin) + margin
    fitted = piece.uvs.copy()
    fitted[mine] = moved
    places = moved * [width, height]
    places[..., 1] = height - places[..., 1]
    laid = Piece(piece.vertices, piece.weights, piece.quads, fitted, piece.quad_materials)
    return laid, _texels(places, piece.quads[mine], (width, height))


def _texels(places: Floats, quads: Ints, size: tuple[int, int]) -> Texels:
    owners = np.full((size[1], size[0]), -1, np.int32)
    points = np.round((places - 0.5) * 16).astype(np.int32)
    for number, corners in enumerate(points):
        cv2.polylines(owners, [corners], True, (number,), 2 * _EDGE - 1, shift=4)
    for number, corners in enumerate(points):
        cv2.fillPoly(owners, [corners], (number,), shift=4)
    rows, columns = np.nonzero(owners >= 0)
    owner = owners[rows, columns]
    at = np.stack([columns + 0.5, rows + 0.5], axis=1)
    first = _shares(at, places[owner][:, [0, 1, 2]])
    second = _shares(at, places[owner][:, [0, 2, 3]])
    other = second.min(axis=1) > first.min(axis=1)
    corners = np.where(other[:, None], quads[owner][:, [0, 2, 3]], quads[owner][:, [0, 1, 2]])
    shares = np.clip(np.where(other[:, None], second, first), 0, 1)
    return Texels(size, rows, columns, corners, shares / shares.sum(axis=1, keepdims=True))


def _shares(at: Floats, corners: Floats) -> Floats:
    """Return the barycentric coordinates (N, 3) of points in triangles (N, 3, 2)."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    whole = _area(a, b, c)
    whole = np.where(np.abs(whole) < 1e-9, 1e-9, whole)
    return np.stack([_area(at, b, c) / whole, _area(a, at, c) / whole, _area(a, b, at) / whole], axis=1)


def _area(a: Floats, b: Floats, c: Floats) -> Floats:
    return np.asarray((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))


def outward(piece: Piece, texels: Texels) -> Floats:
    """Return the unit directions (N, 3) out of the piece at the texels."""
    found = texels.of(normals(piece.vertices, piece.quads))
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9))


def noise(points: Floats, length: float, seed: int) -> Floats:
    """Return smooth noise (N,) of about -1..1 at points (N, 3): values on a grid of a length, blended."""
    table = _table(seed)
    scaled = (points.T / length + 1000.5).astype(np.float32)
    cells = np.floor(scaled)
    x, y, z = (part * part * (3 - 2 * part) for part in scaled - cells)
    low = cells.astype(np.int32) & 31
    high = (low + 1) & 31

    def along_z(row: Ints) -> Floats:
        return _blended(table[row + low[2]], table[row + high[2]], z)

    def over_yz(layer: Ints) -> Floats:
        return _blended(along_z((layer + low[1]) * 32), along_z((layer + high[1]) * 32), y)

    return _blended(over_yz(low[0] * 32), over_yz(high[0] * 32), x)


def _blended(one: Floats, other: Floats, share: Floats) -> Floats:
    return one + share * (other - one)


@lru_cache(maxsize=64)
def _table(seed: int) -> Floats:
    return np.random.default_rng(seed).normal(0, 0.75, 32**3).astype(np.float32)


def bump(values: Floats, width: float) -> Floats:
    """Return 1 where values are 0 and less the farther they are, as Gauss's bell of a width."""
    return np.asarray(np.exp(-0.5 * (values / width) ** 2))
