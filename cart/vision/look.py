"""What a box looks like, cheaply: a colour histogram for the tracker, no network."""

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.vision.boxes import Box

_SIDE = 24
_CHROMA_BINS = 10
_LIGHT_BINS = 8
_CHROMA_REACH = 48.0  # from grey, in OpenCV's 8-bit Lab; stronger colours fall into the outermost bins
_LIGHT_SHARE = 0.25  # of the histogram's mass: light changes under a hand's shadow, colour hardly does

LENGTH = _CHROMA_BINS**2 + _LIGHT_BINS
"""Numbers in a look."""


def look(image: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    """Return the look of what is in a box: the roots of a Lab histogram with soft bins.

    Pixels near the middle weigh more, since a box's corners mostly show what lies behind the item.

    Args:
        image: the frame, BGR, uint8, (H, W, 3).
        box: in its pixels; may reach beyond the frame.

    Returns:
        `LENGTH` numbers from 0 to 1, of Euclidean length 1; a box outside the frame gives the look of grey.
    """
    lab = cv2.cvtColor(cv2.resize(_inside(image, box), (_SIDE, _SIDE)), cv2.COLOR_BGR2LAB).reshape(-1, 3)
    low, share = _LOW[lab, _CHANNELS], _SHARE[lab, _CHANNELS]
    light = _spread(low[:, 0], share[:, 0], _LIGHT_BINS)
    bins = low[:, 1] * _CHROMA_BINS + low[:, 2]
    a, b = share[:, 1], share[:, 2]
    chroma = np.bincount(
        np.concatenate([bins, bins + 1, bins + _CHROMA_BINS, bins + _CHROMA_BINS + 1]),
        np.concatenate([(1 - a) * (1 - b), (1 - a) * b, a * (1 - b), a * b]) * np.tile(_WEIGHTS, 4),
        _CHROMA_BINS**2,
    )
    histogram = np.concatenate([chroma * (1 - _LIGHT_SHARE), light * _LIGHT_SHARE])
    return np.asarray(np.sqrt(histogram), dtype=np.float32)


def likeness(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Return how alike two looks are, 0..1: the Bhattacharyya coefficient of their histograms."""
    return min(1.0, max(0.0, float(a @ b)))


def _inside(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (round(edge) for edge in box)
    part = image[max(0, y1) : min(height, max(y2, y1 + 1)), max(0, x1) : min(width, max(x2, x1 + 1))]
    return part if part.size else np.full((1, 1, 3), 128, np.uint8)


def _spread(low: NDArray[np.intp], share: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Return a histogram in which each value is split between the two nearest bins."""
    weights = np.concatenate([(1 - share) * _WEIGHTS, share * _WEIGHTS])
    return np.bincount(np.concatenate([low, low + 1]), weights, bins).astype(np.float64, copy=False)


def _place(values: NDArray[np.float64], bins: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return, for values of 0..1, the lower of the two nearest bins and the other one's share."""
    position = values.clip(0, 1) * (bins - 1)
    low = np.minimum(position.astype(np.intp), bins - 2)
    return low, position - low


def _tables() -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return, for each 8-bit value (256) and channel (3), its lower bin and the upper one's share."""
    values = np.arange(256.0)
    light = _place(values / 255, _LIGHT_BINS)
    chroma = _place((values - 128) / (2 * _CHROMA_REACH) + 0.5, _CHROMA_BINS)
    low, share = zip(light, chroma, chroma, strict=True)
    return np.stack(low, axis=1), np.stack(share, axis=1)


def _middle() -> NDArray[np.float64]:
    """Return a weight for each pixel, highest in the middle, of sum 1."""
    place = (np.arange(_SIDE) + 0.5) / _SIDE - 0.5
    bell = np.exp(-(place**2) / (2 * 0.28**2))
    weights = np.outer(bell, bell).ravel()
    return np.asarray(weights / weights.sum(), dtype=np.float64)


_CHANNELS = np.arange(3)
_LOW, _SHARE = _tables()
_WEIGHTS = _middle()
