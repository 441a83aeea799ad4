"""Where rendered data lie: a folder for each job below `$CART_DATA`, and a manifest of seeds for each set."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from cart.errors import InputError
from cart.scenes.geometry import Model
from cart.scenes.render.protocol import write_model, write_text
from cart.scenes.trips.script import Script
from cart.settings import settings

LOOK = 1
"""Number of the present look: raised when what was rendered before must not be mixed with what is new."""


def trips_folder() -> Path:
    """Return the folder of all trips' jobs."""
    return _made(settings().data / "trips")


def stills_folder(seed: int, size: tuple[int, int]) -> Path:
    """Return the folder of the stills of a seed and size."""
    return _made(settings().data / f"stills-{LOOK}-{seed}-{size[0]}x{size[1]}")


def references_folder(range_seed: int) -> Path:
    """Return where the reference pictures of a range are kept to train with."""
    return settings().data / f"references-{LOOK}-{range_seed}"


def digest(script: Script) -> str:
    """Return what tells a complete script, at the present look, from all others.

    Noise is added later. Gloves and a camera count only where they are named, so scripts from before they
    could be keep their digest.
    """
    left_out = {"noise"} | {name for name in ("gloves", "camera") if getattr(script, name) is None}
    text = f"{LOOK}{script.model_dump_json(exclude=left_out)}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def job_folder(parent: Path, script: Script) -> Path:
    """Return the folder of a complete script's job, with the script in it."""
    folder = _made(parent / f"{script.name}-{digest(script)}")
    write_text(folder / "script.json", script.model_dump_json(indent=1))
    return folder


class Manifest:
    """What of a set has been made: a file with a line for each seed, appended as each is done."""

    def __init__(self, folder: Path) -> None:
        """Open the manifest of a set's folder; a line that a kill cut off does not count."""
        self.file = folder / "manifest.jsonl"
        self._done: dict[int, dict[str, Any]] = {}
        for line in self._lines():
            self._done[int(line["seed"])] = line

    def __contains__(self, seed: int) -> bool:
        return seed in self._done

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._done[seed] for seed in sorted(self._done))

    def add(self, seed: int, **facts: Any) -> None:
        """Tell that a seed is done."""
        line = {"seed": seed, **facts}
        self._done[seed] = line
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.file.exists():
            return
        for text in self.file.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(text)
            except json.JSONDecodeError:
                continue


def give_models(folder: Path, gtins: Iterable[str], build: Callable[[str], Model]) -> None:
    """Put the models of products into a job's folder; each is built once for all jobs."""
    kept = _made(settings().data / f"models-{LOOK}")
    given = _made(folder / "models")
    for gtin in sorted(set(gtins)):
        if not (kept / f"{gtin}.npz").exists():
            write_model(kept / f"{gtin}.npz", build(gtin))
        if not (given / f"{gtin}.npz").exists():
            shutil.copyfile(kept / f"{gtin}.npz", given / f"{gtin}.npz")


def clear(folder: Path) -> None:
    """Remove a job's folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make {folder}: {error.strerror}; set CART_DATA to a folder with room"
        ) from None
    return folder
