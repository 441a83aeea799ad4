"""How the embedder learns that sights of one product belong together."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from cart.training.embedder.material import Batch, Material
from cart.training.embedder.network import LENGTH, Network, to_input
from cart.training.embedder.recipe import EmbedderRecipe
from cart.training.embedder.whitening import whitening

_WARM_UP = 0.1  # share of the steps in which the learning rates rise
_WHITENING = 1_000_000  # batches of this number on are those that the head starts from


def contrast(vectors: torch.Tensor, classes: torch.Tensor, temperature: float) -> torch.Tensor:
    """Return the supervised contrastive loss, L_out of Khosla et al. 2020.

    Args:
        vectors: (N, D) of length 1.
        classes: (N,), each of at least two vectors.
        temperature: what similarities are divided by; lower presses harder on the nearest of another class.
    """
    oneself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    logits = (vectors @ vectors.T / temperature).masked_fill(oneself, -1e4)
    same = (classes[:, None] == classes) & ~oneself
    return -((functional.log_softmax(logits, dim=1) * same).sum(dim=1) / same.sum(dim=1)).mean()


@dataclass
class Learner:
    """A network on its way through a recipe, step by step.

    Batch norm keeps its statistics. Batch k is drawn from (seed, k), so a run that goes on from a checkpoint
    sees what it would have seen.

    Attributes:
        network: changed by every step.
        recipe: what it follows.
        step: how many steps are done.
    """

    network: Network
    recipe: EmbedderRecipe
    optimizer: Any
    schedule: Any
    step: int = 0
    _batches: Iterator[Batch] | None = None

    @classmethod
    def of(cls, network: Network, recipe: EmbedderRecipe) -> Self:
        """Return a learner for a network whose trunk is loaded."""
        training = recipe.training
        network.eval().to(memory_format=torch.channels_last)
        network.features[: training.frozen].requires_grad_(requires_grad=False)
        rates = [training.lr_trunk, training.lr_head]
        groups = [
            {"params": network.features[training.frozen :].parameters(), "lr": rates[0]},
            {"params": network.head.parameters(), "lr": rates[1]},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=1e-4)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rates, total_steps=training.steps + 1, pct_start=_WARM_UP
        )
        return cls(network, recipe, optimizer, schedule)

    def start_head(self, material: Material, told: Callable[[int], None] = lambda _: None) -> None:
        """Set the head by whitening within classes.

        Args:
            material: what batches are drawn of.
            told: how many batches are drawn.
        """
        pooled: list[NDArray[np.float32]] = []
        classes: list[NDArray[np.intp]] = []
        with torch.no_grad():
            numbers = range(_WHITENING, _WHITENING + self.recipe.training.whitening_batches)
            for number, (images, labels) in enumerate(self._drawn(material, numbers)):
                pooled.append(self.network.pooled(to_input(images, self._device)).cpu().numpy())
                before = int(classes[-1].max()) + 1 if classes else 0
                classes.append(labels + before)
                told(number + 1)
        seen = np.concatenate(pooled).astype(np.float64)
        middle, projection = whitening(seen, np.concatenate(classes), LENGTH)
        projection /= np.linalg.norm((seen - middle) @ projection, axis=1).mean()
        with torch.no_grad():
            self.network.head.weight.copy_(torch.from_numpy(projection.T))
            self.network.head.bias.copy_(torch.from_numpy(-middle @ projection))

    def learn(self, material: Material) -> float:
        """Take one step and return its loss."""
        if self._batches is None:
            self._batches = self._drawn(material, range(self.step, self.recipe.training.steps))
        images, classes = next(self._batches)
        inputs = to_input(images, self._device).to(memory_format=torch.channels_last)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"):
            vectors = self.network(inputs)
        loss = contrast(
            vectors.float(), torch.from_numpy(classes).to(self._device), self.recipe.training.temperature
        )
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        return float(loss.detach())

    def _drawn(self, material: Material, numbers: Iterable[int]) -> Iterator[Batch]:
        """Yield batches by their numbers; the recipe's workers draw them ahead."""
        workers = self.recipe.workers
        return iter(
            DataLoader(
                _Batches(material, self.recipe),
                batch_size=None,
                sampler=numbers,
                num_workers=workers,
                collate_fn=_as_they_are,
                multiprocessing_context="fork" if workers else None,
                worker_init_fn=_one_thread,
            )
        )

    def save(self, file: Path) -> None:
        """Write a checkpoint in one step."""
        state = {name: getattr(self, name).state_dict() for name in ("network", "optimizer", "schedule")}
        torch.save({**state, "step": self.step}, file.with_suffix(".part"))
        file.with_suffix(".part").replace(file)

    def load(self, file: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(file, map_location=self._device, weights_only=True)
        for name in ("network", "optimizer", "schedule"):
            getattr(self, name).load_state_dict(state[name])
        self.step, self._batches = state["step"], None

    @property
    def _device(self) -> torch.device:
        return self.network.mean.device


@dataclass(frozen=True)
class _Batches(Dataset[Batch]):  # type: ignore[misc]
    """Batches of a material by their numbers."""

    material: Material
    recipe: EmbedderRecipe

    def __getitem__(self, number: int) -> Batch:
        return self.material.batch(self.recipe.training, np.random.default_rng([self.recipe.seed, number]))


def _as_they_are(batch: Batch) -> Batch:
    return batch


def _one_thread(_: int) -> None:
    cv2.setNumThreads(0)
