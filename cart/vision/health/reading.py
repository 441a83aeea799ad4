"""One picture's brightness to the few numbers that tell of its health."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

WIDTH = 192
"""Width in pixels of the picture in which the background is compared."""

SHARP = 2
"""How many times as wide the picture is in which sharpness is measured."""

_COARSE_WIDTH = 80
_SAMPLES_ACROSS = 120  # pixels looked at along the shorter side, to tell a repeated picture
_NOISE_SPREAD = 3.3  # an edge filter's 97th percentile on nothing but noise, in units of its median


@dataclass(frozen=True, slots=True)
class Reading:
    """What one picture tells.

    Attributes:
        samples: single pixels on a coarse lattice, not averaged, so that the sensor's noise is in them.
        sharp: the picture `SHARP * WIDTH` wide.
        small: the picture `WIDTH` wide.
        brightness: how bright its bright parts are, 0..255 (95th percentile).
        contrast: slope of its stronger edges in levels a pixel of a picture 80 wide (90th percentile).
        acuity: how steep its edges are for their height; blur lowers it, noise and exposure hardly do; it
            depends on what the picture shows too.
    """

    samples: Grey
    sharp: Grey
    small: Grey
    brightness: float
    contrast: float
    acuity: float


def read(luma: Grey) -> Reading:
    """Measure a picture's brightness, uint8, (H, W)."""
    step = max(1, min(luma.shape) // _SAMPLES_ACROSS)
    samples = luma[::step, ::step].copy()
    sharp = _scaled(luma, SHARP * WIDTH)
    coarse = _scaled(sharp, _COARSE_WIDTH)
    contrast = _slope(coarse)
    return Reading(
        samples,
        sharp,
        _scaled(sharp, WIDTH),
        brightness=float(np.percentile(samples, 95)),
        contrast=contrast,
        acuity=edges(sharp) / max(contrast, 0.5),
    )


def _scaled(grey: Grey, width: int) -> Grey:
    height = max(8, round(grey.shape[0] * width / grey.shape[1]))
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _slope(coarse: Grey) -> float:
    dx = cv2.Sobel(coarse, cv2.CV_32F, 1, 0, scale=1 / 8)
    dy = cv2.Sobel(coarse, cv2.CV_32F, 0, 1, scale=1 / 8)
    return float(np.percentile(cv2.magnitude(dx, dy), 90))


def edges(sharp: Grey) -> float:
    """Return the strength of the strongest edges above what noise alone would give, in levels."""
    response = np.abs(cv2.Laplacian(sharp, cv2.CV_32F)[::2, ::2])
    median, strong = np.percentile(response, (50, 97))
    return max(0.0, float(strong - _NOISE_SPREAD * median))
