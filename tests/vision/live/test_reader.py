"""The thread that reads a stream: it keeps the newest frame and comes back, from a real server."""

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from threading import Condition

import pytest
from real_cameras import TestCamera, small_picture, write_reel

from cart.errors import InputError
from cart.vision.live.clock import now
from cart.vision.live.reader import Arrival, StreamReader
from cart.vision.live.stream import UrlSource

Start = Callable[..., TestCamera]
Until = Callable[..., None]


class Watched(StreamReader):
    """A reader whose lines are kept."""

    def __init__(self, url: str, news: Condition, silence: float = 5.0) -> None:
        self.lines: list[str] = []
        super().__init__(UrlSource(url, silence), self.lines.append, news, silence)


@pytest.fixture
def read(news: Condition) -> Iterator[Callable[..., Watched]]:
    """Start readers that end with the test."""
    readers = []

    def start(url: str, silence: float = 5.0) -> Watched:
        readers.append(Watched(url, news, silence))
        readers[-1].start_reading()
        return readers[-1]

    yield start
    for reader in readers:
        reader.stop()
        assert reader.join(10), "the thread did not end"


def take(reader: StreamReader, until: Until) -> Arrival:
    until(lambda: reader.mailbox.full)
    arrival = reader.mailbox.take()
    assert arrival is not None
    return arrival


def test_whoever_comes_late_gets_the_newest_frame_and_the_others_are_counted(
    reel: Path, start_camera: Start, read: Callable[..., Watched], until: Until
) -> None:
    reader = read(start_camera(reel).url)
    first, dropped = take(reader, until), reader.dropped
    until(lambda: reader.figures.read > first.frame.index + 12)
    newest = reader.figures.read - 1
    late = take(reader, until)

    assert late.frame.index >= newest
    assert late.frame.time > first.frame.time
    assert late.frame.index - first.frame.index - 1 == reader.dropped - dropped
    assert reader.size == (64, 48) == late.frame.image.shape[1::-1]


def test_media_time_is_the_time_on_the_wall(
    reel: Path, start_camera: Start, read: Callable[..., Watched], until: Until
) -> None:
    camera = start_camera(reel)
    reader = read(camera.url)
    until(lambda: reader.figures.read > 5)
    camera.kill()
    time.sleep(0.5)
    camera.start()
    until(lambda: reader.figures.reconnects == 1)
    reader.mailbox.take()
    for _ in range(10):
        arrival = take(reader, until)
        wall = time.time() - (now() - arrival.arrived)
        assert reader.start is not None
        assert reader.start.timestamp() + arrival.frame.time == pytest.approx(wall, abs=0.03)


def test_a_camera_killed_twice_comes_back_and_says_so_in_one_line_each_way(
    start_any: Start, read: Callable[..., Watched], until: Until
) -> None:
    camera = start_any()
    reader = read(camera.url)
    stretches = [take(reader, until).stretch]
    for kills in range(1, 3):
        camera.kill()
        until(lambda: reader.silent)
        reader.mailbox.take()
        time.sleep(0.3)
        camera.start()
        until(lambda kills=kills: reader.figures.reconnects == kills, 20)
        stretches.append(take(reader, until).stretch)

    name = camera.url
    assert [line.partition(" (")[0] for line in reader.lines] == [f"{name} is lost", f"{name} is back"] * 2
    assert all(later > earlier for earlier, later in pairwise(stretches))
    assert not reader.over


def test_a_stream_that_freezes_is_lost_after_the_set_time(
    reel: Path, start_camera: Start, read: Callable[..., Watched], until: Until
) -> None:
    reader = read(start_camera(reel).url + "frozen", silence=0.6)
    until(lambda: reader.figures.reconnects > 0)

    assert reader.lines[0].startswith(f"{reader.name} is lost (nothing came for 0.6 s): trying to reach it")
    assert reader.lines[1] == f"{reader.name} is back"


def test_a_stream_is_silent_before_it_is_lost(
    reel: Path, start_camera: Start, read: Callable[..., Watched], until: Until
) -> None:
    reader = read(start_camera(reel).url + "frozen", silence=4)
    until(lambda: reader.figures.read >= 8)
    assert not reader.silent
    until(lambda: reader.silent)

    assert reader.lines == []
    assert 1.0 < (reader.figures.seconds_since_frame or 0) < 1.5
    assert not reader.join(0)


def test_a_stall_is_a_gap_though_the_connection_lives(
    start_any: Start, read: Callable[..., Watched], until: Until
) -> None:
    camera = start_any()
    reader = read(camera.url)
    before = take(reader, until)
    camera.stall(True)
    until(lambda: reader.silent)
    reader.mailbox.take()
    camera.stall(False)
    after = take(reader, until)

    assert after.stretch == before.stretch + 1
    assert after.frame.time - before.frame.time == pytest.approx(after.arrived - before.arrived, abs=0.02)
    assert not reader.silent
    assert reader.lines == []


def test_pictures_of_another_size_are_scaled_to_the_first_ones(
    tmp_path: Path, start_camera: Start, read: Callable[..., Watched], until: Until
) -> None:
    pictures = [small_picture(0), small_picture(0, (128, 96))]
    reel = write_reel(tmp_path / "two.zip", pictures, ((at / 25, int(at >= 10)) for at in range(500)))
    reader = read(start_camera(reel).url)
    until(lambda: reader.lines)
    reader.mailbox.take()
    frame = take(reader, until).frame

    assert reader.lines == [f"the size changes of {reader.name} to 128x96: scaled to 64x48"]
    assert frame.image.shape == (48, 64, 3)
    assert frame.luma.shape == (48, 64)


def test_a_size_that_changes_with_a_new_connection_is_scaled_too(
    reel: Path, start_camera: Start, read: Callable[..., Watched], until: Until
) -> None:
    camera = start_camera(reel)
    reader = read(camera.url)
    until(lambda: reader.figures.read > 3)
    camera.kill()
    larger = (small_picture(number, (128, 96)) for number in range(2))
    write_reel(reel, larger, ((at / 25, at % 2) for at in range(2000)))
    camera.start()
    until(lambda: reader.figures.reconnects == 1)
    reader.mailbox.take()

    assert take(reader, until).frame.image.shape == (48, 64, 3)


def test_what_fails_at_the_start_ends_the_reader(
    free_port: int, read: Callable[..., Watched], until: Until
) -> None:
    reader = read(f"http://127.0.0.1:{free_port}/")
    until(lambda: reader.over)

    assert isinstance(reader.failure, InputError)
    assert reader.lines == []


def test_a_mistake_in_the_thread_is_never_silent(
    reel: Path, start_camera: Start, news: Condition, until: Until
) -> None:
    def fail(_: str) -> None:
        raise ZeroDivisionError

    camera = start_camera(reel)
    reader = StreamReader(UrlSource(camera.url, 5), fail, news, 5)
    reader.start_reading()
    until(lambda: reader.figures.read)
    camera.kill()
    until(lambda: reader.over)

    assert isinstance(reader.failure, ZeroDivisionError)
    assert reader.join(5)


def test_a_reader_that_was_never_started_can_be_ended(news: Condition) -> None:
    reader = Watched("http://camera/", news)
    reader.stop()

    assert reader.join(1)


def test_stopping_while_waiting_for_the_next_try_takes_no_time(
    reel: Path, start_camera: Start, read: Callable[..., Watched], until: Until
) -> None:
    camera = start_camera(reel)
    reader = read(camera.url)
    until(lambda: reader.figures.read)
    camera.kill()
    until(lambda: reader.lines)
    time.sleep(1.5)
    begun = time.monotonic()
    reader.stop()

    assert reader.join(5)
    assert time.monotonic() - begun < 0.5
