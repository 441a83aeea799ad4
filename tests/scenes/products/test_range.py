from collections import Counter
from itertools import combinations

import pytest

from cart import gtin as gtins
from cart.catalog import minor_units
from cart.errors import InputError
from cart.scenes.products.range import product_by_gtin, products


def test_the_range_has_320_products_of_ten_shapes_and_six_kinds_of_produce() -> None:
    everything = products(320)
    shapes = Counter(product.shape for product in everything)
    assert len(everything) == 320
    assert len(set(shapes) - {"produce"}) >= 10
    assert shapes["produce"] >= 6


def test_numbers_and_names_are_unique_and_numbers_are_the_store_s_own() -> None:
    everything = products(320)
    assert (
        len({product.gtin for product in everything}) == len({product.name for product in everything}) == 320
    )
    for product in everything:
        assert gtins.is_valid(product.gtin)
        assert len(product.gtin) == 13
        assert product.gtin[0] == "2"


def test_same_seed_same_range_other_seed_other_range() -> None:
    assert products(320, seed=3) == products(320, seed=3)
    assert not {p.gtin for p in products(320, seed=3)} & {p.gtin for p in products(320, seed=4)}
    assert [p.brand for p in products(320, seed=3)] != [p.brand for p in products(320, seed=4)]


def test_a_small_range_has_all_shapes_already() -> None:
    assert {p.shape for p in products(60)} == {p.shape for p in products(320)}


def test_most_packages_have_a_twin_that_differs_in_taste_or_amount_only() -> None:
    families: dict[str, list[tuple[str, str]]] = {}
    for product in products(320):
        families.setdefault(product.family, []).append((product.taste or product.title, product.amount))
    twins = [pair for members in families.values() for pair in combinations(members, 2)]
    assert sum(len(members) > 1 for members in families.values()) >= 60
    assert all(one != other for one, other in twins)
    assert any(one[0] == other[0] for one, other in twins)
    assert any(one[1] == other[1] for one, other in twins)


def test_prices_sizes_and_masses_are_plausible() -> None:
    for product in products(320):
        assert 20 <= minor_units(product.price, "EUR") <= 1500
        assert all(0.03 <= side <= 0.35 for side in product.size)
        volume = product.size[0] * product.size[1] * product.size[2] * 1000
        assert 0.01 < product.mass / volume < 1.6


def test_produce_has_a_plu_and_packages_have_none() -> None:
    for product in products(320):
        assert (product.plu is not None) == (product.shape == "produce")


def test_a_gtin_finds_its_product_whatever_the_seed() -> None:
    for product in (*products(20, seed=0), *products(20, seed=77)):
        assert product_by_gtin(product.gtin) is product


@pytest.mark.parametrize("gtin", ["4006381333931", "2800000000008", "28000", "abc"])
def test_an_unknown_gtin_is_refused(gtin: str) -> None:
    with pytest.raises(InputError):
        product_by_gtin(gtin)


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (-1, 0), (100_000, 0), (10, -1), (10, 10_000)])
def test_counts_and_seeds_that_make_no_sense_are_refused(count: int, seed: int) -> None:
    with pytest.raises(InputError):
        products(count, seed)
