"""Footage that is not sound, through the command: one plain line, the exit code, nothing seen is lost."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from cart.events import CartEvent

Command = Callable[..., "Result"]  # noqa: F821  (conftest's)
Film = Callable[..., Path]
Told = Callable[[Path], list[CartEvent]]

FPS = 15
WHOLE_TRIP = ["add", "add", "remove"]


def cut_in_half(path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def place_of_packet(path: Path, number: int) -> tuple[int, int]:
    """Return where in the file a packet begins, and its size."""
    with av.open(str(path)) as video:
        packet = [packet for packet in video.demux(video=0) if packet.size][number]
    assert packet.pos is not None
    return packet.pos, packet.size


def garble_packet(path: Path, number: int) -> Path:
    """Overwrite most of one packet of a video."""
    start, size = place_of_packet(path, number)
    content = bytearray(path.read_bytes())
    content[start + 8 : start + size] = np.random.default_rng(0).bytes(size - 8)
    path.write_bytes(content)
    return path


def without_frames(path: Path) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: content.find(b"mdat") + 4])
    return path


def with_header_rate(path: Path, scale: int, rate: int) -> Path:
    """Overwrite the frame rate in an AVI header."""
    content = bytearray(path.read_bytes())
    stream = content.find(b"strh") + 28
    content[stream : stream + 8] = struct.pack("<II", scale, rate)
    if not rate:
        main = content.find(b"avih") + 8
        content[main : main + 4] = bytes(4)
    path.write_bytes(content)
    return path


def text_file(path: Path) -> Path:
    path.write_text("this is a shopping list\n" * 50)
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder, _: folder / "none.mp4", "no such file or folder: {0}"),
        (lambda folder, _: folder / "Café : été.mp4", "no such file or folder: {0}"),
        (lambda folder, _: text_file(folder / "list.mp4"), "{0} cannot be read as a video"),
        (lambda _, film: without_frames(film()), "no frame of {0} can be decoded"),
        (
            lambda _, film: cut_in_half(film(index_in_front=False)),
            "{0} cannot be read as a video: its end, with the index, is missing; record or copy it again",
        ),
        (
            lambda _, film: with_header_rate(film("trip.avi"), 1, 90_000),
            "the timestamps make no sense in {0}: say how many frames a second with --fps N",
        ),
        (lambda _, film: film("trip.mjpeg"), "there are no timestamps in {0}: say how many"),
        (lambda folder, _: folder, "{0} is a folder of stills: say how many a second with --fps N"),
        (lambda _, __: "rtsp://me:secret@127.0.0.1:9/cart", "cannot open rtsp://127.0.0.1:9/cart: "),
        (lambda _, __: "", ". is a folder of stills: say how many a second with --fps N"),
    ],
    ids=[
        "missing",
        "letters",
        "text",
        "no frames",
        "no index",
        "absurd fps",
        "raw",
        "stills",
        "stream",
        "empty",
    ],
)
def test_what_cannot_be_used_is_refused(
    cart: Command,
    film: Film,
    tmp_path: Path,
    make: Callable[[Path, Film], Path | str],
    message: str,
) -> None:
    source = make(tmp_path, film)
    events, receipt = tmp_path / "events.jsonl", tmp_path / "receipt.json"

    result = cart("process", source, "--events", events, "--receipt", receipt)

    assert (result.code, result.out) == (2, [])
    (line,) = result.err
    assert line.startswith("error: " + message.format(source))
    assert not events.exists()
    assert not receipt.exists()


def test_an_mp4_cut_in_half_keeps_what_was_seen(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    footage = cut_in_half(film())
    events, receipt, drawn = tmp_path / "events.jsonl", tmp_path / "receipt.json", tmp_path / "drawn.mp4"
    command = ["process", footage, "--detector", colours]
    command += ["--events", events, "--receipt", receipt, "--annotate", drawn]

    result = cart(*command)

    assert result.code == 1
    (line,) = result.err
    assert line.startswith(f"error: {footage} breaks off at ")
    assert line.endswith(" s of 9.0 s")
    assert 1 <= len(told(events)) <= 2
    assert sum("added" in shown for shown in result.out) == len(told(events))
    assert result.out[-1].startswith("└")
    assert sum(line["quantity"] for line in json.loads(receipt.read_text())["lines"]) == len(told(events))
    with av.open(str(drawn)) as video:
        assert len(list(video.decode(video=0))) > 30


def test_what_is_undecided_when_footage_breaks_off_is_decided_then(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    """The green item has just gone: too short a time to be sure of, were there more to see."""
    footage = film()
    content = footage.read_bytes()
    footage.write_bytes(content[: place_of_packet(footage, round(7.35 * FPS))[0]])

    result = cart("process", footage, "--detector", colours, "--events", tmp_path / "events.jsonl")

    assert (result.code, len(result.err)) == (1, 1)
    *_, last = told(tmp_path / "events.jsonl")
    assert (last.action, last.media_time) == ("remove", pytest.approx(7.1, abs=0.1))


def test_a_broken_packet_in_the_middle_is_warned_of_and_read_past(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    footage = garble_packet(film(), 83)

    result = cart("process", footage, "--detector", colours, "--events", tmp_path / "events.jsonl")

    assert result.code == 0
    assert [line.partition(" at ")[0] for line in result.err] == ["warning: a damaged picture"]
    assert [event.action for event in told(tmp_path / "events.jsonl")] == WHOLE_TRIP


def test_a_size_that_changes_midway_is_warned_of_and_read_on(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    footage = film("trip.mjpeg", seconds=5.6)
    smaller = film("smaller.mjpeg", start=5.6, seconds=3.4, size=(80, 60))
    footage.write_bytes(footage.read_bytes() + smaller.read_bytes())

    result = cart(
        "process", footage, "--fps", 15, "--detector", colours, "--events", tmp_path / "events.jsonl"
    )

    assert result.code == 0
    assert result.err == ["warning: the size changes at 5.6 s: scaled to 160x120"]
    assert [event.action for event in told(tmp_path / "events.jsonl")] == WHOLE_TRIP


@pytest.mark.parametrize(("scale", "rate", "fps"), [(0, 0, []), (1, 90_000, ["--fps", 15])])
def test_a_senseless_rate_in_the_header_is_survived(
    cart: Command,
    film: Film,
    colours: Path,
    tmp_path: Path,
    told: Told,
    scale: int,
    rate: int,
    fps: list[object],
) -> None:
    footage = with_header_rate(film("trip.avi"), scale, rate)

    result = cart("process", footage, *fps, "--detector", colours, "--events", tmp_path / "events.jsonl")

    assert (result.code, result.err) == (0, [])
    assert [event.action for event in told(tmp_path / "events.jsonl")] == WHOLE_TRIP


def test_a_still_that_cannot_be_read_is_left_out(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    stills = tmp_path / "stills"
    stills.mkdir()
    with av.open(str(film())) as video:
        for number, frame in enumerate(video.decode(video=0)):
            cv2.imwrite(str(stills / f"{number}.png"), frame.to_ndarray(format="bgr24"))
    (tmp_path / "trip.opening.toml").rename(tmp_path / "stills.opening.toml")
    (stills / "3.png").write_bytes(b"no picture")

    result = cart(
        "process", stills, "--fps", 15, "--detector", colours, "--events", tmp_path / "events.jsonl"
    )

    assert result.code == 0
    assert result.err == ["warning: 3.png cannot be read as a picture: left out"]
    assert [event.action for event in told(tmp_path / "events.jsonl")] == WHOLE_TRIP
