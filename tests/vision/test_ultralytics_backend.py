import importlib.util
import shutil
from pathlib import Path

import cv2
import pytest

from cart.errors import InputError
from cart.vision.boxes import iou
from cart.vision.detection import load_detector
from cart.vision.ultralytics_backend import import_ultralytics

SHARED = Path(__file__).parents[3] / "shared"

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("ultralytics") is None, reason="needs the extra train"),
    pytest.mark.filterwarnings("ignore"),
]


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared")
def test_coco_weights_run_alike_through_both_runtimes(tmp_path):
    weights = shutil.copy(SHARED / "weights" / "yolo11n_coco.pt", tmp_path / "coco.pt")
    exported = (
        import_ultralytics().YOLO(weights).export(format="onnx", imgsz=640, dynamic=True, simplify=True)
    )
    picture = cv2.imread(str(sorted((SHARED / "footage" / "tray-stills").glob("*.jpg"))[40]))
    expected, found = (load_detector(file).detect(picture)[0] for file in (weights, exported))
    assert expected.kind == found.kind == "item"
    assert found.score == pytest.approx(expected.score, abs=0.02)
    assert iou(found.box, expected.box) > 0.95


@pytest.mark.slow
def test_weights_for_another_task_are_refused(tmp_path):
    file = tmp_path / "segment.pt"
    import_ultralytics().YOLO("yolo11n-seg.yaml").save(file)
    with pytest.raises(InputError, match="is no detector"):
        load_detector(file)


def test_torchvision_suppresses_as_it_should():
    import_ultralytics()
    torch = pytest.importorskip("torch")
    import torchvision  # noqa: PLC0415

    boxes = torch.tensor([[0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30]], dtype=torch.float32)
    kept = torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5)
    assert kept.tolist() == [1, 2]
