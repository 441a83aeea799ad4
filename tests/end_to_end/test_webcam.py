"""`cart webcam` on a file played at its own speed: keys, outputs, figures, what cannot be used."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cart.events import CartEvent
from tests.end_to_end.webcams import Terminal, start

Command = Callable[..., "Result"]  # noqa: F821  (conftest's)
Film = Callable[..., Path]
Told = Callable[[Path], list[CartEvent]]

HAPPENED = [("add", 2.2), ("add", 4.6), ("remove", 7.1)]


def happened(events: list[CartEvent]) -> list[tuple[str, object]]:
    return [(event.action, pytest.approx(event.media_time, abs=0.5)) for event in events]


def test_a_file_is_played_to_its_end_and_the_receipt_is_shown(
    film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    outputs = [tmp_path / name for name in ("e.jsonl", "r.json", "a.mp4")]
    flags = [
        word for pair in zip(("--events", "--receipt", "--annotate"), outputs, strict=True) for word in pair
    ]
    began = time.monotonic()
    with start(film(), "--detector", colours, *flags) as cart:
        out, err = cart.communicate()

    assert (cart.returncode, err) == (0, "note: no display, so no window is shown; all else goes on\n")
    assert time.monotonic() - began > 8.0
    assert happened(told(outputs[0])) == HAPPENED
    assert {event.id.version for event in told(outputs[0])} == {7}
    assert json.loads(outputs[1].read_text())["lines"][0]["quantity"] == 1
    assert outputs[2].stat().st_size > 10_000
    assert "Receipt of live-" in out


def test_several_cameras_have_a_session_each(film: Film, colours: Path, tmp_path: Path, told: Told) -> None:
    events, receipt = tmp_path / "e.jsonl", tmp_path / "r.json"
    words = [film("a.mp4"), film("b.mp4"), "--events", events, "--receipt", receipt, "--session", "s"]
    with start(*words, "--detector", colours, "--cart", "7", "--json") as cart:
        out, _ = cart.communicate()

    assert [json.loads(line)["session"] for line in out.splitlines()] == ["s-1", "s-2"]
    for place in (1, 2):
        seen = told(tmp_path / f"e-{place}.jsonl")
        assert happened(seen) == HAPPENED
        assert {(event.source, event.subject) for event in seen} == {(f"/carts/7-{place}", f"s-{place}")}
        assert json.loads((tmp_path / f"r-{place}.json").read_text())["session"] == f"s-{place}"


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_keys_undo_the_last_event_and_quit(
    film: Film, colours: Path, tmp_path: Path, told: Told, terminal: Terminal
) -> None:
    events = tmp_path / "e.jsonl"
    words = [film(seconds=60), "--detector", colours, "--events", events]
    with start(*words, stdin=terminal.theirs) as cart:
        assert cart.stdout is not None
        assert "added" in cart.stdout.readline()
        terminal.press("u")
        assert "removed" in cart.stdout.readline()
        terminal.press("q")
        out, _ = cart.communicate()

    assert cart.returncode == 0
    added, undone = told(events)[:2]
    assert (added.action, undone.action) == ("add", "remove")
    assert added.data.visit == undone.data.visit
    assert "Receipt of" in out


def test_what_happens_in_a_pause_is_not_guessed_at(
    film: Film, colours: Path, tmp_path: Path, told: Told, terminal: Terminal
) -> None:
    events = tmp_path / "e.jsonl"
    words = [film(), "--detector", colours, "--events", events]
    with start(*words, stdin=terminal.theirs) as cart:
        assert cart.stdout is not None
        assert "added" in cart.stdout.readline()
        terminal.press("p")
        time.sleep(3.0)
        terminal.press("p")
        _, err = cart.communicate()

    assert err.splitlines()[2:] == ["note: paused: p goes on", "note: going on"]
    first, second, *_ = told(events)
    assert (first.action, first.data.needs_review) == ("add", False)
    assert second.data.needs_review


def test_ctrl_c_ends_with_the_receipt(film: Film, colours: Path) -> None:
    with start(film(seconds=60), "--detector", colours, "--loop") as cart:
        assert cart.stdout is not None
        cart.stdout.readline()
        cart.send_signal(signal.SIGINT)
        out, err = cart.communicate(timeout=30)

    assert cart.returncode == 130
    assert "stopped by Ctrl-C" in err
    assert "Receipt of" in out


def test_new_models_that_are_no_good_are_told_once_and_cost_nothing(
    film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    events, detector = tmp_path / "e.jsonl", tmp_path / "mine.onnx"
    detector.write_bytes(colours.read_bytes())
    with start(film(), "--detector", detector, "--events", events) as cart:
        assert cart.stdout is not None
        cart.stdout.readline()
        detector.write_bytes(colours.read_bytes() + b"\x32\x03new")
        _, err = cart.communicate()

    (line,) = (line for line in err.splitlines() if line.startswith("warning: "))
    assert line.startswith(f"warning: {detector} fails its smoke test: it finds no hand where there is one; ")
    assert happened(told(events)) == HAPPENED
    assert len({event.data.model for event in told(events)}) == 1


def test_an_address_of_models_where_nobody_answers_is_told_once(film: Film, colours: Path) -> None:
    url = "http://127.0.0.1:9/models.json"
    with start(film(), "--detector", colours, "--models", url, "--quiet") as cart:
        out, err = cart.communicate()

    line = f"warning: {url} cannot be reached: check the address and the network; going on without new models"
    assert (cart.returncode, out) == (0, "")
    assert [told for told in err.splitlines() if told.startswith("warning: ")] == [line]


def test_a_folder_of_models_that_is_not_there_is_told_in_one_line(cart: Command, film: Film) -> None:
    result = cart("webcam", film(), "--models", "none")

    assert (result.code, result.out) == (2, [])
    assert result.err == ["error: no folder none: give --models a folder, or the URL of a manifest"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["77"], "no camera 77"),
        (["none.mp4"], "no such file or folder: none.mp4"),
        (["rtsp://user:secret@127.0.0.1:1/x"], "rtsp://127.0.0.1:1/x refuses the connection"),
        (["gopher://camera"], "gopher://camera"),
    ],
)
def test_a_camera_that_cannot_be_used_is_told_in_one_line(cart: Command, words: list[str], line: str) -> None:
    result = cart("webcam", *words)

    assert (result.code, result.out) == (2, [])
    assert len(result.err) == 1
    assert line in result.err[0]
    assert "secret" not in result.err[0]
