"""Pictures of items to vectors: items that look alike get vectors that point the same way."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import openvino
from numpy.typing import NDArray

from cart.errors import InputError
from cart.vision import weights
from cart.vision.yolo import letterbox

PACKAGED = "embedder.onnx"


@dataclass(frozen=True)
class Calibration:
    """How the similarities of an embedder's vectors become probabilities; it travels with the weights.

    Attributes:
        temperature: difference of similarity that makes odds of e to 1.
        unknown: similarity of "none of these".
        slope, offset: make of a share of the odds the chance that the product is the right one (Platt 1999):
            its logit, times `slope`, plus `offset`. 1 and 0 leave it as it is.
    """

    temperature: float = 0.05
    unknown: float = 0.72
    slope: float = 1.0
    offset: float = 0.0

    def chance(self, share: float) -> float:
        """Return the chance, 0..1, that the product with the greatest share of the odds is the right one."""
        within = min(max(share, 1e-9), 1 - 1e-9)
        logit = math.log(within / (1 - within))
        return 1 / (1 + math.exp(-(self.slope * logit + self.offset)))


class Embedder(Protocol):
    """Turns pictures into vectors."""

    @property
    def version(self) -> str:
        """Name and short hash of the weights: same version, same picture, same vector."""

    @property
    def length(self) -> int:
        """Numbers in a vector."""

    @property
    def calibration(self) -> Calibration:
        """How its similarities become probabilities."""

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the vectors (N, `length`) of N pictures, each of Euclidean length 1.

        Args:
            images: crops that show one item each, BGR, uint8, (H, W, 3) of any size from 1 pixel.
        """


def load_embedder(path: str | Path | None = None, *, threads: int = 0) -> Embedder:
    """Return an embedder for a weights file.

    Args:
        path: an ONNX network as `cart train embedder` writes it; None for the packaged one.
        threads: processor threads for one picture; 0 lets the runtime choose.

    Raises:
        InputError: the weights are missing, damaged or of another kind.
    """
    file = weights.packaged(PACKAGED) if path is None else weights.existing(path)
    return OpenVinoEmbedder(file, threads=threads)


class OpenVinoEmbedder:
    """An ONNX network in 32-bit floats on the processor, one picture at a time.

    Pictures are not batched: a batch saves little time, and a vector would depend on the pictures beside it.
    """

    def __init__(self, file: Path, *, threads: int = 0) -> None:
        """Read and compile the weights."""
        self.version = weights.version_of(file)
        try:
            model = openvino.Core().read_model(file)
        except RuntimeError as error:
            raise InputError(f"{file} is damaged or no ONNX network: export the weights again") from error
        self._side, self.length = _sizes(model, file)
        self.calibration = _calibration(model, file)
        options: dict[str, str | int] = {
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
        }
        self._request = openvino.Core().compile_model(model, "CPU", options).create_infer_request()

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """Return the vectors (N, `length`) of N pictures, each of Euclidean length 1.

        Args:
            images: crops that show one item each, BGR, uint8, (H, W, 3) of any size from 1 pixel.
        """
        vectors = np.empty((len(images), self.length), np.float32)
        for row, image in enumerate(images):
            laid, _ = letterbox(image, self._side, self._side)
            vectors[row] = self._request.infer({0: cv2.dnn.blobFromImage(laid, 1 / 255, swapRB=True)})[0][0]
        return vectors


def _sizes(model: Any, file: Path) -> tuple[int, int]:
    """Return the side of the square input and the length of the vectors."""
    taken, given = model.input(0).partial_shape, model.output(0).partial_shape
    if not (taken.is_static and given.is_static and len(taken) == 4 and len(given) == 2):
        raise InputError(f"{file} is no embedder: export it with `cart train embedder`")
    return int(taken[2].get_length()), int(given[1].get_length())


def _calibration(model: Any, file: Path) -> Calibration:
    """Return what the weights say of themselves; the defaults where they say nothing."""
    known = {}
    for field in fields(Calibration):
        try:
            known[field.name] = float(model.get_rt_info(["framework", field.name]).astype(str))
        except RuntimeError:
            continue
        except ValueError as error:
            raise InputError(f"{file}: its {field.name} is no number: export the weights again") from error
    return Calibration(**known)
