"""Reads the GTIN from a barcode that an item happens to show."""

import re

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from cart import gtin as gtins

SMALLEST_SIDE = 80
"""Crops with a shorter side than this, in pixels, are not searched: a bar would be thinner than a pixel."""

_LARGEST_SIDE = 400  # the search takes longer with the area
_ENLARGEMENT = 2.0  # at 1.25 to 2 pixels a bar reads three times as many as the crop itself, 3 and 4 no more
_FORMATS = (
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.UPCA,
    zxingcpp.BarcodeFormat.UPCE,
    zxingcpp.BarcodeFormat.ITF14,
    zxingcpp.BarcodeFormat.QRCode,
)
_DIGITAL_LINK = re.compile(r"^https?://\S*?/01/(\d{8,14})(?=[/?#]|$)", re.ASCII)


def read_gtins(image: NDArray[np.uint8]) -> list[str]:
    """Return the GTINs of the barcodes in a crop, without doubles, in order of number.

    Reads EAN-13, EAN-8, UPC-A, UPC-E, ITF-14, and QR codes with a GS1 Digital Link. Bars need about 1.25
    pixels each; a barcode turned by more than some 20 degrees from the picture's axes is mostly missed.

    Args:
        image: BGR, uint8, (H, W, 3); one with a side under `SMALLEST_SIDE` has none.

    Returns:
        Valid GTINs as the barcode has them: UPC-A and UPC-E as 13 digits with a leading zero.
    """
    if min(image.shape[:2]) < SMALLEST_SIDE:
        return []
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = min(_ENLARGEMENT, _LARGEST_SIDE * _ENLARGEMENT / max(grey.shape))
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    found = {gtin_in(barcode.text) for barcode in zxingcpp.read_barcodes(grey, formats=_FORMATS)}
    return sorted(gtin for gtin in found if gtin is not None)


def gtin_in(text: str) -> str | None:
    """Return the GTIN in what a barcode says, None where it says something else.

    >>> gtin_in("https://id.gs1.org/01/09506000134352/10/ABC"), gtin_in("4006381333930")
    ('09506000134352', None)
    """
    link = _DIGITAL_LINK.match(text)
    digits = link.group(1) if link else text
    return gtins.parse(digits) if gtins.is_valid(digits) else None
