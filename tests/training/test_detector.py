import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from cart.errors import InputError
from cart.training import detector
from cart.training.cli import app
from cart.training.detector import FIGURES, _watch, run_folder, train_detector
from cart.training.history import History, Run, read_run
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
LOSSES = ["box loss", "cls loss", "dfl loss"]


@pytest.fixture
def recipe(stills: Path, packshots: Path, tmp_path: Path) -> Path:
    file = tmp_path / "recipe.toml"
    file.write_text(RECIPE.format(stills=stills.as_posix(), packshots=packshots.as_posix()))
    return file


def trains(test):
    """Mark a test that trains with ultralytics, whose warnings are not ours."""
    missing = importlib.util.find_spec("ultralytics") is None
    for mark in (
        pytest.mark.slow,
        pytest.mark.filterwarnings("ignore"),
        pytest.mark.skipif(missing, reason="needs the extra train"),
    ):
        test = mark(test)
    return test


@trains
def test_one_command_trains_and_exports_a_detector(recipe, tmp_path):
    out = tmp_path / "made.onnx"
    result = CliRunner().invoke(
        app,
        [
            "detector",
            "--recipe",
            str(recipe),
            "--out",
            str(out),
            "--work",
            str(tmp_path / "work"),
            "--device",
            "cpu",
        ],
    )
    assert result.exit_code == 0, result.output
    assert "epoch 1 of 1" in result.output
    assert "cart train report" in result.output
    load_detector(out).detect(np.zeros((90, 128, 3), np.uint8))

    run = read_run(run_folder(read_recipe(recipe), tmp_path / "work"))
    assert [point["epoch"] for point in run.curve] == [1]
    assert run.names() == [*LOSSES, *FIGURES]
    assert run.line("cls loss")[1][0] > 0
    assert set(run.figures) == set(FIGURES)
    assert run.data == {
        "composed scenes": 6,
        "real stills, copies counted": 3,
        "rendered stills": 0,
        "parts of rendered stills": 0,
        "pictures to validate on": 3,
    }
    assert run.device == "cpu, 1 thread"
    assert str(tmp_path) not in run.model_dump_json()


@trains
def test_a_training_cut_short_goes_on_and_keeps_its_curve(recipe, tmp_path):
    recipe.write_text(recipe.read_text().replace("epochs = 1", "epochs = 2"))
    chosen, out, work = read_recipe(recipe), tmp_path / "made.onnx", tmp_path / "work"

    def cut_short(line: str) -> None:
        raise KeyboardInterrupt(line)

    with pytest.raises(KeyboardInterrupt, match="epoch 1 of 2"):
        train_detector(chosen, out, work=work, device="cpu", report=cut_short)
    (first,) = read_run(run_folder(chosen, work)).curve
    told = []
    train_detector(chosen, out, work=work, device="cpu", report=told.append)

    assert [line.partition(":")[0] for line in told] == ["epoch 2 of 2"]
    run = read_run(run_folder(chosen, work))
    assert [point["epoch"] for point in run.curve] == [1, 2]
    assert run.curve[0] == first
    assert run.ended is not None


@trains
def test_a_recipe_that_starts_from_another_trains_that_first_and_once(recipe, tmp_path):
    second = tmp_path / "second.toml"
    second.write_text(recipe.read_text().replace("yolo11n.yaml", recipe.as_posix()))
    out, work, told = tmp_path / "made.onnx", tmp_path / "work", []
    train_detector(read_recipe(second), out, work=work, device="cpu", report=told.append)
    assert [line.partition(":")[0] for line in told] == [
        f"first {recipe.as_posix()}",
        "epoch 1 of 1",
        "epoch 1 of 1",
    ]
    assert read_run(run_folder(read_recipe(second), work)).settings["start"] == "recipe.toml"

    told.clear()
    train_detector(read_recipe(second), out, work=work, device="cpu", report=told.append)
    assert len(told) == 1


class Watched:
    """Stands for ultralytics' model: keeps what it is told to call."""

    def __init__(self) -> None:
        self.callbacks = {}

    def add_callback(self, event, callback):
        self.callbacks[event] = callback

    def end_epoch(self, epoch: int, epochs: int, map50: float) -> None:
        trainer = SimpleNamespace(
            epoch=epoch,
            epochs=epochs,
            tloss=1.5,
            label_loss_items=lambda loss: {"train/box_loss": loss},
            metrics={"metrics/mAP50(B)": np.float64(map50), "metrics/mAP50-95(B)": 0.25},
        )
        self.callbacks["on_fit_epoch_end"](trainer)


def test_each_epoch_is_recorded_and_told_once(tmp_path):
    facts = Run(model="detector", unit="epoch", recipe="a", seed=0, settings={}, data={}, device="cpu")
    history, model, told, bars = History.start(tmp_path, facts), Watched(), [], []
    _watch(model, read_recipe(PACKAGED), history, told.append, lambda *bar: bars.append(bar))
    for epoch in range(
        3
    ):  # ultralytics calls once more, after the last epoch, with the best weights' figures
        model.end_epoch(epoch, 2, map50=0.5)

    assert read_run(tmp_path).line("box loss") == ([1, 2], [1.5, 1.5])
    assert read_run(tmp_path).line("mAP50-95") == ([1, 2], [0.25, 0.25])
    assert told[1] == "epoch 2 of 2: mAP50 0.500, mAP50-95 0.250"
    assert bars == [("epochs", 1, 2), ("epochs", 2, 2)]


def test_a_run_that_only_lacks_its_export_is_not_trained_again(recipe, tmp_path, monkeypatch):
    pytest.importorskip("ultralytics")
    chosen, exported = read_recipe(recipe), []
    run = run_folder(chosen, tmp_path)
    facts = Run(
        model="detector", unit="epoch", recipe=chosen.digest(), seed=0, settings={}, data={}, device="cpu"
    )
    History.start(run, facts).finish({"mAP50": 0.5})
    (run / "weights").mkdir()
    (run / "weights" / "last.pt").touch()
    monkeypatch.setattr(detector, "_export", lambda _, weights, *__: exported.append(weights))
    monkeypatch.setattr(detector, "load_detector", lambda _: None)

    assert train_detector(chosen, tmp_path / "made.onnx", work=tmp_path) == {"mAP50": 0.5}
    assert exported == [run / "weights" / "best.pt"]
    assert not (run / "weights" / "last.pt").exists()


def test_a_device_that_is_not_there_is_told_before_anything_is_made(tmp_path):
    pytest.importorskip("ultralytics")
    with pytest.raises(InputError, match="torch sees no device 'cuda:99'"):
        train_detector(
            read_recipe(PACKAGED), tmp_path / "made.onnx", work=tmp_path / "work", device="cuda:99"
        )
    assert not (tmp_path / "work").exists()


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


@trains
def test_a_run_cut_short_in_its_last_validation_is_validated_and_exported(recipe, tmp_path):
    chosen, out, work = read_recipe(recipe), tmp_path / "made.onnx", tmp_path / "work"
    train_detector(chosen, out, work=work, device="cpu")
    run = run_folder(chosen, work)
    weights = run / "weights"
    (weights / "last.pt").write_bytes((weights / "best.pt").read_bytes())
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | {"ended": None, "figures": {}}))
    out.unlink()
    told = []

    figures = train_detector(chosen, out, work=work, device="cpu", report=told.append)

    assert told == []
    assert out.exists()
    assert set(figures) == set(FIGURES)
    assert read_run(run).ended is not None
