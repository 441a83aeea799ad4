"""From linear light to a picture.

Exposure and white balance as a cheap camera sets them, tone, and pasting of parts.
"""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Bytes, Floats, Ints

GREY = 0.23
"""Linear brightness that the meter brings the picture's middle to."""
BALANCED = 0.6
"""Share of the light's colour that the white balance takes away."""
SHOULDER = 0.65
"""Linear brightness from which highlights are held back."""
FEATHER = 8
"""Width of the seam in pixels over which a part runs into the picture round it."""
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True)
class Meter:
    """What the camera has set itself to."""

    gains: tuple[float, float, float]
    """Of red, green and blue light."""


def meter(light: Floats, stops: float = 0.0) -> Meter:
    """Return what a camera sets itself to before linear light (H, W, 3), the middle weighed most."""
    height, width = light.shape[:2]
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    weight = np.exp(-1.5 * (x**2 + y**2))[..., None]
    held = np.minimum(light, np.percentile(light, 97))
    color = (held * weight).sum(axis=(0, 1)) / weight.sum()
    bright = float(color @ WEIGHTS)
    white = np.clip(bright / np.maximum(color, 1e-9), 0.4, 2.5) ** BALANCED
    gains = white / (white @ WEIGHTS) * GREY / max(bright, 1e-9) * 2.0**stops
    return Meter((float(gains[0]), float(gains[1]), float(gains[2])))


def develop(light: Floats, setting: Meter) -> Bytes:
    """Return the picture (H, W, 3) in 8-bit sRGB of linear light (H, W, 3)."""
    exposed = np.maximum(light, 0) * np.array(setting.gains, np.float32)
    over = np.maximum(exposed - SHOULDER, 0) / (1 - SHOULDER)
    held = np.where(exposed > SHOULDER, SHOULDER + (1 - SHOULDER) * (1 - np.exp(-over)), exposed)
    shown = np.where(held <= 0.0031308, 12.92 * held, 1.055 * np.maximum(held, 1e-9) ** (1 / 2.4) - 0.055)
    shown = shown + 0.06 * np.sin(2 * np.pi * (shown - 0.5)) / (2 * np.pi) * 2
    return np.asarray(np.rint(255 * np.clip(shown, 0, 1)), np.uint8)


def paste(picture: Bytes, part: Bytes, box: tuple[int, int, int, int]) -> Bytes:
    """Return the picture with a part put in at (left, top, right, lower), its seam softened within."""
    left, top, right, lower = box
    height, width = picture.shape[:2]
    x, y = np.arange(left, right), np.arange(top, lower)
    across = np.minimum(_from_seam(x - left, left > 0), _from_seam(right - 1 - x, right < width))
    down = np.minimum(_from_seam(y - top, top > 0), _from_seam(lower - 1 - y, lower < height))
    share = np.minimum(across[None, :], down[:, None])[..., None]
    mixed = picture.copy()
    under = picture[top:lower, left:right].astype(np.float32)
    mixed[top:lower, left:right] = np.rint(under + share * (part.astype(np.float32) - under)).astype(np.uint8)
    return mixed


def _from_seam(pixels: Ints, has_seam: bool) -> Floats:
    """Return the new part's share, 0..1, so many pixels from a seam.

    At the picture's own edge there is none.
    """
    return np.clip((pixels + 0.5) / FEATHER, 0, 1) if has_seam else np.ones(len(pixels))
