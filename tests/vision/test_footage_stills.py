"""A folder of stills as footage."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from cart.errors import InputError
from cart.vision.footage import open_footage

Make = Callable[..., Path]


def test_stills_play_in_the_natural_order_of_their_names(make_still: Make) -> None:
    for name, grey in [("cart10.png", 30), ("cart2.PNG", 20), ("cart1.bmp", 10)]:
        folder = make_still(name, grey=grey).parent
    (folder / "cart1.xml").write_text("<boxes/>")
    (folder / "._cart1.png").write_bytes(b"left by a copy")

    with open_footage(folder, fps=2) as footage:
        frames = list(footage)

    assert [int(frame.image[0, 0, 0]) for frame in frames] == [10, 20, 30]
    assert [(frame.index, frame.time) for frame in frames] == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert (footage.size, footage.fps, footage.frame_count, footage.duration) == ((64, 48), 2, 3, 1.5)
    assert footage.created is None


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "png", "bmp", "webp"])
def test_kinds_of_pictures(make_still: Make, suffix: str) -> None:
    with open_footage(make_still(f"a.{suffix}").parent, fps=1) as footage:
        frame = next(iter(footage))

    assert frame.image.shape == (48, 64, 3)
    assert frame.luma.shape == (48, 64)


def test_names_beyond_ascii_are_read(make_still: Make, tmp_path: Path) -> None:
    folder = make_still("a.png").parent.rename(tmp_path / "Körbe żółć")
    (folder / "a.png").rename(folder / "é.png")

    with open_footage(folder, fps=1) as footage:
        assert len(list(footage)) == 1


def test_the_digest_is_over_all_contents_in_order(make_still: Make) -> None:
    paths = [make_still("1.png", grey=1), make_still("2.png", grey=2)]
    whole = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths))

    with open_footage(paths[0].parent, fps=1) as footage:
        assert footage.digest == whole.hexdigest()


def test_a_still_that_cannot_be_read_leaves_a_gap(make_still: Make) -> None:
    folder = make_still("1.png").parent
    make_still("3.png")
    (folder / "2.png").write_bytes(b"no picture")
    (folder / "4.png").touch()
    warnings: list[str] = []

    with open_footage(folder, fps=1, warn=warnings.append) as footage:
        assert [frame.time for frame in footage] == [0.0, 2.0]
    assert warnings == [
        "2.png cannot be read as a picture: left out",
        "4.png cannot be read as a picture: left out",
    ]


def test_stills_of_other_sizes_are_scaled_with_one_warning(make_still: Make) -> None:
    folder = make_still("1.png", size=(64, 48)).parent
    make_still("2.png", size=(128, 96))
    make_still("3.png", size=(20, 40))
    warnings: list[str] = []

    with open_footage(folder, fps=1, warn=warnings.append) as footage:
        assert {frame.image.shape for frame in footage} == {(48, 64, 3)}
    assert warnings == ["the size changes at 2.png: scaled to 64x48"]


def test_grey_and_transparent_stills_are_read_in_colour(make_still: Make) -> None:
    folder = make_still("1.png").parent
    cv2.imwrite(str(folder / "2.png"), np.zeros((48, 64), np.uint16))
    cv2.imwrite(str(folder / "3.png"), np.zeros((48, 64, 4), np.uint8))

    with open_footage(folder, fps=1) as footage:
        assert {(frame.image.shape, frame.image.dtype) for frame in footage} == {
            ((48, 64, 3), np.dtype(np.uint8))
        }


def test_a_folder_needs_a_rate(make_still: Make) -> None:
    with pytest.raises(InputError, match="--fps N"):
        open_footage(make_still("1.png").parent)


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no pictures in .*needs"):
        open_footage(tmp_path, fps=1)


def test_a_folder_in_which_nothing_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no")
    (tmp_path / "b.jpg").write_bytes(b"nor this")

    with pytest.raises(InputError, match="none of the 2 pictures"):
        open_footage(tmp_path, fps=1, warn=lambda _: None)
