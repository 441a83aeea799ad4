"""From similarities to honest probabilities: constants fitted to products that were never trained on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cart.training.embedder.goods import Goods
from cart.training.embedder.network import Network
from cart.training.embedder.validation import embed, reference_vectors
from cart.training.reliability import Bin, reliability
from cart.training.sights import Boxed
from cart.vision.embedding import Calibration
from cart.vision.gallery import Gallery
from cart.vision.recognition import Crop, decide, fuse

KNOWN_SHARE = 0.8
"""Share of the items in a cart that the constants are fitted for; the others are in no catalog."""

_MOST_CROPS = 4  # of one item, as one trip to a cart may give


@dataclass(frozen=True)
class Sample:
    """One item: its similarity to each product of a catalog (P,), and which of them it is; -1 for none."""

    similarities: NDArray[np.float32]
    truth: int

    def left_out(self) -> "Sample":
        """Return the item as if its product were not in the catalog."""
        similarities = self.similarities.copy()
        similarities[self.truth] = -1
        return Sample(similarities, -1)


def samples(network: Network, goods: Sequence[Goods]) -> list[Sample]:
    """Return items of held-out products as a camera sees them, among all products with reference pictures.

    Each product of a still's scene is an item: by its single crops, and by all of them together.
    """
    known = [one for one in goods if one.references]
    vectors, owners = reference_vectors(network, known)
    gallery = Gallery(tuple(one.product.gtin for one in known), vectors, owners)
    made = []
    for number, one in enumerate(known):
        for sights in _items(one) if one.held_out else ():
            images = [sight.tight() for sight in sights]
            fused = fuse(
                gallery.similarities(embed(network, images)), [Crop(image).quality for image in images]
            )
            made.append(Sample(fused, number))
    return made


def fit(items: Sequence[Sample]) -> Calibration:
    """Return the constants that surprise least, known and unknown items mixed by `KNOWN_SHARE`.

    A grid search of the mean negative logarithm of the truth's probability (temperature scaling, Guo et al.
    2017, with "none of these" as one more class).

    Args:
        items: at least one.
    """
    grid = [(t, u) for t in np.arange(0.02, 0.161, 0.01) for u in np.arange(0.2, 0.91, 0.02)]
    temperature, unknown = min(grid, key=lambda constants: surprise(items, *constants))
    return Calibration(round(float(temperature), 3), round(float(unknown), 3))


def check(items: Sequence[Sample], calibration: Calibration) -> list[Bin]:
    """Return how often what is named is right, by how sure of it the constants are."""
    names = [str(number) for number in range(len(items[0].similarities))] if items else []
    confidences, right = [], []
    for item in items:
        found = decide(names, item.similarities, calibration)
        if found.gtin is not None:
            confidences.append(found.confidence)
            right.append(found.gtin == str(item.truth))
    return reliability(confidences, right)


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
