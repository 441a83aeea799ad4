"""The clips that are at hand, the most errors each may have, and how one is judged.

The real clips lie in ../shared/footage. The basket's two products are enrolled from its stills before 67 s,
and judged from 67 s on.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import cv2

from cart import Options, process
from cart.catalog import load_catalog
from cart.evaluation import Report, evaluate, load_truth
from cart.gtin import check_digit
from cart.training.photos import read_image

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_videos"
STARTER = ROOT / "tests" / "footage"
FOOTAGE = ROOT.parent / "shared" / "footage"
BASKET_SPLIT_S = 67.0
BASKET_PRODUCTS = {"cocacola": 1.20, "noodles": 2.50}
PICTURES_A_PRODUCT = 12


@dataclass(frozen=True)
class Clip:
    """A clip to judge, and the most errors that it may have; None where no bound is set."""

    name: str
    video: Path
    catalog: str | None
    since: float
    errors_by_action: int | None
    errors_by_product: int | None


CLIPS = (
    Clip("bottles", FOOTAGE / "bottles.mp4", None, 0.0, 0, None),
    Clip("basket from 67 s", FOOTAGE / "basket.mp4", "basket", BASKET_SPLIT_S, 1, 1),
    Clip("starter_trip", STARTER / "starter_trip.mp4", "starter", 0.0, 0, 0),
)
RENDERED = tuple(
    Clip(name, SAMPLES / f"{name}.mp4", "sample", 0.0, None, None)
    for name in sorted(file.name.removesuffix(".truth.json") for file in SAMPLES.glob("*.truth.json"))
)
"""The rendered sample trips; no bound is set for them."""


def catalogs(folder: Path) -> dict[str, Path]:
    """Return the catalogs that clips name, by that name; the basket's is made in `folder`."""
    made = {"starter": STARTER / "catalog", "sample": SAMPLES / "catalog"}
    if FOOTAGE.is_dir():
        made["basket"] = enrol_basket(folder)
    return made


def enrol_basket(folder: Path) -> Path:
    """Write a catalog of the basket's products, with crops from its stills before the split."""
    numbers = {
        name: f"20000000000{place}{check_digit(f'20000000000{place}')}"
        for place, name in enumerate(BASKET_PRODUCTS, 1)
    }
    with (folder / "products.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["gtin", "name", "price", "currency"])
        table.writerows([number, name, BASKET_PRODUCTS[name], "CNY"] for name, number in numbers.items())
    for name, number in numbers.items():
        pictures = folder / "images" / number
        pictures.mkdir(parents=True)
        crops = list(_crops_before_split(name))
        for place, crop in enumerate(crops[:: max(1, len(crops) // PICTURES_A_PRODUCT)]):
            cv2.imwrite(str(pictures / f"{place}.jpg"), crop)
    return folder


def _crops_before_split(product: str) -> Iterator[cv2.typing.MatLike]:
    stills = sorted((FOOTAGE / "basket").glob("*.jpg"))[: int(BASKET_SPLIT_S)]
    for still in stills:
        labels = still.with_suffix(".xml")
        if not labels.is_file():
            continue
        found = ElementTree.parse(labels).getroot().iter("object")
        boxes = [
            box
            for thing in found
            if thing.findtext("name") == product and (box := thing.find("bndbox")) is not None
        ]
        image = read_image(still)
        for box in boxes:
            left, top, right, bottom = (
                int(float(box.findtext(side, "0"))) for side in ("xmin", "ymin", "xmax", "ymax")
            )
            yield image[top:bottom, left:right]


def judge(clip: Clip, catalogs: dict[str, Path]) -> Report:
    """Run the pipeline over a clip and hold its events against the truth."""
    folder = catalogs[clip.catalog] if clip.catalog else None
    events = list(process(clip.video, Options(catalog=folder)))
    truth = load_truth(clip.video.with_suffix(".truth.json"))
    return evaluate(events, truth, load_catalog(folder) if folder else None, clip.since)
