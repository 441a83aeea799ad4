import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cart.errors import InputError
from cart.training.history import FILE, History, Run, library_versions, read_run


def a_run(**changed: Any) -> Run:
    facts: dict[str, Any] = {
        "model": "detector",
        "unit": "epoch",
        "recipe": "0123456789ab",
        "seed": 1,
        "settings": {"start": "yolo11n.pt", "lr0": 0.001},
        "data": {"composed scenes": 3000},
        "device": "cpu, 2 threads",
    }
    return Run(**facts | changed)


def test_a_finished_run_is_read_as_it_was_recorded(tmp_path):
    folder = tmp_path / "new" / "run"
    history = History.start(folder, a_run())
    history.add(1, **{"box loss": 1.5, "mAP50-95": 0.25})
    history.finish({"mAP50": 0.5})

    read = read_run(folder)

    assert read == history.run
    assert read.curve == [{"epoch": 1, "box loss": 1.5, "mAP50-95": 0.25}]
    assert read.figures == {"mAP50": 0.5}
    assert read.ended is not None
    assert read.started <= read.ended <= datetime.now(UTC)
    assert [file.name for file in folder.iterdir()] == [FILE]


def test_every_point_is_on_disk_at_once(tmp_path):
    history = History.start(tmp_path, a_run())
    for epoch in (1, 2):
        history.add(epoch, loss=1.0)
        assert read_run(tmp_path).curve[-1]["epoch"] == epoch


def test_a_resumed_run_goes_on_with_its_curve_and_repeats_no_epoch(tmp_path):
    cut_short = History.start(tmp_path, a_run(started=datetime(2026, 1, 1, tzinfo=UTC), seconds=60))
    for epoch, loss in ((1, 3.0), (2, 2.0), (3, 1.0)):
        cut_short.add(epoch, loss=loss)

    resumed = History.start(tmp_path, a_run(device="cuda"), resumed=True)
    resumed.add(2, loss=2.5)

    read = read_run(tmp_path)
    assert read.curve == [{"epoch": 1, "loss": 3.0}, {"epoch": 2, "loss": 2.5}]
    assert read.started == datetime(2026, 1, 1, tzinfo=UTC)
    assert read.device == "cpu, 2 threads, then cuda"
    assert 60 <= read.seconds < 90


def test_a_run_resumed_on_the_same_device_names_it_once(tmp_path):
    History.start(tmp_path, a_run())
    History.start(tmp_path, a_run(), resumed=True)

    assert read_run(tmp_path).device == "cpu, 2 threads"


def test_what_was_trained_from_the_start_again_begins_an_empty_curve(tmp_path):
    History.start(tmp_path, a_run()).add(1, loss=1.0)
    History.start(tmp_path, a_run())

    assert read_run(tmp_path).curve == []


def test_a_run_resumed_from_before_runs_were_recorded_starts_a_record(tmp_path):
    History.start(tmp_path, a_run(), resumed=True).add(4, loss=1.0)

    assert read_run(tmp_path).line("loss") == ([4], [1.0])


def test_a_run_does_not_go_on_with_that_of_another_recipe(tmp_path):
    History.start(tmp_path, a_run())

    with pytest.raises(InputError, match="another recipe, 0123456789ab: choose another folder"):
        History.start(tmp_path, a_run(recipe="other"), resumed=True)


def test_a_value_that_some_steps_lack_is_a_line_of_those_that_have_it(tmp_path):
    history = History.start(tmp_path, a_run(unit="step"))
    history.add(10, loss=2.0)
    history.add(20, loss=1.0, recall=0.5)

    assert history.run.names() == ["loss", "recall"]
    assert history.run.line("recall") == ([20], [0.5])


def test_a_run_that_diverged_can_be_read(tmp_path):
    history = History.start(tmp_path, a_run())
    history.add(1, loss=float("nan"))

    (loss,) = read_run(tmp_path).line("loss")[1]
    assert loss != loss  # noqa: PLR0124  (only NaN is not itself)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"host": "mine"}, "host: Extra inputs"),
        ({"model": "other"}, "model: Input should be"),
        ({"started": "2026-01-01T00:00:00"}, "started: Input should have timezone"),
        ({"curve": [{"epoch": 2}, {"epoch": 2}]}, "does not count its epochs upwards"),
        ({"curve": [{"loss": 2.0}]}, "does not count its epochs upwards"),
    ],
)
def test_a_wrong_field_is_named(tmp_path, change, message):
    History.start(tmp_path, a_run())
    file = tmp_path / FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | change))

    with pytest.raises(InputError, match=rf"run\.json is damaged: .*{message}"):
        read_run(tmp_path)


def test_half_a_file_is_told(tmp_path):
    History.start(tmp_path, a_run())
    file = tmp_path / FILE
    file.write_text(file.read_text()[:100])

    with pytest.raises(InputError, match="is damaged: the file: Invalid JSON"):
        History.load(tmp_path)


def test_no_run_is_told_with_where_one_lies(tmp_path: Path):
    with pytest.raises(InputError, match=r"no run\.json in .*: give the folder of a run"):
        read_run(tmp_path)
    History.start(tmp_path / "run-1", a_run())
    with pytest.raises(InputError, match=r"give a run's folder, such as .*run-1"):
        read_run(tmp_path)
    with pytest.raises(InputError, match=r"no run\.json in"):
        read_run(tmp_path / "run-1" / FILE)


def test_versions_are_those_of_what_is_installed():
    assert set(library_versions()) >= {"numpy"}
