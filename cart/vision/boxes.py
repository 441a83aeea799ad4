"""Boxes in the picture: the values that detector, tracks and visits hand to one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the frame, `x1 < x2` and `y1 < y2`."""

Kind = Literal["hand", "item"]

_CELLS = 20


@dataclass(frozen=True, slots=True)
class Detection:
    """One hand or item found in one frame; `score` is the detector's, 0..1."""

    kind: Kind
    box: Box
    score: float


def area(box: Box) -> float:
    """Return the area in square pixels.

    >>> area((0, 0, 4, 5))
    20
    """
    return max(0, box[2] - box[0]) * max(0, box[3] - box[1])


def center(box: Box) -> tuple[float, float]:
    """Return the middle of the box.

    >>> center((0, 0, 4, 5))
    (2.0, 2.5)
    """
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def intersection(a: Box, b: Box) -> float:
    """Return the area in square pixels that two boxes share.

    >>> intersection((0, 0, 4, 4), (2, 2, 6, 6))
    4
    """
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0


def iou(a: Box, b: Box) -> float:
    """Return intersection over union, 0..1.

    >>> iou((0, 0, 2, 2), (0, 0, 2, 4))
    0.5
    """
    shared = intersection(a, b)
    return shared / (area(a) + area(b) - shared) if shared else 0.0


def covered(box: Box, by: Box) -> float:
    """Return the share of `box`, 0..1, that lies under `by`.

    >>> covered((0, 0, 2, 2), by=(1, 0, 9, 9))
    0.5
    """
    return intersection(box, by) / area(box) if area(box) else 0.0


def covered_by_all(box: Box, boxes: Sequence[Box]) -> float:
    """Return the share of a box, 0..1, that lies under any of several boxes, to a twentieth of its sides.

    >>> covered_by_all((0, 0, 2, 2), [(0, 0, 1, 2), (0, 0, 2, 1)])
    0.75
    """
    left, top, right, bottom = box
    if not boxes or right <= left or bottom <= top:
        return 0.0
    across, down = _CELLS / (right - left), _CELLS / (bottom - top)
    cells = np.zeros((_CELLS, _CELLS), bool)
    for x1, y1, x2, y2 in boxes:
        rows = slice(max(0, round((y1 - top) * down)), max(0, round((y2 - top) * down)))
        columns = slice(max(0, round((x1 - left) * across)), max(0, round((x2 - left) * across)))
        cells[rows, columns] = True
    return float(cells.mean())
