"""A video file or stream: every frame that can be decoded, at the container's own times."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, pairwise
from pathlib import Path
from statistics import median

import numpy as np
from av.video.frame import VideoFrame

from cart.errors import FootageBroken, InputError
from cart.vision.footage.base import FASTEST, Footage, Frame, Image, Warn, fitted, log_warning, size_warning
from cart.vision.footage.clock import Clock
from cart.vision.footage.container import (
    announced_duration,
    creation_time,
    has_timestamps,
    is_url,
    open_container,
    shown,
    video_stream,
)
from cart.vision.footage.decoding import Decoder, stamp

LUMA_FIRST = {"gray", "nv12", "nv21"} | {
    f"yuv{full_range}{chroma}p" for full_range in ("", "j") for chroma in (410, 411, 420, 422, 440, 444)
}
"""Pixel formats whose first plane is the brightness, one byte a pixel."""

LOOK_AHEAD = 8
"""Frames decoded on opening a file, to see that its timestamps move."""

MISSING = 0.5
"""Seconds that may be missing at the end before the footage counts as broken off."""


@dataclass(frozen=True)
class DecodedPicture:
    """A decoded frame, converted only when somebody looks.

    Attributes:
        decoded: The decoder's frame; its memory is the decoder's too and never written to.
        size: Width and height to scale to, before turning.
        turns: Quarter turns anticlockwise that set the picture upright.
    """

    decoded: VideoFrame
    size: tuple[int, int]
    turns: int

    def image(self) -> Image:
        """Return the picture, blue, green, red; one thread, as starting more takes longer than it saves."""
        converted = self.decoded.reformat(*self.size, format="bgr24", threads=1).to_ndarray()
        return np.ascontiguousarray(np.rot90(converted, self.turns), np.uint8)

    def luma(self) -> Image:
        """Return the brightness; the decoder's own, uncopied, where nothing is to be scaled or turned."""
        luma = fitted(self._plane(), self.size)
        if self.turns:
            luma = np.ascontiguousarray(np.rot90(luma, self.turns))
        luma.flags.writeable = False
        return luma

    def _plane(self) -> Image:
        if self.decoded.format.name not in LUMA_FIRST:
            return np.asarray(self.decoded.reformat(format="gray", threads=1).to_ndarray(), np.uint8)
        plane = self.decoded.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
        return rows[:, : plane.width]


class VideoFootage(Footage):
    """A video file, or a stream by its URL.

    With `fps` the container's timestamps are ignored: frame n is at n / fps. Pictures are turned upright as
    the container says. A size that changes midway is scaled to the first frame's, with a warning. That a file
    was cut is only noticed where its header announces a length; MPEG-TS and raw video do not.
    """

    def __init__(self, source: str | Path, fps: float | None = None, warn: Warn = log_warning) -> None:
        """Open the source and decode its first frames.

        Raises:
            InputError: The source cannot be opened, holds no video that can be decoded, or its timestamps do
                not tell its speed and `fps` is not given.
        """
        self._source = source
        self._name = shown(source)
        self._warn = warn
        self._given_fps = fps
        self._container = open_container(source)
        try:
            self._read_header()
            self._read_first_frames()
        except BaseException:
            self.close()
            raise

    @cached_property
    def digest(self) -> str | None:
        """SHA-256 of the file as 64 hex digits, None for a stream."""
        if is_url(self._source):
            return None
        with Path(self._source).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def __iter__(self) -> Iterator[Frame]:
        """Return the frames that were not read yet."""
        return self._frames

    def close(self) -> None:
        """Close the file or connection."""
        self._container.close()

    def _read_header(self) -> None:
        self._stream = video_stream(self._container, self._name)
        if not has_timestamps(self._container):
            self._need_fps("there are no timestamps")
        self._stream.thread_type = "AUTO"
        self._announced = announced_duration(self._container, self._stream)
        self.created = creation_time(self._container)
        self.frame_count = self._stream.frames or None
        self.duration = self._announced

    def _read_first_frames(self) -> None:
        self._damaged_second: int | None = None
        self._clock = Clock(self._warn)
        self._decoder = Decoder(self._container, self._stream, self._on_damage)
        decoded = self._decoder.frames()
        ahead = list(islice(decoded, 1 if is_url(self._source) else LOOK_AHEAD))
        if not ahead:
            raise InputError(f"no frame of {self._name} can be decoded")
        self._set_rate(ahead)
        self._coded_size = (ahead[0].width, ahead[0].height)
        self._turns = round(ahead[0].rotation / 90) % 4
        self.size = self._coded_size[::-1] if self._turns % 2 else self._coded_size
        self._frames = self._timed(chain(ahead, decoded))

    def _set_rate(self, ahead: Sequence[VideoFrame]) -> None:
        """Take the header's rate if the first frames' timestamps bear it out, else the timestamps'."""
        self._gap = usual_gap([stamp(frame) for frame in ahead])
        if len(ahead) > 1 and (self._gap is None or self._gap < 0.9 / FASTEST):
            self._need_fps("the timestamps make no sense")
            self._gap = self._announced = None
        rate = self._stream.average_rate
        self.fps = float(rate) if rate and 0 < rate <= FASTEST else None
        if self._gap and not (self.fps and 2 / 3 < self.fps * self._gap < 3 / 2):
            self.fps = 1 / self._gap
            self.frame_count = None
        if self._given_fps:
            self.fps = self._given_fps
            self.duration = self.frame_count / self.fps if self.frame_count else self._announced
        self._clock.step = 1 / (self.fps or 25)

    def _need_fps(self, why: str) -> None:
        if self._given_fps is None:
            raise InputError(f"{why} in {self._name}: say how many frames a second with --fps N")

    def _timed(self, decoded: Iterator[VideoFrame]) -> Iterator[Frame]:
        yielded = 0
        warned = False
        for count, picture in enumerate(decoded):
            time = self._clock.read(count / self._given_fps if self._given_fps else stamp(picture))
            if time is None:
                continue
            if not warned and (picture.width, picture.height) != self._coded_size:
                warned = True
                self._warn(size_warning(f"at {time:.1f} s", self.size))
            yield Frame(yielded, time, DecodedPicture(picture, self._coded_size, self._turns))
            yielded += 1
        self._check_end(yielded)

    def _check_end(self, yielded: int) -> None:
        left_out = self._clock.left_out
        if left_out:
            why = "as their timestamps do not move on"
            self._warn(f"frames left out, {why}: {left_out} (--fps N keeps every frame)")
        if self._decoder.failure or self._cut_off(yielded + left_out):
            raise FootageBroken(self._broken())

    def _cut_off(self, decoded: int) -> bool:
        """Return whether both time and frames are missing: either alone is off in many a sound file."""
        if self._announced is None or (self.frame_count and decoded >= self.frame_count):
            return False
        return self._announced - self._decoder.reached > max(MISSING, 3 * (self._gap or 0))

    def _broken(self) -> str:
        whole = f" of {self.duration:.1f} s" if self.duration else ""
        reason = f" ({self._decoder.failure})" if self._decoder.failure else ""
        return f"{self._name} breaks off at {self._clock.time or 0:.1f} s{whole}{reason}"

    def _on_damage(self, at: float | None) -> None:
        """Warn of damage, at most once for each second of footage."""
        media_time = self._clock.media_time(None if self._given_fps else at)
        if self._damaged_second != int(media_time):
            self._damaged_second = int(media_time)
            self._warn(f"a damaged picture at {media_time:.1f} s: reading on")


def usual_gap(stamps: Sequence[float | None]) -> float | None:
    """Return the median time between frames in seconds, None where no two timestamps are known.

    >>> usual_gap([0.0, 0.5, 1.0, None, 2.0, 2.5]), usual_gap([3.0])
    (0.5, None)
    """
    gaps = [b - a for a, b in pairwise(stamps) if a is not None and b is not None]
    return median(gaps) if gaps else None
