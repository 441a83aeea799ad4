"""Shoppers stand where a person would, and where the camera sees arms and not shoulders."""

from dataclasses import replace

import numpy as np
import pytest

from cart.scenes.stage.draw import draw_stage
from cart.scenes.trips.cast import draw_shopper, is_seen

KINDS = ("wire", "basket", "tray")


@pytest.mark.parametrize("kind", KINDS)
def test_hands_wait_where_what_they_hold_is_not_seen(kind: str) -> None:
    hidden = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        camera, cart, _, _ = draw_stage(rng, kind)
        shopper = draw_shopper(rng, camera, cart, None)
        hidden += all(not is_seen(camera, shopper.home(side, camera), 0.1) for side in (0, 1))
    assert hidden >= 29


@pytest.mark.parametrize("kind", KINDS)
def test_necks_are_seldom_seen(kind: str) -> None:
    seen = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        camera, cart, _, _ = draw_stage(rng, kind)
        shopper = draw_shopper(rng, camera, cart, None)
        seen += is_seen(camera, np.mean(shopper.shoulders, axis=0) + np.array([0, 0, 0.1]), 0.1)
    assert seen <= 4


def test_two_shoppers_do_not_stand_in_each_other() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        camera, cart, _, _ = draw_stage(rng, "wire")
        one = draw_shopper(rng, camera, cart, None)
        other = draw_shopper(rng, camera, cart, one.shoulders[0])
        assert np.linalg.norm(one.shoulders[0] - other.shoulders[0]) > 0.35


def test_both_arms_are_of_one_person() -> None:
    rng = np.random.default_rng(3)
    camera, cart, _, _ = draw_stage(rng, "basket")
    left, right = draw_shopper(rng, camera, cart, None).arms
    assert (left.side, right.side) == ("left", "right")
    assert (left.skin, left.cloth, left.seed) == (right.skin, right.cloth, right.seed)


def test_named_gloves_are_worn_and_change_nothing_else() -> None:
    shoppers = []
    for gloves in ("none", "wool"):
        rng = np.random.default_rng(3)
        camera, cart, _, _ = draw_stage(rng, "basket")
        shoppers.append(draw_shopper(rng, camera, cart, None, gloves))
    bare, gloved = shoppers
    assert [arm.glove for arm in gloved.arms] == ["wool", "wool"]
    assert [replace(arm, glove="none") for arm in gloved.arms] == list(bare.arms)
