from statistics import median

import numpy as np

from cart.vision.calibration import Survey, propose
from cart.vision.calibration.proposal import SURE
from tests.vision.calibration.carts import SIZE, draw_cart, overlap

STILL = np.zeros(SIZE[::-1], np.uint8)


def test_the_rim_of_drawn_carts_is_found() -> None:
    carts = [draw_cart(seed) for seed in range(12)]
    found = [propose(Survey(cart.picture, STILL, items=cart.items)) for cart in carts]
    overlaps = [overlap(one.polygon, cart.polygon) for one, cart in zip(found, carts, strict=True) if one]
    assert len(overlaps) == len(carts)
    assert median(overlaps) >= 0.9
    assert min(overlaps) >= 0.85
    assert all(one.confidence >= SURE for one in found if one)


def test_items_that_stand_elsewhere_make_it_unsure() -> None:
    cart = draw_cart(0)
    outside = ((0.0, 0.0, 0.06, 0.06),) * 9
    unsure = propose(Survey(cart.picture, STILL, items=outside))
    assert unsure is None or unsure.confidence < SURE


def test_where_there_are_no_lines_there_is_no_sure_proposal() -> None:
    noise = np.random.default_rng(0).normal(120, 4, (*SIZE[::-1], 3)).clip(0, 255).astype(np.uint8)
    found = propose(Survey(noise, STILL))
    assert found is None or found.confidence < SURE


def test_a_cart_that_reaches_out_of_the_picture_ends_at_its_edge() -> None:
    cart = draw_cart(1)
    cut = cart.picture[:270]
    found = propose(Survey(cut, STILL[:270]))
    assert found is not None
    assert max(y for _, y in found.polygon) >= 0.99


def test_corners_lie_in_the_picture() -> None:
    for seed in range(4):
        found = propose(Survey(draw_cart(seed).picture[40:, 60:], STILL[40:, 60:]))
        assert found is None or all(0 <= value <= 1 for corner in found.polygon for value in corner)
