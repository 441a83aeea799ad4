"""Where shoulder, elbow and forearm go so that the hand is where it should be.

Two bones with the elbow on a circle about the line from shoulder to wrist. Of that circle the place is taken
that hangs down and outward, unless the wrist would bend or the forearm twist too far; then the elbow gives
way, and after it the shoulder: the shopper leans.
"""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats, about, rotation
from cart.scenes.hands.skeleton import FORE, INDEX, UPPER, WRIST, Skeleton, unit

_EASY_BEND, _MOST_BEND = 0.7, 1.15
_EASY_TWIST = 1.2
_MOST_LEAN = 0.35
_SWIVELS = np.linspace(-2.0, 2.0, 61)
_POLE_OUT, _POLE_BACK = 0.55, 0.35


@dataclass(frozen=True)
class _Bent:
    elbow: Floats
    hinge: Floats
    twist: float


def reach(bones: Skeleton, side: str, shoulder: Floats, wrist: Floats, facing: float) -> dict[int, Floats]:
    """Return the world matrices (4, 4) of the joints from the hips to the forearm, by the joint's number.

    Args:
        bones: the arm's joints at rest.
        side: `left` or `right`.
        shoulder: (3,) where the shoulder is when the shopper does not lean.
        wrist: (4, 4) world matrix of the wrist.
        facing: turn about z of the shopper, who looks to positive y at 0.
    """
    upright = rotation(about((0, 0, 1), facing))
    pole = np.array([0, 0, -1.0]) + upright @ [_POLE_OUT * (1 if side == "right" else -1), -_POLE_BACK, 0]
    place = _within_reach(bones, shoulder, wrist[:3, 3])
    bent = _bend(bones, place, wrist, pole)
    leant = _spare_the_wrist(bones, shoulder, place, bent.elbow, wrist)
    if not np.allclose(leant, place):
        place = _within_reach(bones, leant, wrist[:3, 3])
        bent = _bend(bones, place, wrist, pole)
    return _matrices(bones, upright, shoulder, place, bent, wrist)


def _within_reach(bones: Skeleton, shoulder: Floats, wrist: Floats) -> Floats:
    """Return the shoulder moved towards the wrist, or away from it, as far as the arm's length asks."""
    away = shoulder - wrist
    distance = float(np.linalg.norm(away))
    most = 0.985 * (bones.upper_length + bones.fore_length)
    least = 0.55 * max(bones.upper_length, bones.fore_length)
    return wrist + unit(away) * min(max(distance, least), most)


def _bend(bones: Skeleton, shoulder: Floats, wrist: Floats, pole: Floats) -> _Bent:
    line = wrist[:3, 3] - shoulder
    distance = float(np.linalg.norm(line))
    line = line / distance
    along = (bones.upper_length**2 - bones.fore_length**2 + distance**2) / (2 * distance)
    radius = np.sqrt(max(bones.upper_length**2 - along**2, 1e-8))
    first = unit(pole - (pole @ line) * line)
    second = np.cross(line, first)
    out = np.cos(_SWIVELS)[:, None] * first + np.sin(_SWIVELS)[:, None] * second
    elbows = shoulder + along * line + radius * out
    hinges = np.cross(out, line)
    fore = (wrist[:3, 3] - elbows) / bones.fore_length
    frames = np.stack([fore, hinges, np.cross(fore, hinges)], axis=2)
    twists = _twist(wrist[:3, :3] @ np.transpose(frames @ _neutral(bones), (0, 2, 1)), fore)
    bends = np.arccos(np.clip(fore @ wrist[:3, 0], -1, 1))
    cost = (
        0.35 * _SWIVELS**2
        + 6 * np.maximum(bends - _EASY_BEND, 0) ** 2
        + 2 * np.maximum(np.abs(twists) - _EASY_TWIST, 0) ** 2
    )
    share = np.exp(-(cost - cost.min()) / 0.02)
    swivel = float((share * _SWIVELS).sum() / share.sum())
    best = np.cos(swivel) * first + np.sin(swivel) * second
    elbow = shoulder + along * line + radius * best
    hinge = np.cross(best, line)
    x = (wrist[:3, 3] - elbow) / bones.fore_length
    frame = np.stack([x, hinge, np.cross(x, hinge)], axis=1)
    twist = _twist((wrist[:3, :3] @ (frame @ _neutral(bones)).T)[None], x[None])
    return _Bent(elbow, hinge, float(twist[0]))


def _neutral(bones: Skeleton) -> Floats:
    """Return the turn (3, 3) of an untwisted, unbent hand in the forearm's frame."""
    turn: Floats = bones.rest[INDEX[FORE[0]], :3, :3].T @ bones.rest[WRIST, :3, :3]
    return turn


def _twist(turns: Floats, axes: Floats) -> Floats:
    """Return what of each turn (N, 3, 3) goes about its axis (N, 3)."""
    skew = np.stack(
        [
            turns[:, 2, 1] - turns[:, 1, 2],
            turns[:, 0, 2] - turns[:, 2, 0],
            turns[:, 1, 0] - turns[:, 0, 1],
        ],
        axis=1,
    )
    angles: Floats = 2 * np.arctan2((skew * axes).sum(axis=1), 1 + np.trace(turns, axis1=1, axis2=2))
    return angles


def _spare_the_wrist(
    bones: Skeleton, upright: Floats, shoulder: Floats, elbow: Floats, wrist: Floats
) -> Floats:
    """Return the shoulder moved, at most by a lean, so that the wrist bends no more than it can."""
    fore = unit(wrist[:3, 3] - elbow)
    bend = float(np.arccos(np.clip(fore @ wrist[:3, 0], -1, 1)))
    if bend <= _MOST_BEND:
        return shoulder
    axis = np.cross(fore, wrist[:3, 0])
    if np.linalg.norm(axis) < 1e-6:
        return shoulder
    better = rotation(about(axis, bend - _MOST_BEND)) @ fore
    elbow = wrist[:3, 3] - bones.fore_length * better
    wanted = elbow + bones.upper_length * unit(shoulder - elbow)
    move = wanted - upright
    return upright + move * min(1.0, _MOST_LEAN / max(float(np.linalg.norm(move)), 1e-9))


def _matrices(
    bones: Skeleton, upright: Floats, standing: Floats, place: Floats, bent: _Bent, wrist: Floats
) -> dict[int, Floats]:
    rest = bones.rest
    hips = standing + upright @ (rest[INDEX["hips"], :3, 3] - rest[INDEX["torso"], :3, 3])
    torso = least_turn(standing - hips, place - hips) @ upright
    x = unit(bent.elbow - place)
    rest_upper = torso @ rest[INDEX[UPPER[0]], :3, :3]
    swing = least_turn(rest_upper[:, 0], x)
    untwisted = swing @ rest_upper
    upper = np.stack([x, bent.hinge, np.cross(x, bent.hinge)], axis=1)
    upper_twist = float(_twist((upper @ untwisted.T)[None], x[None])[0])
    forward = unit(wrist[:3, 3] - bent.elbow)
    fore = np.stack([forward, bent.hinge, np.cross(forward, bent.hinge)], axis=1)
    found = {INDEX["hips"]: _matrix(upright, hips), INDEX["torso"]: _matrix(torso, place)}
    found[INDEX["shoulder"]] = _matrix(_part(swing, 0.35) @ torso, place)
    for number, name in enumerate(UPPER):
        share = 0.25 + 0.75 * number / (len(UPPER) - 1)
        found[INDEX[name]] = _matrix(rotation(about(x, upper_twist * share)) @ untwisted, place)
    for number, name in enumerate(FORE):
        share = number / (len(FORE) - 1)
        found[INDEX[name]] = _matrix(rotation(about(forward, bent.twist * share)) @ fore, bent.elbow)
    return found


def _matrix(turn: Floats, place: Floats) -> Floats:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, place
    return matrix


def least_turn(one: Floats, other: Floats) -> Floats:
    """Return the least turn (3, 3) that takes one direction to another."""
    one, other = unit(one), unit(other)
    axis = np.cross(one, other)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        return np.eye(3)
    return rotation(about(axis, float(np.arctan2(sine, one @ other))))


def _part(turn: Floats, share: float) -> Floats:
    """Return a share of a turn (3, 3)."""
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    if np.linalg.norm(axis) < 1e-9:
        return np.eye(3)
    angle = float(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1)))
    return rotation(about(axis, angle * share))
