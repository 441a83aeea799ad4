"""Evidence: the item and as little else as can be."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cart.errors import InputError
from cart.vision.evidence import EvidenceFolder, Pictures, crop, cropped_jpeg

WIDTH, HEIGHT = 200, 100


def picture() -> NDArray[np.uint8]:
    """A picture whose blue is the column, whose green is the row."""
    columns, rows = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    return np.dstack([columns, rows, 0 * rows]).astype(np.uint8)


def test_the_crop_is_the_box_and_a_tenth_on_each_side() -> None:
    part = crop(picture(), (50, 20, 70, 40))

    assert tuple(part[0, 0]) == (48, 18, 0)
    assert tuple(part[-1, -1]) == (71, 41, 0)


def test_the_crop_ends_where_the_picture_ends() -> None:
    part = crop(picture(), (-30, 80, 20, 140))

    assert tuple(part[0, 0]) == (0, 74, 0)
    assert tuple(part[-1, -1]) == (24, HEIGHT - 1, 0)


@given(
    left=st.floats(0, WIDTH - 1),
    top=st.floats(0, HEIGHT - 1),
    width=st.floats(1, 60),
    height=st.floats(1, 40),
)
def test_the_crop_holds_the_item_and_little_else(
    left: float, top: float, width: float, height: float
) -> None:
    part = crop(picture(), (left, top, left + width, top + height))

    assert part[0, 0, 0] <= left
    assert part[0, 0, 1] <= top
    assert part[-1, -1, 0] >= min(left + width, WIDTH) - 1
    assert part[-1, -1, 1] >= min(top + height, HEIGHT) - 1
    assert part.shape[1] <= 1.2 * width + 2
    assert part.shape[0] <= 1.2 * height + 2


@given(st.tuples(*[st.floats(-1000, 1000)] * 4))
def test_a_box_outside_the_picture_still_gives_a_pixel(box: tuple[float, float, float, float]) -> None:
    assert crop(picture(), box).size > 0


def test_a_crop_is_saved_under_the_events_id(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path / "evidence")

    name = folder.save("018f-ab", cropped_jpeg(picture(), (50, 20, 70, 40)))

    assert name == "018f-ab.jpg"
    saved = cv2.imread(str(tmp_path / "evidence" / name))
    assert saved is not None
    assert saved.shape == (24, 24, 3)
    assert np.abs(saved.astype(int) - crop(picture(), (50, 20, 70, 40))).mean() < 6
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == [name]


def test_an_id_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    name = EvidenceFolder(tmp_path / "evidence").save("../../trip/7", b"jpeg")

    assert (tmp_path / "evidence" / name).is_file()


def test_a_folder_that_is_there_is_used_and_kept(tmp_path: Path) -> None:
    (tmp_path / "old.jpg").touch()

    EvidenceFolder(tmp_path)

    assert (tmp_path / "old.jpg").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "evidence").touch()

    with pytest.raises(InputError, match="is a file: --evidence needs a folder"):
        EvidenceFolder(tmp_path / "evidence")


def test_the_folder_above_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot create the folder"):
        EvidenceFolder(tmp_path / "none" / "evidence")


def test_a_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path / "evidence")
    (tmp_path / "evidence").rmdir()

    with pytest.raises(InputError, match=r"cannot write .*1\.jpg"):
        folder.save("1", b"jpeg")


def test_a_held_picture_is_taken_once() -> None:
    pictures = Pictures(held=True)

    assert pictures.keep("1", picture(), (50, 20, 70, 40)) is None

    assert pictures.take("1") == cropped_jpeg(picture(), (50, 20, 70, 40))
    assert pictures.take("1") is None


def test_pictures_are_neither_kept_nor_held_unless_asked_for() -> None:
    pictures = Pictures()

    assert pictures.keep("1", picture(), (50, 20, 70, 40)) is None
    assert pictures.take("1") is None


def test_a_folder_that_vanishes_is_told_once_and_the_pictures_are_held_all_the_same(tmp_path: Path) -> None:
    told: list[str] = []
    pictures = Pictures(EvidenceFolder(tmp_path / "evidence"), held=True, warn=told.append)
    (tmp_path / "evidence").rmdir()

    assert [pictures.keep(name, picture(), (0, 0, 9, 9)) for name in "ab"] == [None, None]

    assert len(told) == 1
    assert told[0].endswith("no more pictures are kept")
    assert pictures.take("b") is not None
