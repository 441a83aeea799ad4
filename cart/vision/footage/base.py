"""What every kind of footage is: timed frames, read once from the first to the last."""

import logging
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Protocol, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.errors import InputError

Image = NDArray[np.uint8]
"""Pixels, 0..255: `(height, width, 3)` in the order blue, green, red, or `(height, width)` for luma."""

Warn = Callable[[str], None]
"""Takes one line, written for the user, about footage that is read all the same."""

FASTEST = 1000
"""Frames a second above which a rate or the timestamps cannot be right."""

log_warning: Warn = logging.getLogger(__name__).warning


class Picture(Protocol):
    """Where a frame's pixels come from; asked only when somebody looks."""

    def image(self) -> Image:
        """Return the picture, `(height, width, 3)`, blue, green, red."""

    def luma(self) -> Image:
        """Return the brightness alone, `(height, width)`."""


@dataclass(frozen=True)
class Still:
    """A picture that is in memory already."""

    pixels: Image

    def image(self) -> Image:
        """Return the picture itself."""
        return self.pixels

    def luma(self) -> Image:
        """Return the picture in grey."""
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), np.uint8)


@dataclass(frozen=True, eq=False)
class Frame:
    """One frame: its place in the footage, its media time in seconds and its pixels.

    >>> frame = Frame.from_image(0, 0.0, np.zeros((4, 6, 3), np.uint8))
    >>> frame.image.shape, frame.luma.shape
    ((4, 6, 3), (4, 6))
    """

    index: int
    time: float
    picture: Picture = field(repr=False)

    @classmethod
    def from_image(cls, index: int, time: float, image: Image) -> Self:
        """Make a frame of pixels at hand, `(height, width, 3)`."""
        return cls(index, time, Still(image))

    @cached_property
    def image(self) -> Image:
        """`(height, width, 3)`, blue, green, red; converted on first use and kept."""
        return self.picture.image()

    @cached_property
    def luma(self) -> Image:
        """`(height, width)`, the brightness; costs next to nothing for most video. Not to be written to."""
        return self.picture.luma()


class Footage(ABC):
    """Timed frames of one size; iterate once, and close it (or use `with`).

    Iterating yields every frame that can be decoded, its `time` always greater than that of the frame before,
    and then raises `FootageBroken` if the footage broke off before its end.

    Attributes:
        size: Width and height of every frame in pixels.
        fps: Nominal frames a second, None where unknown.
        duration: Length in seconds as announced, None where unknown.
        frame_count: Number of frames to expect, for a progress bar; None where unknown.
        created: When the recording was made, aware UTC, None where the container does not say.
    """

    size: tuple[int, int]
    fps: float | None
    duration: float | None
    frame_count: int | None
    created: datetime | None = None

    @property
    @abstractmethod
    def digest(self) -> str | None:
        """SHA-256 of the content as 64 hex digits; None for a stream, which has no content to hold on to."""

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Return the frames that were not read yet."""

    def close(self) -> None:  # noqa: B027  (stills hold nothing open)
        """Let go of the file or connection."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def fitted(image: Image, size: tuple[int, int]) -> Image:
    """Return the image scaled to `size`, width and height; the image itself if it has that size."""
    if image.shape[1::-1] == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def size_warning(where: str, size: tuple[int, int]) -> str:
    """Return the warning that the pictures change size somewhere and are scaled to `size`."""
    return f"the size changes {where}: scaled to {size[0]}x{size[1]}"


def sample(frames: Iterable[Frame], every: float | None) -> Iterator[Frame]:
    """Yield the first frame at or after each multiple of `every` seconds; all frames where it is None.

    Raises:
        InputError: `every` is not a number above zero.
    """
    if every is None:
        return iter(frames)
    if not (0 < every < math.inf):
        raise InputError(f"--every must be more than 0 seconds, not {every:g}")
    return _first_of_each(frames, every)


def _first_of_each(frames: Iterable[Frame], every: float) -> Iterator[Frame]:
    previous = -1
    for frame in frames:
        slot = math.floor((frame.time + 1e-6) / every)
        if slot > previous:
            previous = slot
            yield frame
