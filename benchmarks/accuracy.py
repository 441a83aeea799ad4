"""Print how right the pipeline is on all footage at hand, beside what is asked of it.

Run: python benchmarks/accuracy.py [--only NAME]

The clips lie in ../shared/footage; those that are missing are skipped, and said to be. The basket's two
products are enrolled from its stills before 67 s, and judged from 67 s on.
"""

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import cv2
from rich.console import Console
from rich.table import Table

from cart import Options, process
from cart.catalog import load_catalog
from cart.evaluation import Report, evaluate, load_truth
from cart.gtin import check_digit

ROOT = Path(__file__).resolve().parents[1]
FOOTAGE = ROOT.parent / "shared" / "footage"
BASKET_SPLIT_S = 67.0
BASKET_PRODUCTS = {"cocacola": 1.20, "noodles": 2.50}
PICTURES_A_PRODUCT = 12


@dataclass(frozen=True)
class Clip:
    """A clip to judge, and the most errors that it may have; None where no bound is set yet."""

    name: str
    video: Path
    catalog: str | None
    since: float
    errors_by_action: int | None
    errors_by_product: int | None


CLIPS = (
    Clip("bottles", FOOTAGE / "bottles.mp4", None, 0.0, 0, None),
    Clip("basket from 67 s", FOOTAGE / "basket.mp4", "basket", BASKET_SPLIT_S, 1, 2),
    Clip("starter_trip", ROOT / "sample_videos" / "starter_trip.mp4", "sample", 0.0, 0, 0),
)
RENDERED = tuple(
    Clip(
        file.name.removesuffix(".truth.json"),
        file.with_name(file.name.replace(".truth.json", ".mp4")),
        "range",
        0.0,
        None,
        None,
    )
    for file in sorted((ROOT / "sample_videos").glob("*.truth.json"))
    if file.name != "starter_trip.truth.json"
)
"""The rendered trips; the detector has not learnt from such pictures yet."""


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
        image = cv2.imread(str(still))
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


def main() -> int:
    """Print the table; exit 1 where a clip has more errors than it may."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", help="judge this clip only")
    only = parser.parse_args().only
    table = Table(
        title="unit errors (a miss, a false event, a wrong product: one each)", title_justify="left"
    )
    for heading in (
        "clip",
        "events",
        "errors by action",
        "allowed",
        "errors by product",
        "allowed",
        "final contents",
    ):
        table.add_column(heading)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        samples = ROOT / "sample_videos"
        catalogs = {"sample": samples / "catalog", "range": samples / "range"}
        if FOOTAGE.is_dir():
            catalogs["basket"] = enrol_basket(Path(folder))
        for clip in (*CLIPS, *RENDERED):
            if only and only != clip.name:
                continue
            if not clip.video.is_file():
                table.add_row(clip.name, "skipped: no such footage here")
                continue
            report = judge(clip, catalogs)
            failed |= _add_row(table, clip, report)
    Console(width=120).print(table)
    return int(failed)


def _add_row(table: Table, clip: Clip, report: Report) -> bool:
    by_action, by_product = report.by_action.errors, report.by_product.errors
    named = clip.catalog is not None
    table.add_row(
        clip.name,
        str(len(report.by_action.matched) + len(report.by_action.missed)),
        str(by_action),
        _bound(clip.errors_by_action),
        str(by_product) if named else "-",
        _bound(clip.errors_by_product),
        "right" if (report.contents_right if named else report.count_right) else "wrong",
    )
    bounds = (by_action, clip.errors_by_action), (by_product, clip.errors_by_product)
    return any(most is not None and errors > most for errors, most in bounds)


def _bound(most: int | None) -> str:
    return "-" if most is None else str(most)


if __name__ == "__main__":
    sys.exit(main())
