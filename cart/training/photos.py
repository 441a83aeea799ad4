"""The grocery photographs that the embedder is trained and measured on, by kind."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.errors import InputError

KINDS = 81

HELD_OUT = frozenset(np.random.default_rng(0).choice(KINDS, 27, replace=False).tolist())
"""Kinds that are never trained on: they show how well new products are told apart."""


def read_split(folder: Path, split: str) -> list[tuple[Path, int]]:
    """Return the photographs of a split of the Grocery Store Dataset, and the kind that each shows.

    Args:
        folder: the data set's, holding `train.txt` and its like: a path and two numbers a line.
        split: "train", "val" or "test".

    Raises:
        InputError: the split is not there.
    """
    listing = folder / f"{split}.txt"
    if not listing.is_file():
        raise InputError(f"no {listing}: give the folder of the Grocery Store Dataset")
    fields = (line.split(",") for line in listing.read_text().splitlines() if line.strip())
    return [(folder / path.strip(), int(kind)) for path, kind, _ in fields]


def read_image(path: Path) -> NDArray[np.uint8]:
    """Return a picture, BGR.

    Raises:
        InputError: it cannot be read.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"the picture {path} cannot be read")
    return np.asarray(image, dtype=np.uint8)
