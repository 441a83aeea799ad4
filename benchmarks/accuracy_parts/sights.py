"""Single items as rendered stills show them: in hand and in the pile, each product known."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cart.scenes.storage import Manifest
from cart.training.photos import read_image
from cart.vision.album import Album
from cart.vision.boxes import Box
from cart.vision.recognition import Crop

LEAST_SHARE = 0.4
"""Of an item's box that must be seen."""
LEAST_FILLED = 0.35
"""Of the box's pixels that must show it: a bottle lying askew fills no more, one behind another item less."""
LEAST_SIDE = 16
"""Pixels of the box's smaller side."""
NO_PRODUCT = "bag"


@dataclass(frozen=True)
class Sight:
    """One item in one still.

    Attributes:
        gtin: which product it is.
        crop: the item as the pipeline cuts it.
        held: whether it is in a hand, else in the pile.
    """

    gtin: str
    crop: Crop
    held: bool

    @property
    def length(self) -> int:
        """The crop's longer side, pixels."""
        return int(max(self.crop.image.shape[:2]))


@dataclass(frozen=True)
class Scene:
    """The stills of one rendered scene.

    Attributes:
        sights: items that are seen well enough.
        products: GTINs of all that lies there at some time.
        left_out: how many items in stills are seen too little, or too small.
    """

    sights: tuple[Sight, ...]
    products: frozenset[str]
    left_out: int


def read_scenes(folder: Path) -> list[tuple[list[Path], frozenset[str]]]:
    """Return the stills, and the products, of each scene of a folder that `cart scenes stills` made."""
    scenes = []
    for line in Manifest(folder):
        labels = sorted((folder / "items").glob(f"{line['seed']:05d}_*.json"))
        if labels:
            scenes.append((labels, frozenset(_products(line["script"]))))
    return scenes


def _products(script: dict[str, Any]) -> Iterator[str]:
    yield from script["initial"]
    for step in script["steps"]:
        yield from (step[name] for name in ("product", "second") if step.get(name))


def see(labels: list[Path], products: frozenset[str]) -> Scene:
    """Cut the items out of a scene's stills."""
    sights, left_out = [], 0
    for file in labels:
        image = read_image(file.parents[1] / "images" / f"{file.stem}.jpg")
        hands = read_hands(file.parents[1] / "labels" / f"{file.stem}.txt", image.shape[1], image.shape[0])
        for item in json.loads(file.read_text(encoding="utf-8")):
            x1, y1, x2, y2 = item["box"]
            if item["gtin"] == NO_PRODUCT:
                continue
            hidden = item["share"] < LEAST_SHARE or item["filled"] < LEAST_FILLED
            if hidden or min(x2 - x1, y2 - y1) < LEAST_SIDE:
                left_out += 1
                continue
            album = Album()
            album.keep(0, 0.0, image, (x1, y1, x2, y2), hands, at_rest=not item["held"])
            sights.append(Sight(item["gtin"], album.crops(0)[0], item["held"]))
    return Scene(tuple(sights), products, left_out)


def read_hands(file: Path, width: int, height: int) -> tuple[Box, ...]:
    """Return the boxes, in pixels, of the hands in a file of YOLO labels."""
    hands = []
    for line in file.read_text(encoding="utf-8").splitlines():
        kind, x, y, w, h = map(float, line.split())
        if kind == 0:
            box = (x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height
            hands.append(box)
    return tuple(hands)
