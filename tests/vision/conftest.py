"""Small real videos and pictures, made anew for each test that asks."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray


def moving_square(index: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A noisy picture that no codec shrinks to nothing, with a bright square that moves to the right."""
    width, height = size
    image = np.random.default_rng(0).integers(60, 120, (height, width, 3), np.uint8)
    left = index * 2 % (width - 8)
    image[height // 2 : height // 2 + 8, left : left + 8] = (40, 180, 220)
    return image


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Make a video file in the test's folder; times are in ticks of 1 / (fps * 10)."""

    def make(
        name: str = "clip.mp4",
        *,
        count: int = 20,
        size: tuple[int, int] = (64, 48),
        fps: int = 10,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        ticks: list[int] | None = None,
        options: dict[str, str] | None = None,
        metadata: dict[str, str] | None = None,
        **container: Any,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", **container) as output:
            output.metadata.update(metadata or {})
            stream = output.add_stream(codec, rate=fps, options=options or {"bf": "0", "g": "5"})
            stream.width, stream.height = size
            stream.pix_fmt = pix_fmt
            stream.codec_context.time_base = Fraction(1, fps * 10 if ticks else fps)
            for index in range(count):
                frame = av.VideoFrame.from_ndarray(moving_square(index, size), format="bgr24")
                frame.pts = ticks[index] if ticks else index
                frame.time_base = stream.codec_context.time_base
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return make


@pytest.fixture
def make_still(tmp_path: Path) -> Callable[..., Path]:
    """Write one picture into the folder `stills` of the test's folder."""
    folder = tmp_path / "stills"
    folder.mkdir()

    def make(name: str, size: tuple[int, int] = (64, 48), grey: int = 128) -> Path:
        path = folder / name
        cv2.imwrite(str(path), np.full((size[1], size[0], 3), grey, np.uint8))
        return path

    return make


@pytest.fixture
def cut_in_half() -> Callable[[Path], Path]:
    """Cut a file in half, in place."""

    def cut(path: Path) -> Path:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        return path

    return cut
