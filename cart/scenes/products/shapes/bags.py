"""Soft packages: pouches, bags of crisps, tubes."""

import numpy as np

from cart.scenes.geometry import Floats, Material
from cart.scenes.products.shapes.mesh import (
    Part,
    cap,
    lengths_along,
    revolve,
    rounded_rectangle,
    sheet,
    smooth_noise,
)

_FOIL = 0.0007
"""Half the thickness of two films welded together, metres."""


def pouch(size: tuple[float, float, float], style: str, rng: np.random.Generator) -> list[Part]:
    """Return a bag: `pillow` welded at both ends, `standup` on a gusset, `brick` of paper or foil."""
    if style == "brick":
        return _brick(size, rng)
    glossy = bool(rng.random() < 0.6)
    film = Material(picture="wrap", roughness=0.22 if glossy else 0.5, bump=0.25, bump_scale=0.006)
    if style == "standup":
        return _sleeve(_standup(size, rng), film)
    return _sleeve(_pillow(size, rng, fullness=0.6, wrinkles=0.0032), film)


def crisps(size: tuple[float, float, float], rng: np.random.Generator) -> list[Part]:
    """Return a bag blown up with gas, of shiny film, ribbed at both welded ends."""
    film = Material(picture="wrap", roughness=0.2, metallic=0.35, bump=0.5, bump_scale=0.007)
    return _sleeve(_pillow(size, rng, fullness=0.35, wrinkles=0.0055), film)


def tube(size: tuple[float, float, float], style: str, rng: np.random.Generator) -> list[Part]:
    """Return a tube that stands on its cap, crimped flat above; style `slim` is of dented metal."""
    metal = style == "slim"
    skin = Material(
        picture="wrap", roughness=0.3, metallic=0.35 if metal else 0.0, bump=0.1 if metal else 0.02
    )
    plastic = Material(color=(0.9, 0.9, 0.89) if rng.random() < 0.6 else (0.2, 0.25, 0.35), roughness=0.35)
    half_x, radius, height = size[0] / 2, size[1] / 2, size[2]
    low, crimp = 0.15 * height, height - 0.008
    levels = np.array([*np.linspace(low, crimp, 22), height])
    share = np.clip((levels - low) / (crimp - low), 0, 1)
    turn = -np.pi + np.arange(48) * (2 * np.pi / 48)
    wide = radius + (half_x - radius) * share
    deep = radius * (1 - share**1.7) + _FOIL
    x, y = np.outer(wide, np.cos(turn)), np.outer(deep, np.sin(turn))
    points = np.stack([x, y, np.repeat(levels[:, None], 48, 1)], -1)
    dent = smooth_noise(points, rng, 0.03) * (0.0016 if metal else 0.0007)
    points[..., 1] += np.sign(points[..., 1]) * (dent * np.sin(np.pi * share)[:, None])
    wall = sheet(points, np.linspace(0, 1, 49), (levels - low) / (height - low), skin, closed=True)
    shoulder = revolve(
        [(radius * 0.42, low - 0.007), (radius, low - 0.001), (radius, low)], skin if metal else plastic
    )
    neck = radius * (0.5 if metal else 0.8)
    closure = revolve(
        [(neck * 0.93, 0.0), (neck, 0.001), (neck, low - 0.005), (neck * 0.9, low - 0.003)], plastic, count=40
    )
    return [
        wall,
        shoulder,
        closure,
        cap(closure.vertices[:40], plastic, up=False),
        cap(points[-1], skin, up=True),
    ]


def _sleeve(grids: tuple[Floats, Floats], film: Material) -> list[Part]:
    """Return front and back of a bag: the picture's left half and its right half."""
    front, back = grids
    m = front.shape[1]
    us = (front[0, :, 0] - front[0, 0, 0]) / (front[0, -1, 0] - front[0, 0, 0]) / 2
    vs = front[:, m // 2, 2] / front[-1, m // 2, 2]
    return [sheet(front, us, vs, film), sheet(back[:, ::-1], 0.5 + us, vs, film)]


def _pillow(
    size: tuple[float, float, float], rng: np.random.Generator, fullness: float, wrinkles: float
) -> tuple[Floats, Floats]:
    """Return grids (n, m, 3) of the front and the back of a pillow; `fullness` 1 is a box, 0.5 a cushion."""
    half_x, half_y, height = size[0] / 2, size[1] / 2, size[2]
    weld = 0.012
    z = np.concatenate(
        [
            [0, weld * 0.5, weld],
            np.linspace(weld, height - weld, 34)[1:-1],
            [height - weld, height - weld * 0.5, height],
        ]
    )
    across = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 29))
    x, level = np.meshgrid(across, z)
    along = np.clip((level - weld) / (height - 2 * weld), 0, 1)
    belly = (4 * along * (1 - along)) ** (0.9 - 0.5 * fullness)
    thick = half_y * belly * (1 - np.abs(x) ** (2 + 2 * fullness)) ** 0.55
    drawn_in = 1 - 0.09 * belly
    grids = []
    for side in (-1.0, 1.0):
        ends = np.exp(-np.minimum(level, height - level) / (0.16 * height))
        middle = np.clip(thick / half_y, 0, 1)
        folds = _folds(x * half_x, level, rng) * ends * middle
        waves = smooth_noise(np.stack([x * half_x, np.zeros_like(x), level], -1), rng, 0.045)
        y = side * (thick + _FOIL + wrinkles * (1.6 * folds + 0.55 * waves * middle))
        crimp = (along <= 0) | (along >= 1)
        ribs = np.where(crimp, 0.0009 * np.where(np.arange(29) % 2, 1.0, -1.0)[None, :], 0)
        grids.append(np.stack([x * half_x * drawn_in, y + ribs, level], -1))
    sway = (
        0.003
        * np.sin(np.linspace(0, 2 * np.pi, 29) + rng.uniform(0, 6))
        * (np.abs(2 * z / height - 1) > 0.85)[:, None]
    )
    for grid in grids:
        grid[..., 1] += sway
    return grids[0], grids[1]


def _standup(size: tuple[float, float, float], rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return grids (n, m, 3) of front and back of a pouch with a broad foot and a flat weld on top."""
    half_x, half_y, height = size[0] / 2, size[1] / 2, size[2]
    z = np.concatenate(
        [[0, 0, 0.004], np.linspace(0.012, height - 0.022, 30), [height - 0.015, height - 0.007, height]]
    )
    across = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 29))
    x, level = np.meshgrid(across, z)
    along = np.clip(level / (height - 0.022), 0, 1)
    belly = np.clip(1 - along**1.8, 0, 1) ** 0.75 * (0.82 + 0.18 * np.sin(np.pi * np.clip(along * 1.6, 0, 1)))
    thick = half_y * belly * (1 - np.abs(x) ** 3.2) ** 0.6
    thick[0] *= 0.02
    grids = []
    for side in (-1.0, 1.0):
        middle = np.clip(thick / half_y, 0, 1)
        folds = _folds(x * half_x, level, rng) * np.exp(-(height - level) / (0.2 * height)) * middle
        waves = smooth_noise(np.stack([x * half_x, np.zeros_like(x), level], -1), rng, 0.05)
        y = side * (thick + _FOIL + 0.0012 * (2 * folds + waves * middle))
        inset = 1 - 0.05 * np.sin(np.pi * along)
        grids.append(np.stack([x * half_x * inset, y, level], -1))
    return grids[0], grids[1]


def _folds(x: Floats, level: Floats, rng: np.random.Generator) -> Floats:
    """Return heights, 0..1 and sharp below, of creases that run up and down from a welded end."""
    lean = float(rng.uniform(-0.25, 0.25))
    phase = rng.uniform(0, 6, 2)
    place = x + lean * (level - level.mean()) * np.sign(x)
    wave = np.sin(place / 0.0056 + phase[0]) * 0.6 + np.sin(place / 0.0093 + phase[1]) * 0.6
    return np.asarray(-np.abs(wave))


def _brick(size: tuple[float, float, float], rng: np.random.Generator) -> list[Part]:
    """Return a block of paper or foil, a little crumpled, its top folded down."""
    paper = bool(rng.random() < 0.5)
    skin = Material(
        picture="wrap", roughness=0.7 if paper else 0.3, bump=0.15 if paper else 0.45, bump_scale=0.005
    )
    half_x, half_y, height = size[0] / 2, size[1] / 2, size[2]
    levels = np.array(
        [0.0, 0.0015, 0.005, *np.linspace(0.012, height - 0.014, 14), height - 0.006, height - 0.002, height]
    )
    inset = np.array([0.004, 0.0012, 0.0, *np.zeros(14), 0.001, 0.003, 0.006])
    rings = [rounded_rectangle(half_x - i, half_y - i, 0.004, straight=9) for i in inset]
    points = np.stack([np.column_stack([r, np.full(len(r), z)]) for r, z in zip(rings, levels, strict=True)])
    outward = points * np.array([1, 1, 0])
    outward /= np.linalg.norm(outward, axis=-1, keepdims=True)
    lumps = 0.0012 * smooth_noise(points, rng, 0.035) - 0.0006 * np.abs(smooth_noise(points, rng, 0.016))
    points = points + outward * lumps[..., None]
    wall = sheet(points, lengths_along(rings[5]), levels / height, skin, closed=True)
    lid = Material(picture="top", roughness=skin.roughness, bump=skin.bump, bump_scale=0.005)
    return [wall, cap(points[-1], lid, up=True), cap(points[0], lid, up=False), *_folded_flap(size, lid)]


def _folded_flap(size: tuple[float, float, float], material: Material) -> list[Part]:
    """Return the folded end of the paper that lies on top of a brick."""
    half_x, half_y, z = size[0] / 2 * 0.9, size[1] / 2 * 0.35, size[2]
    ring = rounded_rectangle(half_x, half_y, 0.002)
    low, high = (np.column_stack([ring, np.full(len(ring), level)]) for level in (z - 0.001, z + 0.0022))
    wall = sheet(np.stack([low, high]), lengths_along(ring), np.array([0.4, 0.6]), material, closed=True)
    return [wall, cap(high, material, up=True, region=(0.1, 0.4, 0.9, 0.6))]
