import cv2
import numpy as np
import pytest

from cart.vision.boxes import iou
from cart.vision.references import TURNS, crop, item_box, read_picture, views


def photographed(box, size=(256, 200), colour=(30, 60, 180)):
    """A striped item before an uneven plain background with a soft shadow."""
    width, height = size
    fade = np.linspace(200, 235, width)[None, :, None] * np.ones((height, 1, 3))
    left, top, right, bottom = box
    shadow = np.zeros((height, width))
    shadow[bottom - 10 : bottom + 12, left : min(width, right + 40)] = 25
    image = fade - cv2.GaussianBlur(shadow, (0, 0), 9)[:, :, None]
    image[top:bottom, left:right] = colour
    image[top:bottom:16, left:right] = 250
    noise = np.random.default_rng(3).normal(0, 2, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("box", [(20, 16, 80, 70), (60, 40, 180, 100), (90, 20, 140, 170)])
def test_finds_an_item_before_a_plain_background(box):
    assert iou(item_box(photographed(box)), box) > 0.65


def test_a_picture_that_is_full_of_the_item_is_taken_whole():
    full = np.random.default_rng(0).integers(0, 255, (90, 120, 3)).astype(np.uint8)

    left, top, right, bottom = item_box(full)

    assert (right - left) * (bottom - top) > 0.9 * 90 * 120


def test_an_empty_picture_is_taken_whole():
    assert item_box(np.full((60, 80, 3), 200, np.uint8)) == (0, 0, 80, 60)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (7, 9)])
def test_any_size_of_picture_has_views(size):
    width, height = size
    picture = np.full((height, width, 3), 90, np.uint8)

    assert all(view.size for view in views(picture))


def test_views_are_quarter_turns_of_the_item():
    turned = views(photographed((60, 40, 180, 100)))

    assert len(turned) == TURNS
    assert turned[1].shape == (turned[0].shape[1], turned[0].shape[0], 3)
    assert np.array_equal(np.rot90(turned[0]), turned[1])


def test_a_crop_stays_inside_the_picture():
    picture = photographed((60, 40, 180, 100))

    assert crop(picture, (0, 0, 256, 200)).shape == picture.shape


def test_a_picture_that_is_none_is_not_read(tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "empty.jpg").touch()

    for name in ("text.jpg", "empty.jpg", "missing.jpg"):
        assert read_picture(tmp_path / name) is None
