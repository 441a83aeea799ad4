"""The colours of clothes, place by place."""

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.hands.skeleton import FORE, INDEX, UPPER, Skeleton
from cart.scenes.hands.texels import noise
from cart.scenes.take import ArmSpec


def sleeve_grid(bones: Skeleton, points: Floats) -> tuple[Floats, Floats]:
    """Return metres along the arm and around it (N,) for points (N, 3) of the resting sleeve."""
    upper, fore = bones.rest[INDEX[UPPER[0]]], bones.rest[INDEX[FORE[0]]]
    on_upper = (points - upper[:3, 3]) @ upper[:3, :3]
    on_fore = (points - fore[:3, 3]) @ fore[:3, :3]
    below = on_fore[:, 0] > 0
    local = np.where(below[:, None], on_fore, on_upper)
    along = np.where(below, bones.upper_length + on_fore[:, 0], on_upper[:, 0])
    return along, np.arctan2(local[:, 1], local[:, 2]) * 0.05


def trunk_grid(points: Floats) -> tuple[Floats, Floats]:
    """Return metres downward and across (N,) for points (N, 3) of the torso."""
    return -points[:, 2], points[:, 0]


def cloth_colors(spec: ArmSpec, points: Floats, grid: tuple[Floats, Floats]) -> Floats:
    """Return sRGB colours (N, 3) of cloth in the arm's pattern."""
    along, around = grid
    rng = np.random.default_rng(spec.seed + 7)
    base = np.asarray(spec.cloth, float)
    second = _second(base, rng)
    light = 1 + 0.07 * noise(points, 0.05, spec.seed + 41) + 0.03 * noise(points, 0.004, spec.seed + 42)
    colors = np.tile(base, (len(points), 1))
    period = rng.uniform(0.014, 0.05)
    if spec.pattern == "stripes":
        colors = np.where((along / period % 1 < rng.uniform(0.25, 0.55))[:, None], second, colors)
    elif spec.pattern == "checks":
        bands = (along / period % 1 < 0.5).astype(float) + (around / period % 1 < 0.5)
        colors = colors + (bands / 2)[:, None] * (second - base)
    elif spec.pattern == "knit":
        light *= 0.80 + 0.20 * np.abs(np.sin(np.pi * around / 0.006))
        light *= 0.93 + 0.07 * np.sin(2 * np.pi * (along + 0.3 * np.abs(around % 0.006 - 0.003)) / 0.005)
    elif spec.pattern == "denim":
        worn = np.clip(noise(points, 0.09, spec.seed + 43), 0, 1)[:, None]
        twill = 0.06 * np.sin(2 * np.pi * (along + around) / 0.0035) + 0.08 * noise(points, 0.0018, 44)
        colors = colors * (1 - 0.35 * worn) + 0.35 * worn * np.array([0.62, 0.68, 0.76])
        light += twill
    return np.asarray(np.clip(colors * light[:, None], 0.01, 0.95))


def _second(base: Floats, rng: np.random.Generator) -> Floats:
    light = np.array([0.88, 0.87, 0.84])
    other = rng.uniform(0.05, 0.7, 3)
    return light if base.mean() < 0.5 and rng.random() < 0.6 else 0.5 * base + 0.5 * other
