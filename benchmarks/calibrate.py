"""How well `cart calibrate` finds openings: overlap with the true ones over the trips of folders.

    python benchmarks/calibrate.py [FOLDER ...]

A trip is NAME.mp4 with NAME.opening.toml beside it; by default those of tests/footage/ and sample_videos/.
Prints for each trip the intersection over union, the confidence, and whether it would be asked about instead;
then the median.
"""

import sys
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from cart.vision.calibration import Proposal, propose, survey
from cart.vision.calibration.proposal import SURE
from cart.vision.detection import load_detector
from cart.vision.footage import open_footage
from cart.vision.opening import Point, load_polygon

_ROOT = Path(__file__).resolve().parents[1]
_TRIPS = (_ROOT / "tests" / "footage", _ROOT / "sample_videos")
_GRID = 1000


def overlap(a: tuple[Point, ...], b: tuple[Point, ...]) -> float:
    """Return the intersection over union of two polygons of fractions 0..1."""
    first, second = (_filled(polygon) for polygon in (a, b))
    return float(np.count_nonzero(first & second) / np.count_nonzero(first | second))


def _filled(polygon: tuple[Point, ...]) -> np.ndarray:
    mask = np.zeros((_GRID, _GRID), np.uint8)
    cv2.fillPoly(mask, [np.rint(np.array(polygon) * _GRID).astype(np.int32)], 1)
    return mask


def main() -> None:
    """Print the table."""
    folders = [Path(name) for name in sys.argv[1:]] or list(_TRIPS)
    trips = [trip for folder in folders for trip in sorted(folder.glob("*.mp4")) if _truth(trip).is_file()]
    detector = load_detector()
    shown = Table("trip", "overlap", "confidence", "taken")
    overlaps, taken = list[float](), list[float]()
    for trip in trips:
        with open_footage(trip) as footage:
            found: Proposal | None = propose(survey(footage, detector))
        share = overlap(found.polygon, load_polygon(_truth(trip))) if found is not None else 0.0
        sure = found is not None and found.confidence >= SURE
        overlaps.append(share)
        taken += [share] if sure else []
        confidence = f"{found.confidence:.2f}" if found is not None else "none found"
        shown.add_row(trip.stem, f"{share:.3f}", confidence, "yes" if sure else "asks")
    console = Console()
    console.print(shown)
    if overlaps:
        console.print(f"median overlap {median(overlaps):.3f} over {len(overlaps)} trips; asked for", end=" ")
        console.print(f"{len(overlaps) - len(taken)}; worst taken {min(taken, default=0.0):.3f}")


def _truth(trip: Path) -> Path:
    return trip.with_name(f"{trip.stem}.opening.toml")


if __name__ == "__main__":
    main()
