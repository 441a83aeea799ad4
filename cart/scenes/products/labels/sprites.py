"""Small pictures of food, to make heaps of: (h, w, 4), RGB and coverage 0..1, lit from the upper left."""

from collections.abc import Callable

import cv2
import numpy as np

from cart.scenes.geometry import Floats

SIDE = 96
"""Pixels of a sprite's side."""

_LIGHT = np.array([-0.45, -0.55, 0.70])


def _grid() -> tuple[Floats, Floats]:
    axis = np.linspace(-1.18, 1.18, SIDE)
    x, y = np.meshgrid(axis, axis)
    return x, y


def _lit(color: Floats, normal: Floats, inside: Floats, gloss: float) -> Floats:
    """Return a shaded sprite with a soft shadow round it."""
    unit = normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    diffuse = np.clip(unit @ (_LIGHT / np.linalg.norm(_LIGHT)), 0, 1)
    shine = np.clip(unit @ np.array([-0.3, -0.42, 0.86]), 0, 1) ** 40 * gloss
    rgb = color * (0.42 + 0.66 * diffuse)[..., None] + shine[..., None]
    cover = np.clip(inside * SIDE * 0.25 + 0.5, 0, 1)
    shadow = cv2.GaussianBlur((inside > 0).astype(np.float32), (0, 0), SIDE * 0.045) * 0.5
    total = cover + shadow * (1 - cover)
    rgb = rgb * (cover / np.maximum(total, 1e-6))[..., None]
    return np.dstack([np.clip(rgb, 0, 1), total]).astype(np.float32)


def _dome(distance: Floats, flatness: float, slope: tuple[Floats, Floats]) -> Floats:
    """Return normals (h, w, 3) of a dome whose edge is where `distance` is 1."""
    height = np.sqrt(np.clip(1 - distance**2, 0.02, 1))
    return np.dstack([slope[0] * flatness, slope[1] * flatness, height])


def ball(
    color: Floats, rng: np.random.Generator, aspect: float = 1.0, gloss: float = 0.45, crease: bool = False
) -> Floats:
    """Return an ellipsoid: a berry, a bean, a grain; `crease` gives it the furrow of a coffee bean."""
    x, y = _grid()
    y = y / aspect
    wobble = 1 + 0.05 * np.sin(3 * np.arctan2(y, x) + rng.uniform(0, 6))
    distance = np.hypot(x, y) * wobble
    tone = color * np.ones((SIDE, SIDE, 1))
    if crease:
        furrow = np.exp(-(((y + 0.18 * np.sin(2.2 * x)) / 0.10) ** 2))
        tone = tone * (1 - 0.55 * furrow[..., None])
    return _lit(tone, _dome(distance, 1.0, (x, y)), (1 - distance) * aspect, gloss)


def flake(color: Floats, rng: np.random.Generator, aspect: float = 0.8, gloss: float = 0.08) -> Floats:
    """Return a thin, wavy flake: an oat, a crisp, a biscuit crumb."""
    x, y = _grid()
    y = y / aspect
    turn = np.arctan2(y, x)
    edge = 1 + 0.06 * np.sin(2 * turn + rng.uniform(0, 6)) + 0.05 * np.sin(5 * turn + rng.uniform(0, 6))
    distance = np.hypot(x, y) * edge
    wave = rng.uniform(0, 6, 3)
    tilt = 0.5 * np.sin(2.1 * x + wave[0]) + 0.4 * np.cos(2.6 * y + wave[1])
    speckle = cv2.GaussianBlur(rng.normal(0, 1, (SIDE, SIDE)), (0, 0), 2.5) * 0.35
    tone = color * (1 + speckle * 0.5)[..., None] * (1 - 0.22 * np.clip(distance, 0, 1) ** 6)[..., None]
    return _lit(tone, np.dstack([tilt, 0.6 * tilt, np.ones_like(x)]), (1 - distance) * aspect, gloss)


def slice_of_citrus(color: Floats, rng: np.random.Generator) -> Floats:
    """Return a round slice with its rind, pith and segments."""
    x, y = _grid()
    distance, turn = np.hypot(x, y), np.arctan2(y, x) + rng.uniform(0, 6)
    pale = 0.25 * color + 0.75 * np.array([0.98, 0.96, 0.86])
    spoke = np.abs(np.sin(turn * 4.5)) * distance
    flesh = (distance < 0.84) & (spoke > 0.07) & (distance > 0.09)
    grain = 1 + 0.10 * np.sin(turn * 60 + 9 * distance) * (distance > 0.2)
    tone = np.where(flesh[..., None], color * grain[..., None] * 1.08, pale)
    tone = np.where((distance > 0.92)[..., None], color * 0.92, tone)
    return _lit(np.clip(tone, 0, 1), np.dstack([0.1 * x, 0.1 * y, np.ones_like(x)]), 1 - distance, 0.06)


def leaf(color: Floats, rng: np.random.Generator, aspect: float = 0.42) -> Floats:
    """Return a leaf along x with its ribs."""
    x, y = _grid()
    along = np.clip((x + 1) / 2, 0, 1)
    half = aspect * np.sin(np.pi * along**0.8) * (1 - 0.25 * along) + 1e-3
    bent = y - 0.12 * np.sin(2 * x + rng.uniform(-1, 1))
    inside = np.where(np.abs(x) < 1, half - np.abs(bent), -0.5)
    ribs = np.abs(np.sin((x - 0.9 * np.abs(bent)) * 13))
    tone = color * (0.86 + 0.14 * ribs)[..., None] + 0.12 * np.exp(-((bent / 0.03) ** 2))[..., None]
    normal = np.dstack([np.zeros_like(x), 0.7 * np.sign(bent) * 0.5 + bent, np.ones_like(x)])
    return _lit(np.clip(tone, 0, 1), normal, inside, 0.1)


def tube_of_pasta(color: Floats, rng: np.random.Generator) -> Floats:
    """Return a short ribbed tube with slanted ends."""
    x, y = _grid()
    slanted = x + y * 0.7
    inside = np.minimum(0.92 - np.abs(slanted), 0.34 - np.abs(y))
    ribs = 0.94 + 0.06 * np.sign(np.sin(y * 42 + rng.uniform(0, 6)))
    hole = np.clip((slanted - 0.72) / 0.12, 0, 1) * (np.abs(y) < 0.26)
    tone = color * (ribs * (1 - 0.55 * hole))[..., None]
    return _lit(
        tone,
        np.dstack([np.zeros_like(x), y / 0.34, np.sqrt(np.clip(1 - (y / 0.34) ** 2, 0.03, 1))]),
        inside,
        0.18,
    )


def cube(color: Floats, rng: np.random.Generator) -> Floats:
    """Return a soft rounded block: a fruit gum, a sugar cube."""
    x, y = _grid()
    distance = (np.abs(x) ** 3.4 + np.abs(y / 0.8) ** 3.4) ** (1 / 3.4)
    grain = 1 + 0.10 * cv2.GaussianBlur(rng.normal(0, 1, (SIDE, SIDE)), (0, 0), 1.0)
    return _lit(color * grain[..., None], _dome(distance**3, 0.8, (x**3, (y / 0.8) ** 3)), 1 - distance, 0.35)


def biscuit(color: Floats, rng: np.random.Generator) -> Floats:
    """Return a baked disc with a notched edge and holes."""
    x, y = _grid()
    turn = np.arctan2(y, x)
    distance = np.hypot(x, y) * (1 + 0.02 * np.cos(turn * 26))
    browned = 1 - 0.28 * np.clip(distance, 0, 1) ** 5
    holes = np.ones_like(x)
    for place in np.arange(9):
        at = 0.55 * np.array([np.cos(place * 0.785), np.sin(place * 0.785)]) * (place < 8)
        holes -= 0.5 * np.exp(-(((x - at[0]) ** 2 + (y - at[1]) ** 2) / 0.0035))
    grain = 1 + 0.25 * cv2.GaussianBlur(rng.normal(0, 1, (SIDE, SIDE)), (0, 0), 2.0)
    return _lit(
        color * (browned * holes * grain)[..., None], _dome(distance**4, 0.5, (x, y)), 1 - distance, 0.05
    )


def drop(color: Floats, rng: np.random.Generator) -> Floats:
    """Return a clear drop with its two lights."""
    del rng
    x, y = _grid()
    narrow = np.clip((y + 1) / 1.4, 0.02, 1) ** 0.8
    distance = np.maximum(np.hypot(x / narrow, y * 0.95), 0)
    return _lit(
        color * (0.8 + 0.35 * np.clip(y, -1, 1))[..., None],
        _dome(distance, 0.9, (x, y)),
        0.85 - distance,
        0.8,
    )


def bubble(color: Floats, rng: np.random.Generator) -> Floats:
    """Return a thin clear bubble."""
    del rng
    x, y = _grid()
    distance = np.hypot(x, y)
    cover = np.clip(1 - np.abs(distance - 0.94) * 9, 0, 1) * 0.75 + (distance < 0.94) * 0.16
    light = np.clip(1 - np.hypot(x + 0.35, y + 0.4) * 5, 0, 1)
    rgb = color + (1 - color) * light[..., None]
    return np.dstack([rgb, np.maximum(cover, light)]).astype(np.float32)


Sprite = Callable[[Floats, np.random.Generator], Floats]


def strewn(
    height: int,
    width: int,
    sprite: Sprite,
    colors: Floats,
    size: float,
    rng: np.random.Generator,
    full: bool,
    tilt: float = 3.2,
) -> Floats:
    """Return a heap of sprites (height, width, 4), RGB times coverage and coverage.

    Args:
        height: Pixels.
        width: Pixels.
        sprite: Makes one piece.
        colors: (n, 3) colours 0..1 of the pieces.
        size: Length of a piece as a share of the smaller side.
        rng: Draws places, turns and tones.
        full: Whether the whole area is covered.
        tilt: Largest turn of a piece, radians.
    """
    canvas = np.zeros((height, width, 4), np.float32)
    kinds = [
        sprite(np.clip(c * rng.uniform(0.88, 1.12), 0, 1), rng)
        for c in np.repeat(colors, max(1, 6 // len(colors)), 0)
    ]
    side = size * min(height, width)
    count = int(np.clip(4.2 * height * width / side**2, 12, 320))
    for x, y in _places(count, full, rng):
        scale = side * rng.uniform(0.85, 1.2) / SIDE
        stamp(
            canvas,
            kinds[int(rng.integers(len(kinds)))],
            x * width,
            y * height,
            scale,
            rng.uniform(-tilt, tilt),
        )
    return canvas


def _places(count: int, full: bool, rng: np.random.Generator) -> Floats:
    """Return places (count, 2) as shares, those further down later, so that they lie in front."""
    x, y = rng.uniform(-0.05, 1.05, count), rng.uniform(-0.05, 1.05, count)
    if not full:
        crest = 0.25 + 0.75 * np.abs(2 * x - 1) ** 2.2
        y = crest + (1.05 - crest) * rng.uniform(0, 1, count)
    places = np.stack([x, y], -1)
    return places[np.argsort(places[:, 1])]


def stamp(canvas: Floats, sprite: Floats, x: float, y: float, scale: float, turn: float) -> None:
    """Lay a sprite over a canvas, its middle at pixel x, y."""
    reach = int(SIDE * scale * 0.75) + 2
    x0, y0 = int(x) - reach, int(y) - reach
    left, top = max(x0, 0), max(y0, 0)
    right, bottom = min(x0 + 2 * reach, canvas.shape[1]), min(y0 + 2 * reach, canvas.shape[0])
    if left >= right or top >= bottom:
        return
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    middle = (SIDE - 1) / 2
    matrix = np.array(
        [[cos, -sin, x - left - middle * (cos - sin)], [sin, cos, y - top - middle * (sin + cos)]]
    )
    flags = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    if scale < 0.5:
        sprite = np.asarray(cv2.GaussianBlur(sprite, (0, 0), 0.35 / scale))
    warped = cv2.warpAffine(sprite, matrix, (right - left, bottom - top), flags=flags)
    cover = warped[..., 3:]
    area = canvas[top:bottom, left:right]
    area[..., :3] = area[..., :3] * (1 - cover) + warped[..., :3] * cover
    area[..., 3:] = cover + area[..., 3:] * (1 - cover)
