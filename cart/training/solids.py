"""Products as solids: boxes, cartons, cans, bottles, jars, tubs, pouches and fruit, each one different."""

from collections.abc import Callable

import cv2
import numpy as np

from cart.training.label_art import label_art, random_color
from cart.training.splat import PART_ITEM, Bytes, Floats, Surface, join

STEP = 1 / 260
"""Distance of neighbouring points; solids are about 1 high, so they can be drawn 180 pixels high."""


def random_product(rng: np.random.Generator) -> Surface:
    """Return a product about 1 high around the origin, y up."""
    makers: list[Callable[[np.random.Generator], Surface]] = [_box, _can, _bottle, _jar, _tub, _pouch, _fruit]
    return makers[rng.choice(len(makers), p=[0.26, 0.15, 0.2, 0.1, 0.09, 0.12, 0.08])](rng)


def _grid(u_length: float, v_length: float) -> tuple[Floats, Floats]:
    """Return u and v, 0..1, of points STEP apart on a patch of the given side lengths."""
    u = np.linspace(0, 1, max(4, int(u_length / STEP)), dtype=np.float32)
    v = np.linspace(0, 1, max(4, int(v_length / STEP)), dtype=np.float32)
    across, down = np.meshgrid(u, v)
    return across.ravel(), down.ravel()


def _surface(
    points: Floats, normals: Floats, colors: Floats, opacity: Floats | float, gloss: float
) -> Surface:
    count = len(points)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    rgba = np.empty((count, 4), np.float32)
    rgba[:, :3], rgba[:, 3] = colors, opacity
    parts = np.full(count, PART_ITEM, np.uint8)
    return Surface(points, normals / (lengths + 1e-6), rgba, np.full(count, gloss, np.float32), parts)


def _sample(art: Bytes, u: Floats, v: Floats) -> Floats:
    """Return the colours (N, 3), 0..1, of a printed face; v runs from its top to its bottom."""
    height, width = art.shape[:2]
    rows = (v * (height - 1)).astype(np.intp)
    columns = (u * (width - 1)).astype(np.intp)
    colors: Floats = art[rows, columns].astype(np.float32) / 255
    return colors


def _quad(corners: Floats, art: Bytes, gloss: float) -> Surface:
    """Return a flat face; corners (4, 3) clockwise from top left, seen from outside."""
    a, b, c, d = corners
    u, v = _grid(float(np.linalg.norm(b - a)), float(np.linalg.norm(d - a)))
    u1, v1 = u[:, None], v[:, None]
    points = (a * (1 - u1) + b * u1) * (1 - v1) + (d * (1 - u1) + c * u1) * v1
    normal = np.cross(d - a, b - a) if np.linalg.norm(b - a) > 1e-6 else np.cross(d - a, c - a)
    return _surface(points, np.broadcast_to(normal, points.shape), _sample(art, u, v), 1, gloss)


def _box(rng: np.random.Generator) -> Surface:
    """A carton; with some, the top rises to a ridge as on milk."""
    width, depth = rng.uniform(0.35, 1.1), rng.uniform(0.15, 0.6)
    x, z, y = width / 2, depth / 2, 0.5
    ring = np.array([[-x, z], [x, z], [x, -z], [-x, -z]], np.float32)
    front, side = label_art(rng, int(width * 200), 200), label_art(rng, int(depth * 200) + 8, 200)
    gloss = float(rng.uniform(0, 0.4))
    top = np.insert(ring, 1, y, axis=1)
    low = np.insert(ring, 1, -y, axis=1)
    faces = []
    for index, art in enumerate((front, side, front, side)):
        after = (index + 1) % 4
        faces.append(_quad(np.stack([top[index], top[after], low[after], low[index]]), art, gloss))
    faces.append(_quad(low[[0, 1, 2, 3]], side, gloss))
    if rng.random() < 0.25:
        faces += _gable(top, float(rng.uniform(0.15, 0.3)), front, gloss)
    else:
        faces.append(_quad(top[[3, 2, 1, 0]], label_art(rng, 150, 100), gloss))
    return join(*faces)


def _gable(top: Floats, rise: float, art: Bytes, gloss: float) -> list[Surface]:
    left, right = (top[0] + top[3]) / 2, (top[1] + top[2]) / 2
    left, right = (end + np.array([0, rise, 0]) for end in (left, right))
    return [
        _quad(np.stack([left, right, top[1], top[0]]), art, gloss),
        _quad(np.stack([right, left, top[3], top[2]]), art, gloss),
        _quad(np.stack([right, right, top[2], top[1]]), art, gloss),
        _quad(np.stack([left, left, top[0], top[3]]), art, gloss),
    ]


def _revolved(radii: Floats, colors: Floats, opacity: Floats, gloss: float, height: float = 1.0) -> Surface:
    """Return a solid of revolution.

    Args:
        radii: (H,), from top to bottom.
        colors: (H, W, 3), 0..1, wound around it.
        opacity: (H,).
        gloss: of all points.
        height: of the solid.
    """
    u, v = _grid(2 * np.pi * float(radii.max()), height)
    at = v * (len(radii) - 1)
    radius = np.interp(at, np.arange(len(radii)), radii).astype(np.float32)
    slope = np.interp(at, np.arange(len(radii)), np.gradient(radii) * len(radii) / height).astype(np.float32)
    angle = u * np.float32(2 * np.pi)
    sine, cosine = np.sin(angle), np.cos(angle)
    points = np.stack([radius * sine, (0.5 - v) * np.float32(height), radius * cosine], axis=1)
    rows = at.astype(np.intp)
    columns = (u * (colors.shape[1] - 1)).astype(np.intp)
    return _surface(
        points, np.stack([sine, slope, cosine], axis=1), colors[rows, columns], opacity[rows], gloss
    )


def _disc(radius: float, y: float, art: Bytes, gloss: float, up: float = 1.0) -> Surface:
    u, v = _grid(2 * radius, 2 * radius)
    x, z = (2 * u - 1) * radius, (2 * v - 1) * radius
    inside = x**2 + z**2 <= radius**2
    points = np.stack([x, np.full_like(x, y), z], axis=1)[inside]
    normals = np.broadcast_to(np.array([0, up, 0], np.float32), points.shape)
    return _surface(points, normals, _sample(art, u[inside], v[inside]), 1, gloss)


def _metal_lid(rng: np.random.Generator) -> Bytes:
    base = int(rng.integers(130, 220))
    art = np.full((160, 160, 3), base, np.uint8)
    cv2.circle(art, (80, 80), 78, (base + 30,) * 3, 4)
    cv2.circle(art, (80, 80), 66, (base - 45,) * 3, 3)
    if rng.random() < 0.6:
        cv2.ellipse(art, (80, 95), (20, 32), 0, 0, 360, (base - 25,) * 3, -1)
        cv2.ellipse(art, (80, 95), (20, 32), 0, 0, 360, (base + 25,) * 3, 3)
        cv2.circle(art, (80, 108), 9, (base - 70,) * 3, -1)
    return art


def _plain(rng: np.random.Generator) -> Bytes:
    art = np.empty((40, 40, 3), np.uint8)
    art[:] = random_color(rng)
    return art


def _can(rng: np.random.Generator) -> Surface:
    radius, rim = rng.uniform(0.24, 0.5), rng.uniform(0.85, 1)
    radii = np.full(100, radius, np.float32)
    radii[:5], radii[-5:] = np.linspace(radius * rim, radius, 5), np.linspace(radius, radius * rim, 5)
    art = label_art(rng, 380, 200).astype(np.float32) / 255
    art[:6], art[-6:] = rng.uniform(0.5, 0.8), rng.uniform(0.5, 0.8)
    side = _revolved(radii, art[::2], np.ones(100, np.float32), float(rng.uniform(0.2, 0.8)))
    lid = _metal_lid(rng)
    return join(side, _disc(radius * rim, 0.5, lid, 0.5), _disc(radius * rim, -0.5, lid, 0.5, -1))


def _wound(
    rng: np.random.Generator, body: tuple[float, float], cap: float, clear: float
) -> tuple[Floats, Floats]:
    """Return colours (200, 380, 3) and opacity (200,) of a bottle: glass or plastic, a label, a cap."""
    colors = np.empty((200, 380, 3), np.float32)
    colors[:] = np.array(random_color(rng), np.float32) / 255
    opacity = np.full(200, clear, np.float32)
    if clear < 1:
        colors[:] = 0.65 + 0.25 * colors
        opacity[rng.integers(200)] = 1
    if rng.random() < 0.85:
        first, last = int(200 * body[0]), int(200 * body[1])
        colors[first:last] = label_art(rng, 380, last - first).astype(np.float32) / 255
        opacity[first:last] = 1
    colors[: int(200 * cap)] = np.array(random_color(rng), np.float32) / 255
    opacity[: int(200 * cap)] = 1
    return colors, opacity


def _bottle(rng: np.random.Generator) -> Surface:
    radius, neck = rng.uniform(0.13, 0.24), rng.uniform(0.045, 0.08)
    shoulder = rng.uniform(0.2, 0.5)
    heights = np.array([0, 0.07, 0.09, shoulder * 0.5, shoulder, 0.75, 0.97, 1])
    waist = radius * rng.uniform(0.85, 1)
    widths = np.array(
        [neck * 1.15, neck * 1.15, neck, neck * rng.uniform(1, 2), radius, waist, radius, radius * 0.9]
    )
    radii = np.interp(np.linspace(0, 1, 200), heights, widths).astype(np.float32)
    radii = cv2.GaussianBlur(radii[:, None], (1, 9), 0).ravel()
    clear = 1.0 if rng.random() < 0.4 else float(rng.uniform(0.15, 0.7))
    start = shoulder + rng.uniform(0, 0.15)
    colors, opacity = _wound(rng, (start, start + rng.uniform(0.12, 0.35)), 0.085, clear)
    side = _revolved(radii, colors, opacity, float(rng.uniform(0.3, 1)))
    return join(
        side,
        _disc(float(radii[0]), 0.5, _plain(rng), 0.3),
        _disc(float(radii[-1]), -0.5, _plain(rng), 0.3, -1),
    )


def _jar(rng: np.random.Generator) -> Surface:
    radius, lid = rng.uniform(0.25, 0.45), rng.uniform(0.12, 0.25)
    heights = np.array([0, lid, lid + 0.03, lid + 0.1, 0.95, 1])
    widths = radius * np.array([0.93, 0.93, 0.85, 1, 1, 0.9])
    radii = np.interp(np.linspace(0, 1, 200), heights, widths).astype(np.float32)
    clear = 1.0 if rng.random() < 0.5 else float(rng.uniform(0.4, 0.8))
    colors, opacity = _wound(rng, (lid + 0.15, float(rng.uniform(0.75, 0.95))), lid, clear)
    top = _plain(rng) if rng.random() < 0.5 else label_art(rng, 120, 120)
    side = _revolved(radii, colors, opacity, float(rng.uniform(0.2, 0.9)))
    return join(side, _disc(float(radii[0]), 0.5, top, 0.4), _disc(float(radii[-1]), -0.5, top, 0.4, -1))


def _tub(rng: np.random.Generator) -> Surface:
    """A cup of yoghurt or noodles: wider at the top, with a printed lid."""
    radius, foot, height = rng.uniform(0.35, 0.6), rng.uniform(0.6, 0.9), float(rng.uniform(0.4, 1))
    radii = (radius * np.linspace(1, foot, 100)).astype(np.float32)
    radii[:4] *= 1.06
    art = label_art(rng, 380, 100).astype(np.float32) / 255
    side = _revolved(radii, art, np.ones(100, np.float32), float(rng.uniform(0, 0.5)), height)
    lid = label_art(rng, 150, 150) if rng.random() < 0.7 else _plain(rng)
    half = height / 2
    return join(
        side, _disc(float(radii[0]), half, lid, 0.3), _disc(float(radii[-1]), -half, _plain(rng), 0, -1)
    )


def _pouch(rng: np.random.Generator) -> Surface:
    """A bag of crisps or sweets: two sheets, bulged and crumpled, sealed at the ends."""
    width, bulge = rng.uniform(0.5, 0.9), rng.uniform(0.08, 0.2)
    sheets = []
    crumple = cv2.resize(
        rng.normal(0, 1, (7, 6)).astype(np.float32), (200, 260), interpolation=cv2.INTER_CUBIC
    )
    for side in (1.0, -1.0):
        u, v = _grid(width, 1)
        x, y = 2 * u - 1, 2 * v - 1
        dent = _sample_map(crumple, u, v)
        swell = (1 - x**4) * (1 - y**4) * (1 + 0.15 * dent)
        points = np.stack([x * width / 2, -y / 2, side * bulge * swell], axis=1)
        slope_x = _sample_map(cv2.Sobel(crumple, cv2.CV_32F, 1, 0), u, v) * 1.5
        slope_y = _sample_map(cv2.Sobel(crumple, cv2.CV_32F, 0, 1), u, v) * 1.5
        normals = np.stack(
            [4 * bulge * x**3 / width * 2 - slope_x, -4 * bulge * y**3 * 2 + slope_y, np.full_like(x, side)],
            axis=1,
        )
        sheets.append(
            _surface(points, normals, _sample(label_art(rng, 160, 220), u, v), 1, float(rng.uniform(0.1, 1)))
        )
    return join(*sheets)


def _sample_map(values: Floats, u: Floats, v: Floats) -> Floats:
    height, width = values.shape
    result: Floats = values[(v * (height - 1)).astype(np.intp), (u * (width - 1)).astype(np.intp)]
    return result


def _fruit(rng: np.random.Generator) -> Surface:
    """A piece of produce: a dented, stretched ball with speckles and a change of colour."""
    u, v = _grid(np.pi * 0.9, np.pi * 0.45)
    around, polar = u * np.float32(2 * np.pi), v * np.float32(np.pi)
    direction = np.stack(
        [np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], axis=1
    )
    waves = sum(
        rng.uniform(-0.05, 0.05) * np.sin(direction @ rng.normal(0, 2.5, 3) + rng.uniform(0, 6))
        for _ in range(4)
    )
    radius = 0.4 * (1 + np.asarray(waves))[:, None]
    stretch = np.array([1, rng.choice([1.0, 1.0, 1.3, 1.9]), 1])
    first, second = (np.array(random_color(rng)) / 255 for _ in range(2))
    mix = (0.5 + 0.5 * np.sin(direction @ rng.normal(0, 1.5, 3)))[:, None]
    colors = first * (1 - 0.6 * mix) + second * 0.6 * mix + rng.normal(0, 0.03, (len(u), 1))
    points, normals = direction * radius * stretch, direction / stretch
    return _surface(
        points.astype(np.float32),
        normals.astype(np.float32),
        colors.clip(0, 1).astype(np.float32),
        1,
        float(rng.uniform(0.05, 0.6)),
    )
