"""Camera health on real footage: nothing falsely degraded, and how soon made faults are told.

    python benchmarks/health.py

Each clip is played as it is, then once for each fault, which is laid over its middle third. Prints the
false alarms, the seconds from the fault's begin to `cart.camera.degraded` and from its end to
`cart.camera.recovered`, and what a frame costs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
from clips import SOURCES
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from cart.vision.footage import open_footage
from cart.vision.health import Health, HealthMonitor

Grey = NDArray[np.uint8]
Fault = Callable[[Grey, Grey], Grey]
"""Takes the picture at the fault's begin and the present one, and returns what the faulty camera gives."""

_NOISE_LEVELS = 2.0
_FOOTAGE = SOURCES[0].file.parent


@dataclass(frozen=True)
class Clip:
    """Footage to play: its file, the rate of stills, and the second at which to stop."""

    file: Path
    fps: float | None = None
    end: float = float("inf")

    def lumas(self) -> Iterator[tuple[float, Grey]]:
        """Yield the time and the brightness of each frame."""
        with open_footage(self.file, fps=self.fps) as footage:
            for frame in footage:
                if frame.time >= self.end:
                    return
                yield frame.time, frame.luma


CLIPS = (
    Clip(_FOOTAGE / "bottles.mp4"),
    Clip(_FOOTAGE / "basket.mp4", end=67.0),
    Clip(_FOOTAGE / "tray-stills", fps=1.0),
    Clip(SOURCES[1].file),
)


_RANDOM = np.random.default_rng(0)


def _noisy(picture: Grey) -> Grey:
    noise = _RANDOM.normal(0, _NOISE_LEVELS, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _paint(_: Grey, now: Grey, share: float) -> Grey:
    painted = now.copy()
    painted[:, : round(share * now.shape[1])] = 120
    return _noisy(painted)


def _blur(_: Grey, now: Grey, widths: float) -> Grey:
    return _noisy(np.asarray(cv2.GaussianBlur(now, (0, 0), widths * now.shape[1]), np.uint8))


def _gamma(_: Grey, now: Grey, power: float) -> Grey:
    return _noisy((255 * (now / 255) ** power).astype(np.uint8))


def _move(_: Grey, now: Grey, widths: float, degrees: float) -> Grey:
    height, width = now.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    turn[0, 2] += widths * width
    moved = cv2.warpAffine(now, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.uint8)


def _freeze(begin: Grey, _: Grey) -> Grey:
    return begin


FAULTS: dict[str, Fault] = {
    "painted over": partial(_paint, share=1.0),
    "painted over to 85 %": partial(_paint, share=0.85),
    "blur of 0.6 % of the width": partial(_blur, widths=0.006),
    "blur of 3 %": partial(_blur, widths=0.03),
    "gamma 6": partial(_gamma, power=6.0),
    "shifted by 3 %": partial(_move, widths=0.03, degrees=0.0),
    "shifted by 10 %": partial(_move, widths=0.10, degrees=0.0),
    "shifted by 40 %": partial(_move, widths=0.40, degrees=0.0),
    "turned by 5 degrees": partial(_move, widths=0.0, degrees=5.0),
    "frozen": _freeze,
}


@dataclass(frozen=True)
class Played:
    """The changes of state while a clip was played, and what the looks cost.

    Attributes:
        begin, end: seconds between which the fault was there.
        changes: time and health at each change of state.
        milliseconds: of each frame.
    """

    begin: float
    end: float
    changes: list[tuple[float, Health]]
    milliseconds: list[float]

    def alarms(self) -> list[tuple[float, Health]]:
        """Return the changes to a degraded state."""
        return [change for change in self.changes if change[1].degraded]

    def told(self) -> str:
        """Return what was told and how soon."""
        shown = [f"{at - self.begin:.1f} s {health.state}" for at, health in self.alarms()]
        return ", ".join(shown) or "never"

    def recovered(self) -> str:
        """Return how soon after its end the fault was called over."""
        times = [at for at, health in self.changes if at >= self.end and not health.degraded]
        return f"{times[0] - self.end:.1f} s" if times else "not in the footage"


def play(clip: Clip, fault: Fault | None) -> Played:
    """Play a clip, with a fault over its middle third."""
    frames = list(clip.lumas())
    last = frames[-1][0]
    begin, end = last / 3, 2 * last / 3
    monitor, changes, costs = HealthMonitor(), list[tuple[float, Health]](), list[float]()
    first: Grey | None = None
    for time, luma in frames:
        shown = luma
        if fault is not None and begin <= time < end:
            first = luma if first is None else first
            shown = fault(first, luma)
        started = perf_counter()
        health = monitor.look(time, shown)
        costs.append(1000 * (perf_counter() - started))
        if health is not None:
            changes.append((time, health))
    return Played(begin, end, changes, costs)


def main() -> None:
    """Print the table."""
    console = Console(width=130)
    clips = [clip for clip in CLIPS if clip.file.exists()]
    shown = Table("clip", "fault", "told after", "recovered after")
    for clip in clips:
        sound = play(clip, None)
        alarms = "; ".join(f"{at:.1f} s {health.state}" for at, health in sound.alarms()) or "no false alarm"
        cost = f"{np.mean(sound.milliseconds):.2f} ms a frame, {np.max(sound.milliseconds):.1f} at most"
        shown.add_section()
        shown.add_row(clip.file.name, "none", alarms, cost)
        for name, fault in FAULTS.items():
            played = play(clip, fault)
            shown.add_row("", name, played.told(), played.recovered())
    console.print(shown)


if __name__ == "__main__":
    main()
