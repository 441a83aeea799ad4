"""Trains the embedder of a recipe and exports it to ONNX."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from cart.errors import InputError
from cart.training.devices import choose_device, describe_device
from cart.training.embedder.calibration import check, drawn_samples, fit, photo_samples, samples
from cart.training.embedder.goods import Goods, read_goods
from cart.training.embedder.learning import Learner
from cart.training.embedder.material import Material, Progress, backgrounds, gather
from cart.training.embedder.network import Network, export, installed_trunk
from cart.training.embedder.recipe import EmbedderRecipe, read_recipe
from cart.training.embedder.validation import top_1
from cart.training.history import History, Run, is_trained
from cart.training.photos import HELD_OUT, read_split
from cart.training.reliability import write_reliability
from cart.training.sights import Image
from cart.vision.embedding import Calibration, load_embedder

_CHECKPOINT = "last.pt"
_LEAST_EVERY, _POINTS = 50, 30  # least steps between checkpoints, and about so many in a run

Report = Callable[[int, int, dict[str, float]], None]
"""Told the steps done and of how many, the mean loss of the last ones, and top-1 on the products held out."""


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
    Where the recipe starts from another recipe, that is trained first, unless its run is there.

    Args:
        recipe: what to train and on what.
        out: the `.onnx` to write.
        work: folder for the checkpoints.
        device: to train on, by torch's name; left out: a GPU where there is one, else the CPU.
        report: told figures at each checkpoint.
        progress: told what is being done, how much is done, and of how much.

    Returns:
        "top-1", 0..1, on rendered products whose families were held out; NaN where there are none.

    Raises:
        InputError: a source, the start, the device or the folder of `out` is missing.
    """
    if out.suffix != ".onnx" or not out.parent.is_dir():
        raise InputError(f"cannot write {out}: give a file name ending in .onnx in a folder that exists")
    kept = None
    if recipe.calibration is not None:
        kept = read_goods(recipe.calibration.references, recipe.calibration.stills)
    trained = _train(recipe, work, choose_device(device), report, progress)
    calibration = _calibrate(recipe, trained, kept, run_folder(recipe, work))
    export(trained.network.cpu(), out, calibration)
    load_embedder(out)
    return trained.figures


@dataclass(frozen=True)
class _Trained:
    """A network that took all steps of its recipe, what it was shown, and how well it does."""

    network: Network
    goods: Sequence[Goods]
    behind: Sequence[Image]
    figures: dict[str, float]


def _train(recipe: EmbedderRecipe, work: Path, device: str, report: Report, progress: Progress) -> _Trained:
    """Train a recipe, after the one that it starts from where there is one that was not trained yet."""
    run = run_folder(recipe, work)
    resumed = (run / _CHECKPOINT).exists()
    network = Network()
    if not resumed:
        network.load_trunk(_start(recipe, work, device, report, progress))
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    sources = recipe.sources
    goods = read_goods(sources.references, sources.stills, sources.meshes)
    behind = backgrounds(recipe)
    learner = Learner.of(network.to(device), recipe)
    if resumed:
        learner.load(run / _CHECKPOINT)
    history = History.start(run, _describe(recipe, goods, device), resumed=resumed)
    held_out = [one for one in goods if one.held_out]
    if learner.step < recipe.training.steps:
        material = gather(recipe, goods, behind, progress)
        _learn(learner, material, held_out, history, report, progress)
    figures = {"top-1": top_1(network, held_out)}
    history.finish(figures)
    return _Trained(network, goods, behind, figures)


def _start(recipe: EmbedderRecipe, work: Path, device: str, report: Report, progress: Progress) -> Path:
    """Return the weights that a recipe starts from; another recipe's are trained where they are missing."""
    if recipe.start is None:
        return installed_trunk()
    if recipe.start.suffix != ".toml":
        return recipe.start
    first = read_recipe(recipe.start)
    run = run_folder(first, work)
    if not ((run / _CHECKPOINT).exists() and is_trained(run)):
        _train(first, work, device, report, progress)
    return run / _CHECKPOINT


def _learn(
    learner: Learner,
    material: Material,
    held_out: Sequence[Goods],
    history: History,
    report: Report,
    progress: Progress,
) -> None:
    """Take the steps that are left, with a checkpoint and a point of the curve now and then."""
    steps = learner.recipe.training.steps
    if learner.step == 0:
        batches = learner.recipe.training.whitening_batches
        learner.start_head(material, lambda done: progress("first batches", done, batches))
        report(0, steps, {"top-1": top_1(learner.network, held_out)})
    every = max(_LEAST_EVERY, steps // _POINTS)
    losses: list[float] = []
    while learner.step < steps:
        losses.append(learner.learn(material))
        progress("steps", learner.step, steps)
        if learner.step % every == 0 or learner.step == steps:
            learner.save(history.folder / _CHECKPOINT)
            figures = {"contrast loss": sum(losses) / len(losses), "top-1": top_1(learner.network, held_out)}
            history.add(learner.step, **figures)
            report(learner.step, steps, figures)
            losses.clear()


def _calibrate(
    recipe: EmbedderRecipe, trained: _Trained, kept: Sequence[Goods] | None, run: Path
) -> Calibration:
    """Fit the constants, and leave beside the run's record how honest they are about items that are known.

    Where a range is kept for them, its items are asked for among its products: among products that the
    network learnt, as those held out of its sources are, a new one stands out more than in a store.
    """
    drawn = drawn_samples(trained.network, trained.behind)
    photographed = photo_samples(trained.network, recipe.sources.photos)
    if kept is None:
        rendered = samples(trained.network, trained.goods, lambda one: one.held_out)
    else:
        rendered = samples(trained.network, kept, lambda _: True)
    lifelike = [*photographed, *rendered]
    calibration = fit([group for group in (drawn, photographed, rendered) if group], lifelike)
    write_reliability(run, check(lifelike, calibration))
    return calibration


def run_folder(recipe: EmbedderRecipe, work: Path) -> Path:
    """Return where a recipe's run lies: its checkpoint, and its record (see `history`)."""
    return work / f"run-{recipe.digest()}"


def _describe(recipe: EmbedderRecipe, goods: Sequence[Goods], device: str) -> Run:
    learnt = [one for one in goods if not one.held_out]
    kinds = [kind for _, kind in read_split(recipe.sources.photos, "train") if kind not in HELD_OUT]
    return Run(
        model="embedder",
        unit="step",
        recipe=recipe.digest(),
        seed=recipe.seed,
        settings=recipe.training.model_dump(),
        data={
            "rendered products": len(learnt),
            "their reference pictures": sum(len(one.references) for one in learnt),
            "their sights in stills": sum(len(one.boxed) for one in learnt),
            "products drawn from meshes": sum(one.count for one in recipe.sources.meshes),
            "drawn products": recipe.sources.drawn,
            "kinds of grocery": len(set(kinds)),
            "their photographs": len(kinds),
            "rendered products held out": len(goods) - len(learnt),
        },
        device=describe_device(device, recipe.threads),
    )
