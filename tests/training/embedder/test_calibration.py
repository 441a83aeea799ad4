import numpy as np
import pytest

pytest.importorskip("torch")

from cart.scenes.products.range import products
from cart.training.embedder.calibration import Sample, answers, check, fit, platt, samples
from cart.training.embedder.goods import Goods
from cart.training.embedder.network import Network
from cart.training.reliability import expected_calibration_error
from cart.training.sights import Boxed
from cart.vision.embedding import Calibration


def similar(count, spread, seed=0):
    """Items that are 0.8 like their own product and less like nine others, both give or take `spread`."""
    random = np.random.default_rng(seed)
    rows = random.normal(0.4, spread, (count, 10)).astype(np.float32)
    rows[:, 0] = random.normal(0.8, spread, count)
    return [Sample(row, 0) for row in rows]


def test_the_wider_similarities_spread_the_warmer_the_constants():
    sharp, blurred = (fit([items], items) for items in (similar(200, 0.02), similar(200, 0.2)))

    assert sharp.temperature < blurred.temperature
    assert 0.4 < sharp.unknown < 0.8


def test_fitted_constants_are_honest_about_items_not_fitted_to():
    calibration = fit([similar(400, 0.15)], similar(400, 0.15))

    assert expected_calibration_error(check(similar(400, 0.15, seed=1), calibration)) < 0.12


def test_the_chance_is_that_of_lifelike_items_though_the_odds_are_of_easier_ones_too():
    easy, hard = similar(200, 0.02), similar(200, 0.3, seed=1)

    both, of_hard = fit([easy, hard], [*easy, *hard]), fit([easy, hard], hard)

    assert (both.temperature, both.unknown) == (of_hard.temperature, of_hard.unknown)
    assert of_hard.chance(0.7) < both.chance(0.7)


def test_shares_of_the_odds_become_the_chances_that_answers_have():
    random = np.random.default_rng(3)
    shares = random.uniform(0.05, 0.95, 4000)
    chances = 1 / (1 + np.exp(-(1.3 * np.log(shares / (1 - shares)) + 1.0)))

    slope, offset = platt(shares, random.random(4000) < chances)

    assert (slope, offset) == pytest.approx((1.3, 1.0), abs=0.15)


def test_one_answer_in_ten_is_to_an_item_of_no_catalog():
    confidences, right = answers(similar(90, 0.01), Calibration(0.05, 0.2))

    assert len(confidences) == 100
    assert sum(right) == 90


def test_an_item_of_no_catalog_has_no_near_twin_there_either():
    left = Sample(np.array([0.9, 0.8, 0.3], np.float32), 0, twins=(1,)).left_out()

    assert left.truth == -1
    assert left.similarities == pytest.approx([-1, -1, 0.3])


def test_only_some_products_are_asked_for_among_all():
    image = np.random.default_rng(0).integers(0, 255, (50, 40, 3)).astype(np.uint8)
    sights = [Boxed(image, (5, 5, 35, 45), "00001"), Boxed(image, (5, 5, 30, 40), "00001")]
    goods = [Goods(product, [image], [], sights) for product in products(40, 1)]

    made = samples(Network().eval(), goods, lambda one: one.held_out)

    assert len(made) == 3 * sum(one.held_out for one in goods)
    assert {len(one.similarities) for one in made} == {40}
    assert all(goods[one.truth].held_out for one in made)
