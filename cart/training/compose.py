"""Scenes composed of cut-outs on a background, labelled by what of each thing is seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.training import camera
from cart.training.backgrounds import random_background
from cart.training.bank import Bank
from cart.training.labelled import Label, Labelled, Picture
from cart.training.layer import Layer, arm_end, draw_sleeve, make_layer
from cart.training.splat import PART_ARM, PART_HAND, PART_ITEM, Floats, Sprite
from cart.vision.boxes import Kind

LEAST_SEEN = 0.2
"""A thing of which less than this share is seen is not labelled."""

LEAST_PIXELS = 6
"""Nor is a thing whose seen part is narrower or lower than this."""


_COARSE = 4
"""Shadows are soft: they are drawn at a quarter of the size."""


@dataclass(slots=True)
class Canvas:
    """A scene as it is drawn.

    Attributes:
        picture: BGR 0..255, (S, S, 3).
        owners: (S, S), number of the thing seen at each pixel, 0 for none.
        things: kind and whole area, in pixels, of each thing; thing number 1 comes first.
    """

    picture: Floats
    owners: NDArray[np.int16]
    things: list[tuple[Kind, int]] = field(default_factory=list)


def compose(rng: np.random.Generator, bank: Bank, places: Sequence[Picture], size: int) -> Labelled:
    """Return a scene: a background, items lying or standing, hands that reach in and may hold an item.

    Args:
        rng: source of all of it; the same state gives the same scene.
        bank: cut-outs to take from.
        places: photographs without items or hands.
        size: side of the square picture in pixels.
    """
    background = random_background(rng, size, places).astype(np.float32)
    canvas = Canvas(background, np.zeros((size, size), np.int16))
    item_size = float(size * np.exp(rng.uniform(np.log(0.05), np.log(0.9))))
    _put_items(rng, canvas, bank, item_size)
    for _ in range(int(rng.choice([0, 1, 2], p=[0.3, 0.5, 0.2]))):
        hand_size = float(np.clip(item_size * np.exp(rng.uniform(-0.3, 0.9)), 0.06 * size, 0.75 * size))
        _put_hand(rng, canvas, bank, hand_size)
    picture = camera.photograph(rng, canvas.picture.clip(0, 255).astype(np.uint8))
    return Labelled(picture, _labels(canvas))


def _put_items(rng: np.random.Generator, canvas: Canvas, bank: Bank, item_size: float) -> None:
    """Lay items out: scattered, in a pile, or standing in a row; often several of one kind."""
    size = canvas.owners.shape[0]
    room = int(np.clip(1.2 * (size / item_size) ** 1.2, 2, 14))
    count = 0 if rng.random() < 0.12 else int(rng.integers(1, room + 1))
    style = rng.choice(["scatter", "pile", "row"], p=[0.4, 0.25, 0.35])
    sprites = bank.upright if style == "row" or rng.random() < 0.3 else bank.lying
    chosen = [sprites[index] for index in rng.integers(len(sprites), size=max(1, count))]
    if rng.random() < 0.5:
        chosen = [chosen[index] for index in rng.integers(max(1, count // 2), size=count)]
    places = _places(rng, str(style), count, size, item_size)
    for sprite, place in sorted(zip(chosen, places, strict=False), key=lambda pair: pair[1][1]):
        turn = rng.normal(0, 4) if sprites is bank.upright else rng.uniform(0, 360)
        length = item_size * float(np.exp(rng.normal(0, 0.2)))
        layer = make_layer(rng, sprite, length, float(turn), PART_ITEM)
        _paste(rng, canvas, layer, place)


def _places(
    rng: np.random.Generator, style: str, count: int, size: int, item_size: float
) -> list[tuple[float, float]]:
    """Return the centres of items."""
    if style == "scatter":
        return [(float(x), float(y)) for x, y in rng.uniform(0.03, 0.97, (count, 2)) * size]
    middle = rng.uniform(0.2, 0.8, 2) * size
    if style == "pile":
        spread = item_size * rng.uniform(0.4, 1.1)
        return [(float(x), float(y)) for x, y in rng.normal(middle, spread, (count, 2)).clip(0, size)]
    gap = item_size * rng.uniform(0.35, 1.1)
    first = middle[0] - gap * count / 2
    return [
        (float(first + gap * index + rng.normal(0, gap / 12)), float(middle[1] + rng.normal(0, gap / 15)))
        for index in range(count)
    ]


def _put_hand(rng: np.random.Generator, canvas: Canvas, bank: Bank, hand_size: float) -> None:
    """Let a hand reach in from outside the picture, with or without an item."""
    size = canvas.owners.shape[0]
    holds = rng.random() < 0.45
    drawn = holds and rng.random() < 0.75 and hand_size < 0.5 * size
    sprites = bank.grips if drawn else bank.hands
    sprite = sprites[int(rng.integers(len(sprites)))]
    target = rng.uniform(0.02, 0.98, 2) * size
    outward = _outward(rng, target, size)
    layer = make_layer(rng, sprite, hand_size, _turn_towards(sprite, outward), PART_HAND)
    blur = hand_size * rng.uniform(0.05, 0.6) if rng.random() < 0.3 else 0.0
    end = arm_end(layer)
    reach = _to_border(target, end, size)
    if reach > 0 and rng.random() < 0.6 and layer.has_arm:
        draw_sleeve(rng, (canvas.picture, canvas.owners), target + end, end, layer.arm_width)
    elif reach > 0:
        target = target + end / (np.linalg.norm(end) + 1e-6) * reach
    if holds and sprites is bank.hands:
        _put_held(rng, canvas, bank, target, hand_size)
    _paste(rng, canvas, layer, (float(target[0]), float(target[1])), blur)


def _put_held(rng: np.random.Generator, canvas: Canvas, bank: Bank, at: Floats, hand_size: float) -> None:
    """Put an item where a hand will lie over a part of it."""
    item = bank.lying[int(rng.integers(len(bank.lying)))]
    layer = make_layer(
        rng, item, hand_size * float(rng.uniform(0.6, 1.3)), float(rng.uniform(0, 360)), PART_ITEM
    )
    away = rng.normal(0, 0.28, 2) * hand_size
    _paste(rng, canvas, layer, (float(at[0] + away[0]), float(at[1] + away[1])))


def _outward(rng: np.random.Generator, target: Floats, size: int) -> float:
    """Return the direction, in degrees, from a place to the border of the picture nearest to it, or so."""
    sides = np.array([target[0], size - target[0], target[1], size - target[1]])
    angles = np.array([180.0, 0.0, -90.0, 90.0])
    chances = np.exp(-3 * sides / size)
    return float(rng.choice(angles, p=chances / chances.sum()) + rng.normal(0, 22))


def _turn_towards(sprite: Sprite, outward: float) -> float:
    """Return the turn, in degrees counter-clockwise, that lets the arm of a cut-out point outward."""
    rows, columns = np.nonzero(sprite.parts == PART_ARM)
    if len(rows) < 30:
        return -(outward - 90)
    hand_rows, hand_columns = np.nonzero(sprite.parts == PART_HAND)
    arm = np.degrees(np.arctan2(rows.mean() - hand_rows.mean(), columns.mean() - hand_columns.mean()))
    return float(arm - outward)


def _to_border(start: Floats, along: Floats, size: int) -> float:
    """Return how far a vector must grow until its tip leaves the picture; 0 or less if it is outside."""
    tip = start + along
    direction = along / (np.linalg.norm(along) + 1e-6)
    with np.errstate(divide="ignore"):
        limits = np.where(direction > 0, (size - tip) / direction, -tip / direction)
    return float(np.where(np.abs(direction) > 1e-3, limits, np.inf).min())


def _paste(
    rng: np.random.Generator, canvas: Canvas, layer: Layer, center: tuple[float, float], blur: float = 0.0
) -> None:
    """Lay a layer and its shadow over the canvas, anchor at `center`, and note whose pixels it covers."""
    if blur >= 2:
        layer = layer.smeared(rng, blur)
    size = canvas.owners.shape[0]
    left, top = (round(center[axis] - layer.anchor[axis]) for axis in (0, 1))
    height, width = layer.parts.shape
    x1, y1, x2, y2 = max(0, left), max(0, top), min(size, left + width), min(size, top + height)
    numbers = _register(canvas, layer)
    if x1 >= x2 or y1 >= y2:
        return
    inner = slice(y1 - top, y2 - top), slice(x1 - left, x2 - left)
    outer = slice(y1, y2), slice(x1, x2)
    _shadow(rng, canvas, layer, (left, top))
    color, opacity = layer.color[inner], layer.opacity[inner][..., None]
    canvas.picture[outer] = canvas.picture[outer] * (1 - opacity) + color
    owners, parts = canvas.owners[outer], layer.parts[inner]
    owners[parts > 0] = numbers[parts[parts > 0]]


def _register(canvas: Canvas, layer: Layer) -> NDArray[np.int16]:
    """Add the layer's hand and item to the things; return the thing's number for each part."""
    numbers = np.zeros(4, np.int16)
    kinds: tuple[tuple[int, Kind], ...] = ((PART_HAND, "hand"), (PART_ITEM, "item"))
    for part, kind in kinds:
        area = int((layer.parts == part).sum())
        if area:
            canvas.things.append((kind, area))
            numbers[part] = len(canvas.things)
    return numbers


def _shadow(rng: np.random.Generator, canvas: Canvas, layer: Layer, corner: tuple[int, int]) -> None:
    if rng.random() < 0.25:
        return
    size, length = canvas.owners.shape[0], max(layer.parts.shape)
    shift = (np.array(corner) + rng.uniform(-0.06, 0.1, 2) * length) / _COARSE
    matrix = np.array([[1 / _COARSE, 0, shift[0]], [0, 1 / _COARSE, shift[1]]], np.float32)
    cast = cv2.warpAffine(layer.opacity, matrix, (size // _COARSE, size // _COARSE))
    cast = cv2.GaussianBlur(cast, (0, 0), max(0.6, length / _COARSE * float(rng.uniform(0.01, 0.06))))
    canvas.picture *= 1 - float(rng.uniform(0.1, 0.55)) * cv2.resize(cast, (size, size))[..., None]


def _labels(canvas: Canvas) -> tuple[Label, ...]:
    """Return a label for each thing of which enough is seen; its box holds what is seen of it."""
    labels = []
    for number, (kind, area) in enumerate(canvas.things, start=1):
        seen = (canvas.owners == number).astype(np.uint8)
        x, y, width, height = cv2.boundingRect(seen)
        if min(width, height) >= LEAST_PIXELS and int(seen.sum()) >= LEAST_SEEN * area:
            labels.append(Label(kind, (float(x), float(y), float(x + width), float(y + height))))
    return tuple(labels)
