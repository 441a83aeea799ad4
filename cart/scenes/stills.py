"""Stills to train on: single frames of short random trips, with the boxes of what is seen in them."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from cart.errors import InputError
from cart.scenes import storage
from cart.scenes.environment import CannotRehearse, RenderFailed
from cart.scenes.production import Progress, pictures, rendered
from cart.scenes.products.range import Product
from cart.scenes.render.protocol import Job, write_text
from cart.scenes.trips.boxes import visible_boxes, yolo_lines
from cart.scenes.trips.draw import complete, draw_still_script
from cart.scenes.trips.script import Script

PICKS = 3
"""Stills of one scene."""
_QUALITY = 92
_ATTEMPTS = 20


@dataclass(frozen=True)
class Stills:
    """A folder of stills: `images/*.jpg`, `labels/*.txt` (YOLO) and a manifest."""

    folder: Path
    count: int
    cpu_seconds: float
    """What those made now took together."""
    made: int


def make_stills(
    count: int, seed: int, products: Sequence[Product], size: tuple[int, int], jobs: int, progress: Progress
) -> Stills:
    """Render stills until there are so many of a seed; those made before are kept.

    Scene k of seed s has the script of seed s * 100000 + k, so sets of different seeds share no scene.

    Raises:
        InputError: the count or size makes no sense, or nothing can be written.
        RenderFailed: a render process failed; run again to go on.
    """
    if count < 1:
        raise InputError("ask for at least one still")
    folder = storage.stills_folder(seed, size)
    for name in ("images", "labels"):
        (folder / name).mkdir(exist_ok=True)
    manifest = storage.Manifest(folder)
    missing = [number for number in range(-(-count // PICKS)) if number not in manifest]
    cost: list[float] = []
    done = count - sum(min(PICKS, count - PICKS * number) for number in missing)
    progress("stills", done, count)
    with ThreadPoolExecutor(jobs) as pool:
        scenes = [
            pool.submit(_make_scene, folder, number, min(PICKS, count - PICKS * number), seed, products, size)
            for number in missing
        ]
        try:
            for scene in as_completed(scenes):
                number, script, scene_cost = scene.result()
                manifest.add(number, script=json.loads(script.model_dump_json()))
                cost += scene_cost
                done += min(PICKS, count - PICKS * number)
                progress("stills", done, count)
        finally:
            pool.shutdown(cancel_futures=True)
    return Stills(folder, count, sum(cost), len(cost))


def _make_scene(
    folder: Path, number: int, wanted: int, seed: int, products: Sequence[Product], size: tuple[int, int]
) -> tuple[int, Script, list[float]]:
    """Make the stills of one scene; returns its number, its script and the CPU seconds of each frame."""
    problem: RenderFailed | None = None
    for attempt in range(_ATTEMPTS):
        script = complete(draw_still_script(seed * 100_000 + number, attempt, products, size), products)
        job_folder = storage.job_folder(folder / "jobs", script)
        try:
            job, cost = rendered(job_folder, script, 1, lambda *_: None, PICKS)
        except CannotRehearse as error:
            problem = error
        else:
            _write(folder, number, script, job, wanted)
            return number, script, cost
        finally:
            storage.clear(job_folder)
    raise RenderFailed(f"scene {number} of seed {seed} cannot be played; take another seed") from problem


def _write(folder: Path, number: int, script: Script, job: Job, wanted: int) -> None:
    full = json.loads((job.folder / "boxes.json").read_text())
    for k, (picture, ids) in enumerate(islice(pictures(job, script), wanted)):
        name = f"{number:05d}_{k}"
        _, data = cv2.imencode(
            ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )
        write_text(folder / "labels" / f"{name}.txt", yolo_lines(visible_boxes(ids, full[k]), script.size))
        (folder / "images" / f"{name}.jpg").write_bytes(np.asarray(data).tobytes())
