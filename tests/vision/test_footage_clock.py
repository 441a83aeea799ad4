"""Media time: starts at 0 and only ever goes forward."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.vision.footage.clock import HICCUP, Clock

STEP = 0.04


def times(*stamps: float | None) -> list[float | None]:
    clock = Clock(lambda _: None, STEP)
    return [clock.read(stamp) for stamp in stamps]


def test_the_first_frame_is_at_zero() -> None:
    assert times(1.5, 2.0, 4.0) == [0.0, 0.5, 2.5]


def test_a_frame_without_a_timestamp_follows_the_one_before() -> None:
    assert times(1.0, None, 2.0) == [0.0, STEP, 1.0]
    assert times(None, 5.0, 6.0) == pytest.approx([0.0, STEP, 1.0 + STEP])


def test_a_frame_that_comes_too_early_is_left_out() -> None:
    assert times(0.0, 1.0, 0.5, 1.0, 2.0) == [0.0, 1.0, None, None, 2.0]


def test_a_clock_that_is_set_back_goes_on() -> None:
    warnings: list[str] = []
    clock = Clock(warnings.append, STEP)

    read = [clock.read(stamp) for stamp in (0.0, 1.0, 0.0, 0.2, 0.4, 0.6, 1.6)]

    assert read == [0.0, 1.0, None, None, None, 1.0 + STEP, 2.0 + STEP]
    assert warnings == ["timestamps jump back at 1.0 s: time goes on from there"]
    assert clock.left_out == HICCUP


def test_a_long_gap_is_told() -> None:
    warnings: list[str] = []
    clock = Clock(warnings.append, STEP)

    for stamp in (0.0, 0.04, 1.9, 4.5):
        clock.read(stamp)

    assert warnings == ["no pictures between 1.9 s and 4.5 s"]


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1))
def test_time_starts_at_zero_and_only_goes_forward(stamps: list[float | None]) -> None:
    read = [time for time in times(*stamps) if time is not None]

    assert read[0] == 0
    assert all(later > earlier for earlier, later in pairwise(read))
