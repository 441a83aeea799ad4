"""A picture as it arrives, and the connection that it arrives over."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Protocol

from av.video.frame import VideoFrame

from cart.vision.footage import Frame, Image
from cart.vision.footage.base import Picture, Still, fitted
from cart.vision.footage.video import DecodedPicture
from cart.vision.live.clock import now


class StreamLost(Exception):
    """A connection gives no more pictures; its text says why, in a few words."""


@dataclass(frozen=True, eq=False)
class Shot:
    """A picture that has just arrived.

    Attributes:
        stamp: seconds by the camera's own clock, None where it has none.
        pixels: a decoded frame, converted only when somebody looks, or `(height, width, 3)` blue, green, red.
    """

    stamp: float | None
    pixels: VideoFrame | Image = field(repr=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, set upright."""
        if not isinstance(self.pixels, VideoFrame):
            return (self.pixels.shape[1], self.pixels.shape[0])
        return _turned((self.pixels.width, self.pixels.height), _quarter_turns(self.pixels))

    def picture(self, size: tuple[int, int]) -> Picture:
        """Return the picture set upright and scaled to `size`, width and height."""
        if not isinstance(self.pixels, VideoFrame):
            return Still(fitted(self.pixels, size))
        turns = _quarter_turns(self.pixels)
        return DecodedPicture(self.pixels, _turned(size, turns), turns)


class Connection(Protocol):
    """An open camera; used and closed by one thread."""

    def shots(self) -> Iterator[Shot | None]:
        """Yield the pictures as they arrive, and None now and then while something else does.

        Raises:
            StreamLost: no more will come.
        """

    def close(self) -> None:
        """Let go of the camera."""


class Source(Protocol):
    """A camera that can be opened, again and again.

    Attributes:
        name: what to call it; holds no password.
    """

    name: str

    def open(self) -> Connection:
        """Open the camera; takes a limited time.

        Raises:
            InputError: it cannot be opened now; says in one line what to do.
        """


def frames_of(source: Source) -> Iterator[Frame]:
    """Open a camera and yield its frames, timed as they arrive and of one size, until no more come.

    Raises:
        InputError: it cannot be opened.
    """
    size: tuple[int, int] | None = None
    with closing(source.open()) as connection, suppress(StreamLost):
        begun = now()
        for number, shot in enumerate(filter(None, connection.shots())):
            size = size or shot.size
            yield Frame(number, now() - begun, shot.picture(size))


def _quarter_turns(decoded: VideoFrame) -> int:
    return round(decoded.rotation / 90) % 4


def _turned(size: tuple[int, int], turns: int) -> tuple[int, int]:
    return size[::-1] if turns % 2 else size
