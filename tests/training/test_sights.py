import numpy as np
import pytest

from cart.training.sights import (
    as_reference,
    as_seen,
    colourful,
    drawn_product,
    part_of_photo,
    recoloured,
    wire_floor,
)


@pytest.fixture(scope="module")
def views():
    return drawn_product(3, views=3)


def test_a_product_is_drawn_the_same_again(views):
    again = drawn_product(3, views=3)

    assert all(np.array_equal(first, second) for first, second in zip(views, again, strict=True))


def test_views_are_cut_to_the_item(views):
    for view in views:
        opacity = view[..., 3]
        assert opacity[0].any()
        assert opacity[:, -1].any()


def test_a_reference_has_a_plain_border(views):
    margins = []
    for seed in range(20):
        picture = as_reference(views[0], np.random.default_rng(seed))
        margins.append(len(np.unique(picture[0], axis=0)) == 1)

    assert sum(margins) > 10


@pytest.mark.parametrize("seed", range(8))
def test_a_sight_is_as_large_as_asked(views, seed):
    random = np.random.default_rng(seed)

    seen = as_seen(views[seed % 3], [wire_floor(random)], random, side=(30, 40))

    assert seen.dtype == np.uint8
    assert 30 <= max(seen.shape[:2]) <= 40


def test_a_part_of_a_photo_has_rounded_corners():
    photo = np.full((90, 120, 3), 7, np.uint8)

    part = part_of_photo(photo, np.random.default_rng(0))

    assert part[0, 0, 3] == 0
    assert part[part.shape[0] // 2, part.shape[1] // 2].tolist() == [7, 7, 7, 255]
    assert part.shape[0] >= 0.6 * 90 - 1


def test_other_hues_leave_shape_and_greys_as_they_are():
    item = np.zeros((4, 6, 4), np.uint8)
    item[:, :3] = 20, 40, 220, 255
    item[:, 3:] = 90, 90, 90, 120

    turned = recoloured(item, 240)

    assert np.array_equal(turned[..., 3], item[..., 3])
    assert np.array_equal(turned[:, 3:], item[:, 3:])
    assert turned[0, 0, 0] == 220
    assert turned[0, 0, 2] < 50


@pytest.mark.parametrize("degrees", [0, 50, 179, 310])
def test_hues_turned_there_and_back_are_the_same(views, degrees):
    there_and_back = recoloured(recoloured(views[0], degrees), 360 - degrees)

    assert np.abs(there_and_back.astype(int) - views[0]).mean() < 6


def test_only_colour_that_shows_makes_a_picture_colourful():
    red, grey = np.zeros((2, 5, 5, 4), np.uint8)
    red[..., 2], grey[..., :3] = 200, 130
    red[..., 3] = grey[..., 3] = 255
    hidden = grey.copy()
    hidden[:2] = 0, 0, 255, 0

    assert colourful(red)
    assert colourful(red[..., :3])
    assert not colourful(grey)
    assert not colourful(hidden)
