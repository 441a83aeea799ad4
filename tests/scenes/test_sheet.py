"""Contact sheets of stills."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from cart.errors import InputError
from cart.scenes.sheet import write_sheet


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    for k in range(6):
        cv2.imwrite(str(tmp_path / "images" / f"{k}.jpg"), np.full((60, 80, 3), 40 * k, np.uint8))
        (tmp_path / "labels" / f"{k}.txt").write_text("1 0.5 0.5 0.5 0.5\n")
    return tmp_path


def test_a_sheet_shows_so_many_stills(stills: Path, tmp_path: Path) -> None:
    write_sheet(stills, tmp_path / "sheet.png", 2, 2, 0)
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet is not None
    assert sheet.shape == (480, 640, 3)


def test_boxes_are_drawn_when_asked_for(stills: Path, tmp_path: Path) -> None:
    write_sheet(stills, tmp_path / "plain.png", 2, 2, 0)
    write_sheet(stills, tmp_path / "boxes.png", 2, 2, 0, boxes=True)
    assert (tmp_path / "plain.png").read_bytes() != (tmp_path / "boxes.png").read_bytes()


def test_an_empty_folder_and_a_bad_name_are_told(stills: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="there are no pictures"):
        write_sheet(empty, tmp_path / "sheet.png", 2, 2, 0)
    with pytest.raises(InputError, match="cannot write"):
        write_sheet(stills, tmp_path / "sheet.txt", 2, 2, 0)


def test_stills_of_as_many_scenes_as_there_are_come_first(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for scene in range(4):
        for pick in range(4):
            picture = np.full((60, 80, 3), 60 * scene, np.uint8)
            cv2.imwrite(str(tmp_path / "images" / f"{scene:05d}_{pick}.jpg"), picture)
    write_sheet(tmp_path, tmp_path / "sheet.png", 2, 2, 3)
    sheet = np.asarray(cv2.imread(str(tmp_path / "sheet.png")))
    shown = {int(sheet[y, x, 0]) for y in (120, 360) for x in (160, 480)}
    assert shown == {0, 60, 120, 180}
