"""Values that all of a scene is made of: meshes with materials, and poses.

Lengths are metres, z is up, angles radians unless a name says degrees, quaternions are (w, x, y, z) of
length 1. In the world the store's floor is z = 0, the cart's centre is x = y = 0, its handle at negative y:
who pushes it looks to positive y.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.integer]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Material:
    """How a surface looks; colours are sRGB, 0..1."""

    color: tuple[float, float, float] = (0.8, 0.8, 0.8)
    picture: str | None = None
    """Name of a picture in `Model.pictures` that takes the place of the colour."""
    roughness: float = 0.5
    metallic: float = 0.0
    transmission: float = 0.0
    """0 opaque, 1 clear like glass or film."""
    tint: float = 0.0
    """Of a clear surface: 0 clear, 1 as strongly coloured as `color`."""
    subsurface: float = 0.0
    """Of skin, fruit and the like: how far light wanders inside, 0..1."""
    bump: float = 0.0
    """Height of fine random unevenness in millimetres: 0 smooth print, 0.2 orange peel, 1 crumpled film."""
    bump_scale: float = 0.004
    """Length of that unevenness in metres."""


@dataclass(frozen=True)
class Model:
    """A triangle mesh with its looks.

    The origin is the centre of its bounding box; it stands as on a shelf, z up, its front towards negative y.
    """

    vertices: Floats
    """(V, 3) metres."""
    faces: Ints
    """(F, 3) indices of vertices, counter-clockwise from outside."""
    uvs: Floats
    """(F, 3, 2) places in the picture for each corner, 0..1, v upward."""
    face_materials: Ints
    """(F,) indices of `materials`."""
    materials: tuple[Material, ...]
    pictures: dict[str, Bytes]
    """Pictures (H, W, 3) in RGB, by name."""
    sharp_degrees: float = 40.0
    """Edges that bend more than this are creases, others are shaded as round."""


@dataclass(frozen=True)
class Pose:
    """A place and a turn: a point p of the thing is at `turn(p) + place` in the world."""

    place: Floats
    """(3,) metres."""
    turn: Floats
    """(4,) quaternion (w, x, y, z)."""

    def apply(self, points: Floats) -> Floats:
        """Return points (N, 3) of the thing as points of the world."""
        return points @ rotation(self.turn).T + self.place

    def after(self, first: "Pose") -> "Pose":
        """Return the pose that does `first` and then this one."""
        return Pose(rotation(self.turn) @ first.place + self.place, product(self.turn, first.turn))

    def inverse(self) -> "Pose":
        """Return the pose that undoes this one."""
        back = self.turn * np.array([1, -1, -1, -1])
        return Pose(-(rotation(back) @ self.place), back)


def pose(place: tuple[float, float, float] | Floats, turn: Floats | None = None) -> Pose:
    """Return a pose from numbers; not turned if no turn is given."""
    return Pose(
        np.asarray(place, float), np.array([1.0, 0, 0, 0]) if turn is None else np.asarray(turn, float)
    )


def rotation(turn: Floats) -> Floats:
    """Return the matrix (3, 3) of a quaternion."""
    w, x, y, z = turn
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def quaternion(matrix: Floats) -> Floats:
    """Return the quaternion, w >= 0, of a matrix (3, 3): the largest eigenvector after Bar-Itzhack."""
    m = matrix
    k = np.array(
        [
            [m[0, 0] + m[1, 1] + m[2, 2], m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], m[0, 0] - m[1, 1] - m[2, 2], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]],
            [m[0, 2] - m[2, 0], m[0, 1] + m[1, 0], m[1, 1] - m[0, 0] - m[2, 2], m[1, 2] + m[2, 1]],
            [m[1, 0] - m[0, 1], m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], m[2, 2] - m[0, 0] - m[1, 1]],
        ]
    )
    _, vectors = np.linalg.eigh(k)
    found = vectors[:, -1]
    return -found if found[0] < 0 else found


def product(second: Floats, first: Floats) -> Floats:
    """Return the quaternion that turns by `first` and then by `second`."""
    a, b, c, d = second
    e, f, g, h = first
    return np.array(
        [
            a * e - b * f - c * g - d * h,
            a * f + b * e + c * h - d * g,
            a * g - b * h + c * e + d * f,
            a * h + b * g - c * f + d * e,
        ]
    )


def about(axis: tuple[float, float, float] | Floats, angle: float) -> Floats:
    """Return the quaternion of a turn by an angle about an axis."""
    unit = np.asarray(axis, float)
    unit = unit / np.linalg.norm(unit)
    return np.concatenate([[np.cos(angle / 2)], np.sin(angle / 2) * unit])


def blend(one: Floats, other: Floats, share: float) -> Floats:
    """Return the quaternion a share (0..1) of the shorter way from one to the other."""
    dot = float(one @ other)
    if dot < 0:
        other, dot = -other, -dot
    if dot > 0.9995:
        mixed = one + share * (other - one)
        return mixed / np.linalg.norm(mixed)
    angle = np.arccos(dot)
    return (np.sin((1 - share) * angle) * one + np.sin(share * angle) * other) / np.sin(angle)
