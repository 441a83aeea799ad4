from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from cart.cli import app
from cart.errors import CartError
from cart.vision.footage import VideoWriter
from cart.vision.opening import load_polygon
from tests.vision.calibration.carts import SIZE, draw_cart, overlap

CORNERS = "0.1,0.1 0.9,0.1 0.9,0.9 0.1,0.9"


@pytest.fixture(autouse=True)
def _no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def make_trip(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Write a short video of a drawn cart, or of an even wall, whose camera is shifted by so many pixels."""

    def make(name: str = "trip.mp4", *, cart: bool = True, shift: int = 0) -> Path:
        picture = draw_cart(1).picture if cart else np.full((*SIZE[::-1], 3), 120, np.uint8)
        random = np.random.default_rng(0)
        with VideoWriter(tmp_path / name, SIZE, 10) as writer:
            for number in range(8):
                grain = random.normal(0, 3, picture.shape)
                noisy = np.clip(np.roll(picture, shift, axis=1) + grain, 0, 255).astype(np.uint8)
                writer.write(noisy, number / 10)
        return tmp_path / name

    return make


def _run(*arguments: object) -> tuple[int, str]:
    """Run the command; return its exit code and what it said."""
    result = CliRunner().invoke(app, ["calibrate", *map(str, arguments)])
    if isinstance(result.exception, CartError):
        return result.exception.exit_code, str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_the_opening_is_found_and_written_beside_the_footage(make_trip, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, said = _run(make_trip(), "--picture", tmp_path / "seen.png")
    assert code == 0, said
    assert overlap(load_polygon(tmp_path / "trip.opening.toml"), draw_cart(1).polygon) > 0.9
    assert cv2.imread(str(tmp_path / "seen.png")).shape == (*SIZE[::-1], 3)
    assert _run(tmp_path / "trip.mp4", "--check") == (0, "the camera is where it was\n")


def test_no_picture_is_kept_unasked(make_trip, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    _run(make_trip(), "--polygon", CORNERS)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["trip.mp4", "trip.opening.toml"]


def test_a_camera_that_moved_is_told(make_trip, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    opening = tmp_path / "cart.opening.toml"
    assert _run(make_trip(), "--polygon", CORNERS, "--write", opening)[0] == 0
    code, said = _run(make_trip("later.mp4", shift=24), "--check", "--write", opening)
    assert code == 1
    assert "the view has shifted by 5.0% of its width" in said


def test_given_corners_are_written_as_they_are(make_trip, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, _ = _run(make_trip(), "--polygon", CORNERS)
    assert code == 0
    assert load_polygon(tmp_path / "trip.opening.toml") == ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


def test_where_nothing_is_found_the_corners_are_asked_for(make_trip, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code, said = _run(make_trip(cart=False))
    assert code == 2
    assert "say where it is with --polygon" in said
    assert "\n" not in said
    assert not (tmp_path / "trip.opening.toml").exists()


def test_an_opening_that_is_there_is_kept(make_trip, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "trip.opening.toml").write_text("by hand")
    assert "is there already: give --force" in _run(make_trip(), "--polygon", CORNERS)[1]
    assert (tmp_path / "trip.opening.toml").read_text() == "by hand"
    assert _run(tmp_path / "trip.mp4", "--polygon", CORNERS, "--force")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--polygon", "1 2 3"], "--polygon: write the corners like"),
        (["--picture", "seen.txt"], "the name must end in .png or .jpg"),
        (["--check"], "no such opening file; calibrate first"),
    ],
)
def test_bad_flags_are_told_in_a_line(make_trip, arguments: list[str], message: str) -> None:  # type: ignore[no-untyped-def]
    code, said = _run(make_trip(), *arguments)
    assert (code, message in said) == (2, True)


def test_a_camera_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, said = _run("87", "--write", tmp_path / "cart.opening.toml")
    assert code == 2
    assert said.startswith("no camera 87: ")


@pytest.mark.parametrize("camera", ["rtsp://camera/1", "0"])
def test_a_camera_needs_a_place_to_write_to(camera: str) -> None:
    code, said = _run(camera)
    assert code == 2
    assert "say where the opening is with --write FILE" in said
