"""How much memory `cart webcam` takes, with one camera and with one more."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import sleep

from accuracy_parts.clips import ROOT, SAMPLES
from accuracy_parts.row import Row
from accuracy_parts.work import Work
from cart.errors import CartError

PART = "memory"
ONE_CAMERA_MB, EACH_MORE_MB = 600.0, 150.0
SECONDS = 20.0
SOAK = "python benchmarks/live.py --only soak"
_STATUS = Path("/proc/self/status")


def rows(work: Work) -> Iterator[Row]:
    """Watch a sample trip with its catalog on one camera, then on two."""
    if not _STATUS.exists():
        yield Row(PART, "one camera, each more", "skipped: read from /proc, which Linux has")
    else:
        one, two = (peak_mb(cameras) for cameras in work.track((1, 2), "memory"))
        yield megabytes("peak with one camera", one, ONE_CAMERA_MB)
        yield megabytes("more with a second one", two - one, EACH_MORE_MB)
    yield Row(PART, "growth over an hour", f"run `{SOAK}`", "at most 20 MB")


def megabytes(what: str, measured: float, most: float) -> Row:
    """Return the row of an amount of memory."""
    return Row(
        PART, what, f"{measured:.0f} MB", f"under {most:g} MB", measured < most, figures={"mb": measured}
    )


def peak_mb(cameras: int) -> float:
    """Return the most memory, in megabytes, that a run over so many cameras held at a time.

    It is read from the process while it runs: what the system tells of one that has ended may be the memory
    of the process that started it.
    """
    trip, catalog = SAMPLES / "first_trip.mp4", SAMPLES / "catalog"
    options = ["--catalog", str(catalog), "--no-window", "--no-gate", "--quiet", "--loop"]
    command = [sys.executable, "-m", "cart", "webcam", *[str(trip)] * cameras, *options]
    process = subprocess.Popen(
        [*command, "--seconds", str(SECONDS)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _peak_so_far(process.pid))
        sleep(0.1)
    if process.returncode:
        raise CartError(process.communicate()[1].strip())
    return peak


def _peak_so_far(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    held = [line.split()[1] for line in status if line.startswith("VmHWM:")]
    return int(held[0]) * 1024 / 1e6 if held else 0.0
