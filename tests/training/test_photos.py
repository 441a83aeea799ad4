import cv2
import numpy as np
import pytest

from cart.errors import InputError
from cart.training.photos import HELD_OUT, KINDS, read_image, read_split


def test_a_third_of_the_kinds_is_held_out():
    assert len(HELD_OUT) == 27
    assert max(HELD_OUT) < KINDS


def test_photographs_are_listed_with_their_kinds(tmp_path):
    (tmp_path / "train.txt").write_text("train/a.jpg, 3, 1\ntrain/b.jpg, 4, 1\n")

    assert read_split(tmp_path, "train") == [(tmp_path / "train/a.jpg", 3), (tmp_path / "train/b.jpg", 4)]


def test_missing_photographs_are_errors(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((50, 40, 3), np.uint8))

    assert read_image(tmp_path / "a.png").shape == (50, 40, 3)
    with pytest.raises(InputError, match=r"b\.png cannot be read"):
        read_image(tmp_path / "b.png")
    with pytest.raises(InputError, match=r"no .*test\.txt"):
        read_split(tmp_path, "test")
