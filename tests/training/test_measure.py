import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from cart.errors import InputError
from cart.training.cli import app
from cart.training.conditions import read_by_condition
from cart.training.labelled import Label, Labelled
from cart.training.measure import Score, count_right, measure
from cart.vision.boxes import Detection

CAN = (10, 10, 30, 50)


class Sure:
    """A detector that finds the same in every picture."""

    version = "sure-1"

    def __init__(self, *found: Detection) -> None:
        self.found = list(found)

    def detect(self, image: np.ndarray) -> list[Detection]:  # noqa: ARG002
        return self.found


def picture(*labels: Label) -> Labelled:
    return Labelled(np.zeros((60, 60, 3), np.uint8), labels)


def test_found_missed_and_wrong_are_counted_by_kind():
    detector = Sure(Detection("item", CAN, 0.9), Detection("hand", CAN, 0.8), Detection("item", CAN, 0.3))
    scores = measure(detector, [picture(Label("item", CAN)), picture()], least_score=0.4)
    assert scores == {"hand": Score(0, 0, 2), "item": Score(1, 1, 1)}
    assert (scores["item"].precision, scores["item"].recall) == (0.5, 1)


def test_one_label_is_found_once():
    twice = [Detection("item", CAN, 0.9), Detection("item", CAN, 0.8)]
    assert count_right(twice, [Label("item", CAN)]) == 1
    assert count_right(twice, [Label("item", CAN)] * 2) == 2


def test_a_box_that_hardly_overlaps_is_wrong():
    assert count_right([Detection("item", (25, 10, 45, 50), 0.9)], [Label("item", CAN)]) == 0


def test_nothing_labelled_and_nothing_found_is_perfect():
    assert (Score(0, 0, 0).precision, Score(0, 0, 0).recall) == (1, 1)


def test_the_command_prints_a_line_for_each_kind(stills: Path):
    result = CliRunner().invoke(app, ["measure", str(stills), "--first", "1"])
    assert result.exit_code == 0, result.output
    assert [line.split(",")[0] for line in result.output.splitlines()] == [
        "hand: 3 labelled",
        "item: 3 labelled",
    ]


@pytest.fixture
def rendered(tmp_path: Path) -> Path:
    """A set of three rendered stills: two of a dim scene, one of an even one, each with an item."""
    folder = tmp_path / "stills"
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    lights = {0: "dim", 1: "even"}
    lines = [json.dumps({"seed": k, "script": {"light": light}}) for k, light in lights.items()]
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    for name in ("00000_0", "00000_1", "00001_0"):
        cv2.imwrite(str(folder / "images" / f"{name}.jpg"), np.full((60, 80, 3), 90, np.uint8))
        (folder / "labels" / f"{name}.txt").write_text("1 0.5 0.5 0.25 0.5")
    return folder


def test_rendered_stills_are_measured_apart_by_their_light(rendered: Path):
    assert {light: len(found) for light, found in read_by_condition(rendered, "light").items()} == {
        "dim": 2,
        "even": 1,
    }
    whole = CliRunner().invoke(app, ["measure", str(rendered)])
    apart = CliRunner().invoke(app, ["measure", str(rendered), "--by", "light"])
    assert [line.split(",")[0] for line in whole.output.splitlines()] == [
        "hand: 0 labelled",
        "item: 3 labelled",
    ]
    assert [line.partition(" labelled")[0] for line in apart.output.splitlines()] == [
        "light dim, hand: 0",
        "light dim, item: 2",
        "light even, hand: 0",
        "light even, item: 1",
    ]


def test_stills_that_were_not_rendered_have_no_light_to_tell_apart(stills: Path):
    with pytest.raises(InputError, match="holds no rendered stills"):
        read_by_condition(stills, "light")
