"""From scripts to footage with its truth: rehearse, render, put through the camera chain, encode."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cart.errors import InputError
from cart.scenes import storage
from cart.scenes.camera_chain import CameraChain, draw_sensor
from cart.scenes.environment import CannotRehearse, body_assets
from cart.scenes.geometry import Bytes, Model
from cart.scenes.products import build
from cart.scenes.products.range import Product, product_by_gtin
from cart.scenes.render.plan import shares
from cart.scenes.render.protocol import Job, read_job, read_picture, write_picture, write_text
from cart.scenes.stage.lens import distort
from cart.scenes.trips.bag import bag_model
from cart.scenes.trips.boxes import visible_boxes, yolo_lines
from cart.scenes.trips.draw import complete
from cart.scenes.trips.script import BAG, Script, items_in_order
from cart.scenes.workers import Command, Workers
from cart.vision.footage.writer import VideoWriter

REHEARSE, RENDER = "cart.scenes.trips.rehearse", "cart.scenes.render.blender"

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""

_NOISE = {"even": 1.0, "dim": 3.0, "glaring": 0.7, "mixed": 1.2}


@dataclass(frozen=True)
class Footage:
    """Files of a trip that was made."""

    video: Path
    truth: Path
    opening: Path
    cpu_seconds: float
    """What the frames rendered now took together; those that were there before took none."""
    rendered: int
    """Frames rendered now."""


def make_trip(
    script: Script,
    products: Sequence[Product],
    out: Path,
    jobs: int,
    progress: Progress,
    *,
    labels: bool = False,
) -> Footage:
    """Make a trip's video, truth and opening in a folder; what is rendered already is not rendered again.

    Args:
        script: what happens; what it leaves open is drawn from its seed.
        products: the range to shop from.
        out: folder to write to.
        jobs: render processes at once.
        progress: is told how far it is.
        labels: also write a folder `NAME.labels`; docs/scenes.md says what is in it.

    Raises:
        InputError: the script cannot be played, or the folder cannot be written.
        RenderFailed: a render process failed; run again to go on.
    """
    whole = complete(script, products)
    job, cost = _rendered(storage.job_folder(storage.trips_folder(), whole), whole, jobs, progress)
    truth = json.loads((job.folder / "truth.json").read_text())
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make {out}: {error.strerror}") from None
    files = [out / f"{script.name}{ending}" for ending in (".mp4", ".truth.json", ".opening.toml")]
    _encode(job, whole, files[0], progress)
    write_text(files[1], json.dumps(truth, indent=1) + "\n")
    write_text(files[2], _opening_text(truth["opening"]))
    if labels:
        _write_labels(job, out / f"{script.name}.labels")
    return Footage(files[0], files[1], files[2], sum(cost), len(cost))


def _rendered(folder: Path, script: Script, jobs: int, progress: Progress) -> tuple[Job, list[float]]:
    """Rehearse and render a job as far as that is not done; returns each new frame's CPU seconds."""
    if not (folder / "truth.json").exists():
        progress("rehearse", 0, len(script.steps))
        storage.give_models(folder, items_in_order(script), model_of)

        def heard(line: dict[str, Any]) -> None:
            if "cannot_play" in line:
                raise CannotRehearse(str(line["cannot_play"]))
            progress("rehearse", int(line["step"]), len(script.steps))

        Workers(1, heard).run([rehearsal([folder])])
    job = read_job(folder)
    count = len(job.take.frames)
    missing = [frame for frame in range(count) if not job.is_done(frame)]
    cost: list[float] = []

    def told(line: dict[str, Any]) -> None:
        cost.append(float(line["cpu_s"]))
        progress("render", count - len(missing) + len(cost), count)

    progress("render", count - len(missing), count)
    if missing:
        parts = shares(count, jobs)
        Workers(jobs, told).run([(RENDER, [str(folder), "--frames", f"{a}:{b}"]) for a, b in parts])
    return job, cost


def rehearsal(folders: Sequence[Path], picks: int = 0) -> Command:
    """Return the command that plays the scripts of job folders; with picks, for so many stills of each."""
    return REHEARSE, [str(body_assets()), str(picks), *map(str, folders)]


def model_of(gtin: str) -> Model:
    """Build the model of a product of a trip."""
    return bag_model() if gtin == BAG else build.model(product_by_gtin(gtin))


def pictures(job: Job, script: Script) -> Iterator[tuple[Bytes, Bytes]]:
    """Give each frame's picture (H, W, 3) in RGB, as its camera gives it, and id mask (H, W)."""
    rng = np.random.default_rng([script.seed, 5])
    noise = script.noise if script.noise is not None else _NOISE[job.take.light.kind]
    chain = CameraChain(draw_sensor(rng, noise), script.size)
    for frame in range(len(job.take.frames)):
        sharp = distort(job.take.camera, read_picture(job.frame_file(frame)))
        ids = distort(job.take.camera, read_picture(job.ids_file(frame)), ids=True)
        yield chain(sharp, frame, float(job.take.times[job.take.frames[frame, 1]])), ids


def _encode(job: Job, script: Script, file: Path, progress: Progress) -> None:
    count = len(job.take.frames)
    unfinished = file.with_name(f".{file.name}.part")
    with VideoWriter(unfinished, script.size, script.fps) as video:
        for frame, (picture, _) in enumerate(pictures(job, script)):
            video.write(np.ascontiguousarray(picture[:, :, ::-1]), frame / script.fps)
            progress("encode", frame + 1, count)
    unfinished.replace(file)


def _write_labels(job: Job, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    full = json.loads((job.folder / "boxes.json").read_text())
    for frame, boxes in enumerate(full):
        ids = distort(job.take.camera, read_picture(job.ids_file(frame)), ids=True)
        write_text(folder / f"{frame:05d}.txt", yolo_lines(visible_boxes(ids, boxes), job.take.camera.size))
        write_picture(folder / f"{frame:05d}.png", ids)
    write_text(folder / "boxes.json", json.dumps(full))
    arms = [{"shopper": k // 2 + 1, "hand": ("left", "right")[k % 2]} for k in range(len(job.take.arms))]
    write_text(folder / "things.json", json.dumps({"items": job.take.products, "hands": arms}, indent=1))


def _opening_text(polygon: Sequence[Sequence[float]]) -> str:
    corners = ", ".join(f"[{x}, {y}]" for x, y in polygon)
    return f"[opening]\npolygon = [{corners}]\n"
