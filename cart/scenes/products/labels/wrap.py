"""The picture that goes round a package: front, side, back, side, with the barcode on the back."""

import cv2
import numpy as np

from cart.scenes.geometry import Bytes
from cart.scenes.products.labels.backs import draw_back, draw_side, draw_strip, draw_top
from cart.scenes.products.labels.barcode import MODULES, barcode
from cart.scenes.products.labels.design import Design, design
from cart.scenes.products.labels.fronts import draw_front, front_ground
from cart.scenes.products.labels.ink import Face, printed, readable_on
from cart.scenes.products.range import Product

FRONT_PIXELS = 512
"""About as wide is the front of a label."""

_LARGEST = 1_500_000
"""Pixels of the largest wrap."""


def wrap(
    product: Product,
    widths: tuple[float, float, float, float],
    height: float,
    edges: bool = False,
    roof: float = 0.0,
) -> Bytes:
    """Return the wrap-around label (h, w, 3) of a product, its roof, if any, above it.

    Args:
        product: Whose label.
        widths: Metres of front, right side, back and left side; sides may be 0.
        height: Metres.
        edges: Whether the faces meet at folds, where board wears white.
        roof: Metres of a roof in the brand's ink above the faces.
    """
    scale = _pixels_a_metre(widths, height + roof)
    style = design(product)
    ground = front_ground(style)
    rng = np.random.default_rng(product.family_seed)
    tall = round(height * scale)
    faces = []
    for place, width in enumerate(widths):
        across = round(width * scale)
        if across == 0:
            continue
        face = Face(across, tall, ground)
        if place == 0:
            draw_front(face, product, style, rng)
        elif place == 2 and tall > 150:
            draw_back(face, product, style, ground, rng)
        elif place != 2 and across > 2.2 * tall:
            draw_strip(face, product, style, ground)
        elif place != 2:
            draw_side(face, product, style, ground, rng)
        above = _roof(product, style, across, round(roof * scale), place == 2)
        faces.append(np.concatenate([above, face.finished()]))
    picture = printed(np.concatenate(faces, axis=1), np.random.default_rng(product.seed))
    if edges:
        _wear_edges(
            picture, np.cumsum([0, *(face.shape[1] for face in faces)]), np.random.default_rng(product.seed)
        )
    _lay_barcode(
        picture, product.gtin, round((widths[0] + widths[1]) * scale), round(widths[2] * scale), scale
    )
    return picture


def top(product: Product, width: float, depth: float) -> Bytes:
    """Return the picture (h, w, 3) of the top of a box of a width and depth in metres."""
    scale = 384 / max(width, depth)
    style = design(product)
    ground = front_ground(style)
    face = Face(max(round(width * scale), 16), max(round(depth * scale), 16), ground)
    draw_top(face, product, style, ground)
    return printed(face.finished(), np.random.default_rng(product.seed + 1))


def _roof(product: Product, style: Design, width: int, height: int, named: bool) -> Bytes:
    """Return the part of a face that goes up a roof, with the brand's name or without."""
    if height == 0:
        return np.zeros((0, width, 3), np.uint8)
    face = Face(width, height, style.brand)
    face.patch((0.0, 0.94, 1.0, 1.0), style.ink)
    if named:
        face.write(product.brand, (0.15, 0.5, 0.85, 0.8), readable_on(style.brand), style.brand_type)
    return face.finished()


def _pixels_a_metre(widths: tuple[float, float, float, float], height: float) -> float:
    """Return the scale of a label: the front about as wide as wished, the back wide enough for a barcode."""
    scale = max(FRONT_PIXELS / max(widths[0], height * 0.75), MODULES * 2.3 / max(widths[2], height))
    return min(scale, float(np.sqrt(_LARGEST / (sum(widths) * height))))


def _lay_barcode(picture: Bytes, gtin: str, left: int, width: int, scale: float) -> None:
    """Put the barcode low on the back; upright where the back is too narrow for it to lie."""
    tall = picture.shape[0]
    lying = width >= MODULES * 2
    room = width if lying else tall
    module = int(np.clip(0.037 * scale / MODULES + 0.5, 2, max(2, room * 0.9 // MODULES)))
    other = tall if lying else width
    height = int(min(MODULES * module * 0.62, other * (0.4 if tall > 150 or not lying else 0.86)))
    code = barcode(gtin, module, height)
    if not lying:
        code = np.asarray(cv2.rotate(code, cv2.ROTATE_90_CLOCKWISE))
    x = left + (width - code.shape[1]) // 2
    y = int((tall - code.shape[0]) * (0.92 if tall > 150 else 0.5))
    picture[y : y + code.shape[0], x : x + code.shape[1]] = code[: tall - y]


def _wear_edges(picture: Bytes, columns: np.ndarray, rng: np.random.Generator) -> None:
    """Lighten the folds between faces, here more and there less."""
    tall, wide, _ = picture.shape
    worn = np.clip(
        cv2.GaussianBlur(rng.normal(0.5, 1.0, (tall, 1)).astype(np.float32), (1, 0), 0, sigmaY=4) * 2, 0, 1
    )
    for column in columns:
        for offset, strength in ((-1, 0.35), (0, 0.5), (1, 0.25)):
            at = int(column + offset) % wide
            share = strength * (0.3 + 0.7 * worn)
            picture[:, at] = (picture[:, at] * (1 - share) + 236 * share).astype(np.uint8)
