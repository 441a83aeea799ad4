"""How the embedder learns that sights of one product belong together."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from cart.training.embedder.material import Batch, Material
from cart.training.embedder.network import LENGTH, MIDDLE, Network
from cart.training.embedder.recipe import EmbedderRecipe
from cart.training.embedder.whitening import whitening

_TEMPERATURE = 0.1
_WARM_UP = 0.1  # share of the steps in which the learning rates rise
_WHITENING = 1_000_000  # batches of this number on are those that the head starts from


def contrast(vectors: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Return the supervised contrastive loss, L_out of Khosla et al. 2020.

    Args:
        vectors: (N, D) of length 1.
        classes: (N,), each of at least two vectors.
    """
    oneself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    logits = (vectors @ vectors.T / _TEMPERATURE).masked_fill(oneself, -1e4)
    same = (classes[:, None] == classes) & ~oneself
    return -((functional.log_softmax(logits, dim=1) * same).sum(dim=1) / same.sum(dim=1)).mean()


@dataclass
class Learner:
    """A network on its way through a recipe, step by step.

    Batch norm keeps its statistics, and the layers up to stride 8 their weights: the data is small. Batch k
    is drawn from (seed, k), so a run that goes on from a checkpoint sees what it would have seen.

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
    _next: "Future[Batch] | None" = None
    _drawer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    @classmethod
    def of(cls, network: Network, recipe: EmbedderRecipe) -> Self:
        """Return a learner for a network whose trunk is loaded."""
        training = recipe.training
        network.eval().to(memory_format=torch.channels_last)
        network.features[: MIDDLE + 1].requires_grad_(requires_grad=False)
        rates = [training.lr_trunk, training.lr_head]
        late = network.features[MIDDLE + 1 :].parameters()
        groups = [
            {"params": late, "lr": rates[0]},
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
        pooled, classes = [], []
        with torch.no_grad():
            for number in range(self.recipe.training.whitening_batches):
                images, labels = material.batch(self.recipe.training, self._random(_WHITENING + number))
                pooled.append(self.network.pooled(images.to(self._device)).cpu().numpy())
                classes.append(labels + number * (int(labels.max()) + 1))
                told(number + 1)
        seen = np.concatenate(pooled).astype(np.float64)
        middle, projection = whitening(seen, np.concatenate(classes), LENGTH)
        projection /= np.linalg.norm((seen - middle) @ projection, axis=1).mean()
        with torch.no_grad():
            self.network.head.weight.copy_(torch.from_numpy(projection.T))
            self.network.head.bias.copy_(torch.from_numpy(-middle @ projection))

    def learn(self, material: Material) -> float:
        """Take one step and return its loss."""
        images, classes = self._batch(material)
        vectors = self.network(images.to(self._device))
        loss = contrast(vectors, torch.from_numpy(classes).to(self._device))
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        return float(loss.detach())

    def _batch(self, material: Material) -> Batch:
        """Return the batch of this step, and have the next one drawn while this one is learnt from."""

        def draw(number: int) -> Future[Batch]:
            return self._drawer.submit(material.batch, self.recipe.training, self._random(number))

        drawn = (self._next or draw(self.step)).result()
        last = self.step + 1 == self.recipe.training.steps
        self._next = None if last else draw(self.step + 1)
        return drawn

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
        self.step, self._next = state["step"], None

    @property
    def _device(self) -> torch.device:
        return self.network.mean.device

    def _random(self, batch: int) -> np.random.Generator:
        return np.random.default_rng([self.recipe.seed, batch])
