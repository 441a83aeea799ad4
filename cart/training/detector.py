"""Trains the detector of a recipe with ultralytics and exports it to ONNX."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cart.errors import InputError
from cart.training.dataset import Progress, build_dataset
from cart.training.recipe import Recipe
from cart.vision.detection import load_detector
from cart.vision.ultralytics_backend import import_ultralytics

Report = Callable[[str], None]

MAP50, MAP50_95 = "metrics/mAP50(B)", "metrics/mAP50-95(B)"


def train_detector(
    recipe: Recipe,
    out: Path,
    *,
    work: Path = Path("runs/detector"),
    report: Report = lambda _: None,
    progress: Progress = lambda *_: None,
) -> dict[str, float]:
    """Build the data set, train, and write the best weights as ONNX.

    A run that was cut short goes on where it stopped, when started again with the same recipe and folder.

    Args:
        recipe: what to train and on what.
        out: the `.onnx` to write.
        work: folder for the data set and the checkpoints.
        report: told a line after each epoch.
        progress: told how far the data set is.

    Returns:
        The figures on the validation pictures, by ultralytics' names, such as `metrics/mAP50(B)`, 0..1.

    Raises:
        InputError: a source, the start or the folder of `out` is missing, or ultralytics is not installed.
    """
    if out.suffix != ".onnx" or not out.parent.is_dir():
        raise InputError(f"cannot write {out}: give a file name ending in .onnx in a folder that exists")
    ultralytics = import_ultralytics()
    data = build_dataset(recipe, work, progress)
    weights = work / f"run-{recipe.digest()}" / "weights"
    figures = _train(ultralytics, recipe, data, weights, report)
    _export(ultralytics, weights / "best.pt", out, recipe.detection_size)
    (weights / "last.pt").unlink()
    load_detector(out)
    return figures


def _train(ultralytics: Any, recipe: Recipe, data: Path, weights: Path, report: Report) -> dict[str, float]:
    last = weights / "last.pt"
    model = _load(ultralytics, str(last) if last.exists() else recipe.start)
    model.add_callback("on_train_start", lambda _: _use_threads(recipe.workers))
    model.add_callback("on_fit_epoch_end", lambda trainer: _tell(trainer, report))
    figures = model.train(**_options(recipe, data, weights.parent), resume=last.exists())
    return {name: float(value) for name, value in figures.results_dict.items()}


def _load(ultralytics: Any, start: str) -> Any:
    try:
        return ultralytics.YOLO(start, task="detect")
    except Exception as error:  # ultralytics and torch raise anything from KeyError to UnpicklingError
        raise InputError(
            f"cannot start from {start}: give a .pt file, or the name of one to fetch"
        ) from error


def _options(recipe: Recipe, data: Path, run: Path) -> dict[str, Any]:
    fixed = {
        "optimizer": "AdamW",
        "cos_lr": True,
        "amp": False,
        "plots": False,
        "device": "cpu",
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


def _use_threads(count: int) -> None:
    """Take as many threads as asked for: ultralytics leaves one core idle."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(count)


def _tell(trainer: Any, report: Report) -> None:
    if trainer.epoch < trainer.epochs:  # ultralytics calls once more after the last
        figures = trainer.metrics
        report(
            f"epoch {trainer.epoch + 1} of {trainer.epochs}: mAP50 {figures.get(MAP50, 0):.3f}, "
            f"mAP50-95 {figures.get(MAP50_95, 0):.3f}"
        )


def _export(ultralytics: Any, weights: Path, out: Path, imgsz: int) -> None:
    """Write ONNX in 32-bit floats for any input size that is a multiple of 32, without NMS."""
    made = ultralytics.YOLO(weights).export(format="onnx", imgsz=imgsz, dynamic=True, simplify=True)
    shutil.move(made, out)
