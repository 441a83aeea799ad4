"""The range as a catalog folder: table and rendered reference pictures."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from cart.errors import InputError
from cart.scenes import storage
from cart.scenes.environment import body_assets
from cart.scenes.geometry import Pose
from cart.scenes.production import RENDER, Progress, model_of
from cart.scenes.products.catalog import VIEWS, is_table_of, picture_paths, reference_views, write_table
from cart.scenes.products.range import Product, products
from cart.scenes.render.protocol import Job, read_models, read_picture, write_job
from cart.scenes.stage.lens import distort
from cart.scenes.take import CameraSpec, CartSpec, LightSpec, SurroundingsSpec, Take
from cart.scenes.workers import Workers
from cart.settings import settings

_TABLE = 0.8  # metres above the store's floor
_GROUND = CartSpec(
    kind="tray", size=(5.0, 5.0, 0.03), taper=0.98, floor_height=_TABLE, color=(0.93, 0.93, 0.93)
)
_LIGHT = LightSpec(
    sky="studio", sky_strength=0.8, lamps=((-0.6, -0.9, 2.6, 1.0, 1.0, 30.0, 5000.0, 0.0),), exposure=0.9
)
_QUALITY = 90


def make_catalog(
    out: Path, count: int, only: Sequence[str], range_seed: int, jobs: int, progress: Progress
) -> int:
    """Write a catalog folder; pictures that are there are kept, so a run that was broken off goes on.

    Args:
        out: the folder.
        count: so many of the range.
        only: GTINs or names to choose of these; all if there are none.
        range_seed: of the range.
        jobs: render processes at once.
        progress: is told how far it is.

    Returns:
        How many products it has.

    Raises:
        InputError: there is no such product, or the folder holds another catalog or cannot be written.
        RenderFailed: a render process failed.
    """
    chosen = _chosen(products(count, range_seed), only)
    if (out / "products.csv").exists() and not is_table_of(out / "products.csv", chosen):
        raise InputError(f"{out} holds another catalog: give a folder that is new or empty")
    try:
        write_table(out, chosen)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from None
    missing = [p for p in chosen if not all(file.exists() for file in picture_paths(out, p))]
    work = settings().data / "catalog"
    made = [job for product in missing for job in _jobs(work, product)]
    done = VIEWS * (len(chosen) - len(missing))

    def told(_: dict[str, object]) -> None:
        nonlocal done
        done += 1
        progress("catalog", done, VIEWS * len(chosen))

    progress("catalog", done, VIEWS * len(chosen))
    shares = [[str(job.folder) for job in made[k::jobs]] for k in range(jobs)]
    Workers(jobs, told).run([(RENDER, share) for share in shares if share])
    for k, product in enumerate(missing):
        for job, file in zip(made[k * VIEWS : (k + 1) * VIEWS], picture_paths(out, product), strict=True):
            _write_picture(job, file)
    storage.clear(work)
    return len(chosen)


def _chosen(everything: Sequence[Product], only: Sequence[str]) -> list[Product]:
    unknown = [name for name in only if not any(name in (p.gtin, p.name) for p in everything)]
    if unknown:
        raise InputError(f"there is no product '{unknown[0]}' among these {len(everything)}")
    return [p for p in everything if not only or p.gtin in only or p.name in only]


def _jobs(work: Path, product: Product) -> list[Job]:
    """Write a render job of one frame for each reference view of a product."""
    made = []
    for number, (pose, camera) in enumerate(reference_views(product)):
        folder = work / f"{product.gtin}-{number}"
        storage.give_models(folder, [product.gtin], model_of)
        take = still(product, pose, camera)
        made.append(write_job(folder, take, read_models(folder, [product.gtin]), body_assets()))
    return made


def still(product: Product, pose: Pose, camera: CameraSpec) -> Take:
    """Return the take of one picture of a product on a plain light table.

    Args:
        product: what is shown.
        pose: on the ground z = 0.
        camera: above that ground.
    """
    place = np.concatenate([pose.place + np.array([0, 0, _TABLE]), pose.turn])
    x, y, z = camera.place
    raised = replace(camera, place=(x, y, z + _TABLE), target=(*camera.target[:2], camera.target[2] + _TABLE))
    return Take(
        camera=raised,
        cart=_GROUND,
        light=_LIGHT,
        surroundings=SurroundingsSpec(floor="vinyl", shelves=False),
        products=(product.gtin,),
        arms=(),
        times=np.zeros(3),
        frames=np.arange(3).reshape(1, 3),
        items=np.tile(place, (3, 1, 1)),
        joints=np.zeros((3, 0, 1, 4, 4)),
        floor_shift=np.zeros((3, 2)),
        held=np.full((3, 1), -1),
        helped=np.full((3, 1), -1),
    )


def _write_picture(job: Job, file: Path) -> None:
    picture = distort(job.take.camera, read_picture(job.frame_file(0)))
    file.parent.mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    file.write_bytes(np.asarray(data).tobytes())
