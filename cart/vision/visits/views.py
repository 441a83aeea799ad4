"""What of the picture has been seen empty, and what not at all since the camera last saw nothing."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cart.vision.boxes import Box
from cart.vision.visits.observation import Observation

ENOUGH_VIEWS = 2.0
"""Clear views of a place, worth one each when 0.2 s apart, before what appears there can be new."""
_GRID = (24, 32)  # rows, columns


class Views:
    """Where in the picture clear views have been had without an item there, as coarse grids.

    Args:
        size: width and height of the picture in pixels.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._empty: NDArray[np.float32] = np.zeros(_GRID, np.float32)
        self._undisturbed: NDArray[np.float32] = np.zeros(_GRID, np.float32)
        self._since_gap: NDArray[np.float32] = np.zeros(_GRID, np.float32)
        self._known_before = np.zeros(_GRID, bool)

    def look(self, boxes: Iterable[Box], worth: float) -> None:
        """Count a view worth `worth` of all cells but those under `boxes` (hands and items)."""
        clear = self._outside_of(boxes)
        self._empty[clear] += worth
        self._undisturbed[clear] += worth

    def look_again(self, boxes: Iterable[Box], worth: float) -> None:
        """Count a view worth `worth`, empty or not, of all cells but those under `boxes`."""
        self._since_gap[self._outside_of(boxes)] += worth

    def empty_now(self, box: Box, views: float) -> None:
        """Note that what lay in a place has gone: what shows there next came after it."""
        self._empty[self._cells(box)] += views
        self._undisturbed[self._cells(box)] = 0

    def disturb(self, seen: Observation, moving: Sequence[Box]) -> None:
        """Note where a hand, an item on the move or a change of the picture was."""
        for box in (*seen.hands, *moving):
            self._undisturbed[self._cells(box)] = 0
        if seen.motion is None:
            self._undisturbed[:] = 0
        else:
            rows, columns = (np.arange(n) * m // n for n, m in zip(_GRID, seen.motion.shape, strict=True))
            self._undisturbed[seen.motion[np.ix_(rows, columns)]] = 0

    def interrupt(self, homes: Iterable[Box]) -> None:
        """Note that nobody looks for a while; `homes` is where contents are known to lie."""
        self._known_before |= self._empty >= ENOUGH_VIEWS
        self._known_before |= ~self._outside_of(homes)
        self._undisturbed[:], self._since_gap[:] = 0, 0

    def know(self, box: Box) -> None:
        """Note that it is known what lies in a place."""
        self._known_before[self._cells(box)] = True

    def moved(self, size: tuple[int, int]) -> "Views":
        """Return the views of a camera that has moved: none, but of a cart that was known."""
        fresh = Views(size)
        fresh._known_before[:] = bool(self._known_before.any())
        return fresh

    def empty(self, box: Box) -> float:
        """Return how many clear views of the box's place there have been, by its median cell."""
        return float(np.median(self._empty[self._cells(box)]))

    def undisturbed(self, box: Box) -> float:
        """Return how many of them there have been since something last moved there, by its median cell."""
        return float(np.median(self._undisturbed[self._cells(box)]))

    def since_gap(self, box: Box) -> float:
        """Return how many views of the box's place there have been since the gap, by its median cell."""
        return float(np.median(self._since_gap[self._cells(box)]))

    def known_before(self, box: Box) -> bool:
        """Tell whether it was known, before nobody looked, what lay in most of the box's place."""
        return float(np.mean(self._known_before[self._cells(box)])) >= 0.5

    def _outside_of(self, boxes: Iterable[Box]) -> NDArray[np.bool_]:
        clear = np.ones(_GRID, bool)
        for box in boxes:
            clear[self._cells(box)] = False
        return clear

    def _cells(self, box: Box) -> tuple[slice, slice]:
        (rows, columns), (width, height) = _GRID, self._size
        return span(box[1], box[3], rows / height, rows), span(box[0], box[2], columns / width, columns)


def span(low: float, high: float, scale: float, count: int) -> slice:
    """Return the cells, at least one of `count`, under a stretch of pixels; `scale` is cells a pixel."""
    first = min(count - 1, max(0, int(low * scale)))
    return slice(first, max(first + 1, min(count, math.ceil(high * scale))))
