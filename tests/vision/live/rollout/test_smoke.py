"""The smoke test passes the weights that we ship, and nothing that is broken."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cart.vision.boxes import Detection
from cart.vision.detection import load_detector
from cart.vision.embedding import Calibration, Embedder, load_embedder
from cart.vision.live.rollout import smoke
from cart.vision.live.rollout.smoke import SmokeFailure, check_detector, check_embedder

Variant = Callable[[str, Path], Path]
HAND, CAN = Detection("hand", smoke.HAND, 0.9), Detection("item", smoke.CAN, 0.9)


class Says:
    """A detector that says one thing whatever it sees."""

    version = "says"

    def __init__(self, *found: Detection) -> None:
        self.found = list(found)

    def detect(self, _: NDArray[np.uint8]) -> list[Detection]:
        return self.found


def test_the_packaged_weights_pass() -> None:
    check_detector(load_detector(threads=1))
    check_embedder(load_embedder(threads=1))


def test_a_hand_and_one_item_are_enough() -> None:
    check_detector(Says(HAND, CAN))
    check_detector(Says(HAND, Detection("item", smoke.BOTTLE, 0.3)))


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ([], "it finds no hand"),
        ([CAN], "it finds no hand"),
        ([HAND], "it finds no item"),
        ([Detection("hand", smoke.CAN, 0.9), Detection("item", smoke.HAND, 0.9)], "it finds no hand"),
        ([HAND, Detection("item", (300, 20, 400, 120), 0.9)], "it finds no item"),
        ([HAND, CAN, Detection("item", (470, 20, 490, 60), 0.9)], "boxes outside the picture"),
        ([HAND, CAN, Detection("item", (20, 20, float("nan"), 60), 0.9)], "boxes outside the picture"),
        ([HAND, CAN, Detection("item", (20, 20, 40, 60), float("inf"))], "scores that are none"),
        ([HAND, CAN] * 16, "it finds 32 things"),
    ],
)
def test_a_detector_that_sees_something_else_fails(found: list[Detection], message: str) -> None:
    with pytest.raises(SmokeFailure, match=message):
        check_detector(Says(*found))


def test_a_detector_without_weights_fails(zeroed: Variant, tmp_path: Path) -> None:
    with pytest.raises(SmokeFailure):
        check_detector(load_detector(zeroed("detector.onnx", tmp_path / "detector.onnx"), threads=1))


def test_an_embedder_without_weights_fails(zeroed: Variant, tmp_path: Path) -> None:
    with pytest.raises(SmokeFailure):
        check_embedder(load_embedder(zeroed("embedder.onnx", tmp_path / "embedder.onnx"), threads=1))


class Changed:
    """An embedder whose vectors are changed on their way."""

    version, length, calibration = "changed", 128, Calibration()

    def __init__(self, inner: Embedder, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> None:
        self.inner, self.change = inner, change

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return self.change(self.inner.embed(images))


def with_nan(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    vectors[0, 0] = np.nan
    return vectors


def swapped(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors[[0, 1, 3, 2]] if len(vectors) == 4 else vectors


def unsteady(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors if len(vectors) == 4 else np.roll(vectors, 1, axis=1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_nan, "have not length 1"),
        (lambda vectors: vectors * 2, "have not length 1"),
        (unsteady, "another vector the second time"),
        (swapped, "more alike than two sights of one"),
        (lambda vectors: np.eye(1, vectors.shape[1], dtype=np.float32).repeat(len(vectors), 0), "more alike"),
    ],
)
def test_an_embedder_whose_vectors_mean_nothing_fails(
    embedder: Embedder, change: Callable[[NDArray[np.float32]], NDArray[np.float32]], message: str
) -> None:
    with pytest.raises(SmokeFailure, match=message):
        check_embedder(Changed(embedder, change))


def test_the_pictures_are_small() -> None:
    files = list(Path(smoke.__file__).with_name("smoke").iterdir())

    assert len(files) == 3
    assert all(file.stat().st_size < 40_000 for file in files)
