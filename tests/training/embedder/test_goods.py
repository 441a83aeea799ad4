import json

import cv2
import numpy as np
import pytest

from cart.errors import InputError
from cart.scenes import storage
from cart.scenes.products.catalog import picture_paths
from cart.scenes.products.range import products
from cart.settings import settings
from cart.training.embedder.goods import read_goods
from cart.training.embedder.recipe import References
from cart.training.recipe import Rendered

STILLS = Rendered(seed=5, count=1, range_seed=1)


@pytest.fixture(autouse=True)
def _data(tmp_path, monkeypatch):
    monkeypatch.setenv("CART_DATA", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def stills():
    """One still with an item well seen, one hidden, and a bag."""
    folder = storage.stills_folder(5, STILLS.size)
    for name in ("images", "items"):
        (folder / name).mkdir()
    cv2.imwrite(str(folder / "images" / "00000_0.jpg"), np.full((360, 480, 3), 90, np.uint8))
    seen, hidden = (product.gtin for product in products(2, 1))
    items = [
        {"gtin": seen, "box": [100.0, 100.0, 140.0, 160.0], "share": 0.9, "held": False},
        {"gtin": hidden, "box": [200.0, 100.0, 240.0, 160.0], "share": 0.1, "held": True},
        {"gtin": "bag", "box": [300.0, 0.0, 440.0, 160.0], "share": 1.0, "held": False},
    ]
    (folder / "items" / "00000_0.json").write_text(json.dumps(items))
    return seen


def references(count):
    folder = storage.references_folder(1)
    for product in products(count, 1):
        for file in picture_paths(folder, product):
            file.parent.mkdir(parents=True, exist_ok=True)
            picture = np.full((128, 128, 3), 230, np.uint8)
            cv2.rectangle(picture, (40, 30), (80, 100), (40, 40, 200), -1)
            cv2.imwrite(str(file), picture)


def test_a_product_has_its_cutouts_and_the_sights_that_show_enough_of_it(stills):
    references(2)

    goods = {one.product.gtin: one for one in read_goods([References(range_seed=1, count=2)], [STILLS])}

    assert len(goods) == 2
    assert [len(one.boxed) for one in goods.values()].count(1) == 1
    assert goods[stills].boxed[0].tight().shape == (60, 40, 3)
    cut = goods[stills].cutouts[0]
    assert cut.shape[2] == 4
    assert cut[cut.shape[0] // 2, cut.shape[1] // 2, 3] == 255


def test_what_is_not_rendered_is_an_error_that_says_how_to():
    with pytest.raises(InputError, match=r"cart scenes catalog .* --count 2 --range-seed 1"):
        read_goods([References(range_seed=1, count=2)], [])
    with pytest.raises(InputError, match="cart scenes stills"):
        read_goods([], [STILLS])


def test_stills_of_another_range_than_the_recipe_says_are_told(stills):
    with pytest.raises(InputError, match=f"seed 5 show {stills}, which is not of range seed 2"):
        read_goods([], [STILLS.model_copy(update={"range_seed": 2})])
