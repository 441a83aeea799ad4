import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import openvino
import pytest

from cart.vision import weights
from cart.vision.detection import PACKAGED, load_detector
from cart.vision.footage import open_footage

SAMPLE = Path(__file__).parents[1] / "footage" / "starter_trip.mp4"
Load = Callable[[str], ModuleType]


def test_ratios_are_taken_within_a_round(load: Load) -> None:
    lap, report = load("contenders").Lap, load("report")
    results = report.Results("clip", {"floor": "f32", "cart": "f32"})
    for slowed in (1, 3, 10):  # the machine's speed drifts from round to round
        results.add("trip", "floor", lap(frames=100, seconds=1.0 * slowed, cpu_seconds=2.0))
        results.add("trip", "cart", lap(frames=50, seconds=0.7 * slowed, cpu_seconds=1.5))

    assert results.times_as_long("trip", "cart", "floor").low == pytest.approx(1.4)
    assert results.times_as_long("trip", "cart", "floor").high == pytest.approx(1.4)
    assert results.frames_per_second("trip", "floor").median == pytest.approx(100 / 3)
    assert results.cpu_milliseconds("trip", "cart").median == pytest.approx(30)


@pytest.mark.parametrize(("seconds", "held"), [(1.49, True), (1.51, False)])
def test_a_bound_says_whether_it_holds(load: Load, seconds: float, held: bool) -> None:
    lap, report = load("contenders").Lap, load("report")
    results = report.Results("clip", {"floor": "f32", "cart": "f32"})
    results.add("trip", "floor", lap(100, 1.0, 1.0))
    results.add("trip", "cart", lap(100, seconds, 1.0))

    (bound,) = report.bounds(results)

    assert bound.held is held
    assert ("NOT held" in str(bound)) is not held


def test_the_share_asleep_is_that_of_all_rounds(load: Load) -> None:
    lap, report = load("contenders").Lap, load("report")
    results = report.Results("clip", {"cart-gated": "f32"})
    results.add("idle", "cart-gated", lap(100, 1.0, 1.0, asleep=80))
    results.add("idle", "cart-gated", lap(100, 1.0, 1.0, asleep=90))

    assert results.asleep("idle", "cart-gated") == pytest.approx(0.85)


def test_the_torch_form_finds_what_the_onnx_form_finds(load: Load, tmp_path: Path) -> None:
    pytest.importorskip("ultralytics")
    peer, packaged = load("peer_ultralytics"), weights.packaged(PACKAGED)
    ultralytics = peer.quiet_ultralytics()
    with open_footage(SAMPLE) as footage:
        image = next(frame for frame in footage if frame.time > 8).image

    ours = load_detector(packaged, threads=1).detect(image)
    torch_form = ultralytics.YOLO(peer.torch_weights(packaged, tmp_path / "detector.pt"))
    longest = max(load("contenders").exported(openvino.Core().read_model(packaged), "imgsz"))
    boxes = torch_form.predict(image, imgsz=longest, conf=0.25, iou=0.6, verbose=False)[0].boxes

    assert ours
    assert [found.score for found in ours] == pytest.approx(boxes.conf.tolist(), abs=1e-4)
    for found, box in zip(ours, boxes.xyxy.tolist(), strict=True):
        assert found.box == pytest.approx(box, abs=0.05)


@pytest.mark.slow
def test_the_benchmark_runs(vision_script: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, vision_script, "--rounds=1", "--frames=12", f"--json={figures}"]

    ended = subprocess.run([*command, "--only=floor,cart"], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
    laps = json.loads(figures.read_text())["laps"]
    assert [(lap["clip"], lap["contender"]) for lap in laps] == [
        ("trip", "floor"),
        ("trip", "cart"),
        ("idle", "cart"),
    ]
    assert {lap["frames"] for lap in laps} == {12}


def test_an_unknown_contender_is_refused_in_one_line(vision_script: Path) -> None:
    ended = subprocess.run(
        [sys.executable, vision_script, "--only=snail"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert "no such contender: snail" in ended.stderr
