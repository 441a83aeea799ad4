"""Trays under clear film, with what lies in them."""

import numpy as np

from cart.scenes.geometry import Floats, Material
from cart.scenes.products.shapes.mesh import (
    Part,
    cap,
    lengths_along,
    moved,
    revolve,
    rounded_rectangle,
    sheet,
    shifted,
    smooth_noise,
)

Color = tuple[float, float, float]


def tray(
    size: tuple[float, float, float], style: str, food: Color, motif: str, rng: np.random.Generator
) -> list[Part]:
    """Return a tray under film with a label: `deep` and `shallow` for meat, `punnet` for fruit."""
    half_x, half_y, height = size[0] / 2, size[1] / 2, size[2]
    floor = 0.004
    rim = height * (0.8 if style == "punnet" else 0.86)
    contents = {"mince": _mince, "fillet": _fillets, "punnet": _pieces}[motif]
    return [
        *_shell(half_x, half_y, rim, style, rng),
        *contents((half_x * 0.84, half_y * 0.8), floor, rim, food, rng),
        *_film(half_x, half_y, rim, height, rng),
        *_sticker(half_x, half_y, height, rng),
    ]


def _shell(half_x: float, half_y: float, rim: float, style: str, rng: np.random.Generator) -> list[Part]:
    """Return the tray itself: foam, or clear plastic for a punnet."""
    colors = ((0.9, 0.9, 0.88), (0.07, 0.07, 0.075), (0.1, 0.12, 0.25), (0.86, 0.8, 0.72))
    material = Material(
        color=colors[int(rng.integers(len(colors)))], roughness=0.55, bump=0.05, bump_scale=0.002
    )
    if style == "punnet":
        material = Material(color=(0.93, 0.95, 0.95), roughness=0.08, transmission=0.9)
    outer = ((0.84, 0.0), (0.86, 0.002), (0.96, rim - 0.005), (1.0, rim - 0.003), (1.0, rim))
    inner = ((1.0, rim), (0.965, rim + 0.0005), (0.93, rim - 0.004), (0.84, 0.004), (0.8, 0.003))
    rings = [_ring(half_x, half_y, share, z) for share, z in (*outer, *inner[1:])]
    us = lengths_along(rings[0][:, :2])
    wall = sheet(np.stack(rings), us, np.linspace(0, 1, len(rings)), material, closed=True)
    return [wall, cap(rings[-1], material, up=True), cap(rings[0], material, up=False)]


def _ring(half_x: float, half_y: float, share: float, z: float) -> Floats:
    ring = rounded_rectangle(half_x * share, half_y * share, min(half_x, half_y) * 0.28, straight=6, bend=8)
    return np.column_stack([ring, np.full(len(ring), z)])


def _film(half_x: float, half_y: float, rim: float, height: float, rng: np.random.Generator) -> list[Part]:
    """Return clear film drawn over the rim, with small pleats towards it."""
    film = Material(color=(0.97, 0.98, 0.98), roughness=0.05, transmission=1.0, bump=0.25, bump_scale=0.009)
    levels = (0.0, 0.35, 0.62, 0.8, 0.92, 1.0)
    rings = []
    for share in levels[::-1]:
        ring = _ring(half_x * 1.003, half_y * 1.003, max(share, 0.02), 0.0)
        dome = rim + 0.001 + (height - rim - 0.0016) * (1 - share**3)
        around = np.arctan2(ring[:, 1] / half_y, ring[:, 0] / half_x)
        pleats = 0.0005 * np.sin(around * 46 + rng.uniform(0, 6)) * share**6
        ring[:, 2] = dome + pleats + 0.0005 * smooth_noise(ring, rng, 0.03) * (1 - share)
        rings.append(ring)
    skirt = _ring(half_x * 1.001, half_y * 1.001, 1.0, rim - 0.004)
    rings = [skirt, *rings]
    points = np.stack(rings)
    return [sheet(points, lengths_along(rings[0][:, :2]), np.linspace(0, 1, len(rings)), film, closed=True)]


def _sticker(half_x: float, half_y: float, height: float, rng: np.random.Generator) -> list[Part]:
    """Return the printed label on the film, off the middle, and the one below the tray."""
    paper = Material(picture="wrap", roughness=0.4)
    wide, deep = half_x * 0.95, half_x * 0.95 * 0.62
    x = float(rng.choice([-1, 1])) * (half_x * 0.86 - wide / 2) * float(rng.uniform(0.2, 0.75))
    y = float(rng.uniform(-0.3, 0.3)) * (half_y - deep)
    corners = rounded_rectangle(wide / 2, deep / 2, 0.003)
    ring = np.column_stack([corners, np.zeros(len(corners))])
    above = shifted(cap(ring, paper, up=True, region=(0.0, 0.0, 0.5, 1.0)), x, y, height)
    below = shifted(cap(ring, paper, up=False, region=(1.0, 0.0, 0.5, 1.0)), z=-0.0004)
    return [above, below]


def _mince(
    half: tuple[float, float], floor: float, rim: float, food: Color, rng: np.random.Generator
) -> list[Part]:
    """Return a block of mince: strands laid side by side, as the machine lets them fall."""
    meat = Material(
        picture="contents", color=food, roughness=0.35, subsurface=0.15, bump=0.5, bump_scale=0.003
    )
    x, y = np.meshgrid(np.linspace(-1, 1, 56), np.linspace(-1, 1, 40))
    edge = (1 - np.abs(x) ** 5) * (1 - np.abs(y) ** 5)
    flat = np.stack([x * half[0], y * half[1], np.zeros_like(x)], -1)
    bend = flat[..., 1] + 0.008 * smooth_noise(flat, rng, 0.07)
    strands = 0.0016 * np.abs(np.sin(bend * 520)) + 0.0018 * smooth_noise(flat, rng, 0.012)
    flat[..., 2] = floor + (rim - floor) * 0.93 * edge**0.45 + strands * np.clip(edge * 3, 0, 1)
    return [sheet(flat, np.linspace(0, 1, 56), np.linspace(0, 1, 40), meat)]


def _fillets(
    half: tuple[float, float], floor: float, rim: float, food: Color, rng: np.random.Generator
) -> list[Part]:
    """Return two or three fillets side by side."""
    meat = Material(
        picture="contents", color=food, roughness=0.28, subsurface=0.25, bump=0.15, bump_scale=0.006
    )
    count = int(rng.integers(2, 4))
    parts = []
    for n in range(count):
        lump = _lump(
            rng, meat, (half[0] / count * 1.08, half[1] * rng.uniform(0.85, 0.98), (rim - floor) * 0.62), 0.16
        )
        x = (2 * n + 1 - count) * half[0] / count
        parts.append(shifted(lump, x, float(rng.uniform(-0.004, 0.004)), floor + (rim - floor) * 0.5))
    return parts


def _pieces(
    half: tuple[float, float], floor: float, rim: float, food: Color, rng: np.random.Generator
) -> list[Part]:
    """Return two layers of small fruit, each of its own shape."""
    skin = Material(picture="contents", color=food, roughness=0.22, subsurface=0.2)
    radius = 0.0135
    parts = []
    for layer in range(2):
        shift = radius * (layer % 2)
        for x in np.arange(-half[0] + radius + shift, half[0] - radius * 0.7, radius * 2.02):
            for y in np.arange(-half[1] + radius + shift, half[1] - radius * 0.7, radius * 2.02):
                ball = _lump(rng, skin, (radius, radius, radius * 0.95), 0.06, rows=8, count=12)
                at = rng.uniform(-0.001, 0.001, 2)
                height = floor + radius + layer * min(radius * 1.5, rim - floor - 2 * radius)
                parts.append(shifted(ball, x + at[0], y + at[1], height))
    return parts


def _lump(
    rng: np.random.Generator,
    material: Material,
    half: tuple[float, float, float],
    uneven: float,
    rows: int = 22,
    count: int = 36,
) -> Part:
    """Return an ellipsoid with smooth unevenness, a share of its size."""
    turn = np.linspace(-np.pi / 2, np.pi / 2, rows)
    ball = revolve([(max(float(np.cos(a)), 0.003), float(np.sin(a))) for a in turn], material, count=count)
    unit = ball.vertices
    grown = unit * (1 + uneven * smooth_noise(unit + rng.uniform(-9, 9, 3), rng, 2.2))[:, None]
    return moved(ball, grown * np.array(half))
