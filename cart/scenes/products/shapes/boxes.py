"""Boxes of board and pulp: cartons, cartons with a gable top, egg boxes."""

import numpy as np

from cart.scenes.geometry import Floats, Material, about, rotation
from cart.scenes.products.shapes.mesh import (
    Part,
    cap,
    flat_uvs,
    lengths_along,
    moved,
    revolve,
    rounded_rectangle,
    sheet,
    smooth_noise,
)

_EDGE = 0.0014
_FIN = 0.012


def carton(size: tuple[float, float, float], style: str, rng: np.random.Generator) -> list[Part]:
    """Return a folding box; its walls give a little, the more the larger they are."""
    board = Material(picture="wrap", roughness=float(rng.uniform(0.32, 0.55)), bump=0.02, bump_scale=0.002)
    half_x, half_y, height = size[0] / 2, size[1] / 2, size[2]
    inset = [_EDGE * (1 - np.sin(a)) for a in (0.0, np.pi / 4)] + [0.0] * 7
    inset += inset[1::-1]
    bottom = [_EDGE * (1 - np.cos(a)) for a in (0.0, np.pi / 4)]
    levels = [*bottom, *np.linspace(_EDGE, height - _EDGE, 7), *(height - b for b in bottom[::-1])]
    rings = [rounded_rectangle(half_x - i, half_y - i, _EDGE * 1.01, straight=6) for i in inset]
    points = np.stack(
        [np.column_stack([ring, np.full(len(ring), z)]) for ring, z in zip(rings, levels, strict=True)]
    )
    points = _bulged(points, size, 0.006 if style != "chest" else 0.012, rng)
    us = lengths_along(rings[5])
    wall = sheet(points, us, np.array(levels) / height, board, closed=True)
    lid = Material(picture="top", roughness=board.roughness, bump=0.02, bump_scale=0.002)
    return [wall, cap(points[-1], lid, up=True), cap(points[0], lid, up=False)]


def gable_top(size: tuple[float, float, float], style: str, rng: np.random.Generator) -> list[Part]:
    """Return a carton for liquids with a roof and a fin; style `cap` has a screw cap on the roof's front."""
    board = Material(picture="wrap", roughness=0.38, bump=0.03, bump_scale=0.003)
    half_x, half_y, height = size[0] / 2, size[1] / 2, size[2]
    roof, eaves = half_y, gable_lengths(size)[0]
    levels = [0.0, 0.0012, *np.linspace(0.01, eaves, 6), *np.linspace(eaves, height - _FIN, 6)[1:], height]
    slope = np.clip((np.array(levels) - eaves) / roof, 0, 1)
    rings = []
    for z, s in zip(levels, slope, strict=True):
        edge = 0.002 * (1 - s) + 0.0006 * s
        depth = half_y * (1 - s) + 0.0016 * s
        ring = rounded_rectangle(half_x - (0.0008 if z == 0 else 0), depth, edge, straight=6)
        side = np.abs(ring[:, 0]) > half_x - 0.003
        fold = 0.55 * half_x * min(s, 1.0) * (1 - np.abs(ring[:, 1]) / max(depth, 1e-6))
        ring[:, 0] -= np.where(side & (z < height - _FIN + 1e-6), np.sign(ring[:, 0]) * fold * (s < 0.99), 0)
        rings.append(ring)
    points = np.stack(
        [np.column_stack([ring, np.full(len(ring), z)]) for ring, z in zip(rings, levels, strict=True)]
    )
    points[2:8] = _bulged(points[2:8], (size[0], size[1], eaves), 0.018, rng)
    path = np.concatenate([[0], np.cumsum(np.hypot(np.diff(levels), np.diff(slope * half_y)))])
    wall = sheet(points, lengths_along(rings[4]), path / path[-1], board, closed=True)
    parts = [
        wall,
        cap(points[0], Material(color=(0.88, 0.86, 0.82)), up=False),
        cap(points[-1], board, up=True),
    ]
    return [*parts, *(_screw_cap(half_y, roof, eaves, rng) if style == "cap" else [])]


def gable_lengths(size: tuple[float, float, float]) -> tuple[float, float]:
    """Return the lengths, laid flat, of the walls of a carton with a gable top and of its roof and fin."""
    return size[2] - _FIN - size[1] / 2, size[1] / 2 * float(np.sqrt(2)) + _FIN


def egg_box(size: tuple[float, float, float], style: str, rng: np.random.Generator) -> list[Part]:
    """Return a closed box of moulded pulp: cups below, domes and a label above."""
    del style
    tone = float(rng.choice([0.0, 1.0]))
    color = (0.60 - 0.06 * tone, 0.57 - 0.12 * tone, 0.53 - 0.17 * tone)
    pulp = Material(color=color, roughness=0.95, bump=0.35, bump_scale=0.0025)
    paper = Material(picture="wrap", roughness=0.6, bump=0.06, bump_scale=0.003)
    eggs = max(2, round(size[0] / 0.049))
    upper = _pulp_half(size, eggs, up=True)
    lower = _pulp_half(size, eggs, up=False)
    for points in (upper, lower):
        points[..., 2] += 0.0006 * smooth_noise(points, rng, 0.012)
    n, m, _ = upper.shape
    lid = sheet(upper, np.linspace(0, 1, m), np.linspace(0, 1, n), pulp)
    base = sheet(lower[::-1], np.linspace(0, 1, m), np.linspace(0, 1, n), pulp)
    return [_lip(size, pulp), base, *_with_label(lid, size, paper)]


def _pulp_half(size: tuple[float, float, float], eggs: int, up: bool) -> Floats:
    """Return a grid (n, m, 3) of the lid or the base of an egg box."""
    half_x, half_y, half_z = size[0] / 2, size[1] / 2, size[2] / 2
    x, y = np.meshgrid(np.linspace(-half_x, half_x, eggs * 8 + 1), np.linspace(-half_y, half_y, 23))
    edge = np.minimum(half_x - np.abs(x), half_y - np.abs(y))
    wall = np.clip(edge / 0.014, 0, 1)
    column = np.cos(np.pi * (x + half_x) / size[0] * eggs * 2)
    row = np.cos(np.pi * (y + half_y) / size[1] * 4)
    bumps = np.clip(0.5 - 0.5 * column, 0, 1) ** 0.6 * np.clip(0.5 - 0.5 * row, 0, 1) ** 0.6
    if up:
        plateau = np.clip((half_y * 0.62 - np.abs(y)) / 0.008, 0, 1)
        height = wall**0.6 * (0.80 + 0.17 * np.maximum(bumps, plateau))
    else:
        height = -(wall**0.7) * (0.45 + 0.55 * bumps)
    return np.stack([x, y, half_z * height], -1)


def _lip(size: tuple[float, float, float], pulp: Material) -> Part:
    ring = rounded_rectangle(size[0] / 2, size[1] / 2, 0.008)
    low, high = (np.column_stack([ring, np.full(len(ring), z)]) for z in (-0.0018, 0.0018))
    return sheet(np.stack([low, high]), lengths_along(ring), np.array([0.0, 1.0]), pulp, closed=True)


def _with_label(lid: Part, size: tuple[float, float, float], paper: Material) -> list[Part]:
    """Return the lid cut in two: what a label covers, and the rest."""
    middle = lid.vertices[lid.faces].mean(1).reshape(2, -1, 3).mean(0)
    inside = np.tile((np.abs(middle[:, 0]) < size[0] * 0.43) & (np.abs(middle[:, 1]) < size[1] * 0.30), 2)
    covered = lid.faces[inside]
    uvs = flat_uvs(lid.vertices[np.unique(covered)])
    place = np.zeros((len(lid.vertices), 2))
    place[np.unique(covered)] = uvs
    return [
        Part(lid.vertices, lid.faces[~inside], lid.uvs[~inside], lid.material),
        Part(lid.vertices, covered, place[covered], paper),
    ]


def _screw_cap(half_y: float, roof: float, eaves: float, rng: np.random.Generator) -> list[Part]:
    white = float(rng.uniform(0.75, 0.92))
    color = [(white, white, white), (0.75, 0.5, 0.2), (0.25, 0.45, 0.3), (0.2, 0.3, 0.5)][
        int(rng.integers(4))
    ]
    plastic = Material(color=color, roughness=0.35)
    outline = [(0.0165, -0.002), (0.0165, 0.002), (0.0145, 0.0022), (0.0145, 0.011), (0.0138, 0.0125)]
    side = revolve(outline, plastic, count=28)
    top = cap(side.vertices[-28:], plastic, up=True)
    turn = rotation(about((1, 0, 0), float(np.arctan2(roof, half_y))))
    middle = np.array([0.0, -half_y * 0.5, eaves + roof * 0.5])
    return [moved(part, part.vertices @ turn.T + middle) for part in (side, top)]


def _bulged(
    points: Floats, size: tuple[float, float, float], share: float, rng: np.random.Generator
) -> Floats:
    """Return wall points (n, m, 3) that bulge in the middle of each face, by a share of its width."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    amount = share * float(rng.uniform(-0.3, 1.0))
    rise = np.clip(4 * z / size[2] * (1 - z / size[2]), 0, 1)
    front = np.abs(y) > size[1] / 2 - 0.0005
    side = np.abs(x) > size[0] / 2 - 0.0005
    push_y = np.where(front, np.sign(y) * size[0] * amount * rise * (1 - (2 * x / size[0]) ** 2), 0)
    push_x = np.where(side, np.sign(x) * size[1] * amount * rise * (1 - (2 * y / size[1]) ** 2), 0)
    uneven = 0.0005 * smooth_noise(points, rng, 0.07) * rise
    push = np.stack([push_x + uneven * side, push_y + uneven * front, np.zeros_like(z)], -1)
    return np.asarray(points + push)
