"""The joints of one arm at rest, and what share of each moves a vertex.

The hips stand, the torso leans from them. Every other joint's frame has x along the bone; of hand and fingers
z points out of the palm, so that a turn about -y bends. The upper arm and the forearm are cut in several
joints that share their twist, so that no wrist looks wrung.
"""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.hands.body import Body

UPPER = tuple(f"upper{k}" for k in range(3))
FORE = tuple(f"fore{k}" for k in range(5))
PALM = tuple(f"palm{k}" for k in range(1, 5))
FINGERS = tuple(f"finger{finger}-{segment}" for finger in range(1, 6) for segment in range(1, 4))
JOINTS: tuple[str, ...] = ("hips", "torso", "shoulder", *UPPER, *FORE, "wrist", *PALM, *FINGERS)
INDEX = {name: number for number, name in enumerate(JOINTS)}
WRIST = INDEX["wrist"]
_STANDING = ("root", "pelvis", "upperleg", "lowerleg", "foot", "toe")
"""Bones that do not lean with the torso."""


@dataclass(frozen=True)
class Skeleton:
    """The joints of an arm of a shaped body, in the body's own frame."""

    rest: Floats
    """(J, 4, 4) frames of the joints."""
    tips: Floats
    """(5, 3) ends of thumb and fingers."""
    upper_length: float
    fore_length: float


def skeleton(body: Body, vertices: Floats, side: str) -> Skeleton:
    """Return the joints of the `left` or `right` arm of a body with shaped vertices (V, 3)."""
    end = _letter(side)

    def head(bone: str) -> Floats:
        return body.point(body.heads[f"{bone}.{end}"], vertices)

    shoulder, elbow, wrist = head("upperarm01"), head("lowerarm01"), head("wrist")
    hinge = np.cross(elbow - shoulder, wrist - elbow)
    palm = _palm_turn(wrist, [head(f"finger{finger}-1") for finger in (2, 3, 5)], side)
    hips = body.point(body.heads["spine05"], vertices)
    frames = {
        "hips": (np.eye(3), hips),
        "torso": (np.eye(3), shoulder),
        "shoulder": (np.eye(3), shoulder),
        "wrist": (palm, wrist),
    }
    frames |= dict.fromkeys(UPPER, (_frame(elbow - shoulder, hinge), shoulder))
    frames |= dict.fromkeys(FORE, (_frame(wrist - elbow, hinge), elbow))
    for number in range(1, 5):
        frames[f"palm{number}"] = (palm, head(f"metacarpal{number}"))
    tips = np.array([body.point(body.tails[f"finger{finger}-3.{end}"], vertices) for finger in range(1, 6)])
    for finger in range(1, 6):
        ends = [head(f"finger{finger}-{segment}") for segment in range(1, 4)] + [tips[finger - 1]]
        bend = _thumb_axis(ends) if finger == 1 else -palm[:, 1]
        for segment in range(3):
            frames[f"finger{finger}-{segment + 1}"] = (
                _frame(ends[segment + 1] - ends[segment], -bend),
                ends[segment],
            )
    rest = np.tile(np.eye(4), (len(JOINTS), 1, 1))
    for name, (turn, place) in frames.items():
        rest[INDEX[name], :3, :3], rest[INDEX[name], :3, 3] = turn, place
    lengths = float(np.linalg.norm(elbow - shoulder)), float(np.linalg.norm(wrist - elbow))
    return Skeleton(rest, tips, *lengths)


def joint_weights(body: Body, bones: Skeleton, vertices: Floats, side: str) -> Floats:
    """Return the share (V, J) of each joint in the move of each vertex; rows sum to 1."""
    end = _letter(side)

    def share(*names: str) -> Floats:
        return np.asarray(np.sum([body.weights[f"{name}.{end}"] for name in names], axis=0))

    weights = np.zeros((len(vertices), len(JOINTS)))
    weights[:, INDEX["shoulder"]] = share("clavicle", "shoulder01")
    for names, bone, length in (
        (UPPER, "upperarm", bones.upper_length),
        (FORE, "lowerarm", bones.fore_length),
    ):
        frame = bones.rest[INDEX[names[0]]]
        along = np.clip((vertices - frame[:3, 3]) @ frame[:3, 0] / length, 0, 1) * (len(names) - 1)
        whole = share(f"{bone}01", f"{bone}02")
        for number, name in enumerate(names):
            weights[:, INDEX[name]] = whole * np.clip(1 - np.abs(along - number), 0, 1)
    weights[:, WRIST] = share("wrist")
    for number, name in enumerate(PALM, 1):
        weights[:, INDEX[name]] = share(f"metacarpal{number}")
    for name in FINGERS:
        weights[:, INDEX[name]] = share(name)
    for name, mine in body.weights.items():
        if name.startswith(_STANDING):
            weights[:, INDEX["hips"]] += mine
    weights[:, INDEX["torso"]] = np.clip(1 - weights.sum(axis=1), 0, 1)
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _letter(side: str) -> str:
    return {"left": "L", "right": "R"}[side]


def unit(vector: Floats) -> Floats:
    """Return the vector (3,) at length 1."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))


def _frame(along: Floats, side: Floats) -> Floats:
    """Return the frame (3, 3) with x along a bone and y nearest to a side."""
    x = unit(along)
    z = unit(np.cross(x, side))
    return np.stack([x, np.cross(z, x), z], axis=1)


def _palm_turn(wrist: Floats, knuckles: list[Floats], side: str) -> Floats:
    index, middle, little = knuckles
    x = unit(middle - wrist)
    across = index - little
    z = unit(np.cross(across, x) if side == "right" else np.cross(x, across))
    return np.stack([x, np.cross(z, x), z], axis=1)


def _thumb_axis(ends: list[Floats]) -> Floats:
    """Return about what the thumb bends, told by the bend it has at rest."""
    bones = np.diff(ends, axis=0)
    return unit(np.cross(bones[0], bones[1]) + np.cross(bones[1], bones[2]))
