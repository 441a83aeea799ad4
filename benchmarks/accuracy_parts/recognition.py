"""Recognition of rendered products that nothing has learnt from, one crop at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from accuracy_parts.row import Row, limit_text, share_row
from accuracy_parts.sights import LEAST_SHARE, LEAST_SIDE, Sight, read_scenes, see
from accuracy_parts.work import Work
from cart.scenes.products.range import product_by_gtin
from cart.vision.embedding import Embedder
from cart.vision.gallery import Gallery

TOP_1, TOP_5 = 0.97, 0.995
SHORT, LONG = 40, 70  # pixels of a crop's longer side


@dataclass(frozen=True)
class Ranked:
    """A crop, what it is most like, and how many products it is more like than its own."""

    sight: Sight
    nearest: str
    rank: int


def rows(work: Work) -> Iterator[Row]:
    """Rank the catalog's products for each crop."""
    missing = work.data.stills.missing or work.data.catalog.missing
    if missing:
        for places, least in ((1, TOP_1), (5, TOP_5)):
            yield Row("recognition, products held out", f"top-{places}", missing, limit_text(least, 1))
        return
    found, left_out = list[Ranked](), 0
    for labels, products in work.track(read_scenes(work.data.stills.folder), "recognition"):
        scene = see(labels, products)
        left_out += scene.left_out
        found += rank(scene.sights, work.gallery, work.embedder)
    yield from counted(found, len(work.gallery), left_out)


def rank(sights: Sequence[Sight], gallery: Gallery, embedder: Embedder) -> Iterator[Ranked]:
    """Yield how far up each crop's own product is among all, where the gallery has it."""
    vectors = embedder.embed([sight.crop.image for sight in sights])
    for sight, similar in zip(sights, gallery.similarities(vectors), strict=True):
        own = gallery.index(sight.gtin)
        if own is not None:
            nearest = gallery.gtins[int(similar.argmax())]
            yield Ranked(sight, nearest, int(np.count_nonzero(similar > similar[own])))


def counted(found: Sequence[Ranked], products: int, left_out: int) -> Iterator[Row]:
    """Yield the shares of crops whose own product is the nearest, or among the nearest five."""
    part = f"recognition, {products} rendered products held out"
    yield share_row(part, "top-1", sum(one.rank == 0 for one in found), len(found), least=TOP_1)
    yield share_row(part, "top-5", sum(one.rank < 5 for one in found), len(found), least=TOP_5)
    forgiven = sum(one.rank == 0 or only_size_differs(one.nearest, one.sight.gtin) for one in found)
    yield share_row(part, "top-1, another size of the same product forgiven", forgiven, len(found))
    for name, belongs in _GROUPS.items():
        group = [one for one in found if belongs(one.sight)]
        for places in (1, 5):
            right = sum(one.rank < places for one in group)
            yield share_row(part, f"top-{places}, {name}", right, len(group))
    yield share_row(part, "products with a crop", len({one.sight.gtin for one in found}), products)
    why = f"{left_out} under {LEAST_SIDE} px or less than {LEAST_SHARE:.0%} seen"
    yield Row(part, "crops left out", why, figures={"left_out": left_out})


_GROUPS: dict[str, Callable[[Sight], bool]] = {
    "in hand": lambda sight: sight.held,
    "in the pile": lambda sight: not sight.held,
    f"under {SHORT} px long": lambda sight: sight.length < SHORT,
    f"{SHORT} to {LONG} px long": lambda sight: SHORT <= sight.length <= LONG,
    f"over {LONG} px long": lambda sight: sight.length > LONG,
}


def only_size_differs(a: str, b: str) -> bool:
    """Return whether two rendered products are the same goods of the same brand, in other amounts."""
    one, other = product_by_gtin(a), product_by_gtin(b)
    return (one.family, one.title, one.taste) == (other.family, other.title, other.taste)
