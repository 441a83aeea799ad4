"""What is measured: one class a contender, each taking a clip from the file to its counts.

A contender is made in a process of its own and kept over the rounds, so that loading and compiling are not
measured. The peers' packages are imported only in their own processes.
"""

import ast
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import av
import cv2
import numpy as np
import openvino

from cart.vision import yolo
from cart.vision.detection import load_detector
from cart.vision.footage import Frame, open_footage
from cart.vision.opening import WHOLE_PICTURE, opening_for
from cart.vision.pipeline import Camera

WARM_UP_FRAMES = 10


@dataclass(frozen=True)
class Setup:
    """What all contenders are given.

    Attributes:
        weights: the detector, ONNX.
        size: width and height of the clips.
        folder: for what a contender needs to write.
        threads: of the processor.
    """

    weights: Path
    size: tuple[int, int]
    folder: Path
    threads: int


@dataclass(frozen=True)
class Lap:
    """One contender's way through one clip.

    Attributes:
        frames: read.
        seconds: from opening the file to the last frame's counts.
        cpu_seconds: of all threads.
        asleep: frames for which the detector did not run.
    """

    frames: int
    seconds: float
    cpu_seconds: float
    asleep: int = 0


class Contender(Protocol):
    """Takes clips from the file to its counts."""

    precision: str
    """Arithmetic of the network: f32 or bf16."""

    def run(self, clip: Path, most: int | None) -> tuple[int, int]:
        """Return how many frames, at most `most`, were taken in, and for how many the detector slept."""


class Floor:
    """Decodes to pictures and runs the bare network, always on one prepared input: no letterbox, no NMS."""

    precision = "f32"

    def __init__(self, setup: Setup) -> None:
        model = openvino.Core().read_model(setup.weights)
        width, height = input_size(model, setup.size)
        model.reshape([1, 3, height, width])
        options = {
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": setup.threads,
        }
        self._request = openvino.Core().compile_model(model, "CPU", options).create_infer_request()
        self._input = np.random.default_rng(1).random((1, 3, height, width), np.float32)

    def run(self, clip: Path, most: int | None) -> tuple[int, int]:
        """Return how many frames were taken in, and 0."""
        count = 0
        with av.open(str(clip)) as container:
            container.streams.video[0].thread_type = "AUTO"
            for decoded in islice(container.decode(video=0), most):
                decoded.reformat(format="bgr24", threads=1).to_ndarray()
                self._request.infer({0: self._input}, share_inputs=True)
                count += 1
        return count, 0


class Cart:
    """The whole pipeline of `cart process`, without a catalog."""

    precision = "f32"

    def __init__(self, setup: Setup, *, gated: bool) -> None:
        self._detector = load_detector(setup.weights, threads=setup.threads)
        self._opening = opening_for(WHOLE_PICTURE, setup.size)
        self._gated = gated

    def run(self, clip: Path, most: int | None) -> tuple[int, int]:
        """Return how many frames were taken in, and for how many the detector slept."""
        camera = Camera(self._detector, self._opening, gated=self._gated)
        detected = [camera.see(frame).detected for frame in frames_of(clip, most)]
        camera.finish()
        return len(detected), detected.count(False)


def exported(model: openvino.Model, key: str) -> Any:
    """Return what ultralytics wrote about a network at export, such as its `names`."""
    return ast.literal_eval(str(model.get_rt_info(["framework", key]).astype(str)))


def input_size(model: openvino.Model, size: tuple[int, int]) -> tuple[int, int]:
    """Return width and height of the network's input for pictures of `size`."""
    return yolo.input_size(*size, max(exported(model, "imgsz")))


def frames_of(clip: Path, most: int | None) -> Iterator[Frame]:
    """Yield a clip's frames, at most `most`, through the decoder that all but the floor share."""
    with open_footage(clip) as footage:
        yield from islice(footage, most)


def _counter_torch(setup: Setup) -> Contender:
    from peer_ultralytics import Counter  # noqa: PLC0415  (torch)

    return Counter.in_torch(setup)


def _counter_openvino(setup: Setup) -> Contender:
    from peer_ultralytics import Counter  # noqa: PLC0415  (torch)

    return Counter.in_openvino(setup)


def _line_zone(setup: Setup) -> Contender:
    from peer_supervision import LineZone  # noqa: PLC0415  (supervision)

    return LineZone(setup)


@dataclass(frozen=True)
class Entry:
    """A contender of the list: how to make it, what it is called, and the packages it needs."""

    make: Callable[[Setup], Contender]
    title: str
    needs: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """Return the packages that are not installed."""
        return [package for package in self.needs if find_spec(package) is None]


FLOOR, CART, GATED = "floor", "cart", "cart-gated"
ENTRIES = {
    FLOOR: Entry(Floor, "floor: decode + bare inference"),
    CART: Entry(lambda setup: Cart(setup, gated=False), "cart, whole pipeline, --no-gate"),
    GATED: Entry(lambda setup: Cart(setup, gated=True), "cart, whole pipeline"),
    "linezone": Entry(_line_zone, "supervision LineZone + ByteTrack", ("supervision", "trackers")),
    "counter-openvino": Entry(
        _counter_openvino, "ultralytics ObjectCounter, OpenVINO", ("ultralytics", "shapely", "lap")
    ),
    "counter-torch": Entry(
        _counter_torch, "ultralytics ObjectCounter, torch", ("ultralytics", "shapely", "lap")
    ),
}


@cache
def _contender(name: str, setup: Setup) -> Contender:
    return ENTRIES[name].make(setup)


def warm_up(name: str, setup: Setup, clip: Path) -> str:
    """Make a contender in this process, let it see a few frames, and return its network's precision."""
    contender = _contender(name, setup)
    contender.run(clip, WARM_UP_FRAMES)
    return contender.precision


def measure(name: str, setup: Setup, clip: Path, most: int | None) -> Lap:
    """Let the contender of this process run over a clip, and time it."""
    contender = _contender(name, setup)
    cv2.setNumThreads(setup.threads)  # ultralytics turns its threads off on import
    began, cpu_began = time.perf_counter(), time.process_time()
    frames, asleep = contender.run(clip, most)
    return Lap(frames, time.perf_counter() - began, time.process_time() - cpu_began, asleep)
