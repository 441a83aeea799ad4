"""Stills to train on: single frames of short random trips, with the boxes of what is seen in them."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue

import cv2
import numpy as np

from cart.errors import InputError
from cart.scenes import storage
from cart.scenes.environment import RenderFailed
from cart.scenes.production import RENDER, Progress, model_of, pictures, rehearsal
from cart.scenes.products.range import Product
from cart.scenes.render.protocol import Job, read_job, write_text
from cart.scenes.trips.boxes import visible_boxes, visible_items, yolo_lines
from cart.scenes.trips.draw import complete, draw_still_script
from cart.scenes.trips.script import Script, items_in_order
from cart.scenes.workers import Workers

PICKS = 4
"""Stills of one scene."""
_QUALITY = 92
_RECORDED = ("box", "share", "filled", "held")
_ATTEMPTS = 20
_AT_ONCE = 4
"""Scenes that one process renders, so that its start is shared."""


@dataclass(frozen=True)
class Stills:
    """A folder of stills: `images/*.jpg`, `labels/*.txt` (YOLO), `items/*.json` and a manifest.

    The last have, for each item seen, its product and what `VisibleItem` tells of it.
    """

    folder: Path
    count: int
    cpu_seconds: float
    """What those made now took together."""
    made: int


def make_stills(
    count: int,
    seed: int,
    products: Sequence[Product],
    size: tuple[int, int],
    jobs: int,
    progress: Progress,
    gloved: float | None = None,
) -> Stills:
    """Render stills until there are so many of a seed; those made before are kept.

    Scene k of seed s has the script of seed s * 100000 + k, so sets of different seeds share no scene.
    `gloved` is as in `draw_still_script`.

    Raises:
        InputError: the count or size makes no sense, the seed's stills are of another range or other
            gloves, or nothing can be written.
        RenderFailed: a render process failed; run again to go on.
    """
    if count < 1:
        raise InputError("ask for at least one still")
    folder = storage.stills_folder(seed, size)
    for name in ("images", "labels", "items"):
        (folder / name).mkdir(exist_ok=True)
    manifest = storage.Manifest(folder)
    _settle(folder, {"range": sorted({p.gtin[2:6] for p in products}), "gloves": gloved})
    wanted = {number: min(PICKS, count - PICKS * number) for number in range(-(-count // PICKS))}
    missing = [
        number for number in wanted if number not in manifest or _there(folder, number) < wanted[number]
    ]
    cost: list[float] = []
    done = count - sum(wanted[number] for number in missing)
    progress("stills", done, count)
    chunks = [missing[k : k + _AT_ONCE] for k in range(0, len(missing), _AT_ONCE)]
    free: SimpleQueue[int] = SimpleQueue()
    for core in range(jobs):
        free.put(core)

    def draw(number: int, attempt: int) -> Script:
        drawn = draw_still_script(seed * 100_000 + number, attempt, products, size, gloved)
        return complete(drawn, products)

    def make(numbers: Sequence[int]) -> tuple[dict[int, tuple[Script, Job]], list[float]]:
        core = free.get()
        try:
            return _make_scenes(folder, numbers, draw, core)
        finally:
            free.put(core)

    with ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(make, chunk) for chunk in chunks]
        try:
            for scenes in as_completed(running):
                made, chunk_cost = scenes.result()
                cost += chunk_cost
                for number, (script, job) in made.items():
                    _write(folder, number, script, job, wanted[number])
                    manifest.add(number, script=json.loads(script.model_dump_json()))
                    storage.clear(job.folder)
                    done += wanted[number]
                progress("stills", done, count)
        finally:
            pool.shutdown(cancel_futures=True)
    return Stills(folder, count, sum(cost), len(cost))


def _settle(folder: Path, facts: dict[str, object]) -> None:
    """Record what a set of stills is made of, or see that it is made of the same.

    Raises:
        InputError: it is made of something else.
    """
    file = folder / "set.json"
    if not file.exists():
        write_text(file, json.dumps(facts))
    elif json.loads(file.read_text(encoding="utf-8")) != facts:
        raise InputError(
            f"{folder} holds stills of another --range-seed or --gloves: take another --seed, or remove it"
        )


def _there(folder: Path, number: int) -> int:
    return len(list((folder / "images").glob(f"{number:05d}_*.jpg")))


def _make_scenes(
    folder: Path,
    numbers: Sequence[int],
    draw: Callable[[int, int], Script],
    core: int,
) -> tuple[dict[int, tuple[Script, Job]], list[float]]:
    """Render some scenes in one process; returns each one's script and job, and each still's CPU seconds."""
    played: dict[int, tuple[Script, Path]] = {}
    for attempt in range(_ATTEMPTS):
        waiting: dict[int, tuple[Script, Path]] = {}
        for number in numbers:
            if number not in played:
                script = draw(number, attempt)
                waiting[number] = script, storage.job_folder(folder / "jobs", script)
                storage.give_models(waiting[number][1], items_in_order(script), model_of)
        if not waiting:
            break
        Workers(1, lambda _: None, core).run([rehearsal([job for _, job in waiting.values()], PICKS)])
        for number, (script, job) in waiting.items():
            if (job / "truth.json").exists():
                played[number] = script, job
            else:
                storage.clear(job)
    else:
        raise RenderFailed(f"a scene of {folder.name} cannot be played; take another seed")
    cost: list[float] = []
    render = Workers(1, lambda line: cost.append(float(line["cpu_s"])), core)
    render.run([(RENDER, [str(job) for _, job in played.values()])])
    return {number: (script, read_job(job)) for number, (script, job) in played.items()}, cost


def _write(folder: Path, number: int, script: Script, job: Job, wanted: int) -> None:
    full = json.loads((job.folder / "boxes.json").read_text())
    for k, (picture, ids) in enumerate(islice(pictures(job, script), wanted)):
        name = f"{number:05d}_{k}"
        _, data = cv2.imencode(
            ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        )
        items = [
            {"gtin": job.take.products[one.item], **{name: getattr(one, name) for name in _RECORDED}}
            for one in visible_items(ids, full[k])
        ]
        write_text(folder / "items" / f"{name}.json", json.dumps(items))
        write_text(folder / "labels" / f"{name}.txt", yolo_lines(visible_boxes(ids, full[k]), script.size))
        (folder / "images" / f"{name}.jpg").write_bytes(np.asarray(data).tobytes())
