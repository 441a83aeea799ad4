import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cart.vision.look import LENGTH, likeness, look


def scene():
    """A floor with a red striped box at (40, 30, 100, 110) and a blue one at (120, 30, 180, 110)."""
    image = np.full((140, 220, 3), (170, 175, 180), np.uint8)
    for left, colour in ((40, (40, 40, 200)), (120, (190, 90, 30))):
        image[30:110, left : left + 60] = colour
        image[60:70, left : left + 60] = 240
    return image


RED, BLUE = (40, 30, 100, 110), (120, 30, 180, 110)


def test_is_a_direction():
    found = look(scene(), RED)

    assert found.shape == (LENGTH,)
    assert found.dtype == np.float32
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


def test_the_same_item_a_little_off_is_alike():
    assert likeness(look(scene(), RED), look(scene(), (44, 34, 105, 108))) > 0.95


def test_the_same_item_under_a_shadow_is_alike():
    shadow = (scene() * 0.8).astype(np.uint8)

    assert likeness(look(scene(), RED), look(shadow, RED)) > 0.7


def test_an_item_partly_under_a_hand_is_more_alike_than_another():
    covered = scene()
    covered[30:55, 40:180] = (120, 150, 200)

    red, blue = look(scene(), RED), look(scene(), BLUE)
    assert likeness(red, look(covered, RED)) > likeness(red, blue)


def test_another_item_is_less_alike():
    assert likeness(look(scene(), RED), look(scene(), BLUE)) < 0.7


def test_size_does_not_count():
    twice = cv2.resize(scene(), None, fx=2, fy=2)

    assert likeness(look(scene(), RED), look(twice, tuple(2 * edge for edge in RED))) > 0.98


@settings(deadline=None)
@given(st.floats(-300, 300), st.floats(-300, 300), st.floats(0, 400), st.floats(0, 400))
def test_any_box_has_a_look(left, top, width, height):
    found = look(scene(), (left, top, left + width, top + height))

    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_likeness_lies_between_zero_and_one(seed):
    noise = np.random.default_rng(seed).integers(0, 256, (12, 20, 3)).astype(np.uint8)
    first, second = look(noise, (0, 0, 10, 12)), look(noise, (10, 0, 20, 12))

    assert 0 <= likeness(first, second) <= 1
    assert likeness(first, first) == pytest.approx(1)
