"""Events by the contract's definitions of their moments."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.scenes.trips.truth import (
    Event,
    ItemHistory,
    contents,
    events,
    for_long,
    opening_polygon,
    touches,
    truth_file,
)

TIMES = np.arange(0, 6, 0.05)


def history(
    inside: tuple[float, float], free: tuple[float, float], touching: tuple[float, float]
) -> ItemHistory:
    spans = [(low <= TIMES) & (high > TIMES) for low, high in (inside, free, touching)]
    return ItemHistory("a", *spans)


def test_an_add_is_dated_by_the_moment_the_hand_is_off_it() -> None:
    assert events(TIMES, [history((1.0, 9), (1.5, 9), (0.6, 9))]) == [Event(pytest.approx(1.5), "add", "a")]


def test_a_removal_is_dated_by_the_last_touch_of_the_opening() -> None:
    found = events(TIMES, [history((0, 2.0), (0, 1.5), (0, 2.6))])
    assert found == [Event(pytest.approx(2.55), "remove", "a")]


def test_what_was_free_for_too_short_is_no_add() -> None:
    assert events(TIMES, [history((1.0, 2.0), (1.5, 1.7), (0.5, 2.5))]) == []


def test_what_is_carried_over_the_opening_and_back_is_no_event() -> None:
    assert events(TIMES, [history((9, 9), (9, 9), (1.0, 3.0))]) == []


def test_what_lies_still_is_no_event() -> None:
    assert events(TIMES, [history((0, 9), (0, 9), (0, 9))]) == []


def test_added_taken_and_added_again() -> None:
    inside = (TIMES >= 1) & (TIMES < 2) | (TIMES >= 4)
    touching = (TIMES >= 0.5) & (TIMES < 2.5) | (TIMES >= 3.5)
    found = events(TIMES, [ItemHistory("a", inside, inside, touching)])
    assert [event.action for event in found] == ["add", "remove", "add"]


@given(st.lists(st.booleans(), min_size=len(TIMES), max_size=len(TIMES)), st.data())
def test_an_item_is_never_added_twice_in_a_row(touching: list[bool], data: st.DataObject) -> None:
    inside = np.array(data.draw(st.lists(st.booleans(), min_size=len(TIMES), max_size=len(TIMES))))
    found = events(TIMES, [ItemHistory("a", inside, inside, np.array(touching) | inside)])
    actions = [event.action for event in found]
    assert all(one != other for one, other in pairwise(actions))
    assert [event.time for event in found] == sorted(event.time for event in found)


def test_for_long_holds_to_the_end() -> None:
    holds = np.array([True, False, True, True])
    assert for_long(np.arange(4.0), holds, 1.5).tolist() == [False, False, True, True]


def test_an_opening_ends_at_the_pictures_edge() -> None:
    corners = np.array([[-50, -50], [150, -50], [150, 150], [-50, 150]], float)
    polygon = opening_polygon(corners, (100, 200))
    assert polygon.min() >= 0
    assert polygon.max() <= 1
    assert sorted(map(tuple, polygon.round(3).tolist())) == [(0, 0), (0, 0.75), (1, 0), (1, 0.75)]


def test_the_file_has_what_the_design_says() -> None:
    lying = history((0, 9), (0, 9), (0, 9))
    made = truth_file(
        "a.mp4",
        12,
        (480, 360),
        np.zeros((4, 2)),
        [Event(1.234, "add", "b")],
        [(2.0, "a hand")],
        contents([lying], 0),
        {},
    )
    assert made["events"] == [{"t": 1.23, "action": "add", "product": "b", "count": 1}]
    assert made["initial"] == {"a": 1}
    assert made["no_event"] == [{"t": 2.0, "what": "a hand"}]


@pytest.mark.parametrize(
    ("low", "high", "meets"),
    [
        ((40, 40), (60, 60), True),
        ((0, 0), (18, 18), False),
        ((0, 0), (30, 30), True),
        ((90, 90), (99, 99), False),
    ],
)
def test_a_box_touches_the_mouth_itself_and_not_its_bounds(
    low: tuple[float, float], high: tuple[float, float], meets: bool
) -> None:
    mouth = np.array([[50, 0], [100, 50], [50, 100], [0, 50]], float)
    assert touches(mouth, np.array(low, float), np.array(high, float)) is meets


def test_what_lies_behind_the_camera_touches_nothing() -> None:
    mouth = np.array([[0, 0], [100, 0], [100, 100]], float)
    assert touches(mouth, np.array([np.nan, np.nan]), np.array([np.nan, np.nan])) is False
