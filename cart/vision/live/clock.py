"""The time of live frames: when each was taken, in seconds since the first one.

The rule. A frame cannot arrive before it is taken, so `arrival - stamp` is the shift between two clocks plus
however long that frame was on its way. Where these delays differ little over the last seconds, the stream's
timestamps keep pace with the clock on the wall; then a frame was taken at its stamp plus the smallest delay
of late, which takes the network's jitter out. Where they do not (MJPEG over HTTP has numbers counted at 25 a
second, whatever the camera does; a clock that was set; a stalled network), a frame counts as taken when it
arrived. After a gap the delays are forgotten, and the first frames count as taken when they arrived. Time
never goes back.
"""

import time
from collections import deque

WINDOW = 3.0
"""Seconds over which delays are compared."""

SHORTEST = 1.0
"""Seconds of frames that it takes to trust the timestamps."""

SPREAD = 0.25
"""Seconds by which delays may differ where the timestamps keep pace."""

STEP = 0.0001
"""Seconds from one frame to the next at the least: little, for a stall ends with a burst of frames, and time
must not run ahead of the clock on the wall meanwhile."""


def now() -> float:
    """Return seconds of a clock that never goes back and counts the time that the machine was asleep."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class StreamClock:
    """Turns timestamps and arrivals of one stream's frames, in order, into media time.

    >>> clock = StreamClock()
    >>> [clock.read(stamp=None, arrival=at) for at in (100.0, 100.5, 100.4)]
    [0.0, 0.5, 0.5001]
    """

    def __init__(self) -> None:
        """Start before the first frame."""
        self.start: float | None = None
        """When the first frame arrived, in seconds of the clock of arrivals."""
        self._last = -STEP
        self._delays: deque[tuple[float, float]] = deque()

    def read(self, stamp: float | None, arrival: float) -> float:
        """Return when a frame was taken, in seconds after the first frame arrived.

        Args:
            stamp: seconds by the stream's own clock, None where it has none.
            arrival: seconds by the clock that never goes back.
        """
        if self.start is None:
            self.start = arrival
        late = self._lateness(stamp, arrival)
        self._last = max(arrival - self.start - late, self._last + STEP)
        return self._last

    def forget(self) -> None:
        """Start anew after a gap: the stream's clock may be another one."""
        self._delays.clear()

    def _lateness(self, stamp: float | None, arrival: float) -> float:
        """Return for how much longer than the quickest of late this frame was on its way, 0 if unknown."""
        if stamp is None:
            self.forget()
            return 0.0
        delay = arrival - stamp
        self._delays.append((arrival, delay))
        while arrival - self._delays[0][0] > WINDOW:
            self._delays.popleft()
        smallest = min(delay for _, delay in self._delays)
        largest = max(delay for _, delay in self._delays)
        keeps_pace = largest - smallest <= SPREAD and arrival - self._delays[0][0] >= SHORTEST
        return delay - smallest if keeps_pace else 0.0
