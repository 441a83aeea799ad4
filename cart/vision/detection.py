"""Frame to hands and items: one small interface over the packaged weights and over any others."""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import openvino

from cart.errors import InputError
from cart.vision import weights, yolo
from cart.vision.boxes import Detection, Kind

PACKAGED = "detector.onnx"


class Detector(Protocol):
    """Finds hands and items in a frame."""

    @property
    def version(self) -> str:
        """Name and short hash of the weights: same version, same frame, same detections."""

    def detect(self, image: yolo.Picture) -> list[Detection]:
        """Return hands and items of at least `yolo.SCORE_THRESHOLD`, best first.

        Args:
            image: BGR, uint8, (H, W, 3).
        """


def load_detector(path: str | Path | None = None, *, threads: int = 0) -> Detector:
    """Return a detector for a weights file.

    An `.onnx` runs through OpenVINO; `.pt` and all others run through ultralytics, which is an extra.
    Of the weights' classes `hand` is a hand, `person` is dropped, and every other class is an item.

    Args:
        path: the weights; None for the packaged ones.
        threads: processor threads for one frame; 0 lets the runtime choose.

    Raises:
        InputError: the weights are missing, damaged or of the wrong kind, or ultralytics is not installed.
    """
    file = weights.packaged(PACKAGED) if path is None else weights.existing(path)
    if file.suffix.lower() == ".onnx":
        return OpenVinoDetector(file, threads=threads)
    from cart.vision.ultralytics_backend import UltralyticsDetector  # noqa: PLC0415  (an extra: torch)

    return UltralyticsDetector(file, threads=threads)


class OpenVinoDetector:
    """A YOLO network in ONNX, in 32-bit floats on the processor.

    Weights exported with free input sizes are compiled for the shape of the frames, which saves the
    padding of a square input: a fifth of the time for 4:3, a third for 16:9.
    """

    def __init__(self, file: Path, *, threads: int = 0) -> None:
        """Read the weights; they are compiled when the first frame tells its size."""
        self.version = weights.version_of(file)
        self._file = file
        self._threads = threads
        self._model = _read(file)
        self._kinds, self._longest, self._needs_nms = _describe(self._model, file)
        self._compiled: dict[tuple[int, int], Any] = {}

    def detect(self, image: yolo.Picture) -> list[Detection]:
        """Return hands and items of at least `yolo.SCORE_THRESHOLD`, best first.

        Args:
            image: BGR, uint8, (H, W, 3).
        """
        height, width = image.shape[:2]
        request, size = self._request(width, height)
        laid, fit = yolo.letterbox(image, *size)
        planes = cv2.dnn.blobFromImage(laid, 1 / 255, swapRB=True)
        output = request.infer({0: planes}, share_inputs=True)[0][0]
        found = yolo.decode_grid(output) if self._needs_nms else yolo.decode_list(output)
        return yolo.to_detections(found, self._kinds, fit, width, height)

    def _request(self, width: int, height: int) -> tuple[Any, tuple[int, int]]:
        size = yolo.input_size(width, height, self._longest)
        shape = self._model.input(0).partial_shape
        if shape[2].is_static and shape[3].is_static:
            size = shape[3].get_length(), shape[2].get_length()
        if size not in self._compiled:
            self._compiled[size] = self._compile(size)
        return self._compiled[size], size

    def _compile(self, size: tuple[int, int]) -> Any:
        model = self._model.clone()
        options: dict[str, str | int] = {
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": self._threads,
        }
        try:
            model.reshape([1, 3, size[1], size[0]])
            return openvino.Core().compile_model(model, "CPU", options).create_infer_request()
        except RuntimeError as error:
            raise InputError(
                f"{self._file.name} cannot run on pictures of {size[0]}x{size[1]}: export the weights again"
            ) from error


def _read(file: Path) -> Any:
    try:
        return openvino.Core().read_model(file)
    except RuntimeError as error:
        raise InputError(f"{file} is damaged or no ONNX network: export the weights again") from error


def _describe(model: Any, file: Path) -> tuple[Sequence[Kind | None], int, bool]:
    """Return what the classes mean, the longest side in training, and whether the output needs NMS.

    All are read from the metadata that ultralytics writes at export, and checked against the output's shape.
    """
    try:
        metadata = {key: ast.literal_eval(_text(model, key)) for key in ("names", "imgsz")}
        names: Mapping[int, str] = metadata["names"]
        kinds = [yolo.kind_of_class(names[number]) for number in range(len(names))]
        longest = max(metadata["imgsz"])
        task = _text(model, "task")
        shape = model.output(0).partial_shape
        layout = [shape[axis].get_length() if shape[axis].is_static else None for axis in range(len(shape))]
    except (RuntimeError, ValueError, SyntaxError, KeyError, TypeError) as error:
        raise InputError(f"{file} does not name its classes: export the weights with ultralytics") from error
    if len(layout) != 3 or task != "detect":
        raise InputError(f"{file} is no detector: give the weights of a network for task 'detect'")
    if layout[1] != 4 + len(kinds) and layout[2] != 6:
        raise InputError(f"{file} names {len(kinds)} classes, but puts out another number: export it again")
    return kinds, longest, layout[1] == 4 + len(kinds)


def _text(model: Any, key: str) -> str:
    return str(model.get_rt_info(["framework", key]).astype(str))
