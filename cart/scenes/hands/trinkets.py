"""Rings and watches: small stiff meshes on a joint."""

import numpy as np

from cart.scenes.geometry import Floats, Ints
from cart.scenes.hands.dress import GLASS, METAL, STRAP
from cart.scenes.hands.mesh import Piece
from cart.scenes.hands.skeleton import FORE, INDEX, JOINTS, Skeleton

_SIDES = 28


def ring(bones: Skeleton, at: Floats, radius: float) -> Piece:
    """Return a ring about the ring finger's first bone.

    Args:
        bones: the arm at rest.
        at: (3,) the finger's middle where the ring sits, in the joint's frame.
        radius: of the finger.
    """
    profile = np.array([[-0.0018, 0.0003], [-0.0012, 0.0012], [0.0012, 0.0012], [0.0018, 0.0003]])
    return _band(bones, "finger4-1", at, (radius, radius), profile, METAL)


def watch(bones: Skeleton, along: float, middle: Floats, radii: tuple[float, float]) -> list[Piece]:
    """Return strap, case and glass of a watch about the forearm near the wrist.

    Args:
        bones: the arm at rest.
        along: metres from the elbow.
        middle: (2,) y and z of the arm's middle there in the forearm's frame.
        radii: of the arm there, in y and in z.
    """
    at = np.array([along, *middle])
    strap = np.array([[-0.009, 0.0004], [-0.0085, 0.0022], [0.0085, 0.0022], [0.009, 0.0004]])
    wrist = bones.rest[INDEX["wrist"], :3, :3]
    back = bones.rest[INDEX[FORE[-1]], :3, :3].T @ -wrist[:, 2]
    back = back * [0, 1, 1] / np.hypot(back[1], back[2])
    out = 1 / np.hypot(back[1] / radii[0], back[2] / radii[1])
    face = at + back * (out + 0.001)
    return [
        _band(bones, FORE[-1], at, radii, strap, STRAP),
        _disc(bones, face, back, 0.0185, 0.0075, METAL),
        _disc(bones, face + back * 0.0076, back, 0.0160, 0.0004, GLASS),
    ]


def _band(
    bones: Skeleton, joint: str, at: Floats, radii: tuple[float, float], profile: Floats, material: int
) -> Piece:
    angles = np.arange(_SIDES) * 2 * np.pi / _SIDES
    rows = [
        np.stack(
            [
                np.full(_SIDES, x) + at[0],
                at[1] + (radii[0] + out) * np.cos(angles),
                at[2] + (radii[1] + out) * np.sin(angles),
            ],
            axis=1,
        )
        for x, out in profile
    ]
    return _stiff(bones, joint, np.concatenate(rows), _grid(len(rows)), material)


def _disc(bones: Skeleton, at: Floats, out: Floats, radius: float, height: float, material: int) -> Piece:
    along = np.array([1.0, 0, 0])
    side = np.cross(out, along)
    angles = np.arange(_SIDES) * 2 * np.pi / _SIDES
    circle = np.cos(angles)[:, None] * along + np.sin(angles)[:, None] * side
    rows = [
        at + circle * radius - out * 0.003,
        at + circle * radius + out * height * 0.7,
        at + circle * radius * 0.9 + out * height,
        np.tile(at + out * height, (_SIDES, 1)),
    ]
    quads = _grid(len(rows))[:, ::-1]
    return _stiff(bones, FORE[-1], np.concatenate(rows), quads, material)


def _grid(rows: int) -> Ints:
    ring_, after = np.arange(_SIDES), (np.arange(_SIDES) + 1) % _SIDES
    return np.concatenate(
        [
            np.stack([ring_, after, after + _SIDES, ring_ + _SIDES], axis=1)[:, ::-1] + row * _SIDES
            for row in range(rows - 1)
        ]
    )


def _stiff(bones: Skeleton, joint: str, points: Floats, quads: Ints, material: int) -> Piece:
    frame = bones.rest[INDEX[joint]]
    weights = np.zeros((len(points), len(JOINTS)))
    weights[:, INDEX[joint]] = 1
    world = points @ frame[:3, :3].T + frame[:3, 3]
    return Piece(world, weights, quads, np.zeros((len(quads), 4, 2)), np.full(len(quads), material))
