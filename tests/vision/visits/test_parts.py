"""A part of an item that a hand leaves in view is no other item."""

import numpy as np
import pytest
from scene import MOUTH, PICTURE

from cart.vision.boxes import Box
from cart.vision.opening import opening_for
from cart.vision.tracking import Look, SeenItem
from cart.vision.visits import Observation, VisitEvent, Visits

FPS = 12
HOME: Box = (280.0, 260.0, 380.0, 360.0)
CORNER: Box = (285.0, 262.0, 318.0, 296.0)


def _look(*values: float) -> Look:
    vector = np.array(values, np.float32)
    return vector / np.float32(np.linalg.norm(vector))


WHOLE, PART = _look(1, 0.6, 0), _look(0.3, 1, 0.8)


def _events(moments: list[tuple[float, SeenItem | None, Box | None]]) -> list[VisitEvent]:
    """Play moments, each of so many seconds, with the item as it is seen and the hand."""
    visits, frame, told = Visits(opening_for(MOUTH, PICTURE)), 0, []
    for seconds, item, hand in moments:
        for _ in range(round(seconds * FPS)):
            items = (item,) if item else ()
            hands = (hand,) if hand else ()
            told += visits.update(Observation(frame / FPS, items, hands, None))
            frame += 1
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
