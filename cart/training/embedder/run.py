"""Trains the embedder of a recipe and exports it to ONNX."""

from collections.abc import Callable
from pathlib import Path

import torch

from cart.errors import InputError
from cart.training.embedder.learning import Learner
from cart.training.embedder.material import Progress, gather
from cart.training.embedder.network import Network, export, installed_trunk
from cart.training.embedder.recipe import EmbedderRecipe
from cart.training.embedder.validation import top_1
from cart.vision.embedding import load_embedder

_EVERY = 50  # steps between checkpoints

Report = Callable[[int, dict[str, float]], None]
"""Told the steps done, the mean loss of the last ones, and top-1 on the products held out."""


def train_embedder(
    recipe: EmbedderRecipe,
    out: Path,
    *,
    work: Path = Path("runs/embedder"),
    report: Report = lambda *_: None,
    progress: Progress = lambda *_: None,
) -> float:
    """Gather what to learn from, train, and write the weights as ONNX.

    A run that was cut short goes on where it stopped, when started again with the same recipe and folder.

    Args:
        recipe: what to train and on what.
        out: the `.onnx` to write.
        work: folder for the checkpoints.
        report: told figures every fifty steps.
        progress: told what is being done, how much is done, and of how much.

    Returns:
        Top-1, 0..1, on rendered products whose families were held out; NaN where there are none.

    Raises:
        InputError: a source, the start or the folder of `out` is missing.
    """
    if out.suffix != ".onnx" or not out.parent.is_dir():
        raise InputError(f"cannot write {out}: give a file name ending in .onnx in a folder that exists")
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    network = Network()
    network.load_trunk(recipe.start or installed_trunk())
    material, held_out = gather(recipe, progress)
    learner = Learner.of(network, recipe)
    checkpoint = _folder(work, recipe) / "last.pt"
    if checkpoint.exists():
        learner.load(checkpoint)
    else:
        learner.start_head(
            material, lambda done: progress("first batches", done, recipe.training.whitening_batches)
        )
        report(0, {"top_1": top_1(network, held_out)})
    losses: list[float] = []
    while learner.step < recipe.training.steps:
        losses.append(learner.learn(material))
        progress("steps", learner.step, recipe.training.steps)
        if learner.step % _EVERY == 0 or learner.step == recipe.training.steps:
            learner.save(checkpoint)
            report(learner.step, {"loss": sum(losses) / len(losses), "top_1": top_1(network, held_out)})
            losses.clear()
    export(network, out)
    load_embedder(out)
    return top_1(network, held_out)


def _folder(work: Path, recipe: EmbedderRecipe) -> Path:
    folder = work / f"run-{recipe.digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make {folder}: {error.strerror}; give another --work") from None
    return folder
