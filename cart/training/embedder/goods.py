"""Rendered products as the embedder learns them: cut out of their reference pictures, and boxed in stills."""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from cart.errors import InputError
from cart.scenes import storage
from cart.scenes.products.catalog import picture_paths
from cart.scenes.products.range import Product, products
from cart.scenes.trips.script import BAG
from cart.training.dataset import rendered_stills
from cart.training.embedder.recipe import Meshes, References
from cart.training.photos import read_image
from cart.training.recipe import Rendered
from cart.training.sights import Boxed, Cutout, Image
from cart.vision.boxes import covered
from cart.vision.references import crop, item_box, item_mask

_LEAST_SHARE = 0.35  # of an item that is seen; less is no more than a corner of it
_LEAST_SIDE = 14  # pixels
_MOST_OVERLAP = 0.3  # of its box under another item's box, which may be the one that is seen there
_MARGIN = 0.25  # of the box's sides, kept around it so that it can be boxed a little otherwise
_HELD_OUT = 7  # one family in so many


@dataclass
class Goods:
    """One rendered product.

    Attributes:
        product: what it is.
        references: its reference pictures, cut down to it.
        cutouts: it alone, out of each reference picture.
        boxed: it in stills, in a hand or in the pile.
        views: it alone, drawn from its mesh.
    """

    product: Product
    references: list[Image] = field(default_factory=list)
    cutouts: list[Cutout] = field(default_factory=list)
    boxed: list[Boxed] = field(default_factory=list)
    views: list[Cutout] = field(default_factory=list)

    @property
    def held_out(self) -> bool:
        """Whether its family is kept for validation: near-twins are never on both sides."""
        return zlib.crc32(self.product.family.encode()) % _HELD_OUT == 0


def read_goods(
    references: Sequence[References], stills: Sequence[Rendered], meshes: Sequence[Meshes] = ()
) -> list[Goods]:
    """Return the rendered products with their pictures, in order of their GTINs.

    Those of `meshes` are among them, without views: see `views.draw_views`.

    Raises:
        InputError: some pictures are not rendered, and with which command they are; or stills are of another
            range than the recipe says.
    """
    found: dict[str, Goods] = {}
    for one in references:
        _read_references(one, found)
    for still in stills:
        for gtin, product in {p.gtin: p for p in products(seed=still.range_seed)}.items():
            found.setdefault(gtin, Goods(product))
    for still in stills:
        _read_stills(still, found)
    drawn = {product.gtin: product for one in meshes for product in products(one.count, one.range_seed)}
    for gtin, product in drawn.items():
        found.setdefault(gtin, Goods(product))
    return [
        goods
        for gtin, goods in sorted(_one_of_each_fruit(found).items())
        if goods.cutouts or len(goods.boxed) > 1 or gtin in drawn
    ]


def _one_of_each_fruit(found: dict[str, Goods]) -> dict[str, Goods]:
    """Put loose produce of several ranges together: it is the same in each, whatever its number."""
    kept: dict[str, Goods] = {}
    first: dict[str, Goods] = {}
    for gtin, goods in sorted(found.items()):
        known = first.setdefault(goods.product.plu, goods) if goods.product.plu else goods
        if known is goods:
            kept[gtin] = goods
        else:
            known.references += goods.references
            known.cutouts += goods.cutouts
            known.boxed += goods.boxed
    return kept


def _read_stills(still: Rendered, found: dict[str, Goods]) -> None:
    for file in rendered_stills([still]):
        for gtin, boxed in _items(file):
            if gtin not in found:
                raise InputError(
                    f"the stills of seed {still.seed} show {gtin}, which is not of range seed "
                    f"{still.range_seed}: set right the recipe's range_seed"
                )
            found[gtin].boxed.append(boxed)


def _read_references(one: References, found: dict[str, Goods]) -> None:
    folder = storage.references_folder(one.range_seed)
    for product in products(one.count, one.range_seed):
        goods = found.setdefault(product.gtin, Goods(product))
        for file in picture_paths(folder, product):
            if not file.exists():
                raise InputError(
                    f"the reference pictures of {product.gtin} are not rendered; render them with: cart "
                    f"scenes catalog {folder} --count {one.count} --range-seed {one.range_seed}"
                )
            picture = read_image(file)
            box = item_box(picture)
            goods.references.append(crop(picture, box))
            goods.cutouts.append(_cut_out(picture))


def _cut_out(picture: Image) -> Cutout:
    mask = item_mask(picture)
    left, top, width, height = cv2.boundingRect(mask)
    part = slice(top, top + height), slice(left, left + width)
    return np.dstack([picture[part], mask[part]])


def _items(still: Path) -> Iterator[tuple[str, Boxed]]:
    """Yield product and sight of each item of a still that is seen well enough."""
    listing = still.parents[1] / "items" / f"{still.stem}.json"
    if not listing.exists():
        return
    picture = read_image(still)
    items = json.loads(listing.read_text())
    for item in items:
        left, top, right, bottom = item["box"]
        width, height = right - left, bottom - top
        if item["gtin"] == BAG or item["share"] < _LEAST_SHARE or min(width, height) < _LEAST_SIDE:
            continue
        if any(covered(item["box"], by=other["box"]) > _MOST_OVERLAP for other in items if other is not item):
            continue
        x1, y1 = (max(0, round(v)) for v in (left - _MARGIN * width, top - _MARGIN * height))
        x2, y2 = round(right + _MARGIN * width), round(bottom + _MARGIN * height)
        box = left - x1, top - y1, right - x1, bottom - y1
        yield item["gtin"], Boxed(picture[y1:y2, x1:x2].copy(), box, still.stem.split("_")[0])
