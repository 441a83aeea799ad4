"""From laps to figures, and how they are shown.

A machine's speed drifts, so a contender is held against another that ran in the same round, and the median of
those ratios is the figure to quote.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from contenders import CART, ENTRIES, FLOOR, GATED, Lap
from rich.table import Table

MOST_TIMES_FLOOR = 1.5
LEAST_GATE_GAIN = 5.0


@dataclass(frozen=True)
class Spread:
    """The median of a figure over the rounds, and its extremes."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of some values.

        >>> Spread.of([3.0, 1.0, 2.0])
        Spread(median=2.0, low=1.0, high=3.0)
        """
        return cls(median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass
class Results:
    """All laps of a run.

    Attributes:
        footage: name of the clip measured on.
        precisions: arithmetic of each contender's network, in the order of running.
        laps: by clip (`trip`, `idle`) and contender, one a round.
    """

    footage: str
    precisions: dict[str, str]
    laps: dict[tuple[str, str], list[Lap]] = field(default_factory=lambda: defaultdict(list))

    def add(self, clip: str, name: str, lap: Lap) -> None:
        """Take in a lap."""
        self.laps[clip, name].append(lap)

    def frames_per_second(self, clip: str, name: str) -> Spread:
        """Return the frames a second of each round."""
        return Spread.of([lap.frames / lap.seconds for lap in self.laps[clip, name]])

    def cpu_milliseconds(self, clip: str, name: str) -> Spread:
        """Return the processor's milliseconds for a frame, all threads together."""
        return Spread.of([1000 * lap.cpu_seconds / lap.frames for lap in self.laps[clip, name]])

    def times_as_long(self, clip: str, name: str, as_other: str) -> Spread:
        """Return how many times as long a frame takes as with another contender, round by round."""
        pairs = zip(self.laps[clip, name], self.laps[clip, as_other], strict=True)
        return Spread.of([(a.seconds / a.frames) / (b.seconds / b.frames) for a, b in pairs])

    def asleep(self, clip: str, name: str) -> float:
        """Return the share of frames, 0..1, for which the detector did not run."""
        laps = self.laps[clip, name]
        return sum(lap.asleep for lap in laps) / sum(lap.frames for lap in laps)


@dataclass(frozen=True)
class Bound:
    """A figure that we promise, and what was measured."""

    what: str
    measured: Spread
    limit: str
    held: bool

    def __str__(self) -> str:
        return f"{self.what}: {self.measured}; {self.limit}: {'held' if self.held else 'NOT held'}"


def bounds(results: Results) -> Iterator[Bound]:
    """Yield the bounds that this run can tell of."""
    if {FLOOR, CART} <= results.precisions.keys():
        times = results.times_as_long("trip", CART, FLOOR)
        limit = f"at most {MOST_TIMES_FLOOR}"
        yield Bound("whole pipeline, times the floor", times, limit, times.median <= MOST_TIMES_FLOOR)
    if {CART, GATED} <= results.precisions.keys():
        times = results.times_as_long("idle", CART, GATED)
        limit = f"at least {LEAST_GATE_GAIN:g}"
        yield Bound("idle footage, times faster with the gate", times, limit, times.median >= LEAST_GATE_GAIN)


def table(results: Results) -> Table:
    """Return the table of all contenders on both clips: medians over the rounds."""
    rounds = max(map(len, results.laps.values()))
    shown = Table(title=f"medians of {rounds} rounds (lowest to highest)", title_justify="left")
    shown.add_column("clip and contender")
    for heading in ("network", "frames/s", "times the floor", "CPU ms a frame", "asleep"):
        shown.add_column(heading, justify="right")
    titles = {"trip": f"{results.footage} at 640x480", "idle": "a still stretch of it, to and fro"}
    for clip, title in titles.items():
        shown.add_section()
        shown.add_row(f"[bold]{title}")
        for name in [name for of_clip, name in results.laps if of_clip == clip]:
            shown.add_row(*_row(results, clip, name))
    return shown


def _row(results: Results, clip: str, name: str) -> tuple[str, ...]:
    has_floor = (clip, FLOOR) in results.laps
    return (
        f"  {ENTRIES[name].title}",
        results.precisions[name],
        f"{results.frames_per_second(clip, name).median:.1f}",
        str(results.times_as_long(clip, name, FLOOR)) if has_floor else "",
        f"{results.cpu_milliseconds(clip, name).median:.1f}",
        f"{results.asleep(clip, name):.0%}" if name == GATED else "",
    )


def as_json(results: Results) -> dict[str, Any]:
    """Return every lap and the bounds, ready for JSON."""
    return {
        "footage": results.footage,
        "precisions": results.precisions,
        "laps": [
            {"clip": clip, "contender": name, "round": number} | asdict(lap)
            for (clip, name), laps in results.laps.items()
            for number, lap in enumerate(laps, 1)
        ],
        "bounds": [asdict(bound) for bound in bounds(results)],
    }
