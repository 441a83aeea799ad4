"""Renders job folders in Blender, one process a core: `python -m cart.scenes.render.blender JOB [JOB ...]`.

Prints one JSON object a line: `{"job", "frame", "cpu_s", "rendered_share"}` for each frame done, in the
order in which they are done; `{"error"}` if it cannot go on. Exit codes: 0 all asked for is there, 1 the
rendering broke off, 2 bad arguments or a folder that is no job.
"""

import argparse
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cart.scenes.render.masks import Masks
from cart.scenes.render.picture import Meter, develop, meter, paste
from cart.scenes.render.plan import Step, plan
from cart.scenes.render.protocol import Job, read_job, read_picture, write_picture, write_text
from cart.scenes.render.scene import Scene
from cart.scenes.render.state import State, read_state

METER_SCALE = 0.2


class Worker:
    """Renders frames of one job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._state: State = read_state(job)
        self._masks = Masks(self._state)
        self._scene = Scene(self._state, job.take.seed)
        self._meter: Meter | None = None

    def render(self, frame: int) -> Iterator[tuple[int, float]]:
        """Render a frame and what it is made from.

        Yields each frame done and the share of it that was rendered.
        """
        steps = [plan(self._state, frame)]
        while (base := steps[-1].base) is not None and not self._job.is_done(base):
            steps.append(plan(self._state, base))
        for step in reversed(steps):
            yield step.frame, self._make(step)

    def _make(self, step: Step) -> float:
        moments = self._state.moments(step.frame)
        if step.base is not None and step.part is None:
            picture = read_picture(self._job.frame_file(step.base))
            share = 0.0
        else:
            with _quiet():
                setting = self._metered()
                self._scene.show(moments)
                light = self._scene.render(self._scratch, step.part)
            picture = develop(light, setting)
            share = 1.0
            if step.base is not None and step.part is not None:
                whole = read_picture(self._job.frame_file(step.base))
                share = picture.shape[0] * picture.shape[1] / (whole.shape[0] * whole.shape[1])
                picture = paste(whole, picture, step.part)
        write_picture(self._job.ids_file(step.frame), self._masks.ids(moments))
        write_picture(self._job.frame_file(step.frame), picture)
        return share

    def _metered(self) -> Meter:
        """Return what the camera sets itself to at the take's first frame; the same in each process."""
        if self._meter is None:
            file = self._job.folder / "meter.json"
            if not file.exists():
                self._scene.show(self._state.moments(0))
                light = self._scene.render(self._scratch, scale=METER_SCALE)
                setting = meter(light, self._job.take.light.exposure)
                write_text(file, json.dumps({"gains": setting.gains}))
            self._meter = Meter(tuple(json.loads(file.read_text())["gains"]))
        return self._meter

    @property
    def _scratch(self) -> Path:
        return self._job.folder / f".render.{os.getpid()}.exr"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m cart.scenes.render.blender", description=__doc__)
    parser.add_argument("jobs", nargs="+", type=Path, metavar="JOB", help="a folder that write_job wrote")
    parser.add_argument("--frames", metavar="A:B", help="only frames A up to B - 1")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    told = 0.0
    try:
        for folder in asked.jobs:
            job = read_job(folder)
            first, behind = _range(asked.frames, len(job.take.frames))
            told = _render(job, range(first, behind), told)
    except ValueError as wrong:
        _say({"error": str(wrong)})
        return 2
    except (OSError, RuntimeError, MemoryError) as broken:
        _say({"error": f"the rendering broke off: {broken}"})
        return 1
    return 0


def _render(job: Job, frames: range, told: float) -> float:
    """Render frames; `told` is the processor time told of already, and so is what is returned."""
    missing = [frame for frame in frames if not job.is_done(frame)]
    if not missing:
        return told
    worker = Worker(job)
    for frame in missing:
        if job.is_done(frame):
            continue
        for done, share in worker.render(frame):
            now = _cpu_seconds()
            cost, told = round(now - told, 3), now
            _say({"job": str(job.folder), "frame": done, "cpu_s": cost, "rendered_share": round(share, 3)})
    return told


def _range(text: str | None, frames: int) -> tuple[int, int]:
    """Read A:B.

    Raises:
        ValueError: It is no range within the take.
    """
    if text is None:
        return 0, frames
    first, colon, behind = text.partition(":")
    if colon and first.isdigit() and behind.isdigit() and int(first) < int(behind) <= frames:
        return int(first), int(behind)
    raise ValueError(f"--frames {text} should be A:B with 0 <= A < B <= {frames}")


def _cpu_seconds() -> float:
    """Return the seconds of processor time this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _end(*_: object) -> None:
    """End at once, but tidily."""
    sys.exit(128 + signal.SIGTERM)


@contextmanager
def _quiet() -> Iterator[None]:
    """Send what Blender prints to nowhere."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
