"""What recognition is measured on: pictures in ../shared, read as items and as what lies behind them."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from cart.training.photos import read_image
from cart.training.sights import Cutout, Image, wire_floor
from cart.vision.boxes import Box, covered
from cart.vision.references import crop, item_box

SHARED = Path(__file__).resolve().parents[2] / "shared"
GROCERY = SHARED / "products" / "grocery-store"
CATALOG = SHARED / "footage" / "starter_catalog"
STILLS = ((SHARED / "footage" / "basket", 65), (SHARED / "footage" / "tray-stills", None))


def labelled_crops(folder: Path, last: int | None) -> Iterator[tuple[str, Image, float]]:
    """Yield name, crop and share under hands or other items of each labelled item."""
    for file in sorted(folder.glob("*.jpg"))[:last]:
        labels = file.with_suffix(".xml")
        if labels.exists():
            picture, boxes = read_image(file), list(read_boxes(labels))
            for name, box in boxes:
                if name != "hand":
                    hidden = max([covered(box, other) for _, other in boxes if other != box], default=0.0)
                    left, top, right, bottom = (round(edge) for edge in box)
                    product = f"{folder.name} noodles" if name == "noodles" else name
                    yield product, picture[top:bottom, left:right], hidden


def read_boxes(file: Path) -> Iterator[tuple[str, Box]]:
    """Yield name and box of each object of a VOC file."""
    for item in ElementTree.parse(file).getroot().iter("object"):
        left, top, right, bottom = (
            float(item.findtext(f"bndbox/{edge}", "0")) for edge in ("xmin", "ymin", "xmax", "ymax")
        )
        yield item.findtext("name", ""), (left, top, right, bottom)


def iconic() -> list[list[Image]]:
    """Return pictures of 81 kinds of grocery, one each: products beside those asked for."""
    folder = GROCERY / "iconic-images-and-descriptions"
    return [[read_image(path)] for path in sorted(folder.rglob("*_Iconic.jpg"))]


def few_of_each(kinds: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the places of `count` of each kind, drawn at random, always the same."""
    random = np.random.default_rng(0)
    return np.concatenate([random.permutation(np.flatnonzero(kinds == k))[:count] for k in np.unique(kinds)])


def still_backgrounds() -> list[Image]:
    """Return stills of trays and baskets that hold nothing or one item."""
    files = [file for folder, last in STILLS for file in sorted(folder.glob("*.jpg"))[:last]]
    empty = [file for file in files if not file.with_suffix(".xml").exists()]
    return [read_image(file) for file in empty[:12]] or [wire_floor(np.random.default_rng(0))]


def cut_out(picture: Image) -> Cutout:
    """Return the item of a reference picture with an oval of opacity, which hides its corners."""
    cut = crop(picture, item_box(picture))
    height, width = cut.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.dstack([cut, np.where(x**4 + y**4 < 1, 255, 0).astype(np.uint8)])
