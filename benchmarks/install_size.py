"""Print how large the base install is and how long it takes: at most 650 MB and 60 s.

Run: python benchmarks/install_size.py
"""

import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_MEGABYTES, MOST_SECONDS = 650, 60


def folder_megabytes(folder: Path) -> float:
    """Return the size of all files below a folder, in megabytes of 10^6 bytes."""
    return sum(file.lstat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def main() -> int:
    """Install the base into an empty environment; exit 1 when it is larger or slower than we promise."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        began = time.monotonic()
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--no-compile", "-c", ROOT / "constraints.txt", ROOT],
            check=True,
        )
        seconds = time.monotonic() - began
        megabytes = folder_megabytes(Path(folder))
    print(
        f"base install: {megabytes:.0f} MB (at most {MOST_MEGABYTES}), "
        f"{seconds:.0f} s (at most {MOST_SECONDS})"
    )
    return int(megabytes > MOST_MEGABYTES or seconds > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
