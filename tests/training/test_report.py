import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("matplotlib")

from cart.errors import InputError
from cart.training.cli import app
from cart.training.history import FILE, History, Run, read_run
from cart.training.reliability import FILE as RELIABILITY
from cart.training.reliability import reliability, write_reliability
from cart.training.report import BEGIN, END, report, section

CARD = f"# detector\n\nAbove.\n\n{BEGIN}\nNo record.\n{END}\n\n## Below\n"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of twelve epochs, finished after an hour and a half."""
    folder = tmp_path / "run-0123456789ab"
    facts = Run(
        model="detector",
        unit="epoch",
        recipe="0123456789ab",
        seed=7,
        settings={"start": "yolo11n.pt", "lr0": 0.001},
        data={"composed scenes": 3000, "rendered stills": 1000},
        device="cpu, 2 threads",
        versions={"torch": "2.13.0"},
        seconds=5400,
    )
    history = History.start(folder, facts)
    for epoch in range(1, 13):
        losses = {"box loss": 1.2 / epoch + 0.8, "cls loss": 3 / epoch + 0.5, "dfl loss": 0.9}
        history.add(epoch, **losses, mAP50=1 - 1 / (epoch + 1), **{"learning rate": 0.001 / epoch})
    history.finish({"mAP50": 0.8534})
    return folder


@pytest.fixture
def card(tmp_path: Path) -> Path:
    file = tmp_path / "models" / "detector.md"
    file.parent.mkdir()
    file.write_text(CARD)
    return file


def picture(file: Path) -> np.ndarray:
    read = cv2.imread(str(file))
    assert read is not None
    return read


def colors_of(image: np.ndarray) -> int:
    """How many colours cover a good part of a picture, text and blends left out."""
    _, counts = np.unique(image.reshape(-1, 3), axis=0, return_counts=True)
    return int((counts > 200).sum())


def test_the_card_tells_what_the_run_was(run, card):
    report(run, card)

    text = card.read_text()
    assert text.startswith(f"# detector\n\nAbove.\n\n{BEGIN}\n| | |\n")
    assert text.endswith(f"{END}\n\n## Below\n")
    assert "No record" not in text
    for row in (
        "| recipe | `0123456789ab`: start yolo11n.pt, lr0 0.001 |",
        "| data | 3000 composed scenes, 1000 rendered stills |",
        "| seed | 7 |",
        "| epochs | 12 |",
        "| device | cpu, 2 threads |",
        "| time | 1.50 h |",
        "| versions | torch 2.13.0 |",
        "| reached | mAP50 0.853 |",
    ):
        assert row in text.splitlines()
    assert "![Curves of the training of the detector](detector.curves.png)" in text
    assert str(run.parent) not in text


def test_the_curves_are_drawn_beside_the_card(run, card):
    report(run, card)

    drawn = picture(card.parent / "detector.curves.png")
    height, width = drawn.shape[:2]
    assert width == 800
    assert height > 800  # three panels
    assert (drawn == 255).all(axis=2).mean() > 0.7  # on a light ground
    assert colors_of(drawn) > 4


def test_a_curve_without_rates_has_two_panels(run, card, tmp_path):
    file = run / FILE
    stored = json.loads(file.read_text())
    for point in stored["curve"]:
        del point["learning rate"]
    report(run, card, tmp_path / "three.png")
    file.write_text(json.dumps(stored))
    report(run, card, tmp_path / "two.png")

    heights = [picture(tmp_path / f"{name}.png").shape[0] for name in ("two", "three")]
    assert heights[1] - heights[0] == 300


def test_writing_twice_changes_nothing(run, card):
    report(run, card)
    once = card.read_bytes(), (card.parent / "detector.curves.png").read_bytes()
    report(run, card)

    assert (card.read_bytes(), (card.parent / "detector.curves.png").read_bytes()) == once


def test_a_picture_elsewhere_is_linked_from_the_card(run, card, tmp_path):
    (tmp_path / "docs").mkdir()

    assert "(../docs/curves.png)" in report(run, card, tmp_path / "docs" / "curves.png")


def test_a_measured_reliability_is_drawn_and_told(run, card):
    sure = np.linspace(0.5, 1, 200)
    write_reliability(run, reliability(sure, np.arange(200) % 4 > 0))

    text = report(run, card)

    assert "Over 200 answers" in text
    assert "(expected calibration error, 10 bins)" in text
    assert "![Reliability of the detector](detector.reliability.png)" in text
    drawn = picture(card.parent / "detector.reliability.png")
    assert drawn.shape[1] == 800
    assert colors_of(drawn) >= 3


def test_a_damaged_reliability_is_one_error(run, card):
    (run / RELIABILITY).write_text("[")

    with pytest.raises(InputError, match=r"reliability\.json is damaged"):
        report(run, card)


def test_a_run_that_goes_on_is_told_as_such(run):
    unfinished = read_run(run).model_copy(update={"ended": None, "figures": {}})

    assert "| reached | not finished |" in section(unfinished, [], [])


def test_without_a_card_the_section_goes_to_stdout(run):
    result = CliRunner().invoke(app, ["report", str(run)])

    assert result.exit_code == 0, result.output
    assert result.output == report(run)
    assert "(detector.curves.png)" in result.output
    assert picture(run / "detector.curves.png").shape[1] == 800


def test_with_a_card_the_command_says_what_it_wrote(run, card):
    result = CliRunner().invoke(app, ["report", str(run), "--card", str(card)])

    assert result.output == f"{card}: written from {run}\n"
    assert "| seed | 7 |" in card.read_text()


@pytest.mark.parametrize("text", ["# detector\n", f"{BEGIN}\n", f"{END}\n{BEGIN}\n"])
def test_a_card_without_a_place_for_the_run_is_left_alone(run, card, text):
    card.write_text(text)

    with pytest.raises(InputError, match=f"has no place for the run: add the two lines {BEGIN} and {END}"):
        report(run, card)
    assert card.read_text() == text
    assert not (card.parent / "detector.curves.png").exists()


def test_no_card(run, tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        report(run, tmp_path / "none.md")


def test_a_run_without_a_curve(run, card):
    file = run / FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"curve": []}))

    with pytest.raises(InputError, match="has no curve yet: train for one epoch at least"):
        report(run, card)


@pytest.mark.parametrize("name", ["curves.jpg", "no/such/folder.png"])
def test_a_picture_that_cannot_be_written(run, tmp_path, name):
    with pytest.raises(InputError, match="cannot write"):
        report(run, None, tmp_path / name)


def test_the_cards_of_the_packaged_models_have_a_place_for_a_run():
    for name in ("detector", "embedder"):
        text = (Path(__file__).parents[2] / "models" / f"{name}.md").read_text()
        assert text.index(f"{BEGIN}\n") < text.index(f"{END}\n")
