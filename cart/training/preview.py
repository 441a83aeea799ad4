"""A contact sheet of training pictures with their labels: look at it before training on them."""

from collections.abc import Iterable
from itertools import islice

import cv2
import numpy as np

from cart.training.labelled import Labelled, Picture

_COLORS = {"hand": (0, 0, 255), "item": (0, 255, 0)}


def contact_sheet(pictures: Iterable[Labelled], columns: int, rows: int, side: int = 300) -> Picture:
    """Return the first pictures in a grid, hands boxed red and items green.

    Args:
        pictures: square ones.
        columns: of the grid.
        rows: of the grid.
        side: of each picture on the sheet, in pixels.
    """
    sheet = np.zeros((rows * side, columns * side, 3), np.uint8)
    for index, one in enumerate(islice(pictures, rows * columns)):
        row, column = divmod(index, columns)
        drawn = cv2.resize(_boxed(one), (side, side), interpolation=cv2.INTER_AREA)
        sheet[row * side : (row + 1) * side, column * side : (column + 1) * side] = drawn
    return sheet


def _boxed(one: Labelled) -> Picture:
    drawn = one.picture.copy()
    for label in one.labels:
        left, top, right, bottom = (round(side) for side in label.box)
        cv2.rectangle(drawn, (left, top), (right, bottom), _COLORS[label.kind], 1)
    return drawn
