from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from cart.training.cli import app
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
