"""From similarities to honest probabilities: constants fitted to products that were never trained on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cart.training.embedder.goods import Goods
from cart.training.embedder.network import Network
from cart.training.embedder.validation import embed, reference_vectors
from cart.training.photos import HELD_OUT, read_image, read_split
from cart.training.reliability import Bin, reliability
from cart.training.sights import Boxed, Image, as_reference, as_seen, drawn_product
from cart.vision.embedding import Calibration
from cart.vision.gallery import Gallery
from cart.vision.recognition import Crop, decide, fuse
from cart.vision.references import views

KNOWN_SHARE = 0.9
"""Share of the items in a cart that the constants are fitted for; the others are in no catalog."""

_MOST_CROPS = 4  # of one item, as one trip to a cart may give
_DRAWN, _FIRST_DRAWN = 60, 2_000_000  # made-up products that no training draws
_PHOTOS = 5  # reference pictures of a kind of grocery
_ENROLLED = 4  # reference pictures of each


@dataclass(frozen=True)
class Sample:
    """One item: its similarity to each product of a catalog (P,), and which of them it is; -1 for none.

    `twins` are the product's near-twins in the catalog.
    """

    similarities: NDArray[np.float32]
    truth: int
    twins: tuple[int, ...] = ()

    def left_out(self) -> "Sample":
        """Return the item as if neither its product nor a near-twin of it were in the catalog.

        A shop that sells one of a family lists it: what is in no catalog comes from elsewhere.
        """
        similarities = self.similarities.copy()
        similarities[[self.truth, *self.twins]] = -1
        return Sample(similarities, -1)


def samples(network: Network, goods: Sequence[Goods], asked: Callable[[Goods], bool]) -> list[Sample]:
    """Return rendered items as a camera sees them, among all products with reference pictures.

    Each product of a still's scene is an item: by its single crops, and by all of them together. None where
    no product has reference pictures.

    Args:
        network: what embeds them.
        goods: with their reference pictures and their sights.
        asked: whether items of a product are asked for.
    """
    known = [one for one in goods if one.references]
    if not known:
        return []
    vectors, owners = reference_vectors(network, known)
    gallery = Gallery(tuple(one.product.gtin for one in known), vectors, owners)
    twins = [
        tuple(k for k, other in enumerate(known) if other.product.family == one.product.family)
        for one in known
    ]
    return [
        replace(_sample(network, gallery, [sight.tight() for sight in sights], number), twins=twins[number])
        for number, one in enumerate(known)
        if asked(one)
        for sights in _items(one)
    ]


def drawn_samples(network: Network, backgrounds: Sequence[Image]) -> list[Sample]:
    """Return items of made-up products that no training drew: each by one crop, and by four.

    Args:
        network: what embeds them.
        backgrounds: what they lie before.
    """
    random = np.random.default_rng(_FIRST_DRAWN)
    drawn = [drawn_product(_FIRST_DRAWN + n, _ENROLLED + _MOST_CROPS) for n in range(_DRAWN)]
    gallery = _enrolled(network, [[as_reference(view, random) for view in one[:_ENROLLED]] for one in drawn])
    made = []
    for number, one in enumerate(drawn):
        images = [as_seen(view, backgrounds, random) for view in one[_ENROLLED:]]
        made += [_sample(network, gallery, images[:1], number), _sample(network, gallery, images, number)]
    return made


def photo_samples(network: Network, folder: Path) -> list[Sample]:
    """Return photographs, of the validation split, of the kinds of grocery that are held out.

    Five photographs a kind, of the training split, are enrolled.

    Raises:
        InputError: the photographs are missing.
    """
    kinds = sorted(HELD_OUT)
    enrolled = {kind: [path for path, k in read_split(folder, "train") if k == kind] for kind in kinds}
    gallery = _enrolled(network, [[read_image(path) for path in enrolled[kind][:_PHOTOS]] for kind in kinds])
    asked = [(path, kinds.index(kind)) for path, kind in read_split(folder, "val") if kind in HELD_OUT]
    return [_sample(network, gallery, [read_image(path)], truth) for path, truth in asked]


def _enrolled(network: Network, pictures: Sequence[Sequence[Image]]) -> Gallery:
    """Return a gallery of products by their reference pictures, cut out and turned as a catalog's are."""
    turned = [[view for picture in one for view in views(picture)] for one in pictures]
    owners = np.repeat(np.arange(len(turned), dtype=np.int32), [len(one) for one in turned])
    vectors = embed(network, [view for one in turned for view in one])
    return Gallery(tuple(str(number) for number in range(len(turned))), vectors, owners)


def _sample(network: Network, gallery: Gallery, images: Sequence[Image], truth: int) -> Sample:
    similarities = gallery.similarities(embed(network, images))
    return Sample(fuse(similarities, [Crop(image).quality for image in images]), truth)


def fit(groups: Sequence[Sequence[Sample]], lifelike: Sequence[Sample]) -> Calibration:
    """Return the constants that surprise least, known and unknown items mixed by `KNOWN_SHARE`.

    First those of the odds, then those that make a share of them a chance: drawn products, which are easier
    to tell apart, would make that chance too great.

    A grid search of the mean negative logarithm of the truth's probability (temperature scaling, Guo et al.
    2017, with "none of these" as one more class).

    Args:
        groups: of items, each of at least one, for the odds; all groups weigh the same.
        lifelike: items as a store has them, for the chance; all weigh the same.
    """
    grid = [(t, u) for t in np.arange(0.02, 0.161, 0.01) for u in np.arange(0.2, 0.91, 0.02)]
    temperature, unknown = min(grid, key=lambda constants: sum(surprise(g, *constants) for g in groups))
    shares = Calibration(round(float(temperature), 3), round(float(unknown), 3))
    confidences, right = answers(lifelike, shares)
    slope, offset = platt(np.array(confidences), np.array(right))
    return replace(shares, slope=round(slope, 2), offset=round(offset, 2))


def platt(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the slope and offset of the logit that surprise least, by a grid search (Platt 1999)."""
    within = confidences.clip(1e-6, 1 - 1e-6)
    logits = np.log(within / (1 - within))
    signs = np.where(right, 1.0, -1.0)
    grid = [(slope, offset) for slope in np.arange(0.3, 3.01, 0.05) for offset in np.arange(-2, 4.01, 0.1)]
    slope, offset = min(grid, key=lambda c: np.logaddexp(0, -signs * (c[0] * logits + c[1])).sum())
    return float(slope), float(offset)


def answers(items: Sequence[Sample], calibration: Calibration) -> tuple[list[float], list[bool]]:
    """Return how sure the constants are of each product named, and whether it is right.

    One answer in ten is to an item that is in no catalog (`KNOWN_SHARE`).
    """
    asked = [*items, *(item.left_out() for item in items[:: round(KNOWN_SHARE / (1 - KNOWN_SHARE))])]
    confidences, right = [], []
    for item in asked:
        names = [str(number) for number in range(len(item.similarities))]
        found = decide(names, item.similarities, calibration)
        if found.gtin is not None:
            confidences.append(found.confidence)
            right.append(found.gtin == str(item.truth))
    return confidences, right


def check(items: Sequence[Sample], calibration: Calibration) -> list[Bin]:
    """Return how often what is named is right, by how sure of it the constants are; see `answers`."""
    return reliability(*answers(items, calibration))


def _items(goods: Goods) -> Iterator[list[Boxed]]:
    scenes: dict[str, list[Boxed]] = {}
    for boxed in goods.boxed:
        scenes.setdefault(boxed.scene, []).append(boxed)
    for sights in scenes.values():
        yield from ([sight] for sight in sights)
        if len(sights) > 1:
            yield sights[:_MOST_CROPS]


def surprise(items: Sequence[Sample], temperature: float, unknown: float) -> float:
    """Return the mean negative logarithm of the truth's probability, `KNOWN_SHARE` of items known."""
    total = 0.0
    for item in items:
        for each, share in ((item, KNOWN_SHARE), (item.left_out(), 1 - KNOWN_SHARE)):
            logits = np.append(each.similarities, unknown) / temperature
            total += share * (np.logaddexp.reduce(logits) - logits[each.truth])
    return total / len(items)
