"""Putting a run together from its options: what is looked for where, what is refused, what it is called."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cart.errors import InputError
from cart.vision.recorded import Options, Run, process

Make = Callable[..., Path]
TOML = "[opening]\npolygon = [[0.0, 0.3], [1.0, 0.3], [1.0, 1.0], [0.0, 1.0]]\n"


def opening_file(source: str | Path, **options: Any) -> Path | None:
    with Run(source, Options(**options)) as run:
        return run.opening_file


def test_the_opening_is_looked_for_beside_the_footage(
    make_video: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, beside = make_video("trip.of.today.mp4"), tmp_path / "trip.of.today.opening.toml"
    monkeypatch.chdir(tmp_path)

    assert opening_file(video) is None
    beside.write_text(TOML)
    assert opening_file(video) == opening_file("trip.of.today.mp4") == beside


def test_a_folder_of_stills_has_its_opening_beside_it(make_still: Make, tmp_path: Path) -> None:
    make_still("1.png")
    (tmp_path / "stills.opening.toml").write_text(TOML)

    assert opening_file(tmp_path / "stills", fps=5.0) == tmp_path / "stills.opening.toml"


def test_a_given_opening_wins(make_video: Make, tmp_path: Path) -> None:
    video, given = make_video("trip.mp4"), tmp_path / "given.toml"
    (tmp_path / "trip.opening.toml").write_text("nonsense")
    given.write_text(TOML)

    with Run(video, Options(opening=given)) as run:
        assert run.opening_file == given
        assert run.camera.opening.polygon[0] == (0.0, pytest.approx(0.3 * 48))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cart": "a b"}, "^--cart 'a b': an id is one word"),
        ({"start": datetime(2026, 1, 31)}, "^--start needs a zone"),
        ({"start": datetime(1, 1, 1, tzinfo=UTC)}, "^--start is in the year 1:"),
        ({"start": datetime(9999, 12, 31, tzinfo=UTC)}, "^--start is in the year 9999:"),
        ({"every": 0.0}, "^--every must be more than 0"),
        ({"fps": -1.0}, "^--fps must be more than 0"),
        ({"detector": Path("none.onnx")}, r"^no weights at none\.onnx"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_the_first_frame(
    make_video: Make, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Run(make_video(), Options(**options))


def test_a_session_is_named_after_the_footages_content(make_video: Make, tmp_path: Path) -> None:
    first = make_video("first.mp4")
    (tmp_path / "second.mp4").write_bytes(first.read_bytes())
    sessions = []
    for path in (first, tmp_path / "second.mp4", make_video("other.mp4", count=5)):
        with Run(path, Options()) as run:
            sessions.append(run.session)

    assert sessions[0] == sessions[1] != sessions[2]
    assert sessions[0].startswith("footage-")
    with Run(first, Options(session="mine")) as run:
        assert run.session == "mine"


def test_footage_without_a_hand_or_an_item_gives_nothing(make_still: Make, tmp_path: Path) -> None:
    for number in range(6):
        make_still(f"{number}.png")

    assert list(process(tmp_path / "stills", Options(fps=2.0))) == []


def test_a_run_can_be_ended_at_any_moment(make_video: Make) -> None:
    with Run(make_video(), Options()) as run:
        sight, events = next(iter(run))

        assert (sight.frame.time, events) == (0.0, [])
        assert run.finish() == []
