"""The embedder's network, and how it learns that views of one product belong together."""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from cart.errors import InputError
from cart.training.sights import Cutout, Image, as_reference, as_seen
from cart.vision.yolo import letterbox

SIDE = 128
"""Side of the square input, pixels."""

LENGTH = 256
"""Numbers in a vector."""

_MIDDLE, _LATE = 6, 13  # layers after which colour and texture are read, at strides 8 and 16
_SEEN_BY_HEAD = 1280 + 96 + 32 + 32
_TEMPERATURE = 0.1
_PRODUCTS, _KINDS, _VIEWS = 18, 6, 4  # drawn products and grocery kinds in a batch, and sights of each
_REFERENCES = 0.4  # share of views drawn as a catalog shows them

# MobileNetV2, table 2 of Sandler et al. 2018: expansion, channels, repeats, stride.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class Network(nn.Module):  # type: ignore[misc]
    """MobileNetV2, its last features joined by earlier ones of colour and texture, and a linear head."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[Any] = [nn.Sequential(*_convolution(3, 32, 3, stride=2))]
        channels = 32
        for expansion, wider, repeats, stride in _STAGES:
            for number in range(repeats):
                layers.append(_Bottleneck(channels, wider, expansion, 1 if number else stride))
                channels = wider
        layers.append(nn.Sequential(*_convolution(channels, 1280, 1)))
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(_SEEN_BY_HEAD, LENGTH)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Return vectors (N, LENGTH) of length 1 of pictures (N, 3, SIDE, SIDE), RGB from 0 to 1."""
        return functional.normalize(self.head(self.pooled(image)), dim=1)

    def pooled(self, image: torch.Tensor) -> torch.Tensor:
        """Return what the head sees of pictures, (N, 1440)."""
        found, last = {}, (image - self.mean) / self.deviation
        for number, layer in enumerate(self.features):
            last = layer(last)
            found[number] = last
        texture = (found[_MIDDLE].var((2, 3), unbiased=False) + 1e-6).sqrt()
        parts = (
            (last.mean((2, 3)), 1.0),
            (found[_LATE].mean((2, 3)), 0.7),
            (found[_MIDDLE].mean((2, 3)), 0.5),
            (texture, 0.5),
        )
        return torch.cat([functional.normalize(part, dim=1) * weight for part, weight in parts], dim=1)

    def load_trunk(self, file: Path) -> None:
        """Start from weights of a MobileNetV2 that was trained on ImageNet.

        Raises:
            InputError: the file does not hold them.
        """
        try:
            stored = torch.load(file, map_location="cpu", weights_only=True)
            prefix = "features."
            trunk = {name.removeprefix(prefix): w for name, w in stored.items() if name.startswith(prefix)}
            self.features.load_state_dict(trunk)
        except (OSError, RuntimeError, AttributeError, pickle.UnpicklingError) as error:
            raise InputError(f"{file} does not hold the weights of a MobileNetV2") from error


class _Bottleneck(nn.Module):  # type: ignore[misc]
    """An inverted residual with a linear bottleneck."""

    def __init__(self, taken: int, given: int, expansion: int, stride: int) -> None:
        super().__init__()
        inner = taken * expansion
        widen = _convolution(taken, inner, 1) if expansion > 1 else []
        depthwise = _convolution(inner, inner, 3, stride=stride, groups=inner)
        narrow = [nn.Conv2d(inner, given, 1, bias=False), nn.BatchNorm2d(given)]
        self.conv = nn.Sequential(*widen, *depthwise, *narrow)
        self.skips = stride == 1 and taken == given

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image + self.conv(image) if self.skips else self.conv(image)


def _convolution(taken: int, given: int, kernel: int, stride: int = 1, groups: int = 1) -> list[Any]:
    convolution = nn.Conv2d(taken, given, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(given), nn.ReLU6(inplace=True)]


@dataclass(frozen=True)
class Material:
    """What the embedder is trained on.

    Attributes:
        products: views of each drawn product.
        kinds: photographs of each kind of grocery.
        backgrounds: what items lie before.
        views_of_photo: makes a cut-out of a photograph.
    """

    products: Sequence[Sequence[Cutout]]
    kinds: Sequence[Sequence[Image]]
    backgrounds: Sequence[Image]
    views_of_photo: Callable[[Image, np.random.Generator], Cutout]

    def batch(self, random: np.random.Generator) -> tuple[torch.Tensor, NDArray[np.intp]]:
        """Return sights (96, 3, SIDE, SIDE), four of each of 24 classes, and their classes (96,)."""
        chosen = random.choice(len(self.products), _PRODUCTS, replace=False)
        sights = [self._product(n, random) for n in chosen for _ in range(_VIEWS)]
        chosen = random.choice(len(self.kinds), _KINDS, replace=False)
        sights += [self._photo(n, random) for n in chosen for _ in range(_VIEWS)]
        return to_input(sights), np.repeat(np.arange(_PRODUCTS + _KINDS), _VIEWS)

    def _product(self, number: int, random: np.random.Generator) -> Image:
        views = self.products[number]
        return self._sight(views[int(random.integers(len(views)))], random)

    def _photo(self, number: int, random: np.random.Generator) -> Image:
        photos = self.kinds[number]
        cutout = self.views_of_photo(photos[int(random.integers(len(photos)))], random)
        return self._sight(cutout, random)

    def _sight(self, item: Cutout, random: np.random.Generator) -> Image:
        if random.random() < _REFERENCES:
            return as_reference(item, random)
        return as_seen(item, self.backgrounds, random)


def to_input(images: Sequence[Image]) -> torch.Tensor:
    """Return pictures as the network takes them, laid out as `cart.vision.embedding` does."""
    laid = [letterbox(image, SIDE, SIDE)[0] for image in images]
    blob = cv2.dnn.blobFromImages(laid, 1 / 255, swapRB=True)
    return torch.from_numpy(blob).to(memory_format=torch.channels_last)


def train(
    network: Network,
    material: Material,
    *,
    steps: int,
    seed: int,
    report: Callable[[int, float], None],
    whitening_batches: int = 50,
) -> None:
    """Train a network whose trunk is loaded: the head at once by whitening, then both by contrast.

    Batch norm keeps its statistics, and the layers up to stride 8 their weights: the data is small.

    Args:
        network: changed in place.
        material: what to train on.
        steps: how many batches.
        seed: same seed, same threads, same weights.
        report: told the step and its loss.
        whitening_batches: how many are drawn to begin with.
    """
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    network.eval().to(memory_format=torch.channels_last)
    _whiten(network, material, whitening_batches, random)
    network.features[: _MIDDLE + 1].requires_grad_(requires_grad=False)
    optimizer = torch.optim.AdamW(
        [
            {"params": network.features[_MIDDLE + 1 :].parameters(), "lr": 4e-4},
            {"params": network.head.parameters(), "lr": 1e-3},
        ],
        weight_decay=1e-4,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [4e-4, 1e-3], total_steps=steps, pct_start=0.1)
    for step in range(steps):
        images, classes = material.batch(random)
        loss = contrast(network(images), torch.from_numpy(classes))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        report(step, float(loss.detach()))


def contrast(vectors: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Return the supervised contrastive loss, L_out of Khosla et al. 2020.

    Args:
        vectors: (N, D) of length 1.
        classes: (N,), each of at least two vectors.
    """
    oneself = torch.eye(len(vectors), dtype=torch.bool)
    logits = (vectors @ vectors.T / _TEMPERATURE).masked_fill(oneself, -1e4)
    same = (classes[:, None] == classes) & ~oneself
    return -((functional.log_softmax(logits, dim=1) * same).sum(dim=1) / same.sum(dim=1)).mean()


def _whiten(network: Network, material: Material, batches: int, random: np.random.Generator) -> None:
    """Set the head to the projection that varies little within a class and much between classes."""
    pooled, classes = [], []
    with torch.no_grad():
        for number in range(batches):
            images, labels = material.batch(random)
            pooled.append(network.pooled(images).numpy())
            classes.append(labels + number * (int(labels.max()) + 1))
    seen = np.concatenate(pooled).astype(np.float64)
    middle, projection = whitening(seen, np.concatenate(classes), LENGTH)
    projection /= np.linalg.norm((seen - middle) @ projection, axis=1).mean()
    with torch.no_grad():
        network.head.weight.copy_(torch.from_numpy(projection.T))
        network.head.bias.copy_(torch.from_numpy(-middle @ projection))


def whitening(
    vectors: NDArray[np.float64], classes: NDArray[np.intp], length: int, shrinkage: float = 0.3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean (D,) and projection (D, `length`): within-class whitening, then principal components.

    Args:
        vectors: (N, D).
        classes: (N,).
        length: of the projected vectors; at most D.
        shrinkage: of the within-class covariance towards a sphere, 0..1 (Ledoit and Wolf 2004, fixed).
    """
    middle = vectors.mean(axis=0)
    _, classes = np.unique(classes, return_inverse=True)
    sums = np.zeros((classes.max() + 1, vectors.shape[1]))
    np.add.at(sums, classes, vectors)
    means = sums / np.bincount(classes)[:, None]
    within = np.cov((vectors - means[classes]).T)
    spread = np.trace(within) / len(within)
    values, axes = np.linalg.eigh((1 - shrinkage) * within + shrinkage * spread * np.eye(len(within)))
    whiten = axes / np.sqrt(values)
    _, components = np.linalg.eigh(np.cov(((means - middle) @ whiten).T))
    return middle, whiten @ components[:, ::-1][:, :length]
