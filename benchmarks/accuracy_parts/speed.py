"""How fast the pipeline is beside the floor and the peers: what `benchmarks/vision.py` measures, judged."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from contenders import CART, FLOOR, Lap
from report import Results, Spread

from accuracy_parts.clips import ROOT
from accuracy_parts.row import Row
from accuracy_parts.work import Work
from cart.errors import CartError

PART = "speed, no gate, same weights"
MOST_TIMES_FLOOR = 1.25
PEERS = {
    "counter-torch": ("ultralytics' ObjectCounter in torch", 5.0),
    "counter-openvino": ("its OpenVINO form", 1.5),
}
HOW = "run `make bench`, then `python benchmarks/accuracy.py --speed`"
_TIME, _RATE = "time, decoding and bare inference = 1", "frames a second, {} = 1"


def rows(work: Work) -> Iterator[Row]:
    """Run the benchmark, and hold its ratios to what is asked."""
    if any(find_spec(name) is None for name in ("ultralytics", "shapely")):
        yield from unmeasured(f"skipped: {HOW}")
        return
    with tempfile.TemporaryDirectory() as folder:
        laps = Path(folder) / "laps.json"
        names = ",".join((FLOOR, CART, *PEERS))
        command = [
            sys.executable,
            str(ROOT / "benchmarks" / "vision.py"),
            f"--only={names}",
            f"--json={laps}",
        ]
        for _ in work.track([command], "speed"):
            ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if not laps.exists():
            raise CartError(ended.stderr.strip())
        yield from judged(json.loads(laps.read_text(encoding="utf-8"))["laps"])


def unmeasured(why: str = HOW) -> Iterator[Row]:
    """Yield the rows without figures."""
    yield Row(PART, _TIME, why, f"at most {MOST_TIMES_FLOOR:g}")
    for name, least in PEERS.values():
        yield Row(PART, _RATE.format(name), why, f"at least {least:g}")


def judged(laps: list[dict[str, Any]]) -> Iterator[Row]:
    """Yield the medians of the ratios within a round."""
    results = Results("", {})
    for lap in laps:
        counts = {name: lap[name] for name in ("frames", "seconds", "cpu_seconds", "asleep")}
        results.add(lap["clip"], lap["contender"], Lap(**counts))
    floor = results.times_as_long("trip", CART, FLOOR)
    yield _row(_TIME, floor, f"at most {MOST_TIMES_FLOOR:g}", held=floor.median <= MOST_TIMES_FLOOR)
    for contender, (name, least) in PEERS.items():
        times = results.times_as_long("trip", contender, CART)
        yield _row(_RATE.format(name), times, f"at least {least:g}", held=times.median >= least)


def _row(what: str, times: Spread, asked: str, *, held: bool) -> Row:
    return Row(PART, what, f"{times}, median of the rounds", asked, held, figures=asdict(times))
