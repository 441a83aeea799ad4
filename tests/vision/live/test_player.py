"""A file played as a camera."""

import math
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from threading import Condition

import pytest

from cart.errors import FootageBroken, InputError
from cart.vision.live.player import FileReader
from cart.vision.live.reader import Arrival

Make = Callable[..., Path]


@pytest.fixture
def play(news: Condition) -> Iterator[Callable[..., FileReader]]:
    """Play files until the test ends."""
    readers = []

    def start(path: Path, speed: float = 1.0, loop: bool = False) -> FileReader:
        readers.append(FileReader(path, print, news, speed=speed, loop=loop))
        readers[-1].start_reading()
        return readers[-1]

    yield start
    for reader in readers:
        reader.stop()
        assert reader.join(5), "the thread did not end"


def take_all(reader: FileReader, most: float = math.inf) -> list[Arrival]:
    taken: list[Arrival] = []
    while len(taken) < most and not (reader.over and not reader.mailbox.full):
        arrival = reader.mailbox.take()
        if arrival is not None:
            taken.append(arrival)
        else:
            time.sleep(0.001)
    return taken


def test_at_its_own_speed_frames_come_when_they_are_due(
    make_video: Make, play: Callable[..., FileReader]
) -> None:
    taken = take_all(play(make_video(count=8, fps=10)))

    assert [round(arrival.frame.time, 3) for arrival in taken] == [number / 10 for number in range(8)]
    begun = taken[0].arrived
    assert all(
        arrival.frame.time - 0.01 < arrival.arrived - begun < arrival.frame.time + 0.09 for arrival in taken
    )


def test_a_file_waits_for_its_first_frame_to_be_taken(
    make_video: Make, play: Callable[..., FileReader]
) -> None:
    reader = play(make_video(count=10, fps=10))
    time.sleep(0.8)
    taken = take_all(reader)

    assert [arrival.frame.index for arrival in taken] == list(range(10))
    assert reader.dropped == 0


def test_frames_not_taken_in_time_are_dropped(make_video: Make, play: Callable[..., FileReader]) -> None:
    reader = play(make_video(count=12, fps=20))
    first = take_all(reader, 1)
    time.sleep(0.8)
    rest = take_all(reader)

    assert first[0].frame.index == 0
    assert [arrival.frame.index for arrival in rest] == [11]
    assert reader.dropped == 10


def test_at_any_speed_no_frame_is_dropped(make_video: Make, play: Callable[..., FileReader]) -> None:
    begun = time.monotonic()
    reader = play(make_video(count=50, fps=10), speed=math.inf)
    taken = take_all(reader)

    assert [arrival.frame.index for arrival in taken] == list(range(50))
    assert reader.dropped == 0
    assert time.monotonic() - begun < 3


def test_a_looped_file_goes_on_in_time_with_a_gap_between_its_rounds(
    make_video: Make, play: Callable[..., FileReader]
) -> None:
    taken = take_all(play(make_video(count=6, fps=10), speed=math.inf, loop=True), most=15)
    times = [arrival.frame.time for arrival in taken]

    assert all(later - earlier == pytest.approx(0.1) for earlier, later in pairwise(times))
    assert [arrival.stretch for arrival in taken] == [1] * 6 + [2] * 6 + [3] * 3


def test_a_looped_file_ends_when_it_is_told_to(make_video: Make, play: Callable[..., FileReader]) -> None:
    reader = play(make_video(count=6), loop=True)
    take_all(reader, 2)
    begun = time.monotonic()
    reader.stop()

    assert reader.join(5)
    assert time.monotonic() - begun < 0.5


@pytest.mark.parametrize("speed", [1.0, math.inf])
def test_a_file_that_nobody_looks_at_ends_when_it_is_told_to(
    make_video: Make, play: Callable[..., FileReader], speed: float
) -> None:
    reader = play(make_video(), speed=speed)
    time.sleep(0.2)
    reader.stop()

    assert reader.join(1)
    assert reader.failure is None


def test_a_missing_file_is_told(tmp_path: Path, play: Callable[..., FileReader]) -> None:
    reader = play(tmp_path / "none.mp4")
    assert take_all(reader) == []

    assert isinstance(reader.failure, InputError)
    assert "no such file" in str(reader.failure)


def test_a_broken_file_is_told_after_what_could_be_read(
    make_video: Make, cut_in_half: Callable[[Path], Path], play: Callable[..., FileReader]
) -> None:
    path = make_video("cut.mkv", count=100, fps=25, options={"bf": "0", "g": "5", "b": "2000000"})
    reader = play(cut_in_half(path), speed=math.inf)
    taken = take_all(reader)

    assert 10 < len(taken) < 90
    assert isinstance(reader.failure, FootageBroken)
