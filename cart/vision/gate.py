"""The motion gate: where the picture changes, so that the detector sleeps while nothing does.

The picture's brightness is averaged over a coarse grid and compared with a picture a moment older; an even
change of the whole picture (a camera adapting to the light) is taken out first.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

GRID = (48, 64)
"""Rows and columns of the motion grid."""
_REFERENCE_SECONDS = 0.12  # how old the picture compared with is, at a real frame rate
_CHANGED_LEVELS = 5.0  # of 255: by how much a cell must change
_FEWEST_CELLS = 3
_LINGER_SECONDS = 1.2


@dataclass(frozen=True, slots=True)
class Motion:
    """Where the picture changed.

    Attributes:
        grid: shape `GRID`, true where a cell changed since the picture compared with.
        moving: whether enough cells changed to call it motion.
        awake: whether there is motion or was a moment ago, so that the detector should look.
    """

    grid: NDArray[np.bool_]
    moving: bool
    awake: bool


class MotionGate:
    """Compares the frames of one camera, given in order of time."""

    def __init__(self) -> None:
        self._reference: NDArray[np.float32] | None = None
        self._reference_time = 0.0
        self._awake_until = 0.0

    def look(self, time: float, luma: NDArray[np.uint8]) -> Motion:
        """Return where the picture changed.

        Args:
            time: media seconds of the frame.
            luma: its brightness, uint8, (H, W).
        """
        cells = cv2.resize(luma, (GRID[1], GRID[0]), interpolation=cv2.INTER_AREA).astype(np.float32)
        if self._reference is None:
            self._reference, self._reference_time = cells, time
            self._awake_until = time + _LINGER_SECONDS
            return Motion(np.zeros(GRID, bool), moving=False, awake=True)
        change = cells - self._reference
        grid = np.abs(change - np.median(change)) > _CHANGED_LEVELS
        if time - self._reference_time >= _REFERENCE_SECONDS:
            self._reference, self._reference_time = cells, time
        moving = int(np.count_nonzero(grid)) >= _FEWEST_CELLS
        if moving:
            self._awake_until = time + _LINGER_SECONDS
        return Motion(grid, moving, awake=time <= self._awake_until)
