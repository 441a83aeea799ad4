"""The packaged models on the sample trip, as a newcomer's first run: every output at once, in the form due.

Which events come out is judged elsewhere, by the figures; here only that all outputs agree on them.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from cart.checkout.domain import NAME_OF_UNKNOWN
from cart.events import CartEvent, read_events

pytestmark = pytest.mark.slow

FOOTAGE = Path(__file__).parents[1] / "footage"
TRIP = FOOTAGE / "starter_trip.mp4"
SAME = ["--session", "trip-1", "--start", "2026-01-31T12:00:00Z", "--cart", "7"]


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    folder: Path
    out: str
    err: str

    @property
    def events(self) -> list[CartEvent]:
        return read_events(self.folder / "events.jsonl")

    @property
    def receipt(self) -> dict[str, object]:
        receipt: dict[str, object] = json.loads((self.folder / "receipt.json").read_text())
        return receipt


def process(folder: Path, *flags: object) -> Outcome:
    """Run the command with its events, receipt, pictures and embeddings going to a folder."""
    outputs = ["--events", "events.jsonl", "--receipt", "receipt.json", "--evidence", "evidence"]
    command = [sys.executable, "-m", "cart", "process", str(TRIP), *outputs, *map(str, flags)]
    environment = os.environ | {"CART_CACHE": str(folder / "cache"), "CART_THREADS": "1"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return Outcome(folder, run.stdout, run.stderr)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Return what one run with every output leaves behind."""
    folder = tmp_path_factory.mktemp("trip")
    return process(folder, "--catalog", FOOTAGE / "catalog", "--annotate", "drawn.mp4", "--json", *SAME)


def test_json_is_all_that_is_printed_and_equals_the_receipt_file(outcome: Outcome) -> None:
    assert outcome.err == ""
    assert outcome.out == (outcome.folder / "receipt.json").read_text()


def test_events_are_numbered_and_in_the_session(outcome: Outcome) -> None:
    events = outcome.events

    assert len(events) >= 2
    assert [event.data.sequence for event in events] == list(range(1, len(events) + 1))
    assert {(event.source, event.subject) for event in events} == {("/carts/7", "trip-1")}
    assert len({event.id for event in events}) == len(events)
    assert all(0 <= event.media_time <= 23.3 for event in events)


def test_the_receipt_agrees_with_the_events(outcome: Outcome) -> None:
    receipt, events = outcome.receipt, outcome.events

    assert (receipt["session"], receipt["currency"]) == ("trip-1", "EUR")
    assert receipt["pending_reviews"] >= sum(event.data.needs_review for event in events)
    lines = receipt["lines"]
    assert isinstance(lines, list)
    assert receipt["total"] == sum(line["total"] for line in lines)


def test_the_drawn_video_is_the_footage_frame_by_frame(outcome: Outcome) -> None:
    content = (outcome.folder / "drawn.mp4").read_bytes()
    assert content.find(b"moov") < content.find(b"mdat")
    with av.open(str(TRIP)) as old, av.open(str(outcome.folder / "drawn.mp4")) as new:
        stream = new.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert new.duration == pytest.approx(old.duration, abs=10_000)
        before, after = ([frame.time for frame in video.decode(video=0)] for video in (old, new))
    assert after == pytest.approx(before, abs=0.001)


def test_each_event_names_its_picture(outcome: Outcome) -> None:
    names = [event.data.evidence.image for event in outcome.events]

    assert sorted(file.name for file in (outcome.folder / "evidence").iterdir()) == sorted(
        filter(None, names)
    )
    assert None not in names


def test_a_second_run_gives_the_same_bytes(outcome: Outcome, tmp_path: Path) -> None:
    again = process(tmp_path, "--catalog", FOOTAGE / "catalog", "--json", *SAME)

    for name in ("events.jsonl", "receipt.json"):
        assert (tmp_path / name).read_bytes() == (outcome.folder / name).read_bytes()
    assert again.out == outcome.out


def test_without_a_catalog_every_item_is_just_an_item(tmp_path: Path) -> None:
    bare = process(tmp_path, "--every", 0.25)

    assert all(event.gtin is None and not event.data.candidates for event in bare.events)
    lines = bare.receipt["lines"]
    assert isinstance(lines, list)
    assert {line["name"] for line in lines} <= {NAME_OF_UNKNOWN}
    assert bare.receipt["currency"] is None
