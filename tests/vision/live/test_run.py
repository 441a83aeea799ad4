"""Whole runs: cameras that really play, are killed and come back; slow detectors; bad input; closing."""

import math
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from real_cameras import TestCamera, reel_of_video

from cart.catalog import load_catalog
from cart.errors import FootageBroken, InputError
from cart.evaluation import evaluate, load_truth
from cart.events import CartEvent
from cart.vision.boxes import Detection
from cart.vision.footage import Image
from cart.vision.live import Live, Turn, run
from cart.vision.opening import opening_for
from cart.vision.recorded import Options

Start = Callable[..., TestCamera]
Make = Callable[..., Path]

FOOTAGE = Path(__file__).parents[2] / "footage"
TRIP = FOOTAGE / "starter_trip.mp4"
TRIP_OPTIONS = Options(catalog=FOOTAGE / "catalog", opening=FOOTAGE / "starter_trip.opening.toml")


class SlowDetector:
    """Finds nothing, slowly."""

    version = "slow"

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def detect(self, _: Image) -> list[Detection]:
        time.sleep(self.seconds)
        return []


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let every detector loaded take so many seconds."""

    def set_seconds(seconds: float) -> None:
        monkeypatch.setattr(run, "load_detector", lambda *_, **__: SlowDetector(seconds))

    return set_seconds


def turns_of(live: Live, most: int) -> list[Turn]:
    return list(islice((turn for turn in live if turn is not None), most))


@pytest.fixture
def video(make_video: Make) -> Path:
    """Half a minute at 15 frames a second."""
    return make_video(count=450, fps=15)


# What is seen.


@pytest.mark.slow
def test_a_file_at_any_speed_gives_the_events_of_the_trip() -> None:
    with Live([str(TRIP)], TRIP_OPTIONS, speed=math.inf) as live:
        events = [event for turn in live if turn is not None for event in turn.events]
        events += [event for turn in live.finish() for event in turn.events]

    report = evaluate(events, load_truth(TRIP.with_suffix(".truth.json")), load_catalog(FOOTAGE / "catalog"))
    assert report.by_product.errors == 0
    assert report.contents_right
    assert [event.data.sequence for event in events] == list(range(1, len(events) + 1))
    assert {event.id.version for event in events} == {7}
    assert live.cameras[0].reader.dropped == 0


@pytest.mark.slow
def test_a_camera_killed_while_a_trip_plays_loses_nothing_outside_the_gaps(
    tmp_path: Path, start_camera: Start
) -> None:
    camera = start_camera(reel_of_video(tmp_path / "trip.zip", TRIP))
    kills = iter([5.2, 12.6, math.inf])
    next_kill, lines = next(kills), list[str]()
    events: list[CartEvent] = []
    with Live([camera.url], TRIP_OPTIONS, warn=lines.append) as live:
        started = live.cameras[0].start.timestamp() - camera.epoch
        for turn in live:
            events += turn.events if turn is not None else []
            played = time.time() - camera.epoch
            if played > next_kill:
                camera.kill()
                time.sleep(0.3)
                camera.start()
                next_kill = next(kills)
            if played > 22.9:
                break
        events += [event for turn in live.finish() for event in turn.events]

    truth = load_truth(TRIP.with_suffix(".truth.json"))
    moved = tuple(event.model_copy(update={"t": max(0.0, event.t - started)}) for event in truth.events)
    products = load_catalog(FOOTAGE / "catalog")
    late = truth.model_copy(update={"events": moved, "tolerance_s": 2.5})  # what a gap hid is told after it
    assert evaluate(events, late, products).by_product.errors == 0
    sure = [event for event in events if not event.data.needs_review]
    assert evaluate(sure, truth.model_copy(update={"events": moved}), products).by_product.false == ()
    assert len(sure) >= 3
    assert len(lines) == 4
    assert live.cameras[0].figures.reconnects == live.cameras[0].figures.gaps == 2


# The newest frame first.


def test_the_pipeline_never_gets_an_old_frame_though_the_detector_is_slow(
    video: Path, slow: Callable[[float], None]
) -> None:
    slow(0.25)
    with Live([str(video)], Options(gated=False), loop=True) as live:
        camera = live.cameras[0]
        turns_of(live, 2)
        ages = [camera.figures.age for turn in turns_of(live, 8) if turn.sight is not None]

    assert max(ages) < 2 / 15
    assert camera.reader.dropped >= 15
    assert camera.figures.inferences == camera.figures.processed == 10
    assert 2.5 <= camera.figures.inference_seconds < 5


def test_cameras_take_turns_and_each_has_its_own_session(video: Path, slow: Callable[[float], None]) -> None:
    slow(0.1)
    with Live([str(video)] * 3, Options(gated=False, cart="9"), loop=True) as live:
        turns_of(live, 6)
        turns = turns_of(live, 12)
        ages = [camera.figures.age for camera in live.cameras]

    assert [turn.camera for turn in turns] == live.cameras * 4
    assert max(ages) < 2 / 15
    assert len({camera.session for camera in live.cameras}) == 3


def test_a_camera_that_is_rarely_there_does_not_hold_the_others_up(
    make_video: Make, video: Path, slow: Callable[[float], None]
) -> None:
    slow(0.0)
    rare = make_video("rare.mp4", count=3, fps=1)
    with Live([str(rare), str(video)], Options(gated=False)) as live:
        turns = turns_of(live, 20)

    assert [turn.camera for turn in turns].count(live.cameras[1]) >= 17


# Gaps.


def test_a_gap_interrupts_once_while_the_camera_is_away(
    reel: Path, start_camera: Start, slow: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(0.0)
    camera = start_camera(reel)
    with Live([camera.url], Options(), warn=lambda _: None) as live:
        seen = turns_of(live, 5)[-1].sight
        interrupted: list[float] = []
        monkeypatch.setattr(
            live.cameras[0].camera, "interrupt", lambda at, **_: interrupted.__iadd__([at])[:0]
        )
        camera.kill()
        idle = [turn for turn in islice(live, 12) if turn is None]
        assert seen is not None
        assert idle
        assert len(interrupted) == 1
        assert interrupted[0] >= seen.frame.time
        camera.start()
        again = turns_of(live, 5)

    assert len(interrupted) == 1
    assert again[0].sight is not None
    assert again[0].sight.frame.time > interrupted[0]
    assert live.cameras[0].figures.gaps == 1


def test_a_pause_interrupts_and_the_next_frame_goes_on(video: Path, slow: Callable[[float], None]) -> None:
    slow(0.0)
    with Live([str(video)], Options()) as live:
        camera = live.cameras[0]
        assert camera.pause() == []
        turns_of(live, 3)
        for _ in range(2):
            camera.pause()
        assert camera.figures.gaps == 1
        turns_of(live, 1)
        camera.pause()

    assert camera.figures.gaps == 2


def test_a_new_opening_holds_from_the_next_frame_on(video: Path, slow: Callable[[float], None]) -> None:
    slow(0.0)
    with Live([str(video)], Options()) as live:
        camera = live.cameras[0]
        turns_of(live, 3)
        opening = opening_for(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)), camera.camera.opening.size)
        camera.recalibrate(opening)
        turns_of(live, 1)

    assert camera.camera.opening == camera.camera.visits.world.opening == opening


def test_between_the_rounds_of_a_looped_file_there_is_a_gap(
    make_video: Make, slow: Callable[[float], None]
) -> None:
    slow(0.0)
    with Live([str(make_video(count=6))], Options(), loop=True, speed=math.inf) as live:
        turns_of(live, 20)

    assert live.cameras[0].figures.gaps == 3


# The end.


def test_files_end_and_what_is_left_open_is_told(make_video: Make, slow: Callable[[float], None]) -> None:
    slow(0.0)
    files = [make_video("a.mp4", count=5), make_video("b.mp4", count=9)]
    with Live([str(file) for file in files], Options(), speed=math.inf) as live:
        turns = [turn for turn in live if turn is not None]
        last = live.finish()

    assert [sum(turn.camera is camera for turn in turns) for camera in live.cameras] == [5, 9]
    assert [turn.events for turn in last] == [[], []]


def test_a_file_that_breaks_off_is_told_though_another_camera_goes_on(
    make_video: Make, cut_in_half: Callable[[Path], Path], video: Path, slow: Callable[[float], None]
) -> None:
    slow(0.0)
    broken = cut_in_half(make_video("cut.mkv", count=60, fps=25, options={"bf": "0", "g": "5"}))
    with Live([str(broken), str(video)], Options(), loop=True) as live, pytest.raises(FootageBroken):
        for _ in live:
            pass


def test_closing_takes_a_second_though_a_stream_hangs(
    reel: Path, start_camera: Start, slow: Callable[[float], None]
) -> None:
    slow(0.0)
    camera = start_camera(reel)
    live = Live([camera.url + "frozen", camera.url], Options())
    turns_of(live, 30)
    begun = time.monotonic()
    live.close()

    assert time.monotonic() - begun < 1.5
    assert live._readers[1].join(0)
    assert live._readers[0].join(10), "a thread that hangs ends at its time limit"


def test_a_process_ends_at_once_though_a_stream_hangs(reel: Path, start_camera: Start) -> None:
    script = (
        "import sys, time; from cart.vision.live import Live; from cart.vision.recorded import Options\n"
        "with Live([sys.argv[1]], Options()) as live:\n"
        "    while not live.cameras[0].reader.silent: next(iter(live))\n"
        "print(time.time())"
    )
    url = start_camera(reel).url + "frozen"
    ended = subprocess.run(
        [sys.executable, "-c", script, url], capture_output=True, text=True, timeout=60, check=False
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert time.time() - float(ended.stdout) < 2


# Bad input, and what is named how.


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("none.mp4", r"^no such file or folder: none\.mp4$"),
        ("87", "^no camera 87: "),
        ("ftp://camera/", "^ftp://camera/ is no camera's address"),
        ("http://127.0.0.1:9/?pwd=secret", "^http://127.0.0.1:9/ refuses the connection: check the address"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_at_the_start(source: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Live([source], Options())


def test_one_bad_camera_ends_the_threads_of_the_others(video: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(InputError):
        Live([str(video), "none.mp4"], Options())

    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cart": "a b"}, "^--cart 'a b'"),
        ({"opening": Path("none.toml")}, "none.toml"),
        ({"detector": Path("none.onnx")}, "^no weights at"),
    ],
)
def test_options_that_make_no_sense_are_refused(video: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Live([str(video)], Options(**options))


def test_more_openings_than_cameras_are_refused(video: Path) -> None:
    with pytest.raises(InputError, match=r"^there are more openings than cameras"):
        Live([str(video)], Options(), openings=[None, None])


def test_ids_and_openings_of_several_cameras(
    video: Path, tmp_path: Path, slow: Callable[[float], None]
) -> None:
    slow(0.0)
    opening = tmp_path / "left.toml"
    opening.write_text("[opening]\npolygon = [[0.0, 0.3], [0.5, 0.3], [0.5, 1.0], [0.0, 1.0]]\n")
    start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    options = Options(cart="7", session="s", start=start)
    with Live([str(video)] * 2, options, openings=[opening]) as live:
        first, second = live.cameras

    assert (first.session, second.session) == ("s-1", "s-2")
    assert (first.opening_file, second.opening_file) == (opening, None)
    assert first.start == second.start == start
    assert first.initial() == []


def test_a_single_camera_keeps_its_ids_and_starts_now(video: Path, slow: Callable[[float], None]) -> None:
    slow(0.0)
    before = datetime.now(UTC)
    with Live([str(video)], Options(cart="7", session="mine")) as live:
        camera = live.cameras[0]

    assert camera.session == "mine"
    assert before <= camera.start <= datetime.now(UTC)
