"""Print how fast the pipeline is, beside the floor and the peers, interleaved in one run.

Run: python benchmarks/vision.py [--rounds N] [--frames N] [--only NAME,...] [--json FILE]

Every contender decodes the same clip and runs the same weights on two threads, in a process of its own; each
round runs all of them in turn. Ratios are taken within a round and their medians printed. Exit 1 where one of
our bounds does not hold. Names: floor, cart, cart-gated, linezone, counter-openvino, counter-torch.
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import clips
from contenders import CART, ENTRIES, GATED, Lap, Setup, measure, warm_up
from report import Results, as_json, bounds, table
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeElapsedColumn

from cart.vision import weights
from cart.vision.detection import PACKAGED

THREADS = 2
WIDTH = 110  # of the table


class Stable:
    """The contenders, each alive in a process of its own."""

    def __init__(self, names: list[str], setup: Setup, stack: ExitStack) -> None:
        """Start a process for each; they end with `stack`."""
        context = multiprocessing.get_context("spawn")
        self._setup = setup
        self._processes = {
            name: stack.enter_context(ProcessPoolExecutor(max_workers=1, mp_context=context))
            for name in names
        }

    def warm_up(self, name: str, clip: Path) -> str:
        """Let a contender load, compile and see a few frames; return its network's precision."""
        return self._processes[name].submit(warm_up, name, self._setup, clip).result()

    def measure(self, name: str, clip: Path, most: int | None) -> Lap:
        """Let a contender run over a clip."""
        return self._processes[name].submit(measure, name, self._setup, clip, most).result()


def keep_to_cores(count: int) -> None:
    """Let this process, and all that it starts, use only so many cores and threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])
    os.environ["OMP_NUM_THREADS"] = str(count)


def make_clips(folder: Path, console: Console, most: int | None) -> tuple[str, dict[str, Path]]:
    """Write the clips; return the name of the footage and the files."""
    source = clips.find_source()
    if source != clips.SOURCES[0]:
        console.print(f"{clips.SOURCES[0].file.name} is not here: measuring on {source.file.name}")
    with console.status("scaling the clips"):
        trip = clips.make_trip(source, folder / "trip.mp4", most)
        idle = clips.make_idle(source, folder / "idle.mp4")
    return source.file.name, {"trip": trip, "idle": idle}


def available(wanted: list[str], console: Console) -> list[str]:
    """Return those of the contenders whose packages are installed, and say which are not."""
    for name in wanted:
        if missing := ENTRIES[name].missing():
            console.print(f"{name}: skipped, {', '.join(missing)} missing: pip install 'smart-cart[bench]'")
    return [name for name in wanted if not ENTRIES[name].missing()]


def run_rounds(
    stable: Stable, results: Results, clip_files: dict[str, Path], rounds: int, most: int | None
) -> None:
    """Fill the results: all contenders in turn, round after round."""
    legs = [("trip", name) for name in results.precisions]
    legs += [("idle", name) for name in (CART, GATED) if name in results.precisions]
    with Progress(
        *Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeElapsedColumn(), refresh_per_second=1
    ) as progress:
        task = progress.add_task("", total=rounds * len(legs))
        for _ in range(rounds):
            for clip, name in legs:
                progress.update(task, description=f"{name} on {clip}")
                results.add(clip, name, stable.measure(name, clip_files[clip], most))
                progress.advance(task)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds (5)")
    parser.add_argument(
        "--frames", type=int, help="only so many frames, to try it out; bounds are not judged"
    )
    parser.add_argument("--only", default=",".join(ENTRIES), help="names of contenders, with commas between")
    parser.add_argument("--json", type=Path, help="write every lap and figure to this file")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    if unknown := set(arguments.only) - set(ENTRIES):
        parser.error(f"no such contender: {', '.join(sorted(unknown))}; there are {', '.join(ENTRIES)}")
    if arguments.rounds < 1 or (arguments.frames is not None and arguments.frames < 1):
        parser.error("--rounds and --frames must be at least 1")
    return arguments


def main() -> int:
    """Measure and print; return 1 where a bound does not hold."""
    arguments, console = parse(), Console(width=WIDTH)
    keep_to_cores(THREADS)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        footage, clip_files = make_clips(folder, console, arguments.frames)
        names = available(arguments.only, console)
        stable = Stable(names, Setup(weights.packaged(PACKAGED), clips.SIZE, folder, THREADS), stack)
        with console.status("loading the contenders"):
            results = Results(footage, {name: stable.warm_up(name, clip_files["trip"]) for name in names})
        run_rounds(stable, results, clip_files, arguments.rounds, arguments.frames)
    console.print(table(results))
    held = True
    for bound in bounds(results) if arguments.frames is None else ():
        console.print(str(bound))
        held = held and bound.held
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(results), indent=1) + "\n", encoding="utf-8")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
