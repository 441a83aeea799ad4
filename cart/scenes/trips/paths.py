"""How a hand gets from place to place: smooth, without a jerk at the ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cart.scenes.geometry import Floats, Pose, blend


@dataclass(frozen=True)
class Path:
    """Places and turns of a palm at growing times, with rest at both ends."""

    times: Floats
    """(K,) seconds."""
    places: Floats
    """(K, 3) metres."""
    turns: Floats
    """(K, 4) quaternions."""

    @property
    def end(self) -> float:
        """When the last place is reached."""
        return float(self.times[-1])

    def at(self, time: float) -> Pose:
        """Return the pose at a time, before and after it its ends (Catmull-Rom splines between places)."""
        t = self.times
        if time <= t[0]:
            return Pose(self.places[0], self.turns[0])
        if time >= t[-1]:
            return Pose(self.places[-1], self.turns[-1])
        k = int(np.searchsorted(t, time, side="right")) - 1
        width = t[k + 1] - t[k]
        s = (time - t[k]) / width
        begin, end = self._speed(k) * width, self._speed(k + 1) * width
        p, q = self.places[k], self.places[k + 1]
        place = (
            (2 * s**3 - 3 * s**2 + 1) * p
            + (s**3 - 2 * s**2 + s) * begin
            + (-2 * s**3 + 3 * s**2) * q
            + (s**3 - s**2) * end
        )
        smooth = s * s * (3 - 2 * s)
        return Pose(place, blend(self.turns[k], self.turns[k + 1], smooth))

    def _speed(self, k: int) -> Floats:
        if k in {0, len(self.times) - 1}:
            return np.zeros(3)
        return (self.places[k + 1] - self.places[k - 1]) / (self.times[k + 1] - self.times[k - 1])


def path(begin: float, poses: Sequence[Pose], speed: float, shortest: float = 0.12) -> Path:
    """Return a path through poses.

    Args:
        begin: when the first pose is left.
        poses: what to pass.
        speed: metres a second, on the average.
        shortest: seconds that the way from pose to pose takes at least.
    """
    places = np.array([p.place for p in poses])
    lengths = np.linalg.norm(np.diff(places, axis=0), axis=1)
    turned = np.array([2 * np.arccos(min(1.0, abs(float(a.turn @ b.turn)))) for a, b in pairwise(poses)])
    seconds = np.maximum(shortest, np.maximum(lengths / speed, turned / 5.0))
    seconds[[0, -1]] *= 1.3
    times = begin + np.concatenate([[0.0], np.cumsum(seconds)])
    return Path(times, places, np.array([p.turn for p in poses]))
