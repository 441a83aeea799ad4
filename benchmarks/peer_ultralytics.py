"""ultralytics' ObjectCounter with the weights that our own pipeline runs, in torch and in OpenVINO.

It gets what is fastest for it: the network's input in the shape of the frames, and ByteTrack, which looks for
no motion of the camera as its own default does.
"""

import os
from pathlib import Path
from typing import Any, Self

import openvino
import torch
from contenders import Setup, exported, frames_of, input_size

from cart.vision import yolo
from cart.vision.ultralytics_backend import import_ultralytics

ARCHITECTURE = "yolo11n.yaml"


class Counter:
    """Counts what crosses a line across the middle, and draws it, as ObjectCounter does.

    Args:
        weights: of a kind that ultralytics reads.
        setup: what all contenders are given.
        precision: arithmetic of the network.
    """

    def __init__(self, weights: Path, setup: Setup, precision: str) -> None:
        from ultralytics.solutions import ObjectCounter  # noqa: PLC0415  (quiet_ultralytics goes first)

        width, height = setup.size
        self.precision = precision
        self._counter = ObjectCounter(
            model=str(weights),
            region=[(0, height // 2), (width, height // 2)],
            imgsz=_input_shape(setup),
            conf=yolo.SCORE_THRESHOLD,
            iou=yolo.NMS_IOU,
            tracker="bytetrack.yaml",
            device="cpu",
            show=False,
            verbose=False,
        )

    @classmethod
    def in_torch(cls, setup: Setup) -> Self:
        """Return a counter whose network runs in torch."""
        quiet_ultralytics()
        torch.set_num_threads(setup.threads)
        return cls(torch_weights(setup.weights, setup.folder / "detector.pt"), setup, "f32")

    @classmethod
    def in_openvino(cls, setup: Setup) -> Self:
        """Return a counter whose network ultralytics exported to OpenVINO, which picks the precision."""
        ultralytics = quiet_ultralytics()
        start = torch_weights(setup.weights, setup.folder / "to_export.pt")
        folder = ultralytics.YOLO(start).export(format="openvino", imgsz=_input_shape(setup))
        precision = openvino.Core().get_property("CPU", "INFERENCE_PRECISION_HINT")
        return cls(Path(folder), setup, precision.to_string())

    def run(self, clip: Path, most: int | None) -> tuple[int, int]:
        """Return how many frames were taken in, and 0."""
        count = 0
        for frame in frames_of(clip, most):
            self._counter(frame.image)
            count += 1
        return count, 0


def quiet_ultralytics() -> Any:
    """Import ultralytics without network and without its lines on frames in which nothing is tracked."""
    os.environ["YOLO_OFFLINE"] = "true"
    return import_ultralytics()


def torch_weights(onnx: Path, target: Path) -> Path:
    """Put the weights of an ONNX export back into ultralytics' torch network; return the file written.

    Export folds batch norm into the convolutions and keeps their names, so this is the same network. How wide
    its layers are, which depends on what it was first trained on, is read from the weights.
    """
    from ultralytics.nn.tasks import DetectionModel  # noqa: PLC0415  (quiet_ultralytics goes first)

    network = openvino.Core().read_model(onnx)
    constants = {op.get_friendly_name(): op for op in network.get_ops() if op.get_type_name() == "Constant"}
    names = exported(network, "names")
    model = DetectionModel(ARCHITECTURE, nc=len(names), verbose=False).fuse(verbose=False).eval()
    for name, layer in model.named_modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.weight = _parameter(constants[f"{name}.weight"])
            layer.bias = _parameter(constants[f"{name}.bias"]) if layer.bias is not None else None
            layer.groups = len(layer.weight) if layer.groups > 1 else 1
    model.names = names
    torch.save({"model": model}, target)
    return target


def _parameter(constant: Any) -> torch.nn.Parameter:
    return torch.nn.Parameter(torch.from_numpy(constant.data.copy()), requires_grad=False)


def _input_shape(setup: Setup) -> list[int]:
    """Return height and width of the network's input, the order of ultralytics."""
    width, height = input_size(openvino.Core().read_model(setup.weights), setup.size)
    return [height, width]
