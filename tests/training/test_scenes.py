from itertools import islice

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cart.training import solids
from cart.training.backgrounds import random_background
from cart.training.bank import draw_bank
from cart.training.compose import LEAST_PIXELS, Canvas, _labels, compose
from cart.training.dataset import Material, scenes
from cart.training.label_art import label_art
from cart.training.labelled import Label, Labelled
from cart.training.layer import make_layer
from cart.training.preview import contact_sheet
from cart.training.splat import PART_ITEM, Sprite, random_light, render, rotation, transform

SIZE = 96
BANK = draw_bank(np.random.default_rng(7), 4, 3, 2)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_boxes_lie_in_the_picture_and_are_not_slivers(seed):
    scene = compose(np.random.default_rng(seed), BANK, [], SIZE)
    assert scene.picture.shape == (SIZE, SIZE, 3)
    for label in scene.labels:
        x1, y1, x2, y2 = label.box
        assert 0 <= x1 <= x2 - LEAST_PIXELS
        assert 0 <= y1 <= y2 - LEAST_PIXELS
        assert max(x2, y2) <= SIZE


def test_scenes_hold_hands_and_items():
    kinds = [
        label.kind
        for seed in range(30)
        for label in compose(np.random.default_rng(seed), BANK, [], SIZE).labels
    ]
    assert {"hand", "item"} == set(kinds)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_seed_gives_the_same_scenes(workers):
    first = list(scenes(Material(BANK, []), 3, 4, SIZE, 1))
    again = list(scenes(Material(BANK, []), 3, 4, SIZE, workers))
    assert all(
        np.array_equal(a.picture, b.picture) and a.labels == b.labels
        for a, b in zip(first, again, strict=True)
    )


def test_a_box_holds_what_is_seen_of_a_thing_and_nothing_more():
    canvas = Canvas(np.zeros((40, 40, 3)), np.zeros((40, 40), np.int16), [("item", 200), ("hand", 100)])
    canvas.owners[5:15, 10:30] = 1
    canvas.owners[5:15, 20:30] = 2
    assert _labels(canvas) == (Label("item", (10, 5, 20, 15)), Label("hand", (20, 5, 30, 15)))


def test_a_thing_hardly_seen_has_no_label():
    canvas = Canvas(np.zeros((40, 40, 3)), np.zeros((40, 40), np.int16), [("item", 1000)])
    canvas.owners[0:10, 0:10] = 1
    assert _labels(canvas) == ()


@given(st.floats(10, 80), st.floats(0, 360))
@settings(max_examples=20, deadline=None)
def test_a_layer_has_the_length_asked_for(length, turn):
    pixels = np.full((30, 60, 4), 255, np.uint8)
    layer = make_layer(
        np.random.default_rng(0),
        Sprite(pixels, np.full((30, 60), PART_ITEM, np.uint8)),
        length,
        turn,
        PART_ITEM,
    )
    area = float((layer.parts == PART_ITEM).sum())
    assert area == pytest.approx(length * length / 2, rel=0.35)


@pytest.mark.parametrize("seed", range(12))
def test_products_are_drawn_without_holes(seed):
    rng = np.random.default_rng(seed)
    product = transform(solids.random_product(rng), rotation(0.5, 0.7))
    sprite = render(product, random_light(rng), 120)
    seen = (sprite.parts > 0).astype(np.uint8)
    holes = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).sum() - seen.sum()
    assert holes < 0.03 * seen.sum()


@pytest.mark.parametrize("seed", range(8))
def test_backgrounds_are_pictures_of_the_size_asked_for(seed):
    place = np.full((50, 70, 3), 90, np.uint8)
    background = random_background(np.random.default_rng(seed), SIZE, [place])
    assert background.shape == (SIZE, SIZE, 3)
    assert background.dtype == np.uint8


def test_label_art_is_a_picture():
    art = label_art(np.random.default_rng(1), 50, 30)
    assert art.shape == (30, 50, 3)
    assert art.dtype == np.uint8


def test_the_contact_sheet_shows_boxes():
    picture = Labelled(np.zeros((SIZE, SIZE, 3), np.uint8), (Label("hand", (10, 10, 50, 50)),))
    sheet = contact_sheet(islice([picture] * 9, 9), columns=2, rows=2, side=SIZE)
    assert sheet.shape == (2 * SIZE, 2 * SIZE, 3)
    assert sheet[10, 30].tolist() == [0, 0, 255]
