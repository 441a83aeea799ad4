"""The album: few crops of each item, of different moments, the best ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cart.vision.album import Album

WIDTH, HEIGHT = 160, 120
ITEM = 7


def picture(sharp: bool = True) -> NDArray[np.uint8]:
    """Fine noise, or the same without any detail."""
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    return noise if sharp else np.full_like(noise, 90)


def test_an_item_never_seen_has_no_picture() -> None:
    album = Album()

    assert album.best(ITEM) is None
    assert album.crops(ITEM) == []


def test_the_crop_is_tight_and_the_picture_has_a_margin() -> None:
    album, image = Album(), picture()

    album.keep(ITEM, 0.0, image, (40, 30, 80, 50), ())

    best = album.best(ITEM)
    assert best is not None
    assert best.image.shape == (24, 48, 3)
    assert best.box == (4, 2, 44, 22)
    assert (best.crop.image == image[30:50, 40:80]).all()
    assert (best.crop.covered, best.crop.at_edge) == (0, False)
    left, top, right, bottom = (round(edge) for edge in best.box)
    assert (best.image[top:bottom, left:right] == best.crop.image).all()


def test_pictures_are_copies_of_the_frame() -> None:
    album, image = Album(), picture()
    album.keep(ITEM, 0.0, image, (40, 30, 80, 50), ())
    image[:] = 0

    best = album.best(ITEM)
    assert best is not None
    assert best.image.any()
    assert best.crop.image.any()


def test_a_hand_over_the_item_and_the_edge_of_the_picture_are_noted() -> None:
    album = Album()
    album.keep(ITEM, 0.0, picture(), (0, 30, 40, 50), ((20, 0, 90, 90), (0, 0, 10, 120)))

    (crop,) = album.crops(ITEM)
    assert (crop.covered, crop.at_edge) == (0.5, True)


def test_of_one_moment_only_the_better_picture_stays() -> None:
    album, box = Album(), (40, 30, 80, 50)
    album.keep(ITEM, 1.0, picture(sharp=False), box, ())
    album.keep(ITEM, 1.1, picture(), box, ())
    album.keep(ITEM, 1.2, picture(sharp=False), box, ())

    (crop,) = album.crops(ITEM)
    assert crop.image.std() > 0


def test_at_most_six_stay_and_the_poorest_goes() -> None:
    album, box = Album(), (40, 30, 80, 50)
    album.keep(ITEM, 0.0, picture(sharp=False), box, ())
    for second in range(1, 9):
        album.keep(ITEM, float(second), picture(), box, ())

    crops = album.crops(ITEM)
    assert len(crops) == 6
    assert all(crop.image.std() > 0 for crop in crops)


def test_the_best_picture_is_the_free_one() -> None:
    album, box = Album(), (40, 30, 80, 50)
    album.keep(ITEM, 0.0, picture(), box, ((40, 30, 60, 50),))
    album.keep(ITEM, 1.0, picture(), box, ())
    album.keep(ITEM, 2.0, picture(), box, ((40, 30, 60, 50),))

    best = album.best(ITEM)
    assert best is not None
    assert best.time == 1.0


def test_what_is_no_longer_known_is_forgotten() -> None:
    album = Album()
    for item in (1, 2, 3):
        album.keep(item, 0.0, picture(), (40, 30, 80, 50), ())

    album.forget_all_but([2])

    assert [len(album.crops(item)) for item in (1, 2, 3)] == [0, 1, 0]


@pytest.mark.parametrize("box", [(-50, -50, -10, -10), (200, 150, 300, 260), (70, 60, 70, 60)])
def test_a_box_outside_the_picture_gives_at_least_a_pixel(box: tuple[float, float, float, float]) -> None:
    album = Album()
    album.keep(ITEM, 0.0, picture(), box, ())

    best = album.best(ITEM)
    assert best is not None
    assert best.image.size > 0
    assert best.crop.image.size > 0


def test_a_sliver_at_the_edge_gives_a_picture_too() -> None:
    album = Album()
    album.keep(ITEM, 0.0, picture(), (0, HEIGHT - 1, WIDTH, HEIGHT), ())

    assert album.best(ITEM) is not None


@given(
    x=st.floats(-20, WIDTH - 10),
    y=st.floats(-20, HEIGHT - 10),
    width=st.floats(30, 200),
    height=st.floats(30, 200),
)
def test_any_box_gives_a_picture_that_holds_its_crop(x: float, y: float, width: float, height: float) -> None:
    album = Album()
    album.keep(ITEM, 0.0, picture(), (x, y, x + width, y + height), ())

    best = album.best(ITEM)
    assert best is not None
    left, top, right, bottom = (int(edge) for edge in best.box)
    assert 0 <= left < right <= best.image.shape[1]
    assert 0 <= top < bottom <= best.image.shape[0]
    assert (best.image[top:bottom, left:right] == best.crop.image).all()
