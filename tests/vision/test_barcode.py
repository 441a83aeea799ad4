import cv2
import numpy as np
import pytest
import zxingcpp

from cart.vision.barcode import SMALLEST_SIDE, gtin_in, read_gtins

FORMAT = zxingcpp.BarcodeFormat


def label(text, kind, scale=3):
    """A barcode printed in the middle of a square green package, BGR."""
    code = np.array(zxingcpp.create_barcode(text, kind).to_image(scale=scale, add_quiet_zones=True))
    side = max(code.shape) + 80
    top, left = ((side - length) // 2 for length in code.shape)
    crop = np.full((side, side, 3), (90, 140, 60), np.uint8)
    crop[top : top + code.shape[0], left : left + code.shape[1]] = code[:, :, None]
    return crop


def turned(crop, degrees):
    height, width = crop.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(crop, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize(
    ("text", "kind", "gtin"),
    [
        ("4006381333931", FORMAT.EAN13, "4006381333931"),
        ("96385074", FORMAT.EAN8, "96385074"),
        ("012345678905", FORMAT.UPCA, "0012345678905"),
        ("01234565", FORMAT.UPCE, "0012345000065"),
        ("15400141288763", FORMAT.ITF14, "15400141288763"),
        ("https://id.gs1.org/01/04006381333931", FORMAT.QRCode, "04006381333931"),
    ],
)
def test_reads_what_is_printed_on_packages(text, kind, gtin):
    assert read_gtins(label(text, kind)) == [gtin]


@pytest.mark.parametrize("degrees", [0, 8, 90, 180, -80])
def test_reads_a_small_slightly_blurred_and_turned_barcode(degrees):
    small = cv2.resize(turned(label("4006381333931", FORMAT.EAN13), degrees), None, fx=0.55, fy=0.55)

    assert read_gtins(cv2.GaussianBlur(small, (0, 0), 0.5)) == ["4006381333931"]


def test_does_not_search_crops_too_small_for_bars():
    narrow = label("4006381333931", FORMAT.EAN13)[150 : 150 + SMALLEST_SIDE - 1]

    assert read_gtins(narrow) == []


def test_finds_nothing_where_there_is_no_barcode():
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3)).astype(np.uint8)

    assert read_gtins(noise) == []


def test_a_large_crop_is_read_without_enlarging_it_further():
    assert read_gtins(label("4006381333931", FORMAT.EAN13, scale=8)) == ["4006381333931"]


@pytest.mark.parametrize("text", ["hello", "", "4006381333930", "https://example.org/shop/1234", "12345"])
def test_what_is_no_gtin_is_dropped(text):
    assert gtin_in(text) is None
