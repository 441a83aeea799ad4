"""Painted motifs of labels: cups, bowls, fields, fish; each (h, w, 4), RGB times coverage and coverage, 0..1.

All take height and width in pixels, the colours of the food and of the taste (3,), 0..1, a generator, and
whether they may cover all of the area, which these leave out of account.
"""

from functools import partial

import cv2
import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.products.labels import sprites

GREEN = np.array([0.36, 0.50, 0.24])
"""Of leaves."""


def shades(color: Floats, spread: float = 0.16) -> Floats:
    """Return four tones (4, 3) of a colour."""
    return np.clip(np.stack([color * (1 + s) for s in (-spread, -spread / 3, spread / 3, spread)]), 0, 1)


def _painted(h: int, w: int, ground: Floats | None = None) -> Floats:
    canvas = np.zeros((h, w, 4), np.float32)
    if ground is not None:
        canvas[..., :3], canvas[..., 3] = ground, 1.0
    return canvas


def _fill(canvas: Floats, mask: Floats, color: Floats) -> None:
    """Lay a colour (3,) or (h, w, 3) over a canvas where a mask (h, w), 0..1, says."""
    cover = mask[..., None].astype(np.float32)
    canvas *= 1 - cover
    canvas[..., :3] += color.astype(np.float32) * cover
    canvas[..., 3:] += cover


def _shares(h: int, w: int) -> tuple[Floats, Floats]:
    x, y = np.meshgrid(np.linspace(0, 1, w, dtype=np.float32), np.linspace(0, 1, h, dtype=np.float32))
    return x, y


def _edge(distance: Floats, sharp: float) -> Floats:
    return np.asarray(np.clip(distance * sharp + 0.5, 0, 1))


def _ellipse(h: int, w: int, x0: float, y0: float, half_x: float, half_y: float) -> Floats:
    x, y = _shares(h, w)
    return _edge(1 - np.hypot((x - x0) / half_x, (y - y0) / half_y), min(h * half_y, w * half_x))


def cup(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
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


def bowl(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
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
    heap = sprites.strewn(h, w, sprites.flake, shades(food, 0.2), 0.14, rng, full=True)
    mound = np.maximum(_ellipse(h, w, 0.5, 0.49, 0.43, 0.125), _ellipse(h, w, 0.5, 0.42, 0.33, 0.16))
    _fill(canvas, mound, food * 0.6)
    _fill(canvas, mound * heap[..., 3], heap[..., :3] / np.maximum(heap[..., 3:], 1e-3))
    berry = sprites.ball(ink, rng)
    for at in ((0.4, 0.36), (0.56, 0.4), (0.64, 0.34), (0.48, 0.45)):
        sprites.stamp(canvas, berry, at[0] * w, at[1] * h, 0.11 * min(h, w) / sprites.SIDE, 0.0)
    return canvas


def pasture(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
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


def grainwave(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
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


def swoosh(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return two sweeping bands with a gradient."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    for n, color in enumerate((ink, 0.5 * ink + 0.5 * food)):
        middle = 0.62 + 0.13 * n + 0.18 * np.sin(np.pi * (x * 1.2 + rng.uniform(0, 0.4)))
        cover = _edge(0.10 - 0.06 * x - np.abs(y - middle), h)
        _fill(canvas, cover, color * (0.8 + 0.35 * x)[..., None])
    return np.clip(canvas, 0, 1)


def cream(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a spoonful of cream with a swirl."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    radius, turn = np.hypot((x - 0.5) / 0.44, (y - 0.66) / 0.30), np.arctan2(y - 0.66, x - 0.5)
    swirl = 0.84 + 0.13 * np.sin(3 * turn + 9 * radius + rng.uniform(0, 6)) * (1 - 0.4 * radius)
    _fill(
        canvas, _edge(1 - radius + 0.05 * np.sin(4 * turn), min(h, w) * 0.3), food * swirl[..., None] * 1.08
    )
    berry = sprites.ball(ink, rng)
    for at in ((0.46, 0.5), (0.58, 0.54)):
        sprites.stamp(canvas, berry, at[0] * w, at[1] * h, 0.17 * min(h, w) / sprites.SIDE, 0.0)
    return np.clip(canvas, 0, 1)


def fish(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
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


def comb(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
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


def bubbles(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return bubbles and a burst of light."""
    del full
    canvas = _painted(h, w)
    x, y = _shares(h, w)
    _fill(canvas, np.clip(1.1 - 2.2 * np.hypot(x - 0.5, y - 0.55), 0, 1) * 0.7, 0.5 * food + 0.5)
    sprite = sprites.bubble(0.4 * ink + 0.6, rng)
    for _ in range(24):
        size = rng.uniform(0.05, 0.26) * min(h, w)
        sprites.stamp(canvas, sprite, rng.uniform() * w, rng.uniform() * h, size / sprites.SIDE, 0.0)
    return canvas


def pizza(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a pizza seen from above."""
    del full
    canvas = _painted(h, w)
    side = min(h, w)
    half_x, half_y = 0.47 * side / w, 0.47 * side / h
    cheese = np.asarray(cv2.GaussianBlur(rng.standard_normal((h, w), np.float32), (0, 0), side / 45), float)
    cheese = cheese / max(float(cheese.std()), 1e-6)
    _fill(
        canvas,
        _ellipse(h, w, 0.5, 0.52, half_x, half_y),
        np.array([0.80, 0.62, 0.38]) * (1 + 0.05 * cheese[..., None]),
    )
    top = np.where((cheese > 0)[..., None], np.array([0.93, 0.82, 0.52]), food)
    top = np.asarray(cv2.GaussianBlur(top.astype(np.float32), (0, 0), 1.5), float)
    _fill(canvas, _ellipse(h, w, 0.5, 0.52, half_x * 0.88, half_y * 0.88), top)
    pieces = (sprites.ball(ink, rng, 0.9, 0.2), sprites.leaf(GREEN, rng))
    for n in range(16):
        radius, turn = 0.36 * np.sqrt(rng.uniform()), rng.uniform(0, 6.28)
        at = (0.5 * w + radius * side * np.cos(turn), 0.52 * h + radius * side * np.sin(turn))
        sprites.stamp(canvas, pieces[n % 3 == 2], *at, 0.13 * side / sprites.SIDE, turn)
    return canvas


def egg(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return eggs in straw."""
    del full
    straw = sprites.strewn(
        h, w, partial(sprites.flake, aspect=0.08), np.array([[0.80, 0.68, 0.40], ink]), 0.5, rng, full=False
    )
    for at in (0.34, 0.62):
        egg = sprites.ball(food, rng, 0.78, 0.12)
        sprites.stamp(straw, egg, at * w, 0.6 * h, 0.6 * min(h, w) / sprites.SIDE, -1.4 + 0.4 * at)
    return straw
