"""`cart process` as it should be, on the trip in plain colours: two items put in, one of them taken out."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

import cart as package
from cart.checkout.domain import NAME_OF_UNKNOWN
from cart.events import CartEvent

Command = Callable[..., "Result"]  # noqa: F821  (conftest's)
Film = Callable[..., Path]
Told = Callable[[Path], list[CartEvent]]
Process = Callable[..., list[CartEvent]]

HAPPENED = [("add", 2.2), ("add", 4.6), ("remove", 7.1)]
GREEN, BLUE = "2900000000018", "2900000000025"


@pytest.fixture
def process(cart: Command, colours: Path, tmp_path: Path, told: Told) -> Process:
    """Run the command to a good end, without a word on stderr, and return the events it wrote."""

    def run(footage: Path, *flags: object) -> list[CartEvent]:
        events = tmp_path / "events.jsonl"
        result = cart("process", footage, "--detector", colours, "--events", events, *flags)
        assert (result.code, result.err) == (0, [])
        return told(events)

    return run


def happened(events: list[CartEvent]) -> list[tuple[str, object]]:
    return [(event.action, pytest.approx(event.media_time, abs=0.15)) for event in events]


def test_events_come_as_lines_and_then_the_receipt_as_a_table(
    cart: Command, film: Film, colours: Path
) -> None:
    result = cart("process", film(), "--detector", colours)

    assert (result.code, result.err) == (0, [])
    assert [line.split()[2:5] for line in result.out[:3]] == [
        ["+", "added", "item"],
        ["+", "added", "item"],
        ["-", "removed", "item"],
    ]
    assert result.out[3].startswith("Receipt of footage-")
    assert "│ total │        1 │" in result.out[-2]


def test_without_a_catalog_items_have_no_number(process: Process, film: Film, tmp_path: Path) -> None:
    events = process(film(), "--receipt", tmp_path / "receipt.json")

    assert happened(events) == HAPPENED
    assert all(event.gtin is None and event.data.candidates == () for event in events)
    assert json.loads((tmp_path / "receipt.json").read_text()) == {
        "session": events[0].subject,
        "currency": None,
        "lines": [
            {
                "gtin": None,
                "name": NAME_OF_UNKNOWN,
                "quantity": 1,
                "unit_price": None,
                "total": 0,
                "needs_review": False,
            }
        ],
        "tax": 0,
        "total": 0,
        "pending_reviews": 0,
        "initial": [],
    }


def test_json_prints_the_receipt_and_nothing_else(
    cart: Command, film: Film, colours: Path, tmp_path: Path
) -> None:
    receipt = tmp_path / "receipt.json"

    result = cart("process", film(), "--detector", colours, "--json", "--receipt", receipt)

    assert (result.code, result.err) == (0, [])
    assert result.out == receipt.read_text().splitlines()
    assert json.loads(result.out[0])["lines"]


@pytest.mark.parametrize("flags", [["--quiet"], ["--quiet", "--json"]])
def test_quiet_prints_nothing(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told, flags: list[str]
) -> None:
    events = tmp_path / "events.jsonl"

    result = cart("process", film(), "--detector", colours, *flags, "--events", events)

    assert (result.code, result.out, result.err) == (0, [], [])
    assert len(told(events)) == 3


def test_a_missing_opening_is_said_and_calibrate_named(cart: Command, film: Film, colours: Path) -> None:
    footage = film(seconds=1.0)
    footage.with_suffix(".opening.toml").unlink()

    result = cart("process", footage, "--detector", colours)

    assert result.code == 0
    (line,) = result.err
    assert "the whole picture is the cart's opening" in line
    assert "`cart calibrate`" in line


def test_the_same_footage_gives_the_same_bytes(process: Process, film: Film, tmp_path: Path) -> None:
    footage = film()
    outputs = []
    for run in ("first", "second"):
        receipt, evidence = tmp_path / f"{run}.json", tmp_path / run
        process(
            footage,
            "--receipt",
            receipt,
            "--evidence",
            evidence,
            "--session",
            "s-1",
            "--start",
            "2026-01-31T12:00Z",
        )
        outputs.append([(tmp_path / "events.jsonl").read_bytes(), receipt.read_bytes(), pictures(evidence)])

    assert outputs[0] == outputs[1]


def pictures(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_ids_and_times_are_those_given(process: Process, film: Film) -> None:
    first, *_ = process(
        film(), "--cart", "seven", "--session", "trip 9", "--start", "2026-01-31T13:00:00+01:00"
    )

    assert (first.source, first.subject) == ("/carts/seven", "trip 9")
    assert first.time.isoformat() == "2026-01-31T12:00:02.066000+00:00"
    assert first.data.model.startswith("colours-")


def test_footage_under_another_name_is_the_same_session(process: Process, film: Film, tmp_path: Path) -> None:
    footage = film()
    ids = [event.id for event in process(footage)]
    for suffix in (".mp4", ".opening.toml"):
        footage.with_suffix(suffix).rename(tmp_path / f"copy{suffix}")

    assert [event.id for event in process(tmp_path / "copy.mp4")] == ids


def test_outputs_replace_what_was_there(process: Process, film: Film, tmp_path: Path) -> None:
    for name in ("events.jsonl", "receipt.json", "drawn.mp4"):
        (tmp_path / name).write_text("old\n" * 99)

    process(film(), "--receipt", tmp_path / "receipt.json", "--annotate", tmp_path / "drawn.mp4")

    assert json.loads((tmp_path / "receipt.json").read_text())["lines"]
    assert (tmp_path / "drawn.mp4").read_bytes()[4:8] == b"ftyp"


def test_the_drawn_video_plays_in_a_browser_and_is_as_long(
    process: Process, film: Film, tmp_path: Path
) -> None:
    footage, drawn = film(), tmp_path / "drawn.mp4"

    process(footage, "--annotate", drawn)

    content = drawn.read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")
    with av.open(str(footage)) as old, av.open(str(drawn)) as new:
        stream = new.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (160, 120)
        assert new.duration == pytest.approx(old.duration, abs=2000)
        before, after = ([frame.time for frame in video.decode(video=0)] for video in (old, new))
    assert after == pytest.approx(before, abs=0.001)


def test_each_event_has_one_picture_of_its_item(process: Process, film: Film, tmp_path: Path) -> None:
    events = process(film(), "--evidence", tmp_path / "evidence")

    names = [event.data.evidence.image for event in events]
    assert sorted(pictures(tmp_path / "evidence")) == sorted(name for name in names if name)
    assert len(set(names)) == len(events)
    for name, strongest in zip(names, (1, 0, 1), strict=True):
        picture = cv2.imread(str(tmp_path / "evidence" / str(name)))
        assert picture is not None
        assert max(picture.shape[:2]) < 60
        assert int(np.argmax(picture.mean(axis=(0, 1)))) == strongest


def test_pictures_that_cannot_be_kept_cost_no_event(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cart.vision.evidence.tempfile.mkstemp", full)
    events, evidence = tmp_path / "events.jsonl", tmp_path / "evidence"

    result = cart("process", film(), "--detector", colours, "--events", events, "--evidence", evidence)

    assert result.code == 0
    (line,) = result.err
    assert line.startswith("warning: cannot write ")
    assert line.endswith("No space left on device; no more pictures are kept")
    assert [event.data.evidence.image for event in told(events)] == [None] * 3


def test_python_gives_the_events_of_the_command(process: Process, film: Film, colours: Path) -> None:
    footage = film()
    start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    options = package.Options(detector=colours, start=start)

    assert list(package.process(footage, options)) == process(footage, "--start", start.isoformat())


def test_python_is_told_that_footage_broke_off_after_its_events(film: Film, colours: Path) -> None:
    footage = film()
    footage.write_bytes(footage.read_bytes()[: footage.stat().st_size * 6 // 10])
    events = []

    with pytest.raises(package.FootageBroken, match="breaks off"):
        events.extend(package.process(footage, package.Options(detector=colours)))
    assert events


def test_stills_give_the_events_of_the_video_made_of_them(
    process: Process, film: Film, tmp_path: Path
) -> None:
    footage, stills = film(), tmp_path / "stills"
    stills.mkdir()
    with av.open(str(footage)) as video:
        for number, frame in enumerate(video.decode(video=0)):
            cv2.imwrite(str(stills / f"{number}.png"), frame.to_ndarray(format="bgr24"))
    opening = footage.with_suffix(".opening.toml")

    assert happened(process(stills, "--fps", 15, "--opening", opening)) == HAPPENED


def test_the_present_folder_may_be_the_stills(
    process: Process, film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opening stands beside the folder under its whole name, dots included."""
    stills = tmp_path / "2026.01.31"
    stills.mkdir()
    film(seconds=0.5).with_suffix(".opening.toml").rename(tmp_path / "2026.01.31.opening.toml")
    cv2.imwrite(str(stills / "1.png"), np.zeros((48, 64, 3), np.uint8))
    monkeypatch.chdir(stills)

    assert process(Path(), "--fps", 15) == []
    assert process(stills, "--fps", 15) == []


def test_frames_are_left_out_on_request(process: Process, film: Film, tmp_path: Path) -> None:
    events = process(film(), "--every", 0.5, "--annotate", tmp_path / "drawn.mp4")

    assert [event.action for event in events] == [action for action, _ in HAPPENED]
    with av.open(str(tmp_path / "drawn.mp4")) as video:
        assert len(list(video.decode(video=0))) == 18


def test_the_gate_changes_no_event(process: Process, film: Film) -> None:
    footage = film()

    assert happened(process(footage, "--no-gate")) == happened(process(footage)) == HAPPENED


def test_a_catalog_names_and_prices_the_items(
    process: Process, film: Film, item_picture: Callable[[str], bytes], tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog"
    for gtin, name in ((GREEN, "green"), (BLUE, "blue")):
        (catalog / "images" / gtin).mkdir(parents=True)
        (catalog / "images" / gtin / "0.png").write_bytes(item_picture(name))
    (catalog / "products.csv").write_text(
        f"gtin,name,price,currency\n{GREEN},Green tea,2.49,EUR\n{BLUE},Blue [b]cheese[/b],3.10,EUR\n"
    )

    events = process(film(), "--catalog", catalog, "--receipt", tmp_path / "receipt.json")

    assert [event.gtin for event in events] == [GREEN, BLUE, GREEN]
    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert (receipt["currency"], receipt["total"], receipt["pending_reviews"]) == ("EUR", 310, 0)
    assert [(line["name"], line["quantity"]) for line in receipt["lines"]] == [("Blue [b]cheese[/b]", 1)]


def test_a_terminal_shows_a_bar_and_the_lines(film: Film, colours: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cart", "process", str(film()), "--detector", str(colours)]
    with subprocess.Popen(
        command, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    ) as run:
        os.close(theirs)
        shown = read_all(ours)

    assert run.returncode == 0
    assert "trip.mp4" in shown
    assert "━━━" in shown
    assert shown.count("added") == 2
    assert "Receipt of" in shown


def read_all(terminal: int) -> str:
    """Read a terminal until its other end is closed, which Linux reports as an error."""
    parts = []
    try:
        while part := os.read(terminal, 4096):
            parts.append(part)
    except OSError:
        pass
    os.close(terminal)
    return b"".join(parts).decode()
