"""Render what `make evaluate` measures on: trips, a catalog and stills of products that nothing learns from.

Run: python benchmarks/evaluation_data.py [--jobs N]

About an hour; what is there is kept, so a run that was broken off goes on. The seeds below are reserved: no
training and no tuning uses them (training uses range 1, the sample videos range 0).
"""

import argparse
import subprocess
import sys
from pathlib import Path

from cart.scenes.storage import stills_folder
from cart.settings import settings

RANGE = 3
PRODUCTS, PICTURES_A_PRODUCT = 326, 8
TRIPS, FIRST_TRIP, SECONDS = 12, 7000, 12
STILLS, STILLS_SEED, SIZE = 280, 3, (480, 360)
MAKE = "make evaluation-data"


def catalog() -> Path:
    """Return the folder of the catalog."""
    return settings().data / "evaluation" / "catalog"


def trips() -> Path:
    """Return the folder of the trips."""
    return settings().data / "evaluation" / "trips"


def stills() -> Path:
    """Return the folder of the stills."""
    return stills_folder(STILLS_SEED, SIZE)


def commands() -> list[list[str]]:
    """Return what `cart scenes` is asked for."""
    span = ["--seconds", str(SECONDS), "--out", str(trips())]
    return [
        ["trip", "--seed", str(FIRST_TRIP), "--count", str(TRIPS), *span],
        ["catalog", str(catalog()), "--count", str(PRODUCTS)],
        ["stills", "--count", str(STILLS), "--seed", str(STILLS_SEED)],
    ]


def main() -> int:
    """Render all; return the exit status of the first command that fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, help="render processes at once (one a core)")
    jobs = parser.parse_args().jobs
    for command in commands():
        given = [*command, "--range-seed", str(RANGE), *(["--jobs", str(jobs)] if jobs else [])]
        print("cart scenes", *given, flush=True)
        status = subprocess.run([sys.executable, "-m", "cart", "scenes", *given], check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
