"""The data set of a recipe: composed scenes and real stills, on disk as ultralytics reads them."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from cart.errors import InputError
from cart.scenes import storage
from cart.training import cutouts
from cart.training.bank import Bank, draw_bank
from cart.training.closer import closer
from cart.training.compose import compose
from cart.training.labelled import CLASSES, Labelled, Picture, read_rendered, read_stills, write_yolo
from cart.training.recipe import Recipe, Rendered, Stills
from cart.training.splat import Sprite

Progress = Callable[[str, int, int], None]
"""Told what is being made, how many are done, and how many there will be."""

RENDERED, RENDERED_HELD_OUT = "rendered.txt", "rendered_held_out.txt"
"""Files of a data set that list the rendered stills, which stay where they lie."""
_HELD_OUT_PACKSHOT = 5
_REAL_SHARE = 3


@dataclass(frozen=True, slots=True)
class Material:
    """What scenes of one split are composed of."""

    bank: Bank
    places: Sequence[Picture]


def build_dataset(recipe: Recipe, work: Path, progress: Progress = lambda *_: None) -> Path:
    """Compose and write the data set, or find it written before by the same recipe.

    Args:
        recipe: what to build; the same recipe and sources build the same data set.
        work: folder to write below.
        progress: told how far it is.

    Returns:
        The path of the `data.yaml` to train with.
    """
    key = recipe.digest("training", "start", "workers", "detection_size")
    folder = work / f"data-{key}-{recipe.training.imgsz}"
    description = folder / "data.yaml"
    if not description.exists():
        rendered = rendered_stills(recipe.sources.rendered)
        held_out = rendered_stills(recipe.sources.rendered_held_out)
        _write(recipe, folder, progress)
        _write_closer(recipe, rendered, folder, progress)
        _write_list(rendered * recipe.scenes.rendered_copies, folder / RENDERED)
        _write_list(held_out, folder / RENDERED_HELD_OUT)
        description.write_text(_description(folder))
    return description


def rendered_stills(sets: Sequence[Rendered]) -> list[Path]:
    """Return the files of rendered stills; their labels lie where ultralytics looks for them.

    Raises:
        InputError: some have not been rendered; says with which command to.
    """
    files: list[Path] = []
    for one in sets:
        there = sorted((storage.stills_folder(one.seed, one.size) / "images").glob("*.jpg"))[: one.count]
        if len(there) < one.count:
            command = f"--count {one.count} --seed {one.seed} --range-seed {one.range_seed}"
            size = f"--width {one.size[0]} --height {one.size[1]}"
            if one.gloves is not None:
                size += f" --gloves {one.gloves}"
            raise InputError(
                f"only {len(there)} of {one.count} stills are rendered; render them with: "
                f"cart scenes stills {command} {size}"
            )
        files += [file.resolve() for file in there]
    return files


def _write_list(files: Sequence[Path], listing: Path) -> None:
    if files:
        listing.write_text("".join(f"{file}\n" for file in files))


def _description(folder: Path) -> str:
    def of(split: str, listing: str) -> str:
        return json.dumps([f"images/{split}", *([listing] if (folder / listing).exists() else [])])

    return (
        f"path: {json.dumps(str(folder.resolve()))}\n"
        f"train: {of('train', RENDERED)}\nval: {of('val', RENDERED_HELD_OUT)}\n"
        f"names: {json.dumps(list(CLASSES))}\n"
    )


def _write(recipe: Recipe, folder: Path, progress: Progress) -> None:
    stills = read_all(recipe.sources.stills)
    held_out = read_all(recipe.sources.held_out)
    for copy in range(recipe.scenes.still_copies):
        write_yolo(stills, folder, "train", f"still{copy}")
    write_yolo(held_out, folder, "val", "still")
    for split, number, count, pictures in (
        ("train", 0, recipe.scenes.train, stills),
        ("val", 1, recipe.scenes.validation, held_out),
    ):
        material = gather(recipe, number, pictures, progress)
        made = scenes(material, recipe.seed * 2 + number, count, recipe.training.imgsz, recipe.workers)
        write_yolo(_counted(made, f"{split} scenes", count, progress), folder, split, "scene")


def _write_closer(recipe: Recipe, rendered: Sequence[Path], folder: Path, progress: Progress) -> None:
    for copy in range(recipe.scenes.closer):
        rng = np.random.default_rng([recipe.seed, 2, copy])
        parts = (closer(read_rendered(file), rng) for file in rendered)
        write_yolo(_counted(parts, "nearer", len(rendered), progress), folder, "train", f"closer{copy}")


def read_all(folders: Sequence[Stills]) -> list[Labelled]:
    """Read the stills of several folders."""
    return list(chain.from_iterable(read_stills(one.folder, one.first, one.last) for one in folders))


def gather(
    recipe: Recipe, split: int, stills: Sequence[Labelled], progress: Progress = lambda *_: None
) -> Material:
    """Draw and cut out what the scenes of one split are made of.

    Args:
        recipe: how much of it.
        split: 0 for training, 1 for validation: no cut-out is in both.
        stills: to cut from.
        progress: told how far it is.

    Raises:
        InputError: the folder of packshots holds none.
    """
    share = 1 if split == 0 else 4
    counts = [
        max(2, count // share) for count in (recipe.scenes.items, recipe.scenes.hands, recipe.scenes.grips)
    ]
    total, done = sum(counts) + counts[0], [0]

    def advance(more: int) -> None:
        done[0] += more
        progress("cut-outs", done[0], total)

    items, empty, grips = counts
    drawn = draw_bank(np.random.default_rng([recipe.seed, split]), items, empty, grips, progress=advance)
    shots = _packshots(recipe.sources.packshots, split)
    cut = cutouts.items(stills)
    real = _repeated([*shots, *cut], len(drawn.upright) // _REAL_SHARE)
    hands = _repeated(cutouts.hands(stills), len(drawn.hands) // 2)
    bank = Bank([*drawn.upright, *real], [*drawn.lying, *real], [*drawn.hands, *hands], drawn.grips)
    return Material(bank, [one.picture for one in stills if not one.labels])


def _packshots(folder: Path | None, split: int) -> list[Sprite]:
    if folder is None:
        return []
    shots = cutouts.packshots(folder)
    if not shots:
        raise InputError(f"no products on white in {folder}: check the recipe's packshots")
    return [shot for index, shot in enumerate(shots) if (index % _HELD_OUT_PACKSHOT == 0) == (split == 1)]


def _repeated(sprites: list[Sprite], least: int) -> list[Sprite]:
    """Repeat the few, so that they are seen among the many."""
    return sprites * max(1, round(least / len(sprites))) if sprites else []


def scenes(material: Material, seed: int, count: int, size: int, workers: int = 1) -> Iterator[Labelled]:
    """Compose scenes; scene i is the same whatever the number of workers.

    Args:
        material: what they are made of.
        seed: of the first; scene i is drawn from (seed, i).
        count: how many.
        size: side of the square picture in pixels.
        workers: processes; 1 composes in this one.
    """
    one = partial(_scene, material, seed, size)
    if workers == 1:
        yield from map(one, range(count))
        return
    with ProcessPoolExecutor(workers, get_context("fork"), _share, (material,)) as pool:
        yield from pool.map(partial(_shared_scene, seed, size), range(count), chunksize=8)


_shared: list[Material] = []


def _share(material: Material) -> None:
    _shared[:] = [material]


def _shared_scene(seed: int, size: int, index: int) -> Labelled:
    return _scene(_shared[0], seed, size, index)


def _scene(material: Material, seed: int, size: int, index: int) -> Labelled:
    return compose(np.random.default_rng([seed, index]), material.bank, material.places, size)


def _counted(made: Iterator[Labelled], what: str, total: int, progress: Progress) -> Iterator[Labelled]:
    for done, one in enumerate(made, start=1):
        progress(what, done, total)
        yield one
