"""Parts of meshes: sheets, caps, revolved outlines and the noise that makes them less perfect."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cart.scenes.geometry import Bytes, Floats, Ints, Material, Model

FRONT_SHARE = 0.34
"""Share of a round label's length that its front takes, and its back; the sides have the rest."""


@dataclass(frozen=True)
class Part:
    """A piece of surface of one material."""

    vertices: Floats
    """(V, 3) metres."""
    faces: Ints
    """(F, 3), counter-clockwise from outside."""
    uvs: Floats
    """(F, 3, 2)."""
    material: Material


def sheet(points: Floats, us: Floats, vs: Floats, material: Material, closed: bool = False) -> Part:
    """Return the surface through a grid of points.

    Args:
        points: (n, m, 3), rows upward and columns to the right, seen from outside.
        us: (m,) horizontal places in the picture, (m + 1,) if closed.
        vs: (n,) vertical places in the picture.
        material: Its looks.
        closed: Whether the last column joins the first.
    """
    n, m, _ = points.shape
    across = m if closed else m - 1
    row, column = np.mgrid[0 : n - 1, 0:across]
    corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
    index = [r * m + c % m for r, c in corners]
    place = [np.stack([us[c], vs[r]], -1) for r, c in corners]
    triangles = ((0, 1, 2), (0, 2, 3))
    faces = np.concatenate([np.stack([index[k] for k in t], -1).reshape(-1, 3) for t in triangles])
    uvs = np.concatenate([np.stack([place[k] for k in t], -2).reshape(-1, 3, 2) for t in triangles])
    return Part(points.reshape(-1, 3), faces, uvs, material)


def cap(
    ring: Floats, material: Material, up: bool, region: tuple[float, float, float, float] | None = None
) -> Part:
    """Return the flat surface inside a level ring.

    Args:
        ring: (m, 3), counter-clockwise from above.
        material: Its looks.
        up: Whether it looks up.
        region: Left, bottom, right, top of the part of the picture that lies on the ring's bounding box.
    """
    m = len(ring)
    vertices = np.concatenate([ring, ring.mean(0, keepdims=True)])
    here = np.arange(m)
    after = (here + 1) % m
    faces = np.stack([here, after, np.full(m, m)] if up else [after, here, np.full(m, m)], -1)
    return Part(vertices, faces, flat_uvs(vertices, region)[faces], material)


def flat_uvs(points: Floats, region: tuple[float, float, float, float] | None = None) -> Floats:
    """Return places in the picture (V, 2) of points (V, 3) seen from above, x to the right."""
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    left, bottom, right, top = region or (0.0, 0.0, 1.0, 1.0)
    share = (points[:, :2] - low) / np.maximum(high - low, 1e-9)
    return np.asarray(np.array([left, bottom]) + share * np.array([right - left, top - bottom]))


def angles(count: int) -> Floats:
    """Return `count` directions round the z axis, the first where a round label's front begins."""
    return -np.pi / 2 - np.pi * FRONT_SHARE + np.arange(count) * (2 * np.pi / count)


def turned(
    outline: Sequence[tuple[float, float]], count: int = 40, flat: float = 1.0, square: float = 2.0
) -> Floats:
    """Return the points (n, count, 3) of an outline turned round the z axis.

    Args:
        outline: Radius and height of each ring, upward.
        count: Points of a ring.
        flat: Depth as a share of the width.
        square: Exponent of the superellipse that a ring is: 2 an ellipse, 4 nearly a rectangle.
    """
    direction = angles(count)
    x = np.sign(np.cos(direction)) * np.abs(np.cos(direction)) ** (2 / square)
    y = np.sign(np.sin(direction)) * np.abs(np.sin(direction)) ** (2 / square) * flat
    radius, height = np.array(outline, float).T
    return np.stack([np.outer(radius, x), np.outer(radius, y), np.repeat(height[:, None], count, 1)], -1)


def revolve(
    outline: Sequence[tuple[float, float]],
    material: Material,
    count: int = 40,
    flat: float = 1.0,
    square: float = 2.0,
) -> Part:
    """Return the surface of an outline turned round the z axis, see `turned`; its picture wraps it once."""
    points = turned(outline, count, flat, square)
    path = np.cumsum([0.0, *np.hypot(*np.diff(np.array(outline, float), axis=0).T)])
    return sheet(points, np.linspace(0, 1, count + 1), path / path[-1], material, closed=True)


def rounded_rectangle(
    half_x: float, half_y: float, radius: float, straight: int = 5, bend: int = 3
) -> Floats:
    """Return the points (m, 2) of a rectangle with round corners, the left front one's middle first."""
    places, leaving = [], np.linspace(-np.pi * 0.75, -np.pi / 2, bend // 2 + 1)
    inner_x, inner_y = half_x - radius, half_y - radius
    corners = ((-inner_x, -inner_y), (inner_x, -inner_y), (inner_x, inner_y), (-inner_x, inner_y))
    arriving = np.linspace(-np.pi / 2, -np.pi / 4, bend // 2 + 1)
    for side in range(4):
        start, end, turn = corners[side], corners[(side + 1) % 4], side * np.pi / 2
        first = np.array(start) + radius * np.stack([np.cos(leaving + turn), np.sin(leaving + turn)], -1)
        last = np.array(end) + radius * np.stack([np.cos(arriving + turn), np.sin(arriving + turn)], -1)
        share = np.linspace(0, 1, straight + 2)[1:-1, None]
        between = first[-1] + share * (last[0] - first[-1])
        places.append(np.concatenate([first, between, last[:-1]]))
    return np.concatenate(places)


def lengths_along(ring: Floats) -> Floats:
    """Return how far along a closed ring (m, 2) each point is, (m + 1,) from 0 to 1."""
    steps = np.linalg.norm(np.roll(ring, -1, 0) - ring, axis=1)
    return np.asarray(np.concatenate([[0.0], np.cumsum(steps)]) / steps.sum())


def moved(part: Part, vertices: Floats) -> Part:
    """Return a part with its vertices elsewhere."""
    return replace(part, vertices=vertices)


def shifted(part: Part, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Part:
    """Return a part moved by metres."""
    return moved(part, part.vertices + np.array([x, y, z]))


def smooth_noise(points: Floats, rng: np.random.Generator, length: float, waves: int = 14) -> Floats:
    """Return smooth random numbers, about -1..1, for points (..., 3): a sum of waves about `length` long."""
    direction = rng.normal(size=(waves, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    number = 2 * np.pi / (length * rng.uniform(0.6, 1.8, waves))
    phase = rng.uniform(0, 2 * np.pi, waves)
    return np.asarray(np.sin(points @ (direction * number[:, None]).T + phase).sum(-1) / np.sqrt(waves))


def joined(
    parts: Sequence[Part], size: tuple[float, float, float], pictures: dict[str, Bytes], sharp_degrees: float
) -> Model:
    """Return one model of all parts, fitted to a size and centred on its bounding box."""
    vertices = np.concatenate([part.vertices for part in parts])
    low, high = vertices.min(0), vertices.max(0)
    vertices = (vertices - (low + high) / 2) * (np.array(size) / (high - low))
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    materials = tuple(dict.fromkeys(part.material for part in parts))
    return Model(
        vertices=vertices,
        faces=np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=False)]),
        uvs=np.concatenate([part.uvs for part in parts]),
        face_materials=np.concatenate([np.full(len(p.faces), materials.index(p.material)) for p in parts]),
        materials=materials,
        pictures={
            name: picture for name, picture in pictures.items() if name in {m.picture for m in materials}
        },
        sharp_degrees=sharp_degrees,
    )
