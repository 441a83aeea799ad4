"""Footage out: pictures with their media times become an MP4 that plays in a browser."""

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.video.frame import VideoFrame

from cart.errors import InputError
from cart.vision.footage.base import Image

X264 = {"preset": "veryfast", "crf": "23", "bf": "0"}
"""Without B-frames the last frame ends when it should, whatever the time between frames."""

CLOCK = 90_000
"""Ticks a second of the written timestamps."""


class VideoWriter:
    """Writes H.264 in an MP4 with its index in front, each picture at its own time; no sound.

    Use it with `with`: however the block ends, what was written until then is a file that plays. A file
    without a single picture is removed.
    """

    def __init__(self, path: str | Path, size: tuple[int, int], fps: float | None = None) -> None:
        """Create the file, replacing what was there.

        Args:
            path: Where to write; its folder must exist.
            size: Width and height of the pictures; an odd last column or row is cut off, as H.264 needs.
            fps: Nominal frames a second of the source, where known; each picture keeps its own time.

        Raises:
            InputError: The file cannot be written there.
        """
        self._path = Path(path)
        try:
            self._path.open("wb").close()
        except OSError as error:
            raise InputError(f"cannot write {self._path}: {error.strerror}") from error
        self._even = (size[0] // 2 * 2, size[1] // 2 * 2)
        self._last_tick = -1
        self._container = av.open(str(self._path), "w", format="mp4", options={"movflags": "faststart"})
        rate = Fraction(min(max(fps or 25, 1), 120)).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate, options=X264)
        self._stream.width, self._stream.height = self._even
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, CLOCK)

    def write(self, image: Image, time: float) -> None:
        """Append a picture, `(height, width, 3)` blue, green, red, to be shown from `time` seconds on.

        A picture that is not later than the one before is left out.

        Raises:
            InputError: The disk is full, or the file cannot be written any more.
        """
        tick = round(time * CLOCK)
        if tick <= self._last_tick:
            return
        self._last_tick = tick
        width, height = self._even
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(image[:height, :width]), format="bgr24")
        frame.pts, frame.time_base = tick, Fraction(1, CLOCK)
        self._encode(frame)

    def close(self) -> None:
        """Write what the encoder still holds, and the index.

        Raises:
            InputError: The disk is full, or the file cannot be written any more.
        """
        if self._last_tick < 0:
            self._container.close()
            if self._path.is_file():
                self._path.unlink()
            return
        try:
            self._encode(None)
        finally:
            self._finish()

    def _finish(self) -> None:
        try:
            self._container.close()
        except av.FFmpegError as error:
            raise InputError(f"cannot write {self._path}: {error.strerror}") from error

    def _encode(self, frame: VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except av.FFmpegError as error:
            raise InputError(f"cannot write {self._path}: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
