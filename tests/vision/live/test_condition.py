"""A camera's condition as events, and what a run makes of pictures that cannot be believed."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from cart.events import CameraEvent, CartEvent
from cart.vision.footage import Frame
from cart.vision.live import Live
from cart.vision.live.condition import Condition
from cart.vision.recorded import Options

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
FOOTAGE = Path(__file__).parents[2] / "footage"
TRIP = FOOTAGE / "starter_trip.mp4"
DARK = (8.5, 15.9)
"""While it is dark, the third item of the trip is put in and the first taken out."""


def frames(brightness: int, since: float, seconds: float) -> Iterator[Frame]:
    rng = np.random.default_rng(1)
    picture = rng.integers(0, 120, (60, 80, 3)).repeat(4, 0).repeat(4, 1)
    for index in range(round(seconds * 4)):
        noise = rng.integers(0, 3, picture.shape)
        image = np.clip((picture + noise) * brightness / 100, 0, 255).astype(np.uint8)
        yield Frame.from_image(index, since + index / 4, image)


def told(condition: Condition, brightness: int, since: float, seconds: float) -> list[CameraEvent]:
    return [event for frame in frames(brightness, since, seconds) for event in condition.look(frame)]


def test_a_camera_that_goes_dark_and_comes_back_is_told_once_each_way() -> None:
    condition = Condition("7", "s", START, live=True)

    assert told(condition, 100, 0.0, 10.0) == []
    (dark,) = told(condition, 3, 10.0, 10.0)
    assert condition.fault == "dark"
    (light,) = told(condition, 100, 20.0, 10.0)
    assert condition.fault is None

    assert (dark.type, dark.data.reason, dark.source, dark.subject) == (
        "cart.camera.degraded", "dark", "/carts/7", "s",
    )  # fmt: skip
    assert dark.data.since == pytest.approx(10.0, abs=0.3)
    assert (light.type, light.data.reason) == ("cart.camera.recovered", "dark")
    assert (light.time - START).total_seconds() == light.data.media_time


def test_pictures_are_doubted_before_they_are_given_up() -> None:
    condition = Condition("7", "s", START, live=True)
    told(condition, 100, 0.0, 10.0)
    assert not condition.doubtful

    told(condition, 3, 10.0, 2.0)

    assert condition.doubtful
    assert condition.fault is None


def test_a_lost_camera_is_told_once_and_back_with_its_first_frame() -> None:
    condition = Condition("7", "s", START, live=True)
    told(condition, 100, 0.0, 4.0)

    (lost,) = condition.lose(4.0)
    assert condition.lose(4.0) == []
    (back,) = told(condition, 100, 20.0, 4.0)

    assert (lost.type, lost.data.reason) == ("cart.camera.degraded", "lost")
    assert (back.type, back.data.reason, back.data.media_time) == ("cart.camera.recovered", "lost", 20.0)


def test_a_camera_that_was_lost_in_the_dark_is_still_in_the_dark_when_it_is_back() -> None:
    condition = Condition("7", "s", START, live=True)
    told(condition, 100, 0.0, 10.0)
    told(condition, 3, 10.0, 5.0)
    condition.lose(15.0)
    condition.resume()
    back = told(condition, 3, 40.0, 2.0)

    assert [(event.type.rpartition(".")[2], event.data.reason) for event in back] == [
        ("recovered", "lost"),
        ("degraded", "dark"),
    ]
    assert condition.fault == "dark"


@pytest.fixture
def darkened(tmp_path: Path) -> Path:
    """Return the sample trip with the light switched off for a while."""
    path = tmp_path / "dark.mp4"
    with av.open(str(TRIP)) as source, av.open(str(path), "w") as output:
        video = source.streams.video[0]
        stream = output.add_stream("libx264", rate=video.average_rate, options={"crf": "20"})
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        for index, decoded in enumerate(source.decode(video=0)):
            image = decoded.to_ndarray(format="bgr24")
            if DARK[0] <= decoded.time < DARK[1]:
                image = image // 40
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1) / video.average_rate
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


@pytest.mark.slow
def test_nothing_is_read_as_removed_in_the_dark_and_what_changed_is_for_review(darkened: Path) -> None:
    options = Options(opening=FOOTAGE / "starter_trip.opening.toml")
    events: list[CartEvent] = []
    condition: list[CameraEvent] = []
    with Live([str(darkened)], options, speed=math.inf) as live:
        for turn in live:
            if turn is not None:
                events += turn.events
                condition += turn.condition
        for turn in live.finish():
            events += turn.events

    assert [(event.type, event.data.reason) for event in condition] == [
        ("cart.camera.degraded", "dark"),
        ("cart.camera.recovered", "dark"),
    ]
    assert [(event.action, event.data.needs_review) for event in events[:2]] == [("add", False)] * 2
    assert all(event.data.needs_review for event in events if DARK[0] <= event.media_time < DARK[1] + 3)
    assert not any(event.action == "remove" and not event.data.needs_review for event in events), (
        "nothing was seen to be removed in the light"
    )
    assert all(a.data.sequence + 1 == b.data.sequence for a, b in pairwise(events))
