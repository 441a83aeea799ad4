import pytest
import zxingcpp

from cart.scenes.products.build import pictures
from cart.scenes.products.labels.barcode import MODULES, barcode
from cart.scenes.products.range import products

_PACKAGED = [product for product in products(320) if product.shape != "produce"]


@pytest.mark.parametrize("part", range(8))
def test_every_label_has_one_barcode_and_it_is_read(part: int) -> None:
    for product in _PACKAGED[part::8]:
        found = zxingcpp.read_barcodes(pictures(product)["wrap"], formats=zxingcpp.BarcodeFormat.EAN13)
        assert [code.text for code in found] == [product.gtin], product.name


@pytest.mark.parametrize("module", [1, 2, 5])
def test_a_barcode_has_the_size_asked_for(module: int) -> None:
    picture = barcode(_PACKAGED[0].gtin, module, 60 * module)
    assert picture.shape == (60 * module, MODULES * module, 3)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [_PACKAGED[0].gtin]


def test_twins_share_the_layout_and_differ_in_a_part_of_the_front() -> None:
    family = [p for p in _PACKAGED if p.shape == "gable_top" and p.style == "cap"][:2]
    assert family[0].family == family[1].family
    one, other = (pictures(product)["wrap"].astype(int) for product in family)
    changed = abs(one - other).max(-1) > 40
    assert 0.01 < changed.mean() < 0.6
