"""Whether a source repeats one picture: a live sensor never does, as its noise differs from frame to frame.

Rendered or hard-compressed footage of a still scene does repeat pictures, so that the same few seconds mean
nothing there. A source is therefore held to what it has shown: one whose pictures differ though nothing moves
is frozen after a few seconds of repeats, one that has repeated itself before only after much longer.
"""

import numpy as np

from cart.vision.health.reading import Grey

SOON_SECONDS = 5.0
"""Repeats that mean a frozen picture where the source is known to be noisy."""

LATE_SECONDS = 60.0
"""Repeats that mean it for any live source."""

_SAME_SHARE = 0.01  # of the pixels looked at, that may differ in a repeated picture
_NOISY_SECONDS = 5.0  # pictures must have differed for so long before a source counts as noisy
_TIMES_LONGEST = 3.0  # how much longer than any repeat that ended by itself
_REMEMBERED_SECONDS = 0.6  # shorter repeats are no habit: a doubled frame


class Freeze:
    """Follows how long one source has repeated a picture.

    Args:
        live: the source is a camera at work, so that a long repeat is always a fault.
    """

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._last: Grey | None = None
        self._last_time = 0.0
        self._since = 0.0
        self._differed = 0.0
        self._odd = False
        self._longest = 0.0
        self._told = False

    def look(self, time: float, samples: Grey) -> float:
        """Return for how many seconds the picture has been the same, up to `time`."""
        if self._last is None or self._last.shape != samples.shape:
            self._restart(time)
        elif np.count_nonzero(self._last != samples) <= _SAME_SHARE * samples.size:
            self._odd = False
        elif self._odd or time - self._since < _REMEMBERED_SECONDS:
            self._differed += time - self._last_time
            self._restart(time)
        else:  # a single odd picture may be an encoder's key frame of the same picture
            self._odd = True
        self._last, self._last_time = samples, time
        return time - self._since

    def resume(self) -> None:
        """Take in that nobody looked for a while: what is seen next is no repeat of what was seen before."""
        self._last, self._told = None, False

    def frozen(self, seconds: float) -> bool:
        """Tell whether a repeat of so many seconds means that the source is frozen."""
        self._told = seconds >= self._limit()
        return self._told

    def _limit(self) -> float:
        if self._differed >= _NOISY_SECONDS:
            return min(LATE_SECONDS, max(SOON_SECONDS, _TIMES_LONGEST * self._longest))
        return LATE_SECONDS if self._live else float("inf")

    def _restart(self, time: float) -> None:
        lasted = self._last_time - self._since if self._last is not None else 0.0
        if not self._told and lasted >= _REMEMBERED_SECONDS:
            self._longest = max(self._longest, lasted)
        self._since, self._odd, self._told = time, False, False
