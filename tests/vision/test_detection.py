import importlib.util
import sys
from pathlib import Path

import cv2
import numpy as np
import openvino
import openvino.opset13 as ops
import pytest

from cart.errors import InputError
from cart.vision import detection, weights
from cart.vision.boxes import iou
from cart.vision.detection import load_detector

STILLS = Path(__file__).parents[3] / "shared" / "footage" / "tray-stills"
TINY_NAMES = "{0: 'hand', 1: 'item'}"


def tiny_network(file: Path, channels: int = 6, **metadata: str) -> Path:
    """Write a network that finds one item, half the picture wide, wherever it looks."""
    picture = ops.parameter([1, 3, 32, 64], np.float32, name="images")
    column = np.array([32, 16, 32, 16, 0.1, 0.9, 0.2, 0.2][:channels], np.float32).reshape(1, channels, 1)
    zero = ops.multiply(ops.reduce_mean(picture, np.array([1, 2, 3]), keep_dims=False), np.float32(0))
    output = ops.add(ops.constant(column), ops.reshape(zero, np.array([1, 1, 1]), special_zero=False))
    model = openvino.Model([output], [picture], "tiny")
    for key, value in {"names": TINY_NAMES, "imgsz": "[32, 64]", "task": "detect", **metadata}.items():
        model.set_rt_info(value, ["framework", key])
    openvino.save_model(model, file, compress_to_fp16=False)
    return file


def test_the_packaged_model_is_the_default():
    assert load_detector().version == weights.version_of(weights.packaged(detection.PACKAGED))


@pytest.mark.skipif(not STILLS.is_dir(), reason="needs ../shared/footage")
def test_the_packaged_model_finds_cans_on_a_tray():
    picture = cv2.imread(str(sorted(STILLS.glob("*.jpg"))[100]))
    found = load_detector(threads=1).detect(picture)
    assert sum(one.kind == "item" for one in found) >= 4
    height, width = picture.shape[:2]
    assert all(
        0 <= one.box[0] < one.box[2] <= width and 0 <= one.box[1] < one.box[3] <= height for one in found
    )


@pytest.mark.parametrize("shape", [(480, 640, 3), (360, 640, 3), (640, 360, 3), (32, 32, 3), (7, 900, 3)])
def test_any_size_of_frame_is_taken_and_the_same_frame_gives_the_same(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    detector = load_detector(threads=1)
    assert detector.detect(picture) == detector.detect(picture)


def test_no_such_weights(tmp_path):
    with pytest.raises(InputError, match="no weights at"):
        load_detector(tmp_path / "none.onnx")


@pytest.mark.parametrize("content", [b"", b"not a network", None])
def test_damaged_weights(tmp_path, content):
    whole = weights.packaged(detection.PACKAGED).read_bytes()
    (tmp_path / "bad.onnx").write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(InputError, match="damaged or no ONNX network") as caught:
        load_detector(tmp_path / "bad.onnx")
    assert "\n" not in str(caught.value)


def test_a_network_of_fixed_size_is_used_at_that_size(tmp_path):
    model = detection.OpenVinoDetector(tiny_network(tmp_path / "tiny.xml"))
    (found,) = model.detect(np.zeros((64, 128, 3), np.uint8))
    assert found.kind == "item"
    assert iou(found.box, (32, 16, 96, 48)) == pytest.approx(1)


@pytest.mark.parametrize(
    ("metadata", "channels", "message"),
    [
        ({"task": "classify"}, 6, "no detector"),
        ({"names": "nonsense("}, 6, "does not name its classes"),
        ({"names": "{0: 'item'}"}, 7, "another number"),
    ],
)
def test_weights_of_the_wrong_kind(tmp_path, metadata, channels, message):
    with pytest.raises(InputError, match=message):
        detection.OpenVinoDetector(tiny_network(tmp_path / "tiny.xml", channels, **metadata))


def test_weights_missing_from_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "_FOLDERS", (tmp_path,))
    with pytest.raises(InputError, match=r"detector\.onnx are missing"):
        load_detector()


def test_other_weights_name_the_extra_when_ultralytics_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    (tmp_path / "some.pt").write_bytes(b"any")
    with pytest.raises(InputError, match=r"pip install 'smart-cart\[train\]'"):
        load_detector(tmp_path / "some.pt")


@pytest.mark.skipif(importlib.util.find_spec("ultralytics") is None, reason="needs the extra train")
@pytest.mark.filterwarnings("ignore")
def test_damaged_weights_of_another_kind(tmp_path):
    (tmp_path / "bad.pt").write_bytes(b"not a network")
    with pytest.raises(InputError, match="cannot be read"):
        load_detector(tmp_path / "bad.pt")
