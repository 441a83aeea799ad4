"""The rule by which a live frame is dated, on made-up stamps and arrivals."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.vision.live.clock import StreamClock, now


def dated(stamps: list[float | None], arrivals: list[float]) -> list[float]:
    clock = StreamClock()
    return [clock.read(stamp, arrival) for stamp, arrival in zip(stamps, arrivals, strict=True)]


def shaken(times: list[float], most: float) -> list[float]:
    """Return when frames taken at these times arrive; every eighth comes without delay."""
    rng = random.Random(3)
    delays = [rng.uniform(0, most) if number % 8 else 0.0 for number in range(len(times))]
    return [1000 + time + delay for time, delay in zip(times, delays, strict=True)]


def test_the_first_frame_is_at_zero() -> None:
    assert dated([77.0], [1000.0]) == [0.0]


def test_without_stamps_the_arrival_counts() -> None:
    assert dated([None] * 3, [1000.0, 1000.1, 1000.5]) == pytest.approx([0.0, 0.1, 0.5])


def test_stamps_that_keep_pace_take_the_jitter_out() -> None:
    taken = [number / 15 for number in range(150)]
    times = dated([55 + time for time in taken], shaken(taken, 0.12))

    steady = [(found, true) for found, true in zip(times, taken, strict=True) if true > 2]
    assert all(abs(found - true) < 0.001 for found, true in steady)


def test_a_stream_clock_that_runs_a_little_fast_is_followed() -> None:
    taken = [number / 15 for number in range(15 * 600)]
    times = dated([time * 1.0005 for time in taken], shaken(taken, 0.05))

    assert max(abs(found - true) for found, true in zip(times, taken, strict=True)) < 0.06


def test_stamps_counted_at_25_a_second_of_a_slower_camera_are_not_believed() -> None:
    taken = [number / 12 for number in range(240)]
    times = dated([number / 25 for number in range(240)], [1000 + time for time in taken])

    assert times == pytest.approx(taken)


def test_a_burst_at_the_start_is_dated_when_it_arrives() -> None:
    stamps = [number / 15 for number in range(90)]
    arrivals = [1000 + max(0.0, stamp - 2.0) + number * 1e-4 for number, stamp in enumerate(stamps)]
    times = dated(list(stamps), arrivals)

    assert times[30] < 0.1
    assert times[-1] == pytest.approx(arrivals[-1] - 1000, abs=0.05)


@pytest.mark.parametrize("jump", [-3600.0, -1.0, 1.0, 3600.0])
def test_a_camera_whose_clock_is_set_does_not_shift_the_time(jump: float) -> None:
    taken = [number / 10 for number in range(200)]
    stamps: list[float | None] = [time if time < 10 else time + jump for time in taken]

    assert dated(stamps, [1000 + time for time in taken]) == pytest.approx(taken, abs=0.01)


def test_after_a_gap_the_time_is_the_walls_again() -> None:
    clock = StreamClock()
    for number in range(30):
        clock.read(5 + number / 10, 1000 + number / 10)
    clock.forget()

    assert clock.read(0.0, 1060.0) == pytest.approx(60.0)
    assert clock.read(0.1, 1060.1) == pytest.approx(60.1)


@given(
    st.lists(
        st.tuples(st.none() | st.floats(-1e6, 1e6), st.floats(0, 5), st.booleans()), min_size=2, max_size=60
    )
)
def test_time_always_goes_forward_and_never_far_past_the_arrival(
    frames: list[tuple[float | None, float, bool]],
) -> None:
    clock, arrival, times, arrivals = StreamClock(), 50.0, [], []
    for stamp, pause, gap in frames:
        arrival += pause
        if gap:
            clock.forget()
        times.append(clock.read(stamp, arrival))
        arrivals.append(arrival - 50.0 - frames[0][1])

    assert all(later > earlier for earlier, later in pairwise(times))
    assert all(
        at - 0.26 <= time <= at + 0.001 * len(frames) + 1e-9 for time, at in zip(times, arrivals, strict=True)
    )


def test_the_clock_of_arrivals_goes_forward() -> None:
    assert now() <= now()
