"""Footage that is not sound: told in one plain line, and nothing lost that could be seen."""

import http.server
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from cart.errors import CartError, FootageBroken, InputError
from cart.vision.footage import Frame, container, open_footage

Make = Callable[..., Path]
FRONT = {"movflags": "faststart"}


def read(path: str | Path, fps: float | None = None) -> tuple[list[Frame], list[str], CartError | None]:
    """Return the frames, the warnings, and the error that ended it."""
    warnings: list[str] = []
    frames: list[Frame] = []
    try:
        with open_footage(path, fps, warn=warnings.append) as footage:
            frames.extend(footage)
    except CartError as error:
        return frames, warnings, error
    return frames, warnings, None


def refusal(path: str | Path, fps: float | None = None) -> str:
    """Return the one line with which the footage is refused on opening."""
    with pytest.raises(InputError) as caught:
        open_footage(path, fps)
    message = str(caught.value)
    assert "\n" not in message
    return message


def garble(path: Path, start: float, length: int) -> Path:
    """Overwrite bytes of a file, from a share of its size on."""
    content = bytearray(path.read_bytes())
    first = int(len(content) * start)
    content[first : first + length] = np.random.default_rng(1).bytes(length)
    path.write_bytes(content)
    return path


def test_no_such_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.mp4") == f"no such file or folder: {tmp_path / 'none.mp4'}"


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()

    assert refusal(tmp_path / "clip.mp4").endswith("clip.mp4 is empty")


@pytest.mark.parametrize("name", ["notes.mp4", "notes.md", "notes.txt", "notes.srt"])
def test_a_text_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("1\n00:00:01,000 --> 00:00:02,000\nnothing to see\n" * 9)

    assert "video" in refusal(tmp_path / name)


@pytest.mark.parametrize("name", ["one.jpg", "one.png", "one.bmp", "one.webp"])
def test_a_single_picture_is_told_how_to_be_given(make_still: Make, name: str) -> None:
    assert "give a video, or the folder of pictures with --fps N" in refusal(make_still(name))


def test_sound_without_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16000
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))

    assert refusal(path) == f"no video in {path}"


def test_a_video_without_frames(make_video: Make) -> None:
    path = make_video(container_options=FRONT)
    content = path.read_bytes()
    path.write_bytes(content[: content.find(b"mdat") + 4])

    assert refusal(path) == f"no frame of {path} can be decoded"


def test_an_mp4_cut_in_half_gives_its_first_half_and_then_says_so(
    make_video: Make, cut_in_half: Callable[[Path], Path]
) -> None:
    path = cut_in_half(make_video(count=60, fps=10, container_options=FRONT))

    frames, _, error = read(path)

    assert isinstance(error, FootageBroken)
    assert 15 < len(frames) < 45
    assert str(error) == f"{path} breaks off at {frames[-1].time:.1f} s of 6.0 s"


def test_an_mp4_that_lost_its_index_is_refused(make_video: Make, cut_in_half: Callable[[Path], Path]) -> None:
    path = cut_in_half(make_video(count=60))

    assert refusal(path).endswith("its end, with the index, is missing; record or copy it again")


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"), [("clip.mkv", "libx264", "yuv420p"), ("clip.avi", "mjpeg", "yuvj420p")]
)
def test_other_containers_cut_in_half_are_noticed(
    make_video: Make, cut_in_half: Callable[[Path], Path], name: str, codec: str, pix_fmt: str
) -> None:
    frames, _, error = read(cut_in_half(make_video(name, count=60, fps=10, codec=codec, pix_fmt=pix_fmt)))

    assert isinstance(error, FootageBroken)
    assert len(frames) > 15


def test_sound_that_goes_on_after_the_picture_is_no_break(make_video: Make, tmp_path: Path) -> None:
    path = tmp_path / "both.mkv"
    with av.open(str(make_video(count=20))) as silent, av.open(str(path), "w") as output:
        video = output.add_stream_from_template(silent.streams.video[0])
        sound = output.add_stream("aac", rate=16000)
        for packet in silent.demux(video=0):
            if packet.dts is not None:
                packet.stream = video
                output.mux(packet)
        for n in range(80):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 16000, n * 1024
            output.mux(sound.encode(frame))
        output.mux(sound.encode(None))

    frames, warnings, error = read(path)

    assert (len(frames), warnings, error) == (20, [], None)


@pytest.mark.parametrize(("name", "codec"), [("clip.mp4", "libx264"), ("clip.mkv", "libx264")])
def test_damage_in_the_middle_is_read_past(make_video: Make, name: str, codec: str) -> None:
    path = garble(make_video(name, count=60, fps=10, codec=codec, size=(128, 96)), 0.5, 300)

    frames, warnings, error = read(path)

    assert error is None
    assert len(frames) > 50
    assert frames[-1].time == pytest.approx(5.9)
    assert warnings
    seconds = [float(line.removeprefix("a damaged picture at ").partition(" ")[0]) for line in warnings]
    assert all(1.5 < second < 4.5 for second in seconds)


def test_a_size_change_midway_is_scaled_to_the_first_size(make_video: Make) -> None:
    small = make_video("small.mjpeg", codec="mjpeg", pix_fmt="yuvj420p", format="mjpeg", size=(32, 24))
    path = make_video("large.mjpeg", codec="mjpeg", pix_fmt="yuvj420p", format="mjpeg", size=(64, 48))
    path.write_bytes(path.read_bytes() + small.read_bytes())

    frames, warnings, error = read(path, fps=10)

    assert error is None
    assert warnings == ["the size changes at 2.0 s: scaled to 64x48"]
    assert {(frame.image.shape, frame.luma.shape) for frame in frames} == {((48, 64, 3), (48, 64))}
    assert len(frames) == 40


def test_two_recordings_joined_go_on_in_time(make_video: Make) -> None:
    path = make_video("one.ts", count=30, fps=10, format="mpegts")
    path.write_bytes(path.read_bytes() + make_video("two.ts", count=30, fps=10, format="mpegts").read_bytes())

    frames, warnings, error = read(path)

    assert error is None
    assert len(frames) >= 56
    assert np.diff([frame.time for frame in frames]).min() > 0
    assert frames[-1].time > 5.4
    assert "timestamps jump back at 2.9 s: time goes on from there" in warnings


@pytest.mark.parametrize("name", ["clip.h264", "clip.mjpeg"])
def test_raw_video_without_timestamps_asks_for_fps(make_video: Make, name: str) -> None:
    codec, pix_fmt = ("mjpeg", "yuvj420p") if name.endswith("mjpeg") else ("libx264", "yuv420p")
    path = make_video(name, codec=codec, pix_fmt=pix_fmt, format=name.removeprefix("clip."))

    assert refusal(path) == f"there are no timestamps in {path}: say how many frames a second with --fps N"


def with_avi_rate(path: Path, scale: int, rate: int) -> Path:
    """Overwrite the frame rate in an AVI header; zeros also clear the main header's time per frame."""
    content = bytearray(path.read_bytes())
    stream = content.find(b"strh") + 28
    content[stream : stream + 8] = struct.pack("<II", scale, rate)
    if not rate:
        main = content.find(b"avih") + 8
        content[main : main + 4] = bytes(4)
    path.write_bytes(content)
    return path


def test_an_absurd_rate_in_the_header_asks_for_fps(make_video: Make) -> None:
    path = with_avi_rate(make_video("clip.avi", codec="mjpeg", pix_fmt="yuvj420p"), 1, 90_000)

    assert (
        refusal(path) == f"the timestamps make no sense in {path}: say how many frames a second with --fps N"
    )
    frames, warnings, error = read(path, fps=10)
    assert [frame.time for frame in frames] == [n / 10 for n in range(20)]
    assert (warnings, error) == ([], None)


def test_a_rate_of_zero_in_the_header_is_survived(make_video: Make) -> None:
    path = with_avi_rate(make_video("clip.avi", codec="mjpeg", pix_fmt="yuvj420p"), 0, 0)

    frames, _, error = read(path)

    assert (len(frames), error) == (20, None)


def with_milliseconds(path: Path, times: list[int]) -> Path:
    """Copy a video into a Matroska file whose packets have the given times."""
    copy = path.with_suffix(".mkv")
    with av.open(str(path)) as source, av.open(str(copy), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        stream.time_base = Fraction(1, 1000)
        for packet, time in zip(source.demux(video=0), times, strict=False):
            packet.stream = stream
            packet.time_base = stream.time_base
            packet.pts = packet.dts = time
            output.mux(packet)
    return copy


def test_timestamps_that_stand_still_ask_for_fps(make_video: Make) -> None:
    video = make_video("clip.avi", codec="mjpeg", pix_fmt="yuvj420p")
    path = with_milliseconds(video, [0] * 20)

    assert (
        refusal(path) == f"the timestamps make no sense in {path}: say how many frames a second with --fps N"
    )
    frames, warnings, error = read(path, fps=10)
    assert [frame.time for frame in frames] == [n / 10 for n in range(20)]
    assert (warnings, error) == ([], None)


def test_a_hiccup_of_the_timestamps_leaves_one_frame_out(make_video: Make) -> None:
    times = [0, 100, 200, 300, 400, 500, 600, 600, 800, 900, 1000, 1100]
    video = make_video("clip.avi", codec="mjpeg", pix_fmt="yuvj420p", count=len(times))

    frames, warnings, error = read(with_milliseconds(video, times))

    assert error is None
    assert [round(frame.time * 1000) for frame in frames] == sorted(set(times))
    assert warnings == ["frames left out, as their timestamps do not move on: 1 (--fps N keeps every frame)"]


@pytest.mark.parametrize("fps", [0.0, -5.0, 1001.0, float("nan")])
def test_a_given_rate_must_make_sense(make_video: Make, fps: float) -> None:
    assert "--fps must be more than 0 and at most 1000" in refusal(make_video(), fps)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Serve the test's folder over HTTP; yields the address."""
    handler = partial(QuietHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_a_stream_by_its_address(make_video: Make, served: str) -> None:
    make_video("clip.mp4", container_options=FRONT)

    with open_footage(f"{served}/clip.mp4") as footage:
        assert len(list(footage)) == 20
    assert footage.digest is None


def test_an_address_that_refuses_is_shown_without_its_password() -> None:
    assert refusal("rtsp://anna:secret@127.0.0.1:9/cart") == (
        "cannot open rtsp://127.0.0.1:9/cart: Connection refused"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://me:secret@cam/v?user=me&pwd=secret",
        "rtsp://me:sec@secret@cam/v",
        "http://cam/v?secret",
        "rtsp://me:secret/secret@cam/v",
        "rtsp://me:secret?secret@cam/v",
        "rtsp://me:1/secret@cam/v",
    ],
)
def test_nothing_secret_is_shown(url: str) -> None:
    assert container.shown(url).endswith("://cam/v")


def test_a_stream_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        message = refusal(f"http://127.0.0.1:{silent.getsockname()[1]}/live")

    assert message.startswith("cannot open http://127.0.0.1")
