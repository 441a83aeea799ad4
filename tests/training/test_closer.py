"""Parts of stills, as a nearer camera sees them."""

import numpy as np
import pytest

from cart.training.closer import closer
from cart.training.labelled import Label, Labelled

PICTURE = np.arange(120 * 160 * 3, dtype=np.uint32).reshape(120, 160, 3).astype(np.uint8)
HAND = Label("hand", (100.0, 20.0, 150.0, 70.0))
ITEM = Label("item", (10.0, 60.0, 40.0, 110.0))


def parts(*labels: Label, count: int = 60) -> list[Labelled]:
    rng = np.random.default_rng(5)
    return [closer(Labelled(PICTURE, labels), rng) for _ in range(count)]


def test_a_part_keeps_the_shape_of_the_picture_and_is_smaller() -> None:
    for part in parts(HAND, ITEM):
        high, wide = part.picture.shape[:2]
        assert 0.34 * 160 < wide < 0.76 * 160
        assert wide / high == pytest.approx(160 / 120, abs=0.05)


def test_labels_lie_within_the_part_and_on_the_same_pixels() -> None:
    for part in parts(HAND):
        high, wide = part.picture.shape[:2]
        at = np.argwhere((part.picture[0, 0] == PICTURE).all(axis=2))
        assert len(part.labels) == 1
        x1, y1, x2, y2 = part.labels[0].box
        assert 0 <= x1 < x2 <= wide
        assert 0 <= y1 < y2 <= high
        shown = {(x + x1, y + y1) for y, x in at}
        expected = [(max(100.0, x), max(20.0, y)) for y, x in at]
        assert shown & set(expected)


def test_a_part_is_about_something() -> None:
    assert all(part.labels for part in parts(HAND, ITEM))


def test_a_mere_edge_is_not_labelled() -> None:
    beside = Label("item", (20.0, 20.0, 98.0, 70.0))
    for part in parts(HAND, beside):
        for label in part.labels:
            x1, y1, x2, y2 = label.box
            whole = (50 if label.kind == "hand" else 78) * 50
            seen = part.picture.shape[0] * part.picture.shape[1]
            assert (x2 - x1) * (y2 - y1) > 0.15 * min(whole, seen) - 1


def test_what_fills_the_picture_is_labelled_however_little_of_it_that_is() -> None:
    wide = Label("item", (0.0, 0.0, 160.0, 120.0))
    for part in parts(wide):
        high, across = part.picture.shape[:2]
        assert [label.box for label in part.labels] == [(0, 0, across, high)]


def test_a_still_that_shows_nothing_gives_a_part_that_shows_nothing() -> None:
    assert all(part.labels == () for part in parts())
