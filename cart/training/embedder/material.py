"""What the embedder is trained on, and how a batch is drawn of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from cart.training.dataset import rendered_stills
from cart.training.embedder.goods import Goods
from cart.training.embedder.network import laid_out
from cart.training.embedder.recipe import EmbedderRecipe, Training
from cart.training.embedder.views import draw_views
from cart.training.photos import HELD_OUT, read_image, read_split
from cart.training.sights import (
    Cutout,
    Image,
    as_boxed,
    as_photographed,
    as_reference,
    as_seen,
    colourful,
    drawn_product,
    part_of_photo,
    recoloured,
    wire_floor,
)

_DRAWN_VIEWS = 6
_BACKGROUNDS = 60  # of each sort
_REFERENCES = 0.4  # share of sights of drawn products and photographs as a catalog shows them
_BOXED, _PHOTOGRAPHED = 0.45, 0.25  # shares of sights of rendered products; the rest is laid before something
_LEAST_TURN = 50  # degrees by which the hues of a product and of its recoloured twin differ
_FROM_MESH = 0.3  # share of those that are drawn from meshes where there are reference pictures too

_Any = TypeVar("_Any")
Batch = tuple[torch.Tensor, NDArray[np.intp]]
"""Sights and their classes, as `Material.batch` returns them."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Material:
    """What the embedder is trained on.

    Attributes:
        families: rendered products, near-twins together.
        drawn: views of each drawn product.
        kinds: photographs of each kind of grocery.
        backgrounds: what items lie before.
    """

    families: Sequence[Sequence[Goods]]
    drawn: Sequence[Sequence[Cutout]]
    kinds: Sequence[Sequence[Image]]
    backgrounds: Sequence[Image]

    def batch(self, training: Training, random: np.random.Generator) -> Batch:
        """Return sights as `network.laid_out` has them, of each class so many, and their classes (N,)."""
        draws: list[Callable[[np.random.Generator], Image]] = []
        for family in _some(self.families, training.families, random):
            draws += [partial(self._rendered, goods) for goods in _some(family, training.twins, random)]
        for views in _some(self.drawn, training.drawn, random):
            draws += [partial(self._drawn, views, turn) for turn in _hues(views[0], training, random)]
        for photos in _some(self.kinds, training.kinds, random):
            draws += [partial(self._photo, photos, turn) for turn in _hues(photos[0], training, random)]
        sights = [draw(random) for draw in draws for _ in range(training.views)]
        return laid_out(sights), np.repeat(np.arange(len(draws)), training.views)

    def _rendered(self, goods: Goods, random: np.random.Generator) -> Image:
        choice = random.random()
        if goods.boxed and (choice < _BOXED or not (goods.cutouts or goods.views)):
            return as_boxed(_one_of(goods.boxed, random), random)
        if goods.views and (not goods.cutouts or random.random() < _FROM_MESH):
            return self._sight(_one_of(goods.views, random), random)
        if choice < _BOXED + _PHOTOGRAPHED:
            return as_photographed(_one_of(goods.references, random), random)
        return as_seen(_one_of(goods.cutouts, random), self.backgrounds, random)

    def _drawn(self, views: Sequence[Cutout], turn: float, random: np.random.Generator) -> Image:
        return self._sight(recoloured(_one_of(views, random), turn), random)

    def _photo(self, photos: Sequence[Image], turn: float, random: np.random.Generator) -> Image:
        return self._sight(recoloured(part_of_photo(_one_of(photos, random), random), turn), random)

    def _sight(self, item: Cutout, random: np.random.Generator) -> Image:
        if random.random() < _REFERENCES:
            return as_reference(item, random)
        return as_seen(item, self.backgrounds, random)


def gather(
    recipe: EmbedderRecipe, goods: Sequence[Goods], behind: Sequence[Image], progress: Progress
) -> Material:
    """Read and draw what to train on.

    Args:
        recipe: says what of it.
        goods: the rendered products as `read_goods` returns them; those that are held out are left out.
        behind: `backgrounds`.
        progress: told what is drawn, how many of it there are, and of how many.

    Raises:
        InputError: photographs are missing.
    """
    sources = recipe.sources
    draw_views(goods, sources.meshes, recipe.workers, partial(progress, "products from meshes"))
    families: dict[str, list[Goods]] = {}
    for one in goods:
        if not one.held_out:
            families.setdefault(f"{one.product.gtin[2:6]} {one.product.family}", []).append(one)
    kinds: dict[int, list[Image]] = {}
    for path, kind in read_split(sources.photos, "train"):
        if kind not in HELD_OUT:
            kinds.setdefault(kind, []).append(read_image(path))
    drawn = []
    for number in range(sources.drawn):
        drawn.append(drawn_product(number, _DRAWN_VIEWS))
        progress("drawn products", number + 1, sources.drawn)
    return Material(list(families.values()), drawn, list(kinds.values()), behind)


def backgrounds(recipe: EmbedderRecipe) -> list[Image]:
    """Return pictures to lay items before: photographs, wires before floors, and rendered stills.

    Raises:
        InputError: photographs or stills are missing.
    """
    random = np.random.default_rng(recipe.seed)
    photos = [path for path, kind in read_split(recipe.sources.photos, "train") if kind not in HELD_OUT]
    stills = rendered_stills(recipe.sources.stills)
    chosen = [read_image(photos[n]) for n in random.integers(len(photos), size=_BACKGROUNDS)]
    chosen += [wire_floor(random) for _ in range(_BACKGROUNDS)]
    if stills:
        chosen += [read_image(stills[n]) for n in random.integers(len(stills), size=_BACKGROUNDS)]
    return chosen


def _hues(picture: Image, training: Training, random: np.random.Generator) -> list[float]:
    """Return by how many degrees the hues of a product and, where it has one, of its twin are turned."""
    if not (training.recoloured and colourful(picture)):
        return [0]
    return [0, random.uniform(_LEAST_TURN, 360 - _LEAST_TURN)]


def _some(choices: Sequence[_Any], count: int, random: np.random.Generator) -> list[_Any]:
    return [choices[n] for n in random.choice(len(choices), min(count, len(choices)), replace=False)]


def _one_of(choices: Sequence[_Any], random: np.random.Generator) -> _Any:
    return choices[int(random.integers(len(choices)))]
