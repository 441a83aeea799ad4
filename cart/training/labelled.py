"""Labelled pictures: read from VOC annotations, written as a YOLO data set."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
from numpy.typing import NDArray

from cart.errors import InputError
from cart.vision.boxes import Box, Kind

CLASSES: tuple[Kind, ...] = ("hand", "item")
"""The detector's classes; a class's place is its number."""

Picture = NDArray[Any]
"""BGR, 0..255, (H, W, 3)."""


@dataclass(frozen=True, slots=True)
class Label:
    """One hand or item in a labelled picture; the box is in pixels."""

    kind: Kind
    box: Box


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture (BGR, uint8, (H, W, 3)) and everything in it."""

    picture: Picture
    labels: tuple[Label, ...]


def read_stills(folder: Path, first: int = 0, last: int | None = None) -> list[Labelled]:
    """Read the stills of a folder in order of their names, which tell the time.

    A still `NAME.jpg` is labelled by the VOC file `NAME.xml`; without one it shows nothing.
    Objects named `hand` are hands, all others are items. A folder with `images` and `labels` is one of
    rendered stills; see `read_rendered`.

    Args:
        folder: of the stills.
        first: index of the first still taken.
        last: index of the first still not taken; None for all.

    Raises:
        InputError: the folder holds no stills, or one cannot be read.
    """
    rendered = (folder / "images").is_dir()
    files = sorted((folder / "images" if rendered else folder).glob("*.jpg"))[first:last]
    if not files:
        raise InputError(f"no .jpg stills in {folder}: check the recipe's sources")
    return [read_rendered(file) if rendered else _read(file) for file in files]


def _read(file: Path) -> Labelled:
    picture = cv2.imread(str(file))
    if picture is None:
        raise InputError(f"{file} is not a picture: remove it from the folder")
    return Labelled(picture, _read_voc(file.with_suffix(".xml")))


def _read_voc(file: Path) -> tuple[Label, ...]:
    if not file.exists():
        return ()
    try:
        objects = ET.parse(file).getroot().iter("object")  # noqa: S314  (the user's own training data)
        return tuple(_label(found) for found in objects)
    except (ET.ParseError, ValueError) as error:
        raise InputError(f"{file} is no VOC annotation: {error}") from error


def _label(found: "ET.Element") -> Label:
    x1, y1, x2, y2 = (
        float(found.findtext(f"bndbox/{side}", "?")) for side in ("xmin", "ymin", "xmax", "ymax")
    )
    return Label("hand" if found.findtext("name") == "hand" else "item", (x1, y1, x2, y2))


def read_rendered(file: Path) -> Labelled:
    """Read a still that `cart scenes stills` rendered: `images/NAME.jpg`, labelled by `labels/NAME.txt`.

    Raises:
        InputError: it cannot be read.
    """
    picture = cv2.imread(str(file))
    listing = file.parents[1] / "labels" / f"{file.stem}.txt"
    if picture is None or not listing.exists():
        raise InputError(f"{file} cannot be read or has no labels: remove its folder and render it again")
    height, width = picture.shape[:2]
    labels = []
    for line in listing.read_text().splitlines():
        number, *fractions = line.split()
        x, y, wide, high = (float(value) for value in fractions)
        box = (x - wide / 2) * width, (y - high / 2) * height, (x + wide / 2) * width, (y + high / 2) * height
        labels.append(Label(CLASSES[int(number)], box))
    return Labelled(picture, tuple(labels))


def write_yolo(pictures: Iterable[Labelled], folder: Path, split: str, prefix: str, quality: int = 92) -> int:
    """Write pictures and labels as `images/SPLIT/PREFIX-00000.jpg` and `labels/SPLIT/PREFIX-00000.txt`.

    Returns:
        How many were written.
    """
    images, labels = folder / "images" / split, folder / "labels" / split
    for made in (images, labels):
        made.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, one in enumerate(pictures, start=1):
        name = f"{prefix}-{count - 1:05d}"
        cv2.imwrite(str(images / f"{name}.jpg"), one.picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        (labels / f"{name}.txt").write_text(yolo_lines(one.labels, one.picture.shape))
    return count


def yolo_lines(labels: Sequence[Label], shape: Sequence[int]) -> str:
    """Return the labels as YOLO's text: class number, centre and size as fractions of the picture.

    >>> yolo_lines([Label("item", (0, 0, 20, 10))], (40, 40, 3))
    '1 0.250000 0.125000 0.500000 0.250000'
    """
    height, width = shape[:2]
    lines = []
    for label in labels:
        x1, y1, x2, y2 = label.box
        fractions = (x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height
        lines.append(" ".join([str(CLASSES.index(label.kind)), *(f"{value:.6f}" for value in fractions)]))
    return "\n".join(lines)
