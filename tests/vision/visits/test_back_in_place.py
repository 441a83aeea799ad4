"""What lies where something was told to have left came later, or came back: it was never there before."""

from collections.abc import Sequence

import numpy as np
import pytest
from scene import MOUTH, PICTURE, WHOLE

from cart.vision.boxes import Box
from cart.vision.opening import Point, opening_for
from cart.vision.tracking import SeenItem
from cart.vision.visits import Observation, VisitEvent, Visits

Thing = tuple[Box, int]
"""A box, and which look it has."""
Moment = tuple[Sequence[Thing], Sequence[Box], Sequence[Box]]
"""Items, hands, and where the picture changes."""

FPS = 12
LOOKS = np.eye(9, dtype=np.float32)
LOOKS[8, [1, 8]] = 0.45, 0.893  # a little like 1
HOME: Box = (280, 220, 360, 300)
RAISED: Box = (280, 20, 360, 100)
ABOVE: Box = (280, -90, 360, -10)


def play(moments: Sequence[Moment], opening: tuple[Point, ...] = MOUTH) -> list[VisitEvent]:
    visits, told = Visits(opening_for(opening, PICTURE)), []
    for number, (items, hands, stirred) in enumerate(moments):
        told += visits.update(_observation(number / FPS, items, hands, stirred))
    return told + visits.finish()


def _observation(
    time: float, items: Sequence[Thing], hands: Sequence[Box], stirred: Sequence[Box]
) -> Observation:
    motion = np.zeros((48, 64), bool)
    for x1, y1, x2, y2 in stirred:
        motion[max(0, int(y1 / 10)) : int(y2 / 10) + 1, max(0, int(x1 / 10)) : int(x2 / 10) + 1] = True
    seen = tuple(SeenItem(box, 0.9, LOOKS[look]) for box, look in items)
    return Observation(time, seen, tuple(hands), motion)


def _way(start: Box, end: Box, steps: int) -> list[Box]:
    return [
        tuple(a + (b - a) * k / steps for a, b in zip(start, end, strict=True)) for k in range(1, steps + 1)
    ]


def _hand(box: Box) -> Box:
    return box[0], box[1] - 60, box[2], box[1] + 45


def _told(events: Sequence[VisitEvent]) -> list[str]:
    return [event.action for event in events]


@pytest.mark.parametrize("outside", [2, 4, 8])
def test_a_swap_on_one_place_is_a_removal_and_an_add_however_fast(outside: int) -> None:
    moments: list[Moment] = [([(HOME, 1)], [], [])] * 20
    moments += [([(HOME, 1)], [_hand(b)], [_hand(b)]) for b in _way(ABOVE, HOME, 6)]
    moments += [([(b, 1)], [_hand(b)], [b, _hand(b)]) for b in _way(HOME, RAISED, 6)]
    moments += [([(RAISED, 1)] if k < 3 else [], [_hand(RAISED)], [_hand(RAISED)]) for k in range(outside)]
    for x1, y1, x2, y2 in _way(RAISED, HOME, 6):
        covering = (x1 - 10, y1 - 60, x2 + 10, y2)
        moments.append(([], [covering], [covering]))
    moments += [([(HOME, 5)], [_hand(b)], [_hand(b)]) for b in _way(HOME, ABOVE, 6)]
    moments += [([(HOME, 5)], [], [])] * 60

    assert _told(play(moments)) == ["remove", "add"]


@pytest.mark.parametrize("missed", [4, 8, 18])
def test_an_item_wrongly_told_to_be_gone_is_billed_again_when_it_is_found(missed: int) -> None:
    over: Box = (280, 110, 360, 270)
    moments: list[Moment] = [([], [], [])] * 20
    moments += [([(b, 1)] if b[3] > 5 else [], [_hand(b)], [b, _hand(b)]) for b in _way(ABOVE, HOME, 10)]
    moments += [([(HOME, 1)], [_hand(b)], [_hand(b)]) for b in _way(HOME, ABOVE, 8)]
    moments += [([(HOME, 1)], [], [])] * 24
    moments += [([(HOME, 1)] if b[3] < 215 else [], [b], [b]) for b in _way(ABOVE, over, 5)]
    moments += [([], [over], [over])] * 8
    moments += [([], [b], [b]) for b in _way(over, ABOVE, 2)]
    moments += [([], [], [])] * missed + [([(HOME, 1)], [], [])] * 40

    told = _told(play(moments))

    assert told.count("add") - told.count("remove") == 1


@pytest.mark.parametrize("found_from", [0, 1, 6, 20])
def test_what_lies_at_the_pictures_edge_and_is_found_late_was_there(found_from: int) -> None:
    edge: Box = (0, 200, 80, 280)
    moments: list[Moment] = [([(edge, 1)] if k >= found_from else [], [], []) for k in range(60)]

    assert play(moments, WHOLE) == []


def test_what_lies_beside_a_mouth_whose_corner_alone_is_near_the_edge_has_left() -> None:
    mouth = ((0.02, 0.77), (0.98, 0.77), (0.81, 0.11), (0.19, 0.11))
    start, end = (250, 180, 330, 260), (0, 20, 60, 80)
    moments: list[Moment] = [([(start, 1)], [], [])] * 20
    for box in _way(start, end, 10):
        hand = box[0] - 20, box[1] - 60, box[0] + 60, box[1] + 40
        moments.append(([(box, 1)], [hand], [box, hand]))
    moments += [([(end, 1)], [], [])] * 30

    assert _told(play(moments, mouth)) == ["remove"]


def test_an_item_that_comes_out_first_is_not_the_one_that_goes_in_after_it() -> None:
    pile: Box = (240, 220, 400, 340)
    buried: Box = (280, 240, 340, 300)
    out: Box = (290, 20, 350, 80)
    gone: Box = (290, -80, 350, -20)
    lies = [(pile, 7)]
    moments: list[Moment] = [([(buried, 1)], [], [])] * 14
    moments += [
        ([(buried, 1), (b, 7)] if b[3] < 230 else [(b, 7)], [_hand(b)], [b, _hand(b)])
        for b in _way((240, -130, 400, -10), pile, 8)
    ]
    moments += [(lies, [_hand(b)], [_hand(b)]) for b in _way(pile, (240, -130, 400, -10), 6)]
    moments += [(lies, [], [])] * 36
    moments += [(lies, [_hand(b)], [_hand(b)]) for b in _way(gone, buried, 6)]
    moments += [(lies, [_hand(b)], [_hand(b)]) for b in _way(buried, (290, 150, 350, 210), 5)]
    moments += [([*lies, (b, 1)], [_hand(b)], [b, _hand(b)]) for b in _way((290, 150, 350, 210), out, 6)]
    moments += [
        ([*lies, *([(b, 1)] if b[3] > 5 else [])], [_hand(b)], [b, _hand(b)]) for b in _way(out, gone, 5)
    ]
    beside = [
        (x1 + 20, y1 - 10, x2 + 90, y2 + 10)
        for x1, y1, x2, y2 in _way((590, 230, 650, 290), (350, 270, 410, 330), 10)
    ]
    for b, hand in zip(_way((590, 230, 650, 290), (350, 270, 410, 330), 10), beside, strict=True):
        moments.append(([*lies, (b, 1)], [hand], [b, hand]))
    for b in _way((350, 270, 410, 330), (640, 230, 700, 290), 8):
        hand = b[0] + 20, b[1] - 10, b[2] + 90, b[3] + 10
        moments.append((lies, [hand], [hand]))
    moments += [(lies, [], [])] * 60

    told = play(moments)

    assert sorted(_told(told)) == ["add", "add", "remove"]
    (removal,) = [event for event in told if event.action == "remove"]
    assert removal.time == pytest.approx(78 / FPS, abs=0.5)


def test_what_is_laid_over_something_like_it_that_was_in_sight_meanwhile_is_an_item_of_its_own() -> None:
    seen_first: Box = (280, 125, 360, 205)
    moments: list[Moment] = [([(HOME, 1)], [], [])] * 20
    moments += [([(HOME, 1), (seen_first, 8)], [], [seen_first])] * 4
    for number, b in enumerate(_way(seen_first, HOME, 6)):
        below = [(HOME, 1)] if number < 4 else []
        moments.append(([*below, (b, 8)], [_hand(b)], [b, _hand(b)]))
    moments += [([(HOME, 8)], [_hand(b)], [_hand(b)]) for b in _way(HOME, ABOVE, 6)]
    moments += [([(HOME, 8)], [], [])] * 60

    assert _told(play(moments)) == ["add"]


def test_what_two_things_hide_together_has_not_left() -> None:
    left: Box = (200, 220, 324, 300)
    right: Box = (320, 210, 420, 310)
    lies = [(left, 5)]
    moments: list[Moment] = [([(HOME, 1), *lies], [], [])] * 20
    for b in _way((320, -110, 420, -10), right, 8):
        both = [(HOME, 1), *lies] if b[3] < 270 else lies
        moments.append(([*both, *([(b, 7)] if b[3] > 5 else [])], [_hand(b)], [b, _hand(b)]))
    moments += [([*lies, (right, 7)], [_hand(b)], [_hand(b)]) for b in _way(right, (320, -110, 420, -10), 8)]
    moments += [([*lies, (right, 7)], [], [])] * 60

    assert _told(play(moments)) == ["add"]
