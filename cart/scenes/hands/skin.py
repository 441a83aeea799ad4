"""The colours of skin, place by place."""

from itertools import pairwise

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.hands.mesh import Mask
from cart.scenes.hands.skeleton import FORE, INDEX, WRIST, Skeleton
from cart.scenes.hands.texels import bump, noise
from cart.scenes.take import ArmSpec

_RED = np.array([0.045, -0.04, -0.035])
_CREASES = (
    ((-0.030, -0.022), (-0.012, -0.006), (0.006, 0.002), (0.020, 0.030)),
    ((0.008, -0.036), (0.016, -0.014), (0.014, 0.010), (0.004, 0.034)),
    ((0.034, -0.016), (0.026, 0.004), (0.022, 0.020), (0.014, 0.038)),
)
"""Lines of the palm in metres of its frame, the thumb at negative y."""
_HAND_LENGTH = 0.3
"""Metres from the wrist within which all joints of the largest hand lie, and what they mark."""
_LEAST_INNER = 0.01
"""From how much a place is of the hand's inner side on its lines are painted; 0..1."""


def skin_colors(spec: ArmSpec, bones: Skeleton, points: Floats, normals: Floats) -> Floats:
    """Return sRGB colours (N, 3) of skin at points (N, 3) of the resting arm with normals (N, 3)."""
    palm = np.linalg.inv(bones.rest[WRIST])
    local = points @ palm[:3, :3].T + palm[:3, 3]
    facing = normals @ bones.rest[WRIST, :3, 2]
    inner = (
        1
        / (1 + np.exp(-8 * (facing - 0.15)))
        / (1 + np.exp(np.clip(-(local[:, 0] + 0.005) / 0.009, -50, 50)))
    )
    dark = 1 - float(np.mean(spec.skin))
    light = 1 + 0.055 * noise(points, 0.022, spec.seed) + 0.04 * noise(points, 0.005, spec.seed + 1)
    light += 0.035 * noise(points, 0.0016, spec.seed + 2)
    red = 0.35 * noise(points, 0.012, spec.seed + 3) + 0.35 * noise(points, 0.035, spec.seed + 4)
    light += inner * (0.05 + 0.5 * max(dark - 0.35, 0.0))
    red += 0.45 * inner
    on_hand = np.flatnonzero(_within(points, bones.rest[WRIST, :3, 3], _HAND_LENGTH))
    for finger in range(1, 6):
        for segment in range(1, 4):
            joint = bones.rest[INDEX[f"finger{finger}-{segment}"], :3, 3]
            near = on_hand[_within(points[on_hand], joint, 0.03)]
            lighter, redder = _at_joint(bones, finger, segment, points[near], facing[near])
            light[near] += lighter
            red[near] += redder
    palm_side = inner > _LEAST_INNER
    light[palm_side] -= 0.11 * _palm_lines(spec, local[palm_side]) * inner[palm_side]
    veins = _veins(points, spec.seed) * (1 - inner)
    light -= 0.05 * veins
    red -= 0.5 * veins
    light -= _hair(spec, bones, points) * (1 - inner) + _spots(spec, points) * (1 - inner)
    colors = np.asarray(spec.skin)[None] * light[:, None] + (0.55 + 0.45 * (1 - dark)) * red[:, None] * _RED
    return np.asarray(np.clip(colors, 0.02, 0.93))


def _within(points: Floats, middle: Floats, radius: float) -> Mask:
    away = points - middle
    return np.asarray(np.einsum("nk,nk->n", away, away) < radius**2)


def _at_joint(
    bones: Skeleton, finger: int, segment: int, points: Floats, facing: Floats
) -> tuple[Floats, Floats]:
    """Return what a finger's joint adds in light and in redness: wrinkles, a crease inside, a red tip."""
    frame = np.linalg.inv(bones.rest[INDEX[f"finger{finger}-{segment}"]])
    x, y, z = (points @ frame[:3, :3].T + frame[:3, 3]).T
    near = bump(np.hypot(y, z), 0.011) if segment > 1 else bump(np.hypot(y, z), 0.012)
    back = np.clip(0.3 - facing, 0, 1) if finger > 1 else np.clip(-z / 0.006, 0, 1)
    wide = 0.0045 if segment > 1 else 0.007
    wrinkles = (0.5 + 0.5 * np.sin(x * 2 * np.pi / 0.0021 + 90 * y * y * 1000)) ** 3
    light = -near * back * bump(x, wide) * (0.05 + 0.20 * wrinkles * (segment > 1))
    red = near * back * bump(x, wide * 1.3) * 0.9
    if segment > 1 or finger == 1:
        light -= 0.17 * near * np.clip(facing, 0, 1) * (bump(x, 0.0006) + 0.5 * bump(x - 0.002, 0.0005))
    if segment == 3:
        red += bump(np.hypot(y, z), 0.009) * 0.9 / (1 + np.exp(np.clip(-(x - 0.010) / 0.003, -50, 50)))
    return light, red


def _palm_lines(spec: ArmSpec, local: Floats) -> Floats:
    at = local[:, :2] - [0.057, 0.0]
    at = at * [1, 1 if spec.side == "right" else -1]
    found = np.zeros(len(at))
    for line in np.array(_CREASES):
        for start, end in pairwise(line):
            way = end - start
            share = np.clip((at - start) @ way / (way @ way), 0, 1)
            away = np.linalg.norm(at - start - share[:, None] * way, axis=1)
            found = np.maximum(found, bump(away, 0.0009))
    return found


def _veins(points: Floats, seed: int) -> Floats:
    winding = points + 0.006 * np.stack([noise(points, 0.02, seed + k) for k in (11, 12, 13)], axis=1)
    ridge = bump(noise(winding * [1.0, 0.6, 0.6], 0.020, seed + 14), 0.09)
    return np.asarray(ridge * np.clip(0.6 + 0.6 * noise(points, 0.04, seed + 15), 0, 1))


def _hair(spec: ArmSpec, bones: Skeleton, points: Floats) -> Floats:
    """Return how much short hairs along the forearm darken it; more on men."""
    frame = np.linalg.inv(bones.rest[INDEX[FORE[0]]])
    local = points @ frame[:3, :3].T + frame[:3, 3]
    stretched = local * [0.16, 1.0, 1.0] + 0.15 * local[:, [1, 2, 0]]
    strokes = np.clip(noise(stretched, 0.0011, spec.seed + 21) - 0.5, 0, 0.6)
    patches = np.clip(0.7 + 0.6 * noise(points, 0.05, spec.seed + 22), 0, 1)
    there = 1 / (1 + np.exp(np.clip((local[:, 0] - bones.fore_length + 0.01) / 0.015, -50, 50)))
    return np.asarray((0.04 + 0.32 * spec.build[0]) * strokes * patches * there)


def _spots(spec: ArmSpec, points: Floats) -> Floats:
    freckles = np.clip(noise(points, 0.0035, spec.seed + 31) - 1.0, 0, 0.5)
    patches = np.clip(noise(points, 0.03, spec.seed + 32) + 0.2, 0, 1)
    return np.asarray((0.06 + 0.5 * spec.build[1]) * freckles * patches)


def nail_colors(spec: ArmSpec, bones: Skeleton, points: Floats) -> Floats:
    """Return sRGB colours (N, 3) of fingernails: pinker than the skin, paler at the tip."""
    skin = np.asarray(spec.skin)
    bed = 0.72 * skin + 0.28 * np.array([0.86, 0.62, 0.58])
    ends = np.linalg.norm(points[:, None] - bones.tips[None], axis=2).min(axis=1)
    white = 1 / (1 + np.exp(np.clip((ends - 0.0045) / 0.0006, -50, 50)))
    edge = 0.35 * white[:, None]
    return np.asarray(bed * (1 - edge) + edge * np.array([0.88, 0.85, 0.80]))
