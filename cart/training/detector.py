"""Trains the detector of a recipe with ultralytics and exports it to ONNX."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cart.errors import InputError
from cart.training.dataset import Progress, build_dataset
from cart.training.devices import choose_device, describe_device
from cart.training.history import History, Run, is_trained, read_run
from cart.training.recipe import Recipe, read_recipe
from cart.vision.detection import load_detector
from cart.vision.ultralytics_backend import import_ultralytics

Report = Callable[[str], None]

FIGURES = ("precision", "recall", "mAP50", "mAP50-95")
"""What is recorded of a validation; ultralytics calls them `metrics/mAP50(B)` and so on."""

_BEST, _LAST = Path("weights", "best.pt"), Path("weights", "last.pt")  # below the run's folder


def run_folder(recipe: Recipe, work: Path) -> Path:
    """Return where a recipe's run lies: its checkpoints, and its record (see `history`)."""
    return work / f"run-{recipe.digest()}"


def train_detector(
    recipe: Recipe,
    out: Path,
    *,
    work: Path = Path("runs/detector"),
    device: str | None = None,
    report: Report = lambda _: None,
    progress: Progress = lambda *_: None,
) -> dict[str, float]:
    """Build the data set, train, and write the best weights as ONNX.

    A run that was cut short goes on where it stopped, when started again with the same recipe and folder.
    Where the recipe starts from another recipe, that is trained first, unless its run is there.

    Args:
        recipe: what to train and on what.
        out: the `.onnx` to write.
        work: folder for the data set and the checkpoints.
        device: to train on, by torch's name; left out: a GPU where there is one, else the CPU.
        report: told a line after each epoch.
        progress: told how far the data set is, then the training.

    Returns:
        The `FIGURES` on the validation pictures, 0..1.

    Raises:
        InputError: a source, the start, the device or the folder of `out` is missing, or ultralytics is not
            installed.
    """
    if out.suffix != ".onnx" or not out.parent.is_dir():
        raise InputError(f"cannot write {out}: give a file name ending in .onnx in a folder that exists")
    ultralytics = import_ultralytics()
    device = choose_device(device)
    run = run_folder(recipe, work)
    if not _waits_for_export(run):
        _learn(recipe, work, device, report, progress)
    _export(ultralytics, run / _BEST, out, recipe.detection_size)
    (run / _LAST).unlink()
    load_detector(out)
    return read_run(run).figures


def _learn(recipe: Recipe, work: Path, device: str, report: Report, progress: Progress) -> None:
    """Train a recipe, after the one that it starts from where there is one that was not trained yet."""
    start = recipe.start
    if start.endswith(".toml"):
        first = read_recipe(Path(start))
        weights = run_folder(first, work) / _BEST
        if not (weights.exists() and is_trained(weights.parents[1])):
            report(f"first {start}")
            _learn(first, work, device, report, progress)
        start = str(weights)
    data = build_dataset(recipe, work, progress)
    _train(recipe, start, data, run_folder(recipe, work), device, report, progress)


def _waits_for_export(run: Path) -> bool:
    """Whether a run was trained to its end, but broke off before its weights were exported."""
    return (run / _LAST).exists() and is_trained(run)


def _train(
    recipe: Recipe,
    start: str,
    data: Path,
    run: Path,
    device: str,
    report: Report,
    progress: Progress,
) -> None:
    ultralytics = import_ultralytics()
    resumed = (run / _LAST).exists()
    history = History.start(run, _describe(recipe, data, device), resumed=resumed)
    if resumed and _learnt_to_the_end(run / _LAST):
        options = {"data": str(data), "device": device, "plots": False, "verbose": False}
        made = _load(ultralytics, str(run / _BEST)).val(imgsz=recipe.training.imgsz, **options)
    else:
        model = _load(ultralytics, str(run / _LAST) if resumed else start)
        _watch(model, recipe, history, report, progress)
        made = model.train(**_options(recipe, data, run, device), resume=resumed)
    history.finish(_named(made.results_dict))


def _learnt_to_the_end(checkpoint: Path) -> bool:
    """Whether only the last validation was cut short: ultralytics has taken the optimizer out by then."""
    import torch  # noqa: PLC0415

    return bool(torch.load(checkpoint, map_location="cpu", weights_only=False)["epoch"] == -1)


def _watch(model: Any, recipe: Recipe, history: History, report: Report, progress: Progress) -> None:
    """Have each epoch recorded and told."""

    def epoch_done(trainer: Any) -> None:
        done = trainer.epoch + 1
        if done > trainer.epochs:  # ultralytics calls once more after the last
            return
        losses = trainer.label_loss_items(trainer.tloss)  # such as train/box_loss
        figures = _named(trainer.metrics)
        named = {name.removeprefix("train/").replace("_", " "): loss for name, loss in losses.items()}
        history.add(done, **named, **figures)
        progress("epochs", done, trainer.epochs)
        report(
            f"epoch {done} of {trainer.epochs}: mAP50 {figures['mAP50']:.3f}, "
            f"mAP50-95 {figures['mAP50-95']:.3f}"
        )

    model.add_callback("on_train_start", lambda trainer: _make_fast(trainer.model, recipe.workers))
    model.add_callback("on_fit_epoch_end", epoch_done)


def _named(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the figures that are recorded, by their names."""
    return {name: float(figures.get(f"metrics/{name}(B)", 0)) for name in FIGURES}


def _describe(recipe: Recipe, data: Path, device: str) -> Run:
    images = data.parent / "images"
    rendered_held_out = sum(one.count for one in recipe.sources.rendered_held_out)
    return Run(
        model="detector",
        unit="epoch",
        recipe=recipe.digest(),
        seed=recipe.seed,
        settings={"start": Path(recipe.start).name, **recipe.training.model_dump()},
        data={
            "composed scenes": recipe.scenes.train,
            "real stills, copies counted": len(list((images / "train").glob("still*"))),
            "rendered stills": sum(one.count for one in recipe.sources.rendered),
            "parts of rendered stills": len(list((images / "train").glob("closer*"))),
            "pictures to validate on": len(list((images / "val").glob("*.jpg"))) + rendered_held_out,
        },
        device=describe_device(device, recipe.workers),
    )


def _load(ultralytics: Any, start: str) -> Any:
    try:
        return ultralytics.YOLO(start, task="detect")
    except Exception as error:  # ultralytics and torch raise anything from KeyError to UnpicklingError
        raise InputError(
            f"cannot start from {start}: give a .pt file, or the name of one to fetch"
        ) from error


def _options(recipe: Recipe, data: Path, run: Path, device: str) -> dict[str, Any]:
    fixed = {
        "optimizer": "AdamW",
        "cos_lr": True,
        "amp": False,
        "plots": False,
        "patience": 0,
        "device": device,
        "verbose": False,
    }
    colors = {"hsv_h": 0.03, "hsv_s": 0.5, "hsv_v": 0.35, "fliplr": 0.5, "flipud": 0.1}
    return {
        **fixed,
        **colors,
        **recipe.training.model_dump(),
        "nbs": recipe.training.batch,
        "warmup_epochs": 0.5,
        "close_mosaic": 1,
        "seed": recipe.seed,
        "data": str(data),
        "project": str(run.parent.resolve()),
        "name": run.name,
        "exist_ok": True,
    }


def _make_fast(network: Any, threads: int) -> None:
    """Take the faster order of memory, and as many threads as asked for: ultralytics leaves a core idle."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(threads)
    network.to(memory_format=torch.channels_last)


def _export(ultralytics: Any, weights: Path, out: Path, imgsz: int) -> None:
    """Write ONNX in 32-bit floats for any input size that is a multiple of 32, without NMS."""
    made = ultralytics.YOLO(weights).export(format="onnx", imgsz=imgsz, dynamic=True, simplify=True)
    shutil.move(made, out)
