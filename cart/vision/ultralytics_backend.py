"""Any weights that ultralytics can run, behind the detector interface."""

import importlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from cart.errors import InputError
from cart.vision import torchvision_ops, weights, yolo
from cart.vision.boxes import Detection

_HOW_TO_INSTALL = "pip install 'smart-cart[train]'"


def import_ultralytics() -> Any:
    """Import ultralytics without its calls home, its own installs and its own number of threads.

    What the user has set in the environment is left as it is.

    Raises:
        InputError: it is not installed.
    """
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    os.environ.setdefault("YOLO_VERBOSE", "false")
    os.environ.setdefault("YOLO_CONFIG_DIR", str(Path(tempfile.gettempdir()) / "smart-cart"))
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    try:
        import ultralytics  # noqa: PLC0415
    except ImportError as error:
        raise InputError(f"these weights need ultralytics: {_HOW_TO_INSTALL}") from error
    torchvision_ops.ensure()
    ultralytics.settings.update({"sync": False})
    return ultralytics


class UltralyticsDetector:
    """Weights of any kind that ultralytics reads."""

    def __init__(self, path: Path, *, threads: int = 0) -> None:
        """Load the weights.

        Raises:
            InputError: they cannot be loaded, are no detector, or ultralytics is not installed.
        """
        ultralytics = import_ultralytics()
        if threads:
            _set_threads(threads)
        self.version = weights.version_of(path)
        self._model = _load(ultralytics, path)
        names = self._model.names
        self._kinds = [yolo.kind_of_class(names[number]) for number in range(len(names))]

    def detect(self, image: yolo.Picture) -> list[Detection]:
        """Return hands and items of at least `yolo.SCORE_THRESHOLD`, best first.

        Args:
            image: BGR, uint8, (H, W, 3).
        """
        result = self._model.predict(image, conf=yolo.SCORE_THRESHOLD, iou=yolo.NMS_IOU, verbose=False)[0]
        boxes = result.boxes.cpu().numpy()
        found = yolo.Candidates(boxes.xyxy, boxes.conf, boxes.cls.astype(np.intp))
        height, width = image.shape[:2]
        return yolo.to_detections(found, self._kinds, yolo.Fit(1, 0, 0), width, height)


def _load(ultralytics: Any, path: Path) -> Any:
    try:
        model = ultralytics.YOLO(path)
        names = model.names
    except Exception as error:  # ultralytics and torch raise anything from KeyError to UnpicklingError
        raise InputError(f"{path} cannot be read: give the weights of a YOLO detector") from error
    if model.task != "detect" or not names:
        raise InputError(f"{path} is no detector: give the weights of a network for task 'detect'")
    return model


def _set_threads(threads: int) -> None:
    importlib.import_module("torch").set_num_threads(threads)
