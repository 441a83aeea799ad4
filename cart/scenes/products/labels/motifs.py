"""What is pictured on a package, by name: food in heaps here, the rest in `scenery`."""

from collections.abc import Callable
from functools import partial

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.products.labels import scenery, sprites
from cart.scenes.products.labels.ink import Color
from cart.scenes.products.labels.scenery import GREEN, shades


def motif(
    name: str, height: int, width: int, food: Color, ink: Color, rng: np.random.Generator, full: bool
) -> Floats:
    """Return the picture of a motif (height, width, 4): RGB times coverage, and coverage, 0..1.

    Args:
        name: Of the motif, see `_MOTIFS`.
        height: Pixels.
        width: Pixels.
        food: Colour of what is inside the package.
        ink: Colour of the taste.
        rng: Draws it.
        full: Whether it may cover all of the area; else it stands on the lower edge.
    """
    food_color, ink_color = np.array(food) / 255, np.array(ink) / 255
    return _MOTIFS[name](height, width, food_color, ink_color, rng, full)


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
    return sprites.strewn(h, w, sprite, shades(food), size, rng, full, tilt)


def _mixed(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    """Return a heap of balls in several colours, as of mixed vegetables or gums."""
    del ink
    colors = np.array([food, [0.80, 0.45, 0.16], [0.45, 0.58, 0.24], [0.85, 0.74, 0.32]])
    return sprites.strewn(h, w, sprites.ball, colors, 0.2, rng, full)


def _gums(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    colors = np.array([food, ink, [0.82, 0.62, 0.20], [0.45, 0.56, 0.22], [0.75, 0.28, 0.22]])
    return sprites.strewn(h, w, sprites.cube, colors, 0.26, rng, full)


def _leaves(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    return sprites.strewn(h, w, sprites.leaf, np.array([food, ink, 0.6 * food + 0.4 * GREEN]), 0.5, rng, full)


def _tomatoes(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    del ink
    below = sprites.strewn(
        h, w, partial(sprites.ball, aspect=0.92, gloss=0.6), shades(food, 0.1), 0.5, rng, full
    )
    return _with_leaves(below, rng)


def _with_leaves(canvas: Floats, rng: np.random.Generator) -> Floats:
    h, w, _ = canvas.shape
    leaf = sprites.leaf(GREEN, rng)
    for _ in range(4):
        x, y = rng.uniform(0.15, 0.85) * w, rng.uniform(0.55, 0.95) * h
        sprites.stamp(canvas, leaf, x, y, 0.42 * min(h, w) / sprites.SIDE, rng.uniform(-3, 3))
    return canvas


def _berries(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    del ink
    return _with_leaves(
        sprites.strewn(h, w, partial(sprites.ball, gloss=0.5), shades(food, 0.14), 0.34, rng, full), rng
    )


def _slices(h: int, w: int, food: Floats, ink: Floats, rng: np.random.Generator, full: bool) -> Floats:
    del full
    canvas = np.zeros((h, w, 4), np.float32)
    side = min(h, w)
    whole = sprites.ball(0.6 * food + 0.4 * ink, rng, 0.97, 0.35)
    cut = sprites.slice_of_citrus(food, rng)
    for sprite, x, y, size in ((whole, 0.34, 0.56, 0.78), (cut, 0.66, 0.66, 0.66), (cut, 0.2, 0.86, 0.4)):
        sprites.stamp(canvas, sprite, x * w, y * h, size * side / sprites.SIDE, rng.uniform(-0.5, 0.5))
    leaf = sprites.leaf(GREEN, rng)
    sprites.stamp(canvas, leaf, 0.5 * w, 0.28 * h, 0.4 * side / sprites.SIDE, rng.uniform(-1, 0.2))
    return canvas


_Motif = Callable[[int, int, Floats, Floats, np.random.Generator, bool], Floats]

_MOTIFS: dict[str, _Motif] = {
    "flakes": partial(_heap, sprite=sprites.flake, size=0.2),
    "bowl": scenery.bowl,
    "leaves": _leaves,
    "beans": partial(_heap, sprite=partial(sprites.ball, aspect=0.66, gloss=0.25, crease=True), size=0.24),
    "cup": scenery.cup,
    "grains": partial(_heap, sprite=partial(sprites.ball, aspect=0.3, gloss=0.3), size=0.15),
    "pasta": partial(_heap, sprite=sprites.tube_of_pasta, size=0.34),
    "tomatoes": _tomatoes,
    "pulses": partial(_heap, sprite=partial(sprites.ball, aspect=0.86, gloss=0.3), size=0.2),
    "fish": scenery.fish,
    "bubbles": scenery.bubbles,
    "slices": _slices,
    "drops": partial(_heap, sprite=sprites.drop, size=0.3, tilt=0.3),
    "berries": _berries,
    "pickles": partial(_heap, sprite=partial(sprites.ball, aspect=0.4, gloss=0.3), size=0.42),
    "comb": scenery.comb,
    "pasture": scenery.pasture,
    "grainwave": scenery.grainwave,
    "crisps": partial(_heap, sprite=sprites.flake, size=0.42),
    "nuts": partial(_heap, sprite=partial(sprites.ball, aspect=0.6, gloss=0.15), size=0.26),
    "gums": _gums,
    "biscuits": partial(_heap, sprite=sprites.biscuit, size=0.5),
    "swoosh": scenery.swoosh,
    "vegetables": _mixed,
    "pizza": scenery.pizza,
    "cream": scenery.cream,
    "egg": scenery.egg,
    "crystals": scenery.swoosh,
    "wheat": scenery.grainwave,
    "mince": scenery.swoosh,
    "fillet": scenery.swoosh,
    "punnet": scenery.swoosh,
}
