"""The front of a package: brand, name, taste, amount and a picture of the food, in one of several layouts."""

from collections.abc import Callable

import numpy as np

from cart.scenes.products.labels.design import Design
from cart.scenes.products.labels.ink import (
    OVERSAMPLING,
    Box,
    Color,
    Face,
    Type,
    brightness,
    mix,
    readable_on,
)
from cart.scenes.products.labels.motifs import motif
from cart.scenes.products.range import Product

_WHITE: Color = (250, 248, 242)


def draw_front(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """Draw a product's front on an empty face of its paper."""
    wide = face.width > 1.35 * face.height
    (_LAYOUTS_WIDE if wide else _LAYOUTS_TALL)[style.layout](face, product, style, rng)


def front_ground(style: Design) -> Color:
    """Return the colour that sides, back and top share with the front."""
    if style.layout == "full":
        return mix(style.ink, style.paper, 0.15)
    return style.paper


def _picture(
    face: Face, product: Product, style: Design, box: Box, rng: np.random.Generator, full: bool
) -> None:
    x0, y0, x1, y1 = face.corners(box)
    h, w = max((y1 - y0) // OVERSAMPLING, 8), max((x1 - x0) // OVERSAMPLING, 8)
    face.paste(motif(product.motif, h, w, style.food, style.ink, rng, full), box)


def _brand(face: Face, product: Product, style: Design, box: Box, ground: Color) -> None:
    """Set the brand as its logo."""
    left, top, right, bottom = box
    inner = (
        left + 0.12 * (right - left),
        top + 0.2 * (bottom - top),
        right - 0.12 * (right - left),
        bottom - 0.2 * (bottom - top),
    )
    on_ground = (
        style.brand if abs(brightness(style.brand) - brightness(ground)) > 0.3 else readable_on(ground)
    )
    if style.logo == "oval":
        face.oval(box, _WHITE if brightness(ground) < 0.6 else mix(style.brand, _WHITE, 0.5))
        margin = 0.012
        face.oval((left + margin, top + margin, right - margin, bottom - margin), style.brand)
        face.write(product.brand, inner, readable_on(style.brand), style.brand_type)
    elif style.logo == "ribbon":
        face.patch(box, style.brand if brightness(ground) > 0.5 else _WHITE, 0.18)
        face.write(
            product.brand, inner, _WHITE if brightness(ground) > 0.5 else style.brand, style.brand_type
        )
    elif style.logo == "outlined":
        face.write(product.brand, box, style.brand, style.brand_type, outline=_WHITE)
    else:
        face.write(product.brand, box, on_ground, style.brand_type)
        if style.logo == "ruled":
            face.patch((left, bottom + 0.008, right, bottom + 0.013), on_ground)


def _names(face: Face, product: Product, style: Design, box: Box, ink: Color, align: float = 0.5) -> None:
    """Set title above taste."""
    left, top, right, bottom = box
    split = top + (bottom - top) * (0.60 if product.taste else 1.0)
    lines = _lines(product.title) if face.width < face.height * 1.2 else [product.title]
    step = (split - top) / len(lines)
    for n, line in enumerate(lines):
        face.write(line, (left, top + n * step, right, top + (n + 0.86) * step), ink, style.title_type, align)
    if product.taste:
        face.write(product.taste, (left, split + 0.006, right, bottom), ink, Type(400, narrow=0.9), align)


def _lines(title: str) -> list[str]:
    """Return a title on two lines if it is long and has a gap near its middle."""
    gaps = [n for n, letter in enumerate(title) if letter == " "]
    if len(title) < 11 or not gaps:
        return [title]
    at = min(gaps, key=lambda n: abs(n - len(title) / 2))
    return [title[:at], title[at + 1 :]]


def _amount(face: Face, product: Product, box: Box, ink: Color, align: float) -> None:
    face.write(product.amount, box, ink, Type(500), align)


def _badge(face: Face, style: Design, x: float, y: float, ground: Color) -> None:
    """Put a round claim, as high as wide, its middle at shares x, y."""
    if not style.badge:
        return
    radius = 0.105
    across, down = radius, radius * face.width / face.height
    fill = style.ink if brightness(ground) > 0.6 else mix(style.ink, _WHITE, 0.8)
    face.oval((x - across, y - down, x + across, y + down), fill)
    words = style.badge.split(" ", 1)
    ink = readable_on(fill)
    for n, word in enumerate(words):
        top = y + down * (-0.28 * len(words) + 0.56 * n)
        face.write(word, (x - across * 0.78, top, x + across * 0.78, top + down * 0.46), ink, Type(600))


def _band(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """Brand above, a coloured band with the name, the food below."""
    _brand(face, product, style, (0.12, 0.05, 0.88, 0.23), style.paper)
    _picture(face, product, style, (0.0, 0.52, 1.0, 1.0), rng, style.photo)
    face.patch((0.0, 0.28, 1.0, 0.53), style.ink)
    face.patch((0.0, 0.535, 1.0, 0.545), style.brand)
    _names(face, product, style, (0.07, 0.305, 0.93, 0.505), readable_on(style.ink))
    face.patch((0.66, 0.90, 0.97, 0.965), _WHITE, 0.3)
    _amount(face, product, (0.68, 0.908, 0.95, 0.957), (40, 36, 34), 0.5)
    _badge(face, style, 0.15, 0.60, style.paper)


def _full(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """The taste's colour all over, the food large."""
    face.fade((0.0, 0.0, 1.0, 1.0), mix(style.ink, style.paper, 0.3), mix(style.ink, (20, 18, 18), 0.12))
    _picture(face, product, style, (0.0, 0.46, 1.0, 1.0), rng, False)
    _brand(face, product, style, (0.18, 0.04, 0.82, 0.2), style.ink)
    _names(face, product, style, (0.08, 0.235, 0.92, 0.45), readable_on(style.ink))
    _amount(face, product, (0.05, 0.93, 0.4, 0.975), _WHITE, 0.0)
    _badge(face, style, 0.85, 0.52, style.ink)


def _panel(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """The food behind a light panel with all words."""
    _picture(face, product, style, (0.0, 0.0, 1.0, 1.0), rng, True)
    face.patch((0.10, 0.10, 0.90, 0.66), style.brand, 0.06)
    face.patch((0.12, 0.115, 0.88, 0.645), style.paper, 0.05)
    _brand(face, product, style, (0.20, 0.145, 0.80, 0.29), style.paper)
    face.patch((0.12, 0.53, 0.88, 0.645), style.ink)
    _names(face, product, style, (0.16, 0.32, 0.84, 0.52), readable_on(style.paper))
    _amount(face, product, (0.3, 0.555, 0.7, 0.62), readable_on(style.ink), 0.5)


def _stripes(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """Stripes in the taste's colour behind a round medallion."""
    pale = mix(style.ink, style.paper, 0.55)
    for n in range(0, 14, 2):
        face.patch((n / 14, 0.0, (n + 1) / 14, 1.0), pale, strength=0.8)
    down = min(0.46 * face.width / face.height, 0.42)
    face.oval((0.03, 0.5 - down * 1.02, 0.97, 0.5 + down * 1.02), style.brand)
    face.oval((0.05, 0.5 - down * 0.98, 0.95, 0.5 + down * 0.98), _WHITE)
    _picture(face, product, style, (0.24, 0.5 + down * 0.05, 0.76, 0.5 + down * 0.85), rng, False)
    _brand(face, product, style, (0.22, 0.5 - down * 0.78, 0.78, 0.5 - down * 0.42), _WHITE)
    _names(face, product, style, (0.16, 0.5 - down * 0.36, 0.84, 0.5 + down * 0.08), (44, 38, 36))
    face.patch((0.0, 0.93, 1.0, 1.0), style.ink)
    _amount(face, product, (0.3, 0.942, 0.7, 0.985), readable_on(style.ink), 0.5)


def _plain(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """Much paper, words to the left, a small picture; a bar of colour at the foot."""
    ink = readable_on(style.paper)
    _brand(face, product, style, (0.08, 0.06, 0.70, 0.17), style.paper)
    _names(face, product, style, (0.08, 0.22, 0.92, 0.42), ink, 0.0)
    face.patch((0.08, 0.445, 0.32, 0.452), ink)
    _picture(face, product, style, (0.1, 0.47, 0.98, 0.93), rng, False)
    face.patch((0.0, 0.92, 1.0, 1.0), style.ink)
    _amount(face, product, (0.08, 0.936, 0.5, 0.983), readable_on(style.ink), 0.0)
    _badge(face, style, 0.84, 0.12, style.paper)


def _split(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """The upper part in the brand's ink with a curved edge, the food in the middle, the name on a label."""
    face.patch((0.0, 0.0, 1.0, 0.36), style.brand)
    face.oval((-0.3, 0.24, 1.3, 0.48), style.brand)
    _picture(face, product, style, (0.06, 0.40, 0.94, 0.84), rng, False)
    _brand(face, product, style, (0.14, 0.05, 0.86, 0.20), style.brand)
    _names(face, product, style, (0.10, 0.225, 0.90, 0.425), readable_on(style.brand))
    face.patch((0.0, 0.83, 1.0, 0.845), style.brand)
    face.patch((0.0, 0.845, 1.0, 1.0), style.ink)
    _amount(face, product, (0.62, 0.885, 0.94, 0.955), readable_on(style.ink), 1.0)
    _badge(face, style, 0.17, 0.78, style.paper)


def _wide_band(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """For flat fronts: words to the left, the food to the right, a band of the taste's colour below."""
    _picture(face, product, style, (0.50, 0.04, 1.0, 0.86), rng, style.photo)
    _brand(face, product, style, (0.05, 0.09, 0.46, 0.34), style.paper)
    _names(face, product, style, (0.05, 0.40, 0.50, 0.74), readable_on(style.paper), 0.0)
    face.patch((0.0, 0.82, 1.0, 1.0), style.ink)
    _amount(face, product, (0.05, 0.86, 0.4, 0.96), readable_on(style.ink), 0.0)


def _wide_full(face: Face, product: Product, style: Design, rng: np.random.Generator) -> None:
    """For flat fronts: the taste's colour all over, the food in one corner."""
    face.fade((0.0, 0.0, 1.0, 1.0), mix(style.ink, style.paper, 0.25), mix(style.ink, (20, 18, 18), 0.12))
    _picture(face, product, style, (0.0, 0.25, 0.42, 1.0), rng, False)
    _brand(face, product, style, (0.46, 0.08, 0.94, 0.36), style.ink)
    _names(face, product, style, (0.44, 0.44, 0.96, 0.80), readable_on(style.ink))
    _amount(face, product, (0.70, 0.85, 0.96, 0.95), _WHITE, 1.0)


_Layout = Callable[[Face, Product, Design, np.random.Generator], None]

_LAYOUTS_TALL: dict[str, _Layout] = {
    "band": _band,
    "full": _full,
    "panel": _panel,
    "stripes": _stripes,
    "plain": _plain,
    "split": _split,
}
_LAYOUTS_WIDE: dict[str, _Layout] = {
    "band": _wide_band,
    "full": _wide_full,
    "panel": _wide_band,
    "stripes": _wide_full,
    "plain": _wide_band,
    "split": _wide_full,
}
