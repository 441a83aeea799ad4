"""What is pictured on a package: food in heaps, cups, bowls, fields; (h, w, 4) floats, RGB times coverage and coverage."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.products.labels import sprites
from cart.scenes.products.labels.ink import Color

_GREEN = np.array([0.36, 0.50, 0.24])


def motif(name: str, height: int, width: int, food: Color, ink: Color, rng: np.random.Generator, full: bool) -> Floats:
    """Return the picture of a motif, see `_MOTIFS` for the names.

    Args:
        name: Of the motif.
        height: Pixels.
        width: Pixels.
        food: Colour of what is inside the package.
        ink: Colour of the taste.
        rng: Draws it.
        full: Whether it may cover all of the area; else it stands on the lower edge.
    """
    food_color, ink_color = np.array(food) / 255, np.array(ink) / 255
    return _MOTIFS[name](height, width, food_color, ink_color, rng, full)


def _shades(color: Floats, spread: float = 0.16) -> Floats:
    return np.clip(np.stack([color * (1 + s) for s in (-spread, -spread / 3, spread / 3, spread)]), 0, 1)


def _heap(
    h: int,
    w: int,
    food: Floats,
    ink: Floats,
    rng: np.random.Generator,
    full: bool,
    sprite: sprites.Sprite,
    size: float,
    tilt: float = 3.2,
) -> Floats:
    del ink
    return sprites.strewn(h, w, sprite, _shades(food), size, rng, full, tilt)


def _mixed(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool, size: float) -> Floats:
    """Return a heap of balls in several colours, as of mixed vegetables or gums."""
    del ink
    colors = np.array([food, [0.80, 0.45, 0.16], [0.45, 0.58, 0.24], [0.85, 0.74, 0.32]])
    return sprites.strewn(h, w, sprites.ball, colors, size, rng, full)


def _gums(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    colors = np.array([food, ink, [0.82, 0.62, 0.20], [0.45, 0.56, 0.22], [0.75, 0.28, 0.22]])
    return sprites.strewn(h, w, sprites.cube, colors, 0.26, rng, full)


def _leaves(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    return sprites.strewn(h, w, sprites.leaf, np.array([food, ink, 0.6 * food + 0.4 * _GREEN]), 0.5, rng, full)


def _tomatoes(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    below = sprites.strewn(h, w, partial(sprites.ball, aspect=0.92, gloss=0.6), _shades(food, 0.1), 0.5, rng, full)
    return _with_leaves(below, rng)


def _with_leaves(canvas: Floats, rng: np.random.Generator) -> Floats:
    h, w, _ = canvas.shape
    leaf = sprites.leaf(_GREEN, rng)
    for _ in range(4):
        x, y = rng.uniform(0.15, 0.85) * w, rng.uniform(0.55, 0.95) * h
        sprites.stamp(canvas, leaf, x, y, 0.42 * min(h, w) / sprites.SIDE, rng.uniform(-3, 3))
    return canvas


def _berries(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    del ink
    return _with_leaves(sprites.strewn(h, w, partial(sprites.ball, gloss=0.5), _shades(food, 0.14), 0.34, rng, full), rng)


def _slices(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    del full
    canvas = np.zeros((h, w, 4), np.float32)
    side = min(h, w)
    whole = sprites.ball(0.6 * food + 0.4 * ink, rng, 0.97, 0.35)
    cut = sprites.slice_of_citrus(food, rng)
    for sprite, x, y, size in ((whole, 0.34, 0.56, 0.78), (cut, 0.66, 0.66, 0.66), (cut, 0.2, 0.86, 0.4)):
        sprites.stamp(canvas, sprite, x * w, y * h, size * side / sprites.SIDE, rng.uniform(-0.5, 0.5))
    leaf = sprites.leaf(_GREEN, rng)
    sprites.stamp(canvas, leaf, 0.5 * w, 0.28 * h, 0.4 * side / sprites.SIDE, rng.uniform(-1, 0.2))
    return canvas


def _painted(h: int, w: int, ground: Floats | None = None) -> Floats:
    canvas = np.zeros((h, w, 4), np.float32)
    if ground is not None:
        canvas[..., :3], canvas[..., 3] = ground, 1.0
    return canvas


def _fill(canvas: Floats, mask: Floats, color: Floats) -> None:
    """Lay a colour (3,) or (h, w, 3) over a canvas where a mask (h, w), 0..1, says."""
    cover = mask[..., None]
    canvas[..., :3] = canvas[..., :3] * (1 - cover) + color * cover
    canvas[..., 3:] = canvas[..., 3:] * (1 - cover) + cover


def _shares(h: int, w: int) -> tuple[Floats, Floats]:
    x, y = np.meshgrid(np.linspace(0, 1, w), np.linspace(0, 1, h))
    return x, y


def _edge(distance: Floats, sharp: float) -> Floats:
    return np.clip(distance * sharp + 0.5, 0, 1)


def _ellipse(h: int, w: int, x0: float, y0: float, half_x: float, half_y: float) -> Floats:
    x, y = _shares(h, w)
    return _edge(1 - np.hypot((x - x0) / half_x, (y - y0) / half_y), min(h * half_y, w * half_x))


def _cup(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a cup on a saucer, seen a little from above."""
    del rng, full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    china = np.array([0.95, 0.94, 0.91])
    shade = (0.72 + 0.3 * (1 - np.abs(x - 0.42) * 1.9))[..., None]
    _fill(canvas, _ellipse(h, w, 0.5, 0.90, 0.46, 0.09) * 0.35, np.zeros(3))
    _fill(canvas, _ellipse(h, w, 0.5, 0.86, 0.44, 0.10), china * shade)
    _fill(canvas, _ellipse(h, w, 0.5, 0.84, 0.26, 0.05), china * 0.82 * shade)
    ring = _ellipse(h, w, 0.80, 0.58, 0.13, 0.14) - _ellipse(h, w, 0.80, 0.58, 0.075, 0.085)
    _fill(canvas, np.clip(ring, 0, 1), china * 0.86)
    half = 0.30 * np.sqrt(1 - np.clip((y - 0.42) / 0.44, 0, 1) ** 2.4)
    body = _edge((half - np.abs(x - 0.5)), w * 0.8) * _edge(y - 0.42, h * 1.0) * _edge(0.84 - y, h)
    _fill(canvas, body, china * shade)
    band = body * _edge(0.03 - np.abs(y - 0.62), h)
    _fill(canvas, band, ink * shade)
    _fill(canvas, _ellipse(h, w, 0.5, 0.42, 0.30, 0.085), china * 0.93)
    _fill(canvas, _ellipse(h, w, 0.5, 0.43, 0.27, 0.066), food * (0.8 + 0.5 * x[..., None]))
    return canvas


def _bowl(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a bowl heaped with flakes."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    china = np.array([0.92, 0.91, 0.89])
    _fill(canvas, _ellipse(h, w, 0.5, 0.95, 0.4, 0.06) * 0.35, np.zeros(3))
    half = 0.46 * np.sqrt(np.clip(1 - ((y - 0.5) / 0.46) ** 2, 0, 1))
    body = _edge(half - np.abs(x - 0.5), w) * _edge(y - 0.5, h)
    _fill(canvas, body, china * (0.66 + 0.4 * (1 - np.abs(x - 0.36) * 1.6))[..., None])
    _fill(canvas, body * _edge(0.02 - np.abs(y - 0.68), h), ink)
    _fill(canvas, _ellipse(h, w, 0.5, 0.5, 0.46, 0.15), china)
    heap = sprites.strewn(h, w, sprites.flake, _shades(food, 0.2), 0.14, rng, full=True)
    mound = np.maximum(_ellipse(h, w, 0.5, 0.49, 0.43, 0.125), _ellipse(h, w, 0.5, 0.42, 0.33, 0.16))
    _fill(canvas, mound, food * 0.6)
    _fill(canvas, mound * heap[..., 3], heap[..., :3] / np.maximum(heap[..., 3:], 1e-3))
    berry = sprites.ball(ink, rng)
    for at in ((0.4, 0.36), (0.56, 0.4), (0.64, 0.34), (0.48, 0.45)):
        sprites.stamp(canvas, berry, at[0] * w, at[1] * h, 0.11 * min(h, w) / sprites.SIDE, 0.0)
    return canvas


def _pasture(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return hills under a sky, and a splash of milk before them."""
    del full
    x, y = _shares(h, w)
    sky = 0.35 * ink + 0.65 * np.array([0.82, 0.90, 0.95])
    canvas = _painted(h, w, sky * 1.0)
    canvas[..., :3] += (0.25 * (1 - sky)) * y[..., None]
    for n, depth in enumerate((0.45, 0.55, 0.66)):
        wave = depth + 0.05 * np.sin(2 * np.pi * (x * rng.uniform(0.5, 1.1) + rng.uniform()))
        green = np.array([0.46, 0.58, 0.34]) * (1.1 - 0.16 * n) + 0.06 * rng.normal(size=(h, w, 1)) * 0.4
        _fill(canvas, _edge(y - wave, h), green)
    wave = 0.80 + 0.06 * np.sin(2 * np.pi * x * 1.3 + 1) + 0.03 * np.sin(2 * np.pi * x * 3 + 2)
    _fill(canvas, _edge(y - wave, h), food * (0.86 + 0.14 * np.clip((y - wave) * 9, 0, 1))[..., None])
    return np.clip(canvas, 0, 1)


def _grainwave(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return ears of grain over a wave of what is in the package."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    grain = sprites.ball(0.7 * ink + 0.3 * np.array([0.9, 0.75, 0.4]), rng, 0.45, 0.1)
    for at in (0.22, 0.5, 0.76):
        lean = rng.uniform(-0.12, 0.12)
        for n in range(13):
            for side in (-1, 1):
                place = (at + lean * n / 13 + side * 0.028) * w, (0.72 - 0.048 * n) * h
                sprites.stamp(canvas, grain, *place, 0.13 * min(h, w) / sprites.SIDE, -np.pi / 2 - side * 0.6)
    wave = 0.70 + 0.07 * np.sin(2 * np.pi * x * 1.1 + rng.uniform(0, 6))
    _fill(canvas, _edge(y - wave, h), food * (0.82 + 0.18 * np.clip((y - wave) * 6, 0, 1))[..., None])
    return canvas


def _swoosh(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return two sweeping bands with a gradient."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    for n, color in enumerate((ink, 0.5 * ink + 0.5 * food)):
        middle = 0.62 + 0.13 * n + 0.18 * np.sin(np.pi * (x * 1.2 + rng.uniform(0, 0.4)))
        cover = _edge(0.10 - 0.06 * x - np.abs(y - middle), h)
        _fill(canvas, cover, color * (0.8 + 0.35 * x)[..., None])
    return np.clip(canvas, 0, 1)


def _cream(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a spoonful of cream with a swirl."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    radius, turn = np.hypot((x - 0.5) / 0.44, (y - 0.66) / 0.30), np.arctan2(y - 0.66, x - 0.5)
    swirl = 0.84 + 0.13 * np.sin(3 * turn + 9 * radius + rng.uniform(0, 6)) * (1 - 0.4 * radius)
    _fill(canvas, _edge(1 - radius + 0.05 * np.sin(4 * turn), min(h, w) * 0.3), food * swirl[..., None] * 1.08)
    berry = sprites.ball(ink, rng)
    for at in ((0.46, 0.5), (0.58, 0.54)):
        sprites.stamp(canvas, berry, at[0] * w, at[1] * h, 0.17 * min(h, w) / sprites.SIDE, 0.0)
    return np.clip(canvas, 0, 1)


def _fish(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a fish over waves."""
    del food, full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    body = _ellipse(h, w, 0.46, 0.45, 0.30, 0.15)
    tail = _edge((x - 0.70) * 0.85 - np.abs(y - 0.45), h) * _edge(0.84 - x, w)
    silver = np.array([0.62, 0.68, 0.72]) * (1.25 - 0.9 * np.abs(y - 0.52))[..., None]
    scales = 1 + 0.05 * np.sin(90 * x) * np.sin(70 * y)
    _fill(canvas, np.maximum(body, tail), np.clip(silver * scales[..., None], 0, 1))
    _fill(canvas, body * _edge(0.44 - y, h), ink * (0.5 + 0.6 * y)[..., None])
    _fill(canvas, _ellipse(h, w, 0.24, 0.42, 0.018, 0.022), np.full(3, 0.1))
    for n in range(3):
        wave = 0.68 + 0.10 * n + 0.03 * np.sin(2 * np.pi * x * 3 + n * 2 + rng.uniform(0, 1))
        _fill(canvas, _edge(y - wave, h) * 0.55, ink * (0.8 + 0.15 * n))
    return canvas


def _comb(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return honeycomb that fades upward."""
    del ink, rng, full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    size = 7.0
    p, q = x * size * w / min(h, w), y * size * h / min(h, w)
    rows = [np.cos(2 * np.pi * (p * np.cos(a) + q * np.sin(a))) for a in (0, np.pi / 3, 2 * np.pi / 3)]
    cell = np.clip((sum(rows) + 1.2) / 4.2, 0, 1)
    _fill(canvas, np.clip(1.5 * y - 0.35, 0, 1), np.clip(food * (0.72 + 0.5 * cell)[..., None], 0, 1))
    return canvas


def _bubbles(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return bubbles and a burst of light."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    _fill(canvas, np.clip(1.1 - 2.2 * np.hypot(x - 0.5, y - 0.55), 0, 1) * 0.7, 0.5 * food + 0.5)
    for _ in range(22):
        at, radius = rng.uniform(0, 1, 2), rng.uniform(0.02, 0.11) * min(h, w)
        distance = np.hypot((x - at[0]) * w, (y - at[1]) * h) / radius
        rim = np.clip(1 - np.abs(distance - 0.94) * 9, 0, 1) * 0.75 + (distance < 0.94) * 0.16
        _fill(canvas, rim, 0.4 * ink + 0.6)
        light = np.hypot((x - at[0]) * w + radius * 0.35, (y - at[1]) * h + radius * 0.4) / radius
        _fill(canvas, np.clip(1 - light * 5, 0, 1), np.ones(3))
    return canvas


def _pizza(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a pizza seen from above."""
    del full
    canvas = _painted(h, w)
    side = min(h, w)
    half_x, half_y = 0.47 * side / w, 0.47 * side / h
    cheese = cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), side / 45)
    cheese = cheese / max(float(cheese.std()), 1e-6)
    _fill(canvas, _ellipse(h, w, 0.5, 0.52, half_x, half_y), np.array([0.80, 0.62, 0.38]) * (1 + 0.05 * cheese[..., None]))
    top = np.where((cheese > 0)[..., None], np.array([0.93, 0.82, 0.52]), food)
    top = cv2.GaussianBlur(top.astype(np.float32), (0, 0), 1.5)
    _fill(canvas, _ellipse(h, w, 0.5, 0.52, half_x * 0.88, half_y * 0.88), top)
    pieces = (sprites.ball(ink, rng, 0.9, 0.2), sprites.leaf(_GREEN, rng))
    for n in range(16):
        radius, turn = 0.36 * np.sqrt(rng.uniform()), rng.uniform(0, 6.28)
        at = (0.5 * w + radius * side * np.cos(turn), 0.52 * h + radius * side * np.sin(turn))
        sprites.stamp(canvas, pieces[n % 3 == 2], *at, 0.13 * side / sprites.SIDE, turn)
    return canvas


def _egg(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return eggs in straw."""
    del full
    straw = sprites.strewn(h, w, partial(sprites.flake, aspect=0.08), np.array([[0.80, 0.68, 0.40], ink]), 0.5, rng, full=False)
    for at in (0.34, 0.62):
        egg = sprites.ball(food, rng, 0.78, 0.12)
        sprites.stamp(straw, egg, at * w, 0.6 * h, 0.6 * min(h, w) / sprites.SIDE, -1.4 + 0.4 * at)
    return straw


_Motif = Callable[[int, int, Floats, Floats, np.random.Generator, bool], Floats]

_MOTIFS: dict[str, _Motif] = {
    "flakes": partial(_heap, sprite=sprites.flake, size=0.2),
    "bowl": _bowl,
    "leaves": _leaves,
    "beans": partial(_heap, sprite=partial(sprites.ball, aspect=0.66, gloss=0.25, crease=True), size=0.24),
    "cup": _cup,
    "grains": partial(_heap, sprite=partial(sprites.ball, aspect=0.3, gloss=0.3), size=0.15),
    "pasta": partial(_heap, sprite=sprites.tube_of_pasta, size=0.34),
    "tomatoes": _tomatoes,
    "pulses": partial(_heap, sprite=partial(sprites.ball, aspect=0.86, gloss=0.3), size=0.2),
    "fish": _fish,
    "bubbles": _bubbles,
    "slices": _slices,
    "drops": partial(_heap, sprite=sprites.drop, size=0.3, tilt=0.3),
    "berries": _berries,
    "pickles": partial(_heap, sprite=partial(sprites.ball, aspect=0.4, gloss=0.3), size=0.42),
    "comb": _comb,
    "pasture": _pasture,
    "grainwave": _grainwave,
    "crisps": partial(_heap, sprite=sprites.flake, size=0.42),
    "nuts": partial(_heap, sprite=partial(sprites.ball, aspect=0.6, gloss=0.15), size=0.26),
    "gums": _gums,
    "biscuits": partial(_heap, sprite=sprites.biscuit, size=0.5),
    "swoosh": _swoosh,
    "vegetables": partial(_mixed, size=0.2),
    "pizza": _pizza,
    "cream": _cream,
    "egg": _egg,
    "crystals": _swoosh,
    "wheat": _grainwave,
    "mince": _swoosh,
    "fillet": _swoosh,
    "punnet": _swoosh,
}
