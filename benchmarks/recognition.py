"""Print how well items are recognised, and how fast.

Run: python benchmarks/recognition.py [--embedder FILE] [--threads N]

What is measured on lies in ../shared; what is missing is skipped, and said to be. Nothing of it was trained
on but the photographs of 54 of the 81 kinds of grocery (train split), and no still is later than 67 s of
the basket. Sights are pictures turned, lit, covered, blurred and scaled down as `cart.training.sights` does.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from recognition_data import (
    CATALOG,
    GROCERY,
    SHARED,
    STILLS,
    cut_out,
    few_of_each,
    iconic,
    labelled_crops,
    still_backgrounds,
)
from rich.console import Console
from rich.table import Table

from cart.catalog import load_catalog
from cart.training.embedder.calibration import Sample, surprise
from cart.training.photos import HELD_OUT, read_image, read_split
from cart.training.sights import Image, as_reference, as_seen, drawn_product, wire_floor
from cart.vision.barcode import read_gtins
from cart.vision.embedding import Calibration, Embedder, load_embedder
from cart.vision.gallery import Gallery, build_gallery
from cart.vision.recognition import Crop, alike, decide, fuse
from cart.vision.references import views

SIZES = ((25, 40), (40, 70), (70, 120))
CROPS = 5  # of one item, for figures over a track
DRAWN, FIRST_DRAWN = 80, 1_000_000  # made-up products that no training has drawn

console = Console(width=120)
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class References:
    """Vectors (V, D) of a catalog's pictures, the product of each, and the picture each was made of."""

    vectors: Floats
    owners: NDArray[np.int32]
    pictures: NDArray[np.int32]

    def gallery(self, without_picture: int = -1) -> Gallery:
        """Return the gallery, without what was made of one picture."""
        kept = self.pictures != without_picture
        names = tuple(f"{number:05}" for number in range(int(self.owners.max()) + 1))
        return Gallery(names, self.vectors[kept], self.owners[kept])


def reference_vectors(products: Sequence[Sequence[Image]], embedder: Embedder) -> References:
    """Embed the pictures of each product as `build_gallery` does."""
    rows, owners, pictures = [], [], []
    for number, product in enumerate(products):
        for picture in product:
            rows.append(embedder.embed(views(picture)))
            owners += [number] * len(rows[-1])
            pictures += [len(rows) - 1] * len(rows[-1])
    return References(np.concatenate(rows), np.array(owners, np.int32), np.array(pictures, np.int32))


def sample(images: Sequence[Image], truth: int, gallery: Gallery, embedder: Embedder) -> Sample:
    """Return an item seen in some crops."""
    crops = [Crop(image) for image in images]
    similarities = gallery.similarities(embedder.embed(images))
    return Sample(fuse(similarities, [one.quality for one in crops]), truth)


def grocery(embedder: Embedder) -> Iterator[tuple[str, str]]:
    """Yield top-1 of the nearest photograph on the test split, whole photographs."""
    train, test = (read_split(GROCERY, split) for split in ("train", "test"))
    known, asked = (embedder.embed([read_image(path) for path, _ in split]) for split in (train, test))
    kinds, truth = (np.array([kind for _, kind in split]) for split in (train, test))
    five = few_of_each(kinds, 5)
    held = sorted(HELD_OUT)
    for text, rows in (("5 photographs a kind", five), ("all photographs", np.arange(len(kinds)))):
        found = kinds[rows][(asked @ known[rows].T).argmax(axis=1)]
        yield f"81 kinds, {text}", f"{np.mean(found == truth):.3f}"
        new, queries = rows[np.isin(kinds[rows], held)], np.isin(truth, held)
        found = kinds[new][(asked[queries] @ known[new].T).argmax(axis=1)]
        yield f"the 27 kinds never trained on, {text}", f"{np.mean(found == truth[queries]):.3f}"


def starter(embedder: Embedder) -> dict[str, list[Sample]]:
    """Return sights of the starter catalog's pictures, each recognised by the other pictures."""
    products = [[read_image(path) for path in product.images] for product in load_catalog(CATALOG)]
    known = reference_vectors(products + iconic(), embedder)
    backgrounds = still_backgrounds()
    random = np.random.default_rng(0)
    samples: dict[str, list[Sample]] = {}
    for picture, (number, image) in enumerate((n, p) for n, product in enumerate(products) for p in product):
        gallery, item = known.gallery(without_picture=picture), cut_out(image)
        for low, high in SIZES:
            for _ in range(3):
                seen = as_seen(item, backgrounds, random, side=(low, high))
                name = f"starter catalog, one crop of {low} to {high} px"
                samples.setdefault(name, []).append(sample([seen], number, gallery, embedder))
        for _ in range(2):
            track = [as_seen(item, backgrounds, random) for _ in range(CROPS)]
            name = f"starter catalog, {CROPS} crops"
            samples.setdefault(name, []).append(sample(track, number, gallery, embedder))
    return samples


def drawn(embedder: Embedder) -> dict[str, list[Sample]]:
    """Return sights of drawn products: four views are enrolled, the items are seen from elsewhere."""
    random = np.random.default_rng(1)
    drawings = [drawn_product(FIRST_DRAWN + number, 4 + CROPS) for number in range(DRAWN)]
    known = reference_vectors(
        [[as_reference(v, random) for v in d[:4]] for d in drawings], embedder
    ).gallery()
    backgrounds = [wire_floor(random) for _ in range(40)]
    single, tracks = [], []
    for number, drawing in enumerate(drawings):
        seen = [as_seen(view, backgrounds, random) for view in drawing[4:]]
        single += [sample([one], number, known, embedder) for one in seen]
        tracks.append(sample(seen, number, known, embedder))
    return {f"{DRAWN} drawn products, one crop": single, f"{DRAWN} drawn products, {CROPS} crops": tracks}


def stills(embedder: Embedder) -> dict[str, list[Sample]]:
    """Return real items of the tray and the basket: four clear crops are enrolled, the rest recognised."""
    found = [one for folder, last in STILLS for one in labelled_crops(folder, last)]
    names = sorted({name for name, _, _ in found})
    random = np.random.default_rng(2)
    enrolled, asked = [], []
    for number, name in enumerate(names):
        crops = [found[n] for n in random.permutation(len(found)) if found[n][0] == name]
        clear = [image for _, image, hidden in crops if hidden < 0.05]
        enrolled.append(clear[:4])
        asked += [(number, image) for _, image, hidden in crops if hidden < 0.6][4:]
    known = reference_vectors(enrolled, embedder)
    others = reference_vectors(iconic(), embedder)
    gallery = References(
        np.concatenate([known.vectors, others.vectors]),
        np.concatenate([known.owners, others.owners + len(names)]),
        np.concatenate([known.pictures, others.pictures + 1000]),
    ).gallery()
    return {"real stills, one crop": [sample([image], n, gallery, embedder) for n, image in asked]}


def same_looks(embedder: Embedder) -> Iterator[tuple[str, str]]:
    """Yield how often pairs of crops are rightly said to be of one product or of two."""
    for folder, last in STILLS:
        crops = [(name, image) for name, image, hidden in labelled_crops(folder, last) if hidden < 0.6]
        names, vectors = np.array([name for name, _ in crops]), embedder.embed([image for _, image in crops])
        first, second = np.triu_indices(len(crops), 1)
        one = names[first] == names[second]
        said = np.array([alike(cosine) > 0.5 for cosine in (vectors @ vectors.T)[first, second].tolist()])
        yield f"{folder.name}: of one product", f"{said[one].mean():.3f}"
        yield f"{folder.name}: of two products", f"{1 - said[~one].mean():.3f}"


def open_set(samples: Sequence[Sample], calibration: Calibration) -> list[float]:
    """Return the shares of known items right, wrong and refused, of unknown ones named, and how honest.

    Honest: the mean confidence less the share right, over all decisions.
    """
    right = wrong = refused = named = 0
    confidence = []
    for one in [*samples, *(each.left_out() for each in samples)]:
        names = [str(number) for number in range(len(one.similarities))]
        found = decide(names, one.similarities, calibration)
        confidence.append(found.confidence)
        if one.truth < 0:
            named += found.gtin is not None
        elif found.gtin is None:
            refused += 1
        else:
            right += found.gtin == str(one.truth)
            wrong += found.gtin != str(one.truth)
    total = len(samples)
    honest = float(np.mean(confidence)) - (right + total - named) / (2 * total)
    return [right / total, wrong / total, refused / total, named / total, honest]


def top_1(samples: Sequence[Sample]) -> float:
    """Return the share of items whose most similar product is their own."""
    return float(np.mean([one.similarities.argmax() == one.truth for one in samples]))


def best_constants(groups: dict[str, list[Sample]]) -> tuple[float, float]:
    """Return temperature and similarity of "none" that surprise least, all groups weighing the same."""
    grid = [(t, u) for t in np.arange(0.02, 0.161, 0.01) for u in np.arange(0.2, 0.81, 0.02)]
    return min(grid, key=lambda tu: sum(surprise(group, *tu) for group in groups.values()))


def speed(embedder: Embedder, threads: int) -> Iterator[tuple[str, str]]:
    """Yield how long things take, as the tenth percentile: other programs only add to it."""
    random = np.random.default_rng(0)
    image = random.integers(0, 255, (110, 80, 3)).astype(np.uint8)
    yield f"one crop to a vector, {threads} thread(s)", f"{tenth(lambda: embedder.embed([image])):.2f} ms"
    yield "quality of a crop", f"{tenth(lambda: Crop(image)):.3f} ms"
    yield "barcodes in a crop of 110x80", f"{tenth(lambda: read_gtins(image)):.2f} ms"
    vectors = random.normal(size=(160_000, embedder.length)).astype(np.float32)
    gallery = Gallery(
        tuple(map(str, range(10_000))), vectors, np.repeat(np.arange(10_000, dtype=np.int32), 16)
    )
    queries = random.normal(size=(6, embedder.length)).astype(np.float32)
    yield (
        "6 crops among 10,000 products of 4 pictures",
        f"{tenth(lambda: gallery.similarities(queries), 7):.0f} ms",
    )
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        catalog = load_catalog(CATALOG)
        build_gallery(catalog, embedder, cache=Path(folder))
        seconds = (time.perf_counter() - start) / sum(len(product.images) for product in catalog)
    yield "enrolling 1,000 pictures", f"{seconds * 1000:.0f} s"


def tenth(work: Callable[[], object], repeats: int = 100) -> float:
    """Return the tenth percentile in milliseconds of repeated work."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return float(np.percentile(taken, 10)) * 1e3


def print_pairs(title: str, pairs: Iterator[tuple[str, str]]) -> None:
    """Print a table of two columns."""
    table = Table("", "", title=title, show_header=False)
    for pair in pairs:
        table.add_row(*pair)
    console.print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embedder", type=Path, help="weights; default: the packaged ones")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    cv2.setNumThreads(arguments.threads)
    if not SHARED.is_dir():
        raise SystemExit(f"error: nothing to measure on: {SHARED} is not there")
    embedder = load_embedder(arguments.embedder, threads=arguments.threads)
    console.print(f"{embedder.version}, {embedder.calibration}")
    print_pairs("Grocery Store Dataset, top-1 of the nearest photograph", grocery(embedder))
    groups = starter(embedder) | drawn(embedder) | stills(embedder)
    table = Table(
        "items", "top-1", "known: right", "wrong", "refused", "unknown: named", "confidence - right"
    )
    for name, samples in groups.items():
        figures = open_set(samples, embedder.calibration)
        table.add_row(name, f"{top_1(samples):.3f}", *(f"{figure:.3f}" for figure in figures))
    console.print(table)
    temperature, unknown = best_constants(groups)
    console.print(f"least surprising constants: temperature {temperature:.2f}, none {unknown:.2f}")
    print_pairs("Two crops are rightly said to be", same_looks(embedder))
    print_pairs("Speed", speed(embedder, arguments.threads))


if __name__ == "__main__":
    main()
