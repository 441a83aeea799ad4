"""A part of an item that a hand leaves in view is no other item."""

from dataclasses import replace

import numpy as np
import pytest
from scene import MOUTH, PICTURE

from cart.vision.boxes import Box
from cart.vision.opening import opening_for
from cart.vision.tracking import Look, SeenItem
from cart.vision.visits import Observation, VisitEvent, Visits

Seen = tuple[tuple[SeenItem, ...], tuple[Box, ...]]
"""Items and hands of a frame."""

FPS = 12
HOME: Box = (280.0, 260.0, 380.0, 360.0)
CORNER: Box = (285.0, 262.0, 318.0, 296.0)


def _look(*values: float) -> Look:
    vector = np.array(values, np.float32)
    return vector / np.float32(np.linalg.norm(vector))


WHOLE, PART = _look(1, 0.6, 0), _look(0.3, 1, 0.8)


def _events(moments: list[tuple[float, SeenItem | None, Box | None]]) -> list[VisitEvent]:
    """Play moments, each of so many seconds, with the item as it is seen and the hand."""
    frames: list[Seen] = []
    for seconds, item, hand in moments:
        frames += [((item,) if item else (), (hand,) if hand else ())] * round(seconds * FPS)
    return _play(frames)


def _play(frames: list[Seen]) -> list[VisitEvent]:
    visits, told = Visits(opening_for(MOUTH, PICTURE)), []
    for number, (items, hands) in enumerate(frames):
        told += visits.update(Observation(number / FPS, items, hands, None))
    return told + visits.finish()


def _reaching(depth: float) -> Box:
    return (300.0, depth - 160.0, 380.0, depth)


@pytest.mark.parametrize("look", [PART, WHOLE])
def test_a_corner_that_shows_beside_a_hand_is_the_item_that_lies_there(look: Look) -> None:
    whole = SeenItem(HOME, 0.9, WHOLE)
    corner = SeenItem(CORNER, 0.9, look)
    reaching = [(1 / FPS, None, _reaching(y)) for y in (160.0, 240.0, 300.0, 330.0)]
    deeper = [(1 / FPS, corner, _reaching(y)) for y in (345.0, 365.0, 385.0, 395.0)]

    told = _events([(2, whole, None), *reaching, *deeper, (0.5, corner, _reaching(395.0)), (3, whole, None)])

    assert told == []


def _carried(*scores: float) -> list[tuple[float, SeenItem | None, Box | None]]:
    """An item that a hand brings in from above, found with these scores on its way."""
    return [
        (1 / FPS, SeenItem((300.0, y, 380.0, y + 80.0), score, WHOLE), (300.0, y - 60, 380.0, y + 30))
        for y, score in zip((10.0, 60.0, 120.0, 190.0, 240.0, 270.0), scores, strict=True)
    ]


@pytest.mark.parametrize(("score", "adds"), [(0.35, 0), (0.8, 1)])
def test_what_is_found_only_weakly_where_it_would_lie_is_no_item(score: float, adds: int) -> None:
    found = SeenItem((300.0, 270.0, 380.0, 350.0), score, WHOLE)

    told = _events([*_carried(*[0.8] * 6), (2, found, None)])

    assert [event.action for event in told] == ["add"] * adds


@pytest.mark.parametrize(("score", "removes"), [(0.42, 0), (0.8, 1)])
def test_what_was_found_only_weakly_from_the_start_leaves_no_item_missing(score: float, removes: int) -> None:
    patch = SeenItem(HOME, score, WHOLE)
    hand = [(1 / FPS, None, _reaching(y)) for y in (160.0, 240.0, 300.0, 240.0, 160.0)]

    told = _events([(2, patch, None), *hand, (3, None, None)])

    assert [event.action for event in told] == ["remove"] * removes


def test_a_part_whose_last_box_took_the_hand_in_is_no_second_item() -> None:
    """The hand lies across an item that shows on both sides; then one side's box takes in the hand."""
    whole = SeenItem((250.0, 280.0, 400.0, 350.0), 0.9, WHOLE)
    left = SeenItem((250.0, 280.0, 300.0, 350.0), 0.8, PART)
    right = SeenItem((350.0, 280.0, 400.0, 350.0), 0.8, WHOLE)
    with_hand = SeenItem((250.0, 250.0, 330.0, 355.0), 0.8, PART)
    hand: Box = (262.0, 150.0, 388.0, 345.0)
    coming: list[Seen] = [
        ((_raised(left, up), _raised(right, up)), (_lifted(hand, up),)) for up in (330, 270, 210, 140, 70)
    ]

    told = _play(
        [
            *coming,
            *[((left, right), (hand,))] * 6,
            ((with_hand, right), (hand,)),
            *[((whole,), (_lifted(hand, 120),))] * 2,
            *[((whole,), ())] * 36,
        ]
    )

    assert [event.action for event in told] == ["add"]


def test_an_item_that_topples_after_it_was_let_go_was_added_when_it_was() -> None:
    upright = SeenItem((300.0, 270.0, 340.0, 350.0), 0.9, WHOLE)
    toppled = SeenItem((240.0, 300.0, 340.0, 360.0), 0.9, WHOLE)
    hand: Box = (300.0, 180.0, 380.0, 300.0)
    coming: list[Seen] = [((_raised(upright, up),), (_lifted(hand, up),)) for up in (240, 180, 120, 60)]

    (told,) = _play([*coming, *[((upright,), ())] * 3, *[((toppled,), ())] * 36])

    assert told.action == "add"
    assert told.time == pytest.approx(4 / FPS, abs=0.1)


def _raised(item: SeenItem, up: float) -> SeenItem:
    return replace(item, box=_lifted(item.box, up))


def _lifted(box: Box, up: float) -> Box:
    return box[0], box[1] - up, box[2], box[3] - up
