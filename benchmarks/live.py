"""Print how live cameras do: through lost streams, over an hour, and how late events are told.

Run: python benchmarks/live.py [--only gaps,soak,age] [--camera http|rtsp] [--kills 20] [--runs 1]
                               [--minutes 60] [--rounds 10]

gaps  A real server, MJPEG over HTTP or H.264 over RTSP, plays the sample trip by the wall clock, with its
      quiet moments drawn out, and is killed and started again at random moments, others in each run; events
      are held against the truth. A true event counts as inside a gap where the gap touches the time of its
      visit, from 2 s before it to 1 s after it.
soak  The trip looped at forced speed: memory and open handles after each minute of footage.
age   Two cameras at 15 frames a second on two cores: from an event's media time to the moment it is told.
Exit 1 where a bound does not hold. Needs Linux, for the figures of the process.
"""

import argparse
import math
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "vision" / "live"))

from real_cameras import MJPEG, RTSP, TestCamera, reel_of_video, write_h264_reel, write_reel  # noqa: E402  (beside the tests that use it)

from cart.catalog import load_catalog  # noqa: E402
from cart.evaluation import load_truth  # noqa: E402
from cart.evaluation.matching import UnitEvent, match  # noqa: E402
from cart.evaluation.units import units_found, units_true  # noqa: E402
from cart.events import CartEvent  # noqa: E402
from cart.vision.live import Live  # noqa: E402
from cart.vision.recorded import Options  # noqa: E402

FOOTAGE = ROOT / "tests" / "footage"
TRIP = FOOTAGE / "starter_trip.mp4"
OPTIONS = Options(catalog=FOOTAGE / "catalog", opening=FOOTAGE / "starter_trip.opening.toml")
TRIP_SECONDS = 23.0

QUIET = (1.5, 5.3, 9.0, 13.0, 17.0, 21.5)
"""Seconds of the trip at which nobody is in the picture."""
BEFORE, AFTER = 2.0, 1.0
"""Seconds of a visit before and after its event."""
LATE = 10.0
"""Seconds within which what a gap hid has to be told."""

CAMERAS = {"http": (write_reel, MJPEG), "rtsp": (write_h264_reel, RTSP)}

PITCH = 10.0
"""Seconds of the scene from kill to kill."""

MOST_AGE = 1.0
SHARE_IN_TIME = 0.95
MOST_GROWTH_MB = 20.0


# Through lost streams.


@dataclass
class Outage:
    """When the server was gone, in seconds of the scene, and until when no frame was seen."""

    began: float
    ended: float = math.inf


@dataclass
class Killer:
    """Kills a camera and starts it again at random moments."""

    camera: TestCamera
    moments: list[float]
    rng: random.Random
    outages: list[Outage] = field(default_factory=list)
    _back_at: float | None = None

    def act(self, seconds: float, *, sees: bool) -> None:
        """Do what is due at this second of the scene; `sees` tells that a frame has just come."""
        if self._back_at is not None:
            if seconds >= self._back_at:
                self.camera.start()
                self._back_at = None
        elif self.outages and math.isinf(self.outages[-1].ended):
            if sees:
                self.outages[-1].ended = seconds
        elif self.moments and seconds >= self.moments[0]:
            self.moments.pop(0)
            self.camera.kill()
            self.outages.append(Outage(seconds))
            self._back_at = seconds + self.rng.uniform(0.2, 2.0)


def drawn_out(hold: float) -> Callable[[float], float]:
    """Return when a moment of the trip is seen, with each quiet moment held so long."""
    return lambda seconds: seconds + hold * sum(seconds > quiet for quiet in QUIET)


def all_gaps(kind: str, kills: int, runs: int, console: Console) -> bool:
    """Let a camera be killed in several runs; return whether the events are those of the truth in each."""
    held = [gaps(kind, kills, seed, console) for seed in range(1, runs + 1)]
    return all(held)


def gaps(kind: str, kills: int, seed: int, console: Console) -> bool:
    """Kill the camera again and again; return whether the events are those of the truth."""
    stretch = drawn_out(max(0.0, kills * PITCH - TRIP_SECONDS) / len(QUIET))
    length, rng = stretch(TRIP_SECONDS), random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        write, server = CAMERAS[kind]
        camera = TestCamera(reel_of_video(folder / "trip.zip", TRIP, stretch, write=write), server=server)
        stack.callback(camera.kill)
        pitch = (length - 4.0) / kills
        killer = Killer(camera, [2 + pitch * (n + rng.uniform(0.1, 0.4)) for n in range(kills)], rng)
        live = stack.enter_context(Live([camera.url], OPTIONS, warn=lambda _: None))
        handles = open_handles()
        start = live.cameras[0].start.timestamp() - camera.epoch
        events = watch_until(live, camera, killer, length)
        console.print(
            f"gaps, {kind}, run {seed}: {len(killer.outages)} kills in {length:.0f} s, "
            f"{live.cameras[0].figures.reconnects} times back, "
            f"{live.cameras[0].figures.gaps} gaps seen; "
            f"median {median(gone.ended - gone.began for gone in killer.outages):.1f} s; "
            f"{open_handles() - handles:+d} open handles"
        )
    return judge(events, start, stretch, killer.outages, console)


def watch_until(live: Live, camera: TestCamera, killer: Killer, length: float) -> list[CartEvent]:
    """Watch a scene until its end, and return all events."""
    events: list[CartEvent] = []
    for turn in live:
        seconds = time.time() - camera.epoch
        events += turn.events if turn is not None else []
        killer.act(seconds, sees=turn is not None and turn.sight is not None)
        if seconds > length - 0.3:
            break
    return events + [event for turn in live.finish() for event in turn.events]


def judge(
    events: Sequence[CartEvent],
    start: float,
    stretch: Callable[[float], float],
    outages: Sequence[Outage],
    console: Console,
) -> bool:
    """Hold events against the truth, both in seconds of the scene; return whether none is missed or false."""
    catalog, truth = load_catalog(FOOTAGE / "catalog"), load_truth(TRIP.with_suffix(".truth.json"))
    found = [moved(unit, unit.t + start) for unit in units_found(events, catalog)]
    seen = (moved(unit, stretch(unit.t)) for unit in units_true(truth, catalog))
    true = [unit for unit in seen if unit.t > start]  # what lay there at the first frame is no event
    pairs = dict(match(found, true, truth.tolerance_s, by_product=True))
    in_time = [true[number] for number in pairs.values()]
    extra = [n for n in range(len(found)) if n not in pairs]
    marked = [found[n] for n in extra if events[n].data.needs_review]
    wrong = [found[n] for n in extra if not events[n].data.needs_review]
    inside = [unit for unit in true if touches(unit.t, outages)]
    open_ = [unit for unit in true if unit not in in_time]
    late = match(marked, open_, LATE, by_product=True)
    told = [open_[n] for _, n in late]
    other = [unit for n, unit in enumerate(marked) if n not in dict(late)]
    missed = [unit for unit in open_ if unit not in inside]
    never = [unit for unit in open_ if unit in inside and unit not in told]
    console.print(
        f"  outside gaps: {len(true) - len(inside)} events, {len(missed)} missed; inside: {len(inside)}, "
        f"{sum(unit in in_time for unit in inside)} told in time, {len(told)} later for review, "
        f"{len(never)} never"
    )
    console.print(
        f"  false and not marked: {len(wrong)}; false but marked: {len(other)}; "
        f"contents at the end {'right' if contents(found) == contents(true) else 'wrong'}"
    )
    for what, units in (("false", wrong), ("marked", other), ("missed", missed), ("never told", never)):
        for unit in units:
            console.print(f"  {what}: {unit.action} {unit.label} at {unit.t:.1f} s")
    return not wrong and not missed


def moved(unit: UnitEvent, seconds: float) -> UnitEvent:
    """Return the same at another time."""
    return UnitEvent(seconds, unit.action, unit.product, unit.label)


def touches(seconds: float, outages: Sequence[Outage]) -> bool:
    """Return whether a visit around an event lies, in part, in an outage."""
    return any(gone.began <= seconds + AFTER and gone.ended >= seconds - BEFORE for gone in outages)


def contents(units: Sequence[UnitEvent]) -> Counter[str | None]:
    """Return what adds and removals leave in the cart, without what they cancel."""
    left: Counter[str | None] = Counter()
    for unit in units:
        left[unit.product] += 1 if unit.action == "add" else -1
    return Counter({product: count for product, count in left.items() if count})


# Over an hour.


def soak(minutes: float, console: Console) -> bool:
    """Loop the trip at forced speed; return whether memory and handles stay as they are."""
    begun, figures = time.monotonic(), list[tuple[float, float, int]]()
    with Live([str(TRIP)], OPTIONS, loop=True, speed=math.inf, warn=lambda _: None) as live:
        for turn in live:
            if turn is None or turn.sight is None:
                continue
            minute = turn.sight.frame.time / 60
            if minute >= len(figures) or minute >= minutes:
                figures.append((minute, resident_mb(), open_handles()))
                console.print(f"  {minute:5.1f} min  {figures[-1][1]:7.1f} MB  {figures[-1][2]} handles")
            if minute >= minutes:
                break
        processed = live.cameras[0].figures.processed
    early = next((row for row in figures if row[0] >= min(5.0, minutes / 2)), figures[-1])
    last, wall = figures[-1], time.monotonic() - begun
    console.print(
        f"soak: {last[0]:.0f} min of footage in {wall:.0f} s, {processed} frames; "
        f"from {early[1]:.1f} MB at {early[0]:.0f} min to {last[1]:.1f} MB, "
        f"handles from {early[2]} to {last[2]}"
    )
    return last[1] - early[1] <= MOST_GROWTH_MB and last[2] <= early[2]


def resident_mb() -> float:
    """Return how much memory this process holds, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def open_handles() -> int:
    """Return how many files and connections this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


# How late events are told.


def age(rounds: int, console: Console) -> bool:
    """Let two cameras play the trip; return whether events are told in time."""
    ages: list[float] = []
    rates: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        reel = reel_of_video(Path(folder) / "trip.zip", TRIP, fps=15)
        for _ in range(rounds):
            found, rate = play_two(reel)
            ages += found
            rates.append(rate)
    if not ages:
        console.print("age: no events")
        return False
    ages.sort()
    share = sum(found < MOST_AGE for found in ages) / len(ages)
    console.print(
        f"age: {len(ages)} events, two cameras at 15 frames a second, {median(rates):.1f} of them looked at; "
        f"{share:.0%} told within {MOST_AGE:g} s, median {median(ages):.2f} s, "
        f"p95 {ages[math.ceil(0.95 * len(ages)) - 1]:.2f} s, longest {ages[-1]:.2f} s"
    )
    return share >= SHARE_IN_TIME


def play_two(reel: Path) -> tuple[list[float], float]:
    """Play a reel on two cameras; return the events' ages, and the frames a second looked at of each."""
    ages = []
    with ExitStack() as stack:
        cameras = [TestCamera(reel), TestCamera(reel)]
        for camera in cameras:
            stack.callback(camera.kill)
        live = stack.enter_context(Live([each.url for each in cameras], OPTIONS, warn=lambda _: None))
        begun = time.monotonic()
        for turn in live:
            told = time.time()
            if turn is not None:
                start = turn.camera.start.timestamp()
                ages += [told - start - event.media_time for event in turn.events]
            if told - cameras[0].epoch > TRIP_SECONDS - 0.3:
                break
        looked = sum(camera.figures.processed for camera in live.cameras) / 2
    return ages, looked / (time.monotonic() - begun)


# The command.


def keep_to_cores(count: int) -> None:
    """Let this process, and all that it starts, use only so many cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="gaps,soak,age", help="which of gaps, soak and age (all)")
    parser.add_argument("--camera", choices=CAMERAS, default="http", help="that is killed (http)")
    parser.add_argument("--runs", type=int, default=1, help="of gaps, each with kills at other moments (1)")
    parser.add_argument("--kills", type=int, default=20, help="how often the camera is killed (20)")
    parser.add_argument("--minutes", type=float, default=60, help="footage to soak in (60)")
    parser.add_argument("--rounds", type=int, default=10, help="trips to take ages from (10)")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    if set(arguments.only) - {"gaps", "soak", "age"}:
        parser.error("--only takes gaps, soak and age, with commas between")
    if min(arguments.kills, arguments.runs, arguments.rounds) < 1 or arguments.minutes <= 0:
        parser.error("--kills, --runs, --minutes and --rounds must be more than 0")
    return arguments


def main() -> int:
    """Measure and print; return 1 where a bound does not hold."""
    arguments, console = parse(), Console(width=120, highlight=False)
    keep_to_cores(2)
    parts: dict[str, Callable[[], bool]] = {
        "gaps": lambda: all_gaps(arguments.camera, arguments.kills, arguments.runs, console),
        "soak": lambda: soak(arguments.minutes, console),
        "age": lambda: age(arguments.rounds, console),
    }
    held = [parts[name]() for name in parts if name in arguments.only]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
