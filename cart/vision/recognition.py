"""Crops of one item to ranked products, over all its crops at once; unsure is an answer."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.vision.barcode import SMALLEST_SIDE, read_gtins
from cart.vision.embedding import Calibration, Embedder
from cart.vision.gallery import Gallery

EntryMethod = Literal["camera", "barcode"]

CANDIDATES = 5
"""Products named at most, besides the one decided on."""

BARCODE_CONFIDENCE = 0.99
"""Of an item whose barcode was read: a check digit lets few misreadings pass."""

_EVEN_COSINE, _COSINE_SPREAD = 0.74, 0.06  # at the first, one product and two are equally likely
_UNLIKE = 0.1
_BARCODE_CROPS = 2  # the best ones
_FULL_SIZE = 96.0  # mean side in pixels from which a larger crop counts no more
_SHARPNESS_SIDE = 64.0  # pixels; blur is judged at one size, so that it does not count a second time
_FULL_SHARPNESS = 300.0  # variance of the Laplacian
_BLURRED = 0.5  # what a crop without any sharpness counts
_AT_EDGE = 0.5


@dataclass(frozen=True, slots=True)
class Crop:
    """One sight of an item.

    Attributes:
        image: the item as tight as its box, BGR, uint8, (H, W, 3), at least one pixel.
        covered: share of the box under hands, 0..1.
        at_edge: whether the box touches the picture's edge, so that part of the item may be missing.
        quality: how much the crop counts against others, 0..1: large, sharp, free and whole ones most.
    """

    image: NDArray[np.uint8]
    covered: float = 0.0
    at_edge: bool = False
    quality: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quality", _quality(self))


@dataclass(frozen=True, slots=True)
class Recognition:
    """What an item was recognised as.

    Attributes:
        gtin: the product, as the catalog writes it; None where nothing in the catalog is like it.
        confidence: probability that `gtin` is right, 0..1; 0 where there was nothing to go by.
        candidates: GTINs with their probability, best first, also where `gtin` is None.
        entry_method: whether the look or a barcode decided.
    """

    gtin: str | None
    confidence: float
    candidates: tuple[tuple[str, float], ...] = ()
    entry_method: EntryMethod = "camera"


class Recogniser:
    """Names items by a gallery."""

    def __init__(self, gallery: Gallery, embedder: Embedder) -> None:
        """Take the gallery and the embedder that made it."""
        self.version = embedder.version
        self._gallery = gallery
        self._embedder = embedder

    def recognise(self, crops: Sequence[Crop], among: Collection[str] | None = None) -> Recognition:
        """Return what an item is.

        A barcode of the catalog decides alone. Else the similarities of all crops are fused and decided on.

        Args:
            crops: sights of the item, in any order; none gives an unknown item.
            among: GTINs of the only products it may be, such as the cart's contents for an item taken out;
                None for the whole catalog.
        """
        by_barcode = self._read_barcode(crops)
        if by_barcode is not None:
            return by_barcode
        numbers = None if among is None else {n for n in map(self._gallery.index, among) if n is not None}
        if not crops or not len(self._gallery) or numbers == set():
            return Recognition(None, 0.0)
        vectors = self._embedder.embed([crop.image for crop in crops])
        fused = fuse(self._gallery.similarities(vectors, numbers), [crop.quality for crop in crops])
        return decide(self._gallery.gtins, fused, self._embedder.calibration)

    def _read_barcode(self, crops: Sequence[Crop]) -> Recognition | None:
        large = [crop for crop in crops if min(crop.image.shape[:2]) >= SMALLEST_SIDE]
        for crop in sorted(large, key=lambda crop: -crop.quality)[:_BARCODE_CROPS]:
            for gtin in read_gtins(crop.image):
                number = self._gallery.index(gtin)
                if number is not None:
                    name = self._gallery.gtins[number]
                    return Recognition(name, BARCODE_CONFIDENCE, ((name, BARCODE_CONFIDENCE),), "barcode")
        return None


def same_look(a: Sequence[Crop], b: Sequence[Crop], embedder: Embedder) -> float:
    """Return the probability, 0..1, that two items are of one product, without a catalog.

    Args:
        a: sights of one item, at least one.
        b: sights of the other, at least one.
        embedder: any.
    """
    return alike(float(_mean_vector(a, embedder) @ _mean_vector(b, embedder)))


def alike(cosine: float) -> float:
    """Return the probability, 0..1, that two crops with that cosine of their vectors show one product."""
    return 1 / (1 + math.exp((_EVEN_COSINE - cosine) / _COSINE_SPREAD))


def fuse(similarities: NDArray[np.float32], qualities: Sequence[float]) -> NDArray[np.float32]:
    """Return the similarity of an item to each product (P,): the weighted mean of its crops' (N, P).

    A crop counts by its quality, and e times less for each `_UNLIKE` that its best similarity lies below
    the best crop's: a hand or a blur that went unnoticed makes a crop unlike everything.
    """
    best = similarities.max(axis=1)
    weights = np.array(qualities, np.float32) * np.exp((best - best.max()) / _UNLIKE)
    return np.asarray(weights @ similarities / weights.sum(), dtype=np.float32)


def decide(
    names: Sequence[str],
    similarities: NDArray[np.float32],
    calibration: Calibration,
) -> Recognition:
    """Return the product that similarities speak for, or none.

    They become probabilities by a softmax in which "none of these" takes part with a similarity of its own:
    so an item is nothing of the catalog where all are below that, and unsure where two are alike. The share
    of the product named then becomes its chance, and what is left is the others'.

    Args:
        names: of the products, (P,).
        similarities: of the item to each, (P,); -1 for one that it cannot be.
        calibration: the embedder's.
    """
    logits = np.append(similarities, calibration.unknown).astype(np.float64) / calibration.temperature
    odds = np.exp(logits - logits.max())
    shares = odds / odds.sum()
    ranked = sorted(np.flatnonzero(similarities > -1).tolist(), key=lambda n: (-shares[n], names[n]))
    candidates = tuple((names[n], float(shares[n])) for n in ranked[:CANDIDATES])
    if not candidates:
        return Recognition(None, 0.0)
    if shares[-1] >= candidates[0][1]:
        return Recognition(None, float(shares[-1]), candidates)
    gtin, share = candidates[0]
    confidence = calibration.chance(share)
    rest = (1 - confidence) / max(1 - share, 1e-9)
    others = ((name, min(other * rest, confidence)) for name, other in candidates[1:])
    return Recognition(gtin, confidence, ((gtin, confidence), *others))


def _mean_vector(crops: Sequence[Crop], embedder: Embedder) -> NDArray[np.float32]:
    weights = np.array([crop.quality for crop in crops], np.float32)
    mean = weights @ embedder.embed([crop.image for crop in crops])
    return np.asarray(mean / max(1e-9, float(np.linalg.norm(mean))), dtype=np.float32)


def _quality(crop: Crop) -> float:
    height, width = crop.image.shape[:2]
    size = min(1.0, height * width / _FULL_SIZE**2)
    sharpness = math.sqrt(min(1.0, _sharpness(crop.image) / _FULL_SHARPNESS))
    free = max(0.0, 1 - crop.covered) ** 2
    whole = _AT_EDGE if crop.at_edge else 1.0
    return float(max(1e-3, size * (_BLURRED + (1 - _BLURRED) * sharpness) * free * whole))


def _sharpness(image: NDArray[np.uint8]) -> float:
    """Return the variance of the Laplacian of a grey picture of at most `_SHARPNESS_SIDE` pixels a side."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = _SHARPNESS_SIDE / max(grey.shape)
    if scale < 1:
        height, width = (max(1, round(side * scale)) for side in grey.shape)
        grey = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    return float(np.var(cv2.Laplacian(grey, cv2.CV_32F)))
