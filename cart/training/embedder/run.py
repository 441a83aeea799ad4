"""Trains the embedder of a recipe and exports it to ONNX."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from cart.errors import InputError
from cart.training.devices import choose_device, describe_device
from cart.training.embedder.calibration import check, drawn_samples, fit, photo_samples, samples
from cart.training.embedder.goods import Goods
from cart.training.embedder.learning import Learner
from cart.training.embedder.material import Material, Progress, gather
from cart.training.embedder.network import Network, export, installed_trunk
from cart.training.embedder.recipe import EmbedderRecipe
from cart.training.embedder.validation import top_1
from cart.training.history import History, Run
from cart.training.reliability import write_reliability
from cart.vision.embedding import Calibration, load_embedder

_EVERY = 50  # steps between checkpoints

Report = Callable[[int, dict[str, float]], None]
"""Told the steps done, the mean loss of the last ones, and top-1 on the products held out."""


def train_embedder(
    recipe: EmbedderRecipe,
    out: Path,
    *,
    work: Path = Path("runs/embedder"),
    device: str | None = None,
    report: Report = lambda *_: None,
    progress: Progress = lambda *_: None,
) -> dict[str, float]:
    """Gather what to learn from, train, and write the weights as ONNX.

    A run that was cut short goes on where it stopped, when started again with the same recipe and folder.

    Args:
        recipe: what to train and on what.
        out: the `.onnx` to write.
        work: folder for the checkpoints.
        device: to train on, by torch's name; left out: a GPU where there is one, else the CPU.
        report: told figures every fifty steps.
        progress: told what is being done, how much is done, and of how much.

    Returns:
        "top-1", 0..1, on rendered products whose families were held out; NaN where there are none.

    Raises:
        InputError: a source, the start, the device or the folder of `out` is missing.
    """
    if out.suffix != ".onnx" or not out.parent.is_dir():
        raise InputError(f"cannot write {out}: give a file name ending in .onnx in a folder that exists")
    device = choose_device(device)
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    network = Network()
    network.load_trunk(recipe.start or installed_trunk())
    material, goods = gather(recipe, progress)
    held_out = [one for one in goods if one.held_out]
    learner = Learner.of(network.to(device), recipe)
    run = run_folder(recipe, work)
    checkpoint = run / "last.pt"
    resumed = checkpoint.exists()
    history = History.start(run, _describe(recipe, material, held_out, device), resumed=resumed)
    if resumed:
        learner.load(checkpoint)
    else:
        learner.start_head(
            material, lambda done: progress("first batches", done, recipe.training.whitening_batches)
        )
        report(0, {"top-1": top_1(network, held_out)})
    losses: list[float] = []
    while learner.step < recipe.training.steps:
        losses.append(learner.learn(material))
        progress("steps", learner.step, recipe.training.steps)
        if learner.step % _EVERY == 0 or learner.step == recipe.training.steps:
            learner.save(checkpoint)
            figures = {"contrast loss": sum(losses) / len(losses), "top-1": top_1(network, held_out)}
            history.add(learner.step, **figures)
            report(learner.step, figures)
            losses.clear()
    figures = {"top-1": top_1(network, held_out)}
    export(network.cpu(), out, _calibrate(recipe, network, material, goods, run))
    load_embedder(out)
    history.finish(figures)
    return figures


def _calibrate(
    recipe: EmbedderRecipe, network: Network, material: Material, goods: Sequence[Goods], run: Path
) -> Calibration:
    """Fit the constants, and leave beside the run's record how honest they are about items that are known."""
    drawn = drawn_samples(network, material.backgrounds)
    photographed = photo_samples(network, recipe.sources.photos)
    rendered = samples(network, goods)
    calibration = fit([group for group in (drawn, photographed, rendered) if group])
    write_reliability(run, check([*drawn, *photographed, *rendered], calibration))
    return calibration


def run_folder(recipe: EmbedderRecipe, work: Path) -> Path:
    """Return where a recipe's run lies: its checkpoint, and its record (see `history`)."""
    return work / f"run-{recipe.digest()}"


def _describe(recipe: EmbedderRecipe, material: Material, held_out: Sequence[Goods], device: str) -> Run:
    goods = [one for family in material.families for one in family]
    return Run(
        model="embedder",
        unit="step",
        recipe=recipe.digest(),
        seed=recipe.seed,
        settings=recipe.training.model_dump(),
        data={
            "rendered products": len(goods),
            "their reference pictures": sum(len(one.references) for one in goods),
            "their sights in stills": sum(len(one.boxed) for one in goods),
            "drawn products": len(material.drawn),
            "kinds of grocery": len(material.kinds),
            "their photographs": sum(len(kind) for kind in material.kinds),
            "rendered products held out": len(held_out),
        },
        device=describe_device(device, recipe.threads),
    )
