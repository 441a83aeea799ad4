"""Models replaced while a camera runs: between visits, with no event lost, and told in one line."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import pytest

from cart.catalog import load_catalog
from cart.evaluation import evaluate, load_truth
from cart.events import CartEvent
from cart.vision import weights
from cart.vision.live import Live
from cart.vision.live.rollout import source_of
from cart.vision.live.rollout.files import Files
from cart.vision.recorded import Options

Until = Callable[..., None]

FOOTAGE = Path(__file__).parents[2] / "footage"
TRIP = FOOTAGE / "starter_trip.mp4"
ROUND_SECONDS = 24.0


@pytest.fixture
def detector(tmp_path: Path) -> Path:
    """The packaged detector in a folder of its own."""
    file = tmp_path / "detector.onnx"
    file.write_bytes(weights.packaged("detector.onnx").read_bytes())
    return file


def replace(file: Path) -> str:
    """Replace weights, in one step, by others that see the same; return their version."""
    new = file.with_suffix(".new")
    new.write_bytes(file.read_bytes() + b"\x32\x03new")  # ONNX's doc_string
    new.replace(file)
    return weights.version_of(file)


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    """Ten seconds in which nothing happens to an empty cart."""
    file = tmp_path / "calm.mp4"
    capture = cv2.VideoCapture(str(TRIP))
    _, empty = capture.read()
    capture.release()
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), 12, empty.shape[1::-1])
    for _ in range(120):
        writer.write(empty)
    writer.release()
    return file


@dataclass
class Seen:
    """What a run told."""

    events: list[CartEvent] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def watched(live: Live) -> object:
    """Return the models that wait to be used."""
    assert live._watcher is not None
    return live._watcher.models


def visit_goes_on(live: Live) -> bool:
    return not live.cameras[0].camera.visits.world.quiet


@pytest.mark.slow
def test_a_detector_replaced_in_a_visit_is_used_from_the_next_one_on_and_no_event_is_lost(
    detector: Path, until: Until
) -> None:
    options = Options(
        catalog=FOOTAGE / "catalog", opening=FOOTAGE / "starter_trip.opening.toml", detector=detector
    )
    old, new = weights.version_of(detector), ""
    seen, looks_in_visit = Seen(), 0
    files = Files("here", {"detector": detector}, seconds=0.05)
    with Live(
        [str(TRIP)], options, loop=True, speed=math.inf, new_models=files,
        warn=seen.warnings.append, note=seen.notes.append,
    ) as live:  # fmt: skip
        camera = live.cameras[0]
        for turn in live:
            if turn is None or turn.sight is None:
                continue
            seen.events += turn.events
            if turn.sight.frame.time > ROUND_SECONDS:
                break
            if not new and len(seen.events) == 2 and turn.sight.frame.time > 10 and visit_goes_on(live):
                new = replace(detector)
                until(lambda: watched(live) is not camera.models, 60)
            elif new and not seen.notes:
                assert camera.models.detector.version == old
                looks_in_visit += 1

    assert looks_in_visit > 5
    assert seen.notes == [f"detector {new} from now on (was {old})"]
    assert seen.warnings == []
    detectors = [event.data.model.partition(" ")[0] for event in seen.events]
    assert detectors == [old] * 3 + [new] * (len(detectors) - 3)
    assert [event.data.sequence for event in seen.events] == list(range(1, len(seen.events) + 1))
    assert len({event.subject for event in seen.events}) == 1
    truth = load_truth(TRIP.with_suffix(".truth.json"))
    report = evaluate(seen.events, truth, load_catalog(FOOTAGE / "catalog"))
    assert report.by_product.errors == 0


@pytest.mark.slow
def test_each_camera_changes_in_its_own_time_and_the_change_is_told_once(
    detector: Path, calm: Path, until: Until
) -> None:
    seen = Seen()
    files = Files("here", {"detector": detector}, seconds=0.05)
    with Live(
        [str(TRIP), str(calm)],
        Options(detector=detector),
        loop=True,
        new_models=files,
        note=seen.notes.append,
    ) as live:
        busy, quiet = live.cameras
        turns = (turn for turn in live if turn is not None and turn.sight is not None)
        while not visit_goes_on(live):
            next(turns)
        new = replace(detector)
        until(lambda: watched(live) is not busy.models, 60)
        while quiet.models is not watched(live):
            next(turns)
        first_to_change = busy.models is not quiet.models
        while busy.models is not watched(live):
            next(turns)

    assert first_to_change
    assert busy.models.detector is quiet.models.detector
    assert [note.split()[1] for note in seen.notes] == [new]


def test_a_detector_that_is_none_is_told_and_the_old_one_goes_on(detector: Path, calm: Path) -> None:
    seen = Seen()
    files = Files("here", {"detector": detector}, seconds=0.05)
    with Live(
        [str(calm)], Options(detector=detector), loop=True, new_models=files,
        warn=seen.warnings.append, note=seen.notes.append,
    ) as live:  # fmt: skip
        old = live.cameras[0].models
        detector.write_bytes(b"no network")
        for _ in live:
            if seen.warnings:
                break
        assert live.cameras[0].models is old

    (line,) = seen.warnings
    assert line.startswith(f"{detector} is damaged or no ONNX network")
    assert line.endswith(f"; going on with {old.version}")
    assert seen.notes == []
    assert live._watcher is not None
    assert live._watcher.join(0)


def test_the_models_of_a_folder_are_taken_at_the_start_once_they_have_passed(
    detector: Path, calm: Path
) -> None:
    notes: list[str] = []
    new = replace(detector)
    source = source_of(str(detector.parent))
    source.seconds = 0.05
    with Live(
        [str(calm)], Options(), loop=True, new_models=source,
        note=notes.append,
    ) as live:  # fmt: skip
        for _ in live:
            if notes:
                break

    assert live.cameras[0].models.version == new
    assert notes == [
        f"detector {new} from now on (was {weights.version_of(weights.packaged('detector.onnx'))})"
    ]


def test_closing_takes_a_second_though_the_server_of_models_hangs(calm: Path, dumb_port: int) -> None:
    source = source_of(f"http://127.0.0.1:{dumb_port}/models.json")
    with Live([str(calm)], Options(), loop=True, new_models=source) as live:
        next(iter(live))
        begun = time.monotonic()

    assert time.monotonic() - begun < 1.5
    assert live._watcher is not None
    assert live._watcher.join(10), "a thread that hangs ends at its time limit"
