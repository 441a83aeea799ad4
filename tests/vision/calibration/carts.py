"""Drawn carts on drawn floors, in which the opening is known."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.vision.boxes import Box
from cart.vision.opening import Point

SIZE = (480, 360)


@dataclass(frozen=True)
class DrawnCart:
    """A picture of a cart, the corners of its opening in fractions, and boxes of items in it."""

    picture: NDArray[np.uint8]
    polygon: tuple[Point, ...]
    items: tuple[Box, ...]


def draw_cart(seed: int) -> DrawnCart:
    """Draw a cart of wires or of plastic, seen from above and behind, on a floor with tiles."""
    random = np.random.default_rng(seed)
    top, bottom = random.uniform(0.08, 0.25), random.uniform(0.72, 0.95)
    inset, lean = random.uniform(0.04, 0.2), random.uniform(-0.04, 0.04)
    corners = np.array(
        [
            (0.05 + inset + lean, top),
            (0.95 - inset + lean, top + random.uniform(-0.03, 0.03)),
            (random.uniform(0.9, 0.98), bottom),
            (random.uniform(0.02, 0.1), bottom + random.uniform(-0.03, 0.03)),
        ]
    )
    picture = _floor(random)
    rim = np.rint(corners * SIZE).astype(np.int32)
    depth = (corners - corners.mean(axis=0)) * random.uniform(0.55, 0.75) + corners.mean(axis=0) + (0, 0.04)
    base = np.rint(depth * SIZE).astype(np.int32)
    _walls(picture, rim, base, random)
    color = [int(level) for level in random.integers(0, 256, 3)]
    if abs(float(np.mean(color)) - 130) < 50:
        color = [40, 40, 40]
    cv2.polylines(picture, [rim], isClosed=True, color=color, thickness=int(random.integers(3, 7)))
    boxes = tuple(_item(picture, depth, random) for _ in range(3))
    noisy = cv2.GaussianBlur(picture, (0, 0), 0.8) + random.normal(0, 3, picture.shape)
    polygon = tuple((float(x), float(y)) for x, y in corners)
    return DrawnCart(np.clip(noisy, 0, 255).astype(np.uint8), polygon, boxes)


def _floor(random: np.random.Generator) -> NDArray[np.uint8]:
    width, height = SIZE
    picture = np.full((height, width, 3), random.integers(100, 160), np.uint8)
    pitch = int(random.integers(50, 110))
    for place in range(int(random.integers(0, pitch)), 2 * width, pitch):
        cv2.line(picture, (place, 0), (place - 40, height), (95, 95, 95), 1)
        cv2.line(picture, (0, place), (width, place), (95, 95, 95), 1)
    return picture


def _walls(
    picture: NDArray[np.uint8],
    rim: NDArray[np.int32],
    base: NDArray[np.int32],
    random: np.random.Generator,
) -> None:
    if random.random() < 0.5:
        cv2.fillPoly(picture, [rim], [int(level) for level in random.integers(60, 200, 3)])
        cv2.fillPoly(picture, [base], [int(level) for level in random.integers(60, 200, 3)])
        return
    for k in range(4):
        for along in np.linspace(0, 1, 14):
            start = rim[k] + along * (rim[(k + 1) % 4] - rim[k])
            end = base[k] + along * (base[(k + 1) % 4] - base[k])
            cv2.line(picture, *(tuple(map(int, point)) for point in (start, end)), (80, 80, 80), 1)
    cv2.polylines(picture, [base], isClosed=True, color=(70, 70, 70), thickness=1)


def _item(picture: NDArray[np.uint8], base: NDArray[np.float64], random: np.random.Generator) -> Box:
    middle = base.mean(axis=0) + 0.3 * (base[int(random.integers(4))] - base.mean(axis=0))
    half = random.uniform(0.04, 0.07)
    box = (middle[0] - half, middle[1] - half, middle[0] + half, middle[1] + half)
    pixels = [round(value * side) for value, side in zip(box, (*SIZE, *SIZE), strict=True)]
    color = [int(level) for level in random.integers(0, 256, 3)]
    cv2.rectangle(picture, (pixels[0], pixels[1]), (pixels[2], pixels[3]), color, -1)
    return float(box[0]), float(box[1]), float(box[2]), float(box[3])


def overlap(a: tuple[Point, ...], b: tuple[Point, ...]) -> float:
    """Return the intersection over union of two convex polygons."""
    first, second = (np.array(polygon, np.float32) for polygon in (a, b))
    shared = cv2.intersectConvexConvex(first, second)[0]
    return float(shared / (cv2.contourArea(first) + cv2.contourArea(second) - shared))
