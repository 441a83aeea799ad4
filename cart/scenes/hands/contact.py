"""How far points of a hand are from an item's surface."""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats, Ints, Model, Pose

_SPACING = 0.0033
_BLUR = 0.005
_DIRECTIONS = 300


@dataclass(frozen=True)
class Surface:
    """Points all over an item's surface, a few millimetres apart, with the direction outward."""

    points: Floats
    """(N, 3) metres."""
    normals: Floats
    """(N, 3)."""

    def seen_from(self, frame: Pose) -> "Surface":
        """Return the surface in the coordinates of a frame that is given in the surface's own."""
        back = frame.inverse()
        return Surface(back.apply(self.points), Pose(np.zeros(3), back.turn).apply(self.normals))

    def within(self, low: Floats, high: Floats) -> "Surface":
        """Return what is between two corners of a box."""
        kept = ((self.points > low) & (self.points < high)).all(axis=1)
        return Surface(self.points[kept], self.normals[kept])

    def distances(self, places: Floats) -> tuple[Floats, Floats]:
        """Return how far places (M, 3) are outside, negative inside, and the normals (M, 3) there."""
        if len(self.points) == 0:
            return np.full(len(places), 1.0), np.zeros((len(places), 3))
        squares = (
            (places**2).sum(axis=1)[:, None]
            - 2 * places @ self.points.T
            + (self.points**2).sum(axis=1)[None, :]
        )
        nearest = squares.argmin(axis=1)
        away = np.sqrt(np.maximum(squares[np.arange(len(places)), nearest], 0))
        normals = self.normals[nearest]
        inside = ((places - self.points[nearest]) * normals).sum(axis=1) < 0
        for place in np.flatnonzero(inside):
            close = squares[place] <= (away[place] + _BLUR) ** 2
            beyond = ((places[place] - self.points[close]) * self.normals[close]).sum(axis=1)
            inside[place] = beyond.max() <= 0
        return np.where(inside, -away, away), normals


def surface(item: Model | Floats) -> Surface:
    """Return the surface of a model, or of the convex hull of points (V, 3)."""
    if isinstance(item, Model):
        return _of_triangles(item.vertices, item.faces)
    return _of_hull(np.asarray(item, float))


def _of_triangles(vertices: Floats, faces: Ints) -> Surface:
    corners = vertices[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    sizes = np.linalg.norm(cross, axis=1)
    corners, cross, sizes = corners[sizes > 1e-12], cross[sizes > 1e-12], sizes[sizes > 1e-12]
    edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    steps = np.clip(np.ceil(edges / _SPACING), 1, 200).astype(np.int64)
    steps = 2 ** np.ceil(np.log2(steps)).astype(np.int64)
    points, outward = [], []
    for step in np.unique(steps):
        mine = steps == step
        across, up = np.meshgrid(np.arange(step + 1), np.arange(step + 1))
        inside = across + up <= step
        shares = np.stack([across[inside], up[inside], step - across[inside] - up[inside]], axis=1) / step
        rim = (shares == 0).any(axis=1)
        for part in (rim, ~rim):
            found = np.einsum("kc,fcx->fkx", shares[part], corners[mine])
            points.append(found.reshape(-1, 3))
            outward.append(np.repeat(cross[mine] / sizes[mine, None], part.sum(), axis=0))
    return _thinned(np.concatenate(points[::2] + points[1::2]), np.concatenate(outward[::2] + outward[1::2]))


def _thinned(points: Floats, outward: Floats) -> Surface:
    """Return the first of the points in each small cube and direction; those on edges come first."""
    cells = np.round(points / _SPACING).astype(np.int64) + 4096
    sides = np.round(outward).astype(np.int64) + 1
    keys = ((cells[:, 0] << 26) | (cells[:, 1] << 13) | cells[:, 2]) * 27 + sides @ [9, 3, 1]
    _, first = np.unique(keys, return_index=True)
    return Surface(points[first], outward[first])


def _of_hull(points: Floats) -> Surface:
    """Return the hull's surface, met along rays from its centre: half-spaces touch it in many directions."""
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    _, _, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    faces = np.concatenate([_sphere(_DIRECTIONS), np.eye(3), -np.eye(3), axes, -axes])
    reach = (faces @ (points - centre).T).max(axis=1)
    size = float(np.linalg.norm(np.ptp(points, axis=0)))
    rays = _sphere(int(np.clip(np.pi * size**2 / _SPACING**2, 2000, 6000)))
    along = rays @ faces.T
    lengths = np.where(along > 1e-6, reach[None, :] / np.maximum(along, 1e-6), np.inf)
    face = lengths.argmin(axis=1)
    return Surface(centre + rays * lengths[np.arange(len(rays)), face, None], faces[face])


def _sphere(count: int) -> Floats:
    """Return directions (count, 3) spread evenly (Fibonacci's spiral)."""
    turn = np.arange(count) * np.pi * (3 - np.sqrt(5))
    z = 1 - (2 * np.arange(count) + 1) / count
    ring = np.sqrt(1 - z**2)
    return np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=1)
