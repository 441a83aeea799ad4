"""The EAN-13 barcode of a label, as zxing-cpp draws it."""

import cv2
import numpy as np
import zxingcpp

from cart.scenes.geometry import Bytes
from cart.scenes.products.labels.ink import Type, words

MODULES = 113
"""Width of an EAN-13 in modules, quiet zones included."""

_INK, _PAPER = 28, 246


def barcode(gtin: str, module: int, height: int) -> Bytes:
    """Return a barcode with its digits below (height, 113 * module, 3).

    Args:
        gtin: 13 digits.
        module: Width of the thinnest bar in pixels.
        height: Pixels, digits included.
    """
    code = zxingcpp.create_barcode(gtin, zxingcpp.BarcodeFormat.EAN13)
    row = np.array(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=True))[0]
    bars = np.repeat(np.where(row < 128, _INK, _PAPER).astype(np.uint8), module)
    picture = np.full((height, MODULES * module), _PAPER, np.uint8)
    digits = max(8, module * 9)
    picture[module * 3 : height - digits] = bars
    _write_digits(picture, gtin, digits)
    return np.repeat(picture[..., None], 3, -1)


def _write_digits(picture: Bytes, gtin: str, height: int) -> None:
    mask = words(f"{gtin[0]}  {gtin[1:7]}  {gtin[7:]}", Type(400), height * 3)
    width = int(picture.shape[1] * 0.84)
    mask = np.asarray(cv2.resize(mask, (width, max(5, int(height * 0.62))), interpolation=cv2.INTER_AREA))
    top, left = picture.shape[0] - mask.shape[0] - 1, (picture.shape[1] - width) // 2
    area = picture[top : top + mask.shape[0], left : left + width]
    area[:] = np.minimum(area, 255 - (mask.astype(np.float32) * (1 - _INK / 255)).astype(np.uint8))
