"""Media time: from the timestamps in a container to seconds that only ever go forward."""

from cart.vision.footage.base import Warn

HICCUP = 3
"""Frames in a row that may come too early before the clock counts as set anew."""

GAP = 2.0
"""Seconds without a frame that are worth a warning, if they are ten steps too."""


class Clock:
    """Turns the timestamps of frames, in order of display, into media time.

    The first frame is at 0. A frame without a timestamp comes one step after the one before. A frame that is
    not later than the one before is left out. When more than `HICCUP` in a row are not, the clock was set
    back (two recordings joined, a camera that started again), and time goes on one step after the last frame.

    Attributes:
        step: Nominal time between frames in seconds.
        time: Media time of the last frame in seconds, None before the first.
        left_out: How many frames were left out.

    >>> clock = Clock(warn=print, step=0.5)
    >>> [clock.read(stamp) for stamp in (7.0, 7.5, 7.25, None, 9.0)]
    [0.0, 0.5, None, 1.0, 2.0]
    """

    def __init__(self, warn: Warn, step: float = 0.04) -> None:
        """Start before the first frame; `warn` is told of jumps and long gaps."""
        self.step = step
        self.left_out = 0
        self.time: float | None = None
        self._early = 0
        self._warn = warn
        self._origin: float | None = None

    def read(self, stamp: float | None) -> float | None:
        """Return the media time of a frame in seconds, or None if the frame is to be left out."""
        following = 0.0 if self.time is None else self.time + self.step
        if stamp is None:
            self.time = following
            return self.time
        if self._origin is None:
            self._origin = stamp - following
        time = stamp - self._origin
        if self.time is not None and time <= self.time:
            self._early += 1
            if self._early <= HICCUP:
                self.left_out += 1
                return None
            self._warn(f"timestamps jump back at {self.time:.1f} s: time goes on from there")
            self._origin = stamp - following
            time = following
        self._note_gap(time)
        self._early = 0
        self.time = time
        return time

    def _note_gap(self, time: float) -> None:
        if self.time is not None and time - self.time > max(GAP, 10 * self.step):
            self._warn(f"no pictures between {self.time:.1f} s and {time:.1f} s")

    def media_time(self, stamp: float | None) -> float:
        """Return where a timestamp lies in media time; that of the last frame if it cannot be told."""
        if stamp is None or self._origin is None:
            return self.time or 0.0
        return max(0.0, stamp - self._origin)
