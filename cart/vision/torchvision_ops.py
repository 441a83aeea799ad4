"""Lets torchvision be imported where its compiled part does not fit the installed torch.

Beside a processor-only torch, pip may install a torchvision built for CUDA. Importing it then fails with
"operator torchvision::nms does not exist". ultralytics needs only that operator, so it is registered here,
computed by OpenCV. Where torchvision is sound, nothing is done.

Modules are imported by name: `cart.vision` must not depend on torch (import-linter).
"""

import importlib
from typing import Any

import cv2

_SYMPTOM = "operator torchvision::nms does not exist"
_registered: list[Any] = []


def ensure() -> None:
    """Make `import torchvision` work; a torchvision broken in another way raises its own error."""
    try:
        importlib.import_module("torchvision")
    except RuntimeError as error:
        if _SYMPTOM not in str(error):
            raise
        _register(importlib.import_module("torch"))
        importlib.import_module("torchvision")
        extension = importlib.import_module("torchvision.extension")
        extension._has_ops = lambda: True  # type: ignore[attr-defined]


def _register(torch: Any) -> None:
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.impl("nms", _nms, "CPU")
    _registered.append(library)  # the operators live as long as this object


def _nms(boxes: Any, scores: Any, overlap: float) -> Any:
    """Return the indices kept, best first; boxes (N, 4) are two corners."""
    corners = boxes.detach().double().numpy()
    sides = corners.copy()
    sides[:, 2:] -= corners[:, :2]
    kept = cv2.dnn.NMSBoxes(sides.tolist(), scores.detach().double().tolist(), 0.0, overlap)
    return scores.new_tensor(kept, dtype=importlib.import_module("torch").int64).flatten()
