import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from cart.errors import InputError
from cart.training.cli import app
from cart.training.detector import train_detector
from cart.training.recipe import PACKAGED, read_recipe
from cart.vision.detection import load_detector

RECIPE = """
start = "yolo11n.yaml"
detection_size = 128
workers = 1
[sources]
packshots = "{packshots}"
stills = [{{ folder = "{stills}", last = 3 }}]
held_out = [{{ folder = "{stills}", first = 3 }}]
[scenes]
train = 6
validation = 2
items = 2
hands = 2
grips = 2
[training]
epochs = 1
imgsz = 64
batch = 4
"""


@pytest.fixture
def recipe(stills: Path, packshots: Path, tmp_path: Path) -> Path:
    file = tmp_path / "recipe.toml"
    file.write_text(RECIPE.format(stills=stills.as_posix(), packshots=packshots.as_posix()))
    return file


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(importlib.util.find_spec("ultralytics") is None, reason="needs the extra train")
def test_one_command_trains_and_exports_a_detector(recipe, tmp_path):
    out = tmp_path / "made.onnx"
    result = CliRunner().invoke(
        app, ["detector", "--recipe", str(recipe), "--out", str(out), "--work", str(tmp_path / "work")]
    )
    assert result.exit_code == 0, result.output
    assert "epoch 1 of 1" in result.output
    load_detector(out).detect(np.zeros((90, 128, 3), np.uint8))


def test_a_preview_is_a_contact_sheet_and_trains_nothing(recipe, tmp_path):
    sheet = tmp_path / "sheet.png"
    result = CliRunner().invoke(app, ["detector", "--recipe", str(recipe), "--preview", str(sheet)])
    assert result.exit_code == 0, result.output
    assert cv2.imread(str(sheet)).shape == (1800, 2400, 3)


@pytest.mark.parametrize("name", ["made.pt", "no/such/folder.onnx"])
def test_where_to_write_is_checked_before_anything_is_made(tmp_path, name):
    with pytest.raises(InputError, match="cannot write"):
        train_detector(read_recipe(PACKAGED), tmp_path / name, work=tmp_path / "work")
    assert not (tmp_path / "work").exists()
