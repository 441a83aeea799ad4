"""Footage that is sound: every frame, at its time, with its pixels."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.errors import InputError
from cart.vision.footage import Frame, open_footage, sample

Make = Callable[..., Path]


def test_every_frame_of_a_video_comes_at_its_own_time(make_video: Make) -> None:
    with open_footage(make_video(count=20, fps=10)) as footage:
        frames = list(footage)

    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.time for frame in frames] == pytest.approx([n / 10 for n in range(20)])
    assert (footage.size, footage.fps, footage.frame_count) == ((64, 48), 10, 20)
    assert footage.duration == pytest.approx(2.0)


def test_uneven_times_are_kept(make_video: Make) -> None:
    ticks = [0, 10, 25, 26, 90]

    with open_footage(make_video(count=5, fps=10, ticks=ticks)) as footage:
        assert [frame.time for frame in footage] == pytest.approx([tick / 100 for tick in ticks])


def test_given_fps_replaces_the_timestamps(make_video: Make) -> None:
    with open_footage(make_video(count=20, fps=10), fps=4) as footage:
        assert [frame.time for frame in footage] == [n / 4 for n in range(20)]
    assert (footage.fps, footage.duration) == (4, 5.0)


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("clip.mp4", "libx264", "yuv420p"),
        ("clip.mkv", "libx264", "yuv444p"),
        ("clip.avi", "mjpeg", "yuvj422p"),
        ("clip.mov", "png", "rgb24"),
        ("clip.mkv", "ffv1", "yuv420p10le"),
    ],
)
def test_image_and_luma_show_the_picture(make_video: Make, name: str, codec: str, pix_fmt: str) -> None:
    path = make_video(name, codec=codec, pix_fmt=pix_fmt, size=(100, 48), options={"bf": "0"})

    with open_footage(path) as footage:
        frame = next(iter(footage))

    assert frame.image.shape == (48, 100, 3)
    assert frame.luma.shape == (48, 100)
    assert frame.image.dtype == frame.luma.dtype == np.uint8
    blue, green, red = frame.image[24:32, 1:7].reshape(-1, 3).mean(axis=0)
    assert (blue, green, red) == pytest.approx((40, 180, 220), abs=30)
    assert frame.luma[24:32, 1:7].mean() > frame.luma[:20].mean() + 30


def test_pixels_are_converted_once(make_video: Make) -> None:
    with open_footage(make_video()) as footage:
        frame = next(iter(footage))

    assert frame.image is frame.image
    assert frame.luma is frame.luma
    with pytest.raises(ValueError, match="read-only"):
        frame.luma[:] = 0


def test_opencv_takes_the_luma_as_it_is(make_video: Make) -> None:
    with open_footage(make_video(size=(100, 48))) as footage:
        first, second, *_ = (frame.luma for frame in footage)

    assert cv2.absdiff(first, second).max() > 50


def test_a_picture_filmed_on_its_side_is_set_upright(make_video: Make) -> None:
    path = make_video(size=(64, 48))
    content = bytearray(path.read_bytes())
    matrix = content.find(b"tkhd") + 44
    turned = (0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    content[matrix : matrix + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in turned)
    path.write_bytes(content)
    _, expected = cv2.VideoCapture(str(path)).read()

    with open_footage(path) as footage:
        frame = next(iter(footage))

    assert footage.size == (48, 64)
    assert frame.luma.shape == (64, 48)
    assert np.abs(frame.image.astype(int) - expected).max() <= 3


def test_creation_time_is_read_as_utc(make_video: Make) -> None:
    path = make_video(metadata={"creation_time": "2026-03-04T05:06:07Z"})

    with open_footage(path) as footage:
        assert footage.created == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    with open_footage(make_video("other.mp4")) as footage:
        assert footage.created is None


def test_digest_is_that_of_the_content(make_video: Make) -> None:
    path = make_video()

    with open_footage(path) as footage:
        assert footage.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_raw_stream_is_read_at_the_given_fps(make_video: Make) -> None:
    path = make_video("clip.h264", format="h264")

    with open_footage(path, fps=5) as footage:
        assert [frame.time for frame in footage] == [n / 5 for n in range(20)]


def test_a_name_that_looks_like_a_protocol_or_a_pattern_is_a_file(make_video: Make) -> None:
    with open_footage(make_video("cam:1 %03d.mp4")) as footage:
        assert len(list(footage)) == 20


@pytest.mark.parametrize(
    ("name", "count"), [("bottles.mp4", 1189), ("basket.mp4", 131), ("starter_trip.mp4", 278)]
)
def test_real_footage_is_read_whole(footage: Path, name: str, count: int) -> None:
    warnings: list[str] = []

    with open_footage(footage / name, warn=warnings.append) as clip:
        times = [frame.time for frame in clip]

    assert len(times) == count == clip.frame_count
    assert times[0] == 0
    assert np.diff(times).min() > 0
    assert clip.duration == pytest.approx(times[-1], abs=1.01)
    assert not warnings


def timed(*times: float) -> list[Frame]:
    return [Frame.from_image(n, time, np.zeros((2, 2, 3), np.uint8)) for n, time in enumerate(times)]


def test_sampling_takes_the_first_frame_of_each_stretch() -> None:
    frames = timed(0.0, 0.4, 0.9, 1.1, 1.9, 4.2, 4.9, 5.0)

    assert [frame.time for frame in sample(frames, 1.0)] == [0.0, 1.1, 4.2, 5.0]
    assert list(sample(frames, None)) == frames


@given(st.integers(1, 40), st.integers(1, 12))
def test_sampling_keeps_the_step_whatever_the_rounding(rate: int, keep: int) -> None:
    frames = timed(*(n / rate for n in range(60)))

    assert [frame.index for frame in sample(frames, keep / rate)] == list(range(0, 60, keep))


@pytest.mark.parametrize("every", [0.0, -1.0, float("nan"), float("inf")])
def test_sampling_needs_a_length_of_time(every: float) -> None:
    with pytest.raises(InputError, match="--every must be more than 0"):
        sample([], every)
