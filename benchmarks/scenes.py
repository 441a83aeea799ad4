"""What rendering costs: CPU-seconds a still and a frame of a trip, at 480x360 with motion blur and denoising.

    python benchmarks/scenes.py [--stills N] [--script FILE] [--json FILE]

Stills of a seed of its own and one trip are made anew. What counts is all processor time from script to file:
rehearsal, start of the programs, rendering, camera chain, encoding. Exit 1 where a bound does not hold.
"""

import argparse
import json
import resource
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cart.scenes import storage
from cart.scenes.production import make_trip
from cart.scenes.products.range import products
from cart.scenes.stills import make_stills
from cart.scenes.trips.draw import complete
from cart.scenes.trips.script import read_script
from cart.settings import settings

SEED = 9999
SIZE = (480, 360)
STILL_BOUND, FRAME_BOUND = 4.5, 2.5
"""CPU-seconds."""


def main() -> int:
    """Render, print the table, and tell whether the bounds hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stills", type=int, default=12, help="how many stills")
    parser.add_argument("--script", type=Path, default=Path("sample_videos/scripts/first_trip.toml"))
    parser.add_argument("--json", type=Path, help="also write the figures there")
    arguments = parser.parse_args()
    figures = {"still": _stills(arguments.stills), "frame": _trip(arguments.script)}
    bounds = {"still": STILL_BOUND, "frame": FRAME_BOUND}
    table = Table("one", "CPU-seconds", "at most", "rendered")
    for what, (cost, count) in figures.items():
        table.add_row(what, f"{cost:.2f}", f"{bounds[what]}", str(count))
    Console().print(table)
    if arguments.json:
        arguments.json.write_text(json.dumps({what: cost for what, (cost, _) in figures.items()}))
    return int(any(cost > bounds[what] for what, (cost, _) in figures.items()))


def _stills(count: int) -> tuple[float, int]:
    storage.clear(storage.stills_folder(SEED, SIZE))
    before = _processor_seconds()
    made = make_stills(count, SEED, products(), SIZE, 1, _quiet)
    return (_processor_seconds() - before) / made.made, made.made


def _trip(file: Path) -> tuple[float, int]:
    script = read_script(file)
    storage.clear(storage.job_folder(storage.trips_folder(), complete(script, products())))
    before = _processor_seconds()
    made = make_trip(script, products(), settings().data / "benchmark", 1, _quiet)
    return (_processor_seconds() - before) / made.rendered, made.rendered


def _processor_seconds() -> float:
    """Return what this process and those that it has waited for have taken so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _quiet(what: str, done: int, total: int) -> None:
    """Tell nothing."""


if __name__ == "__main__":
    sys.exit(main())
