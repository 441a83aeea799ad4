"""Rendered products drawn from their meshes: quick and plain sights, without Blender."""

import math
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from multiprocessing import get_context

import numpy as np

from cart.scenes.products.build import model
from cart.scenes.products.range import Product, products
from cart.training.embedder.goods import Goods
from cart.training.embedder.recipe import Meshes
from cart.training.meshes import surface
from cart.training.sights import Cutout, alone
from cart.training.splat import random_light, render, rotation, transform

_PIXELS = 170  # of a product's longest side
_LYING = 0.5  # share of views of it on a side
_LOWEST, _HIGHEST = -40, 85  # degrees from which it is seen; below 0, its bottom shows

Told = Callable[[int, int], None]


def draw_views(goods: Sequence[Goods], meshes: Sequence[Meshes], workers: int, told: Told) -> None:
    """Draw the views of the products that a recipe wants drawn, but for those held out.

    Args:
        goods: get the views; all products of `meshes` are among them.
        meshes: of which products, and how many of each.
        workers: processes; 0 or 1 draws in this one.
        told: how many products are drawn, and of how many.
    """
    by_gtin = {one.product.gtin: one for one in goods if not one.held_out}
    wanted = [
        (product, one.views)
        for one in meshes
        for product in products(one.count, one.range_seed)
        if product.gtin in by_gtin
    ]
    with ProcessPoolExecutor(workers, get_context("spawn")) if workers > 1 else nullcontext() as pool:
        made = map(_views, wanted) if pool is None else pool.map(_views, wanted, chunksize=4)
        for done, ((product, _), views) in enumerate(zip(wanted, made, strict=True), 1):
            by_gtin[product.gtin].views += views
            told(done, len(wanted))


def product_views(product: Product, count: int) -> list[Cutout]:
    """Return views of a product, standing or lying, from all sides; always the same for the same product."""
    random = np.random.default_rng([zlib.crc32(product.gtin.encode()), 9])
    points = surface(model(product), random)
    made = []
    for _ in range(count):
        pose = rotation(x=math.radians(random.uniform(_LOWEST, _HIGHEST)))
        pose = pose @ rotation(y=random.uniform(0, 2 * math.pi))
        if random.random() < _LYING:
            pose = pose @ rotation(z=math.pi / 2) @ rotation(y=random.uniform(0, 2 * math.pi))
        made.append(alone(render(transform(points, pose), random_light(random), _PIXELS)))
    return made


def _views(wanted: tuple[Product, int]) -> list[Cutout]:
    return product_views(*wanted)
