"""From a product to its mesh with its looks."""

from functools import partial

import numpy as np

from cart.scenes.geometry import Bytes, Model
from cart.scenes.products.labels.ink import color
from cart.scenes.products.labels.skins import contents, skin
from cart.scenes.products.labels.wrap import top, wrap
from cart.scenes.products.range import Product
from cart.scenes.products.shapes.bags import crisps, pouch, tube
from cart.scenes.products.shapes.boxes import carton, egg_box, gable_lengths, gable_top
from cart.scenes.products.shapes.fruits import produce
from cart.scenes.products.shapes.mesh import FRONT_SHARE, Part, joined
from cart.scenes.products.shapes.rounds import bottle, can, jar
from cart.scenes.products.shapes.trays import tray

LABEL_HEIGHT = {"can": 0.93, "bottle": 0.52, "jar": 0.6}
"""Height of a round package's label as a share of its height."""


def model(product: Product) -> Model:
    """Return the mesh, materials and pictures of a product; always the same for the same product."""
    rng = np.random.default_rng(product.seed)
    return joined(_parts(product, rng), product.size, pictures(product), 34.0)


def pictures(product: Product) -> dict[str, Bytes]:
    """Return the pictures of a product by name: of `wrap`, `top`, `contents`, `skin` those its shape has."""
    width, depth, height = product.size
    if product.shape == "produce":
        return {"skin": skin(product)}
    if product.shape in ("carton", "gable_top") or product.style == "brick":
        body, roof = gable_lengths(product.size) if product.shape == "gable_top" else (height, 0.0)
        found = {"wrap": wrap(product, (width, depth, width, depth), body, product.shape == "carton", roof)}
        return {**found, "top": top(product, width, depth)}
    if product.shape in LABEL_HEIGHT:
        around = _circumference(width, depth)
        side = (0.5 - FRONT_SHARE) * around
        found = {
            "wrap": wrap(
                product,
                (FRONT_SHARE * around, side, FRONT_SHARE * around, side),
                LABEL_HEIGHT[product.shape] * height,
            )
        }
        return {**found, "contents": contents(product)} if product.shape == "jar" else found
    if product.shape == "egg_box":
        return {"wrap": wrap(product, (width * 0.5, 0.0, width * 0.36, 0.0), depth * 0.6)}
    if product.shape == "tray":
        return {
            "wrap": wrap(product, (width * 0.47, 0.0, width * 0.47, 0.0), width * 0.29),
            "contents": contents(product),
        }
    return {"wrap": wrap(product, (width, 0.0, width, 0.0), height)}


def _parts(product: Product, rng: np.random.Generator) -> list[Part]:
    size, style = product.size, product.style
    food, ink = _floats(product.food), _floats(product.ink)
    builders = {
        "carton": partial(carton, size, style),
        "gable_top": partial(gable_top, size, style),
        "egg_box": partial(egg_box, size, style),
        "can": partial(can, size, style),
        "bottle": partial(bottle, size, style, food, ink),
        "jar": partial(jar, size, style, ink),
        "pouch": partial(pouch, size, style),
        "crisps": partial(crisps, size),
        "tube": partial(tube, size, style),
        "tray": partial(tray, size, style, food, product.motif),
        "produce": partial(produce, style),
    }
    return builders[product.shape](rng)


def _floats(text: str) -> tuple[float, float, float]:
    r, g, b = color(text)
    return r / 255, g / 255, b / 255


def _circumference(width: float, depth: float) -> float:
    """Return about the circumference of an ellipse."""
    return float(np.pi * np.sqrt((width**2 + depth**2) / 2))
