import json
from pathlib import Path
from typing import Any

import pytest

from cart.errors import InputError
from cart.evaluation.truth import TruthEvent, load_truth

TRUTH = {
    "clip": "trip.mp4",
    "fps": 12,
    "size": [640, 480],
    "opening": [[0, 0], [1, 0], [1, 1]],
    "initial": {"tea": 1},
    "events": [{"t": 3.5, "action": "remove", "product": "tea", "count": 1}],
    "no_event": [{"t": 9, "what": "hand_only"}],
    "final": {},
    "tolerance_s": 1.5,
    "note": "ignored",
}


def _file(folder: Path, **changes: Any) -> Path:
    path = folder / "trip.truth.json"
    path.write_text(json.dumps(TRUTH | changes))
    return path


def test_a_truth_file_is_read(tmp_path: Path) -> None:
    truth = load_truth(_file(tmp_path))
    assert truth.events == (TruthEvent(t=3.5, action="remove", product="tea", count=1),)
    assert (truth.clip, truth.fps, truth.size, truth.tolerance_s) == ("trip.mp4", 12, (640, 480), 1.5)
    assert (truth.initial, truth.final) == ({"tea": 1}, {})
    assert truth.no_event[0].what == "hand_only"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"events": None}, "events: Input should be a valid"),
        ({"events": [{"t": -1, "action": "add", "product": "a"}]}, r"events\.0\.t: Input should be greater"),
        (
            {"events": [{"t": 1, "action": "put", "product": "a"}]},
            r"events\.0\.action: Input should be 'add'",
        ),
        ({"events": [{"t": 1, "action": "add"}]}, r"events\.0\.product: Field required"),
        ({"events": [{"t": 1, "action": "add", "product": "a", "count": 0}]}, r"events\.0\.count: Input"),
        ({"initial": {"tea": -1}}, r"initial\.tea: Input should be greater than or equal to 0"),
        ({"tolerance_s": 0}, "tolerance_s: Input should be greater than 0"),
    ],
)
def test_what_is_wrong_in_a_truth_file_is_said(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=rf"trip\.truth\.json is not a truth file: {message}"):
        load_truth(_file(tmp_path, **changes))


def test_a_truth_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the truth in .*none\.json: No such file"):
        load_truth(tmp_path / "none.json")
    (tmp_path / "cut.json").write_text('{"clip"')
    with pytest.raises(InputError, match=r"cut\.json is not a truth file: Invalid JSON"):
        load_truth(tmp_path / "cut.json")


@pytest.mark.parametrize(
    ("clip", "adds", "removes"), [("bottles", 4, 4), ("basket", 13, 16), ("starter_trip", 4, 1)]
)
def test_the_truth_of_the_real_footage_is_read(footage: Path, clip: str, adds: int, removes: int) -> None:
    truth = load_truth(footage / f"{clip}.truth.json")
    counts = {"add": 0, "remove": 0}
    for event in truth.events:
        counts[event.action] += event.count
    assert counts == {"add": adds, "remove": removes}
    assert truth.clip == f"{clip}.mp4"
