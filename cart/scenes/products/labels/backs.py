"""Backs, sides and tops: small print, a table of nutrients, a place for the barcode."""

import numpy as np

from cart.scenes.products.labels.design import Design
from cart.scenes.products.labels.ink import Box, Color, Face, Type, readable_on
from cart.scenes.products.range import Product

_STORY = (
    "made with care from what grows near us and packed where it is grown",
    "our recipe has stayed the same for three generations and so has our mill",
    "store in a dry and cool place away from direct light and close well after use",
    "once opened keep cool and use within five days best before see the lid",
    "ingredients may vary with the season packed under a protective atmosphere",
)
_NUTRIENTS = (
    "Energy",
    "Fat",
    "of which saturates",
    "Carbohydrate",
    "of which sugars",
    "Fibre",
    "Protein",
    "Salt",
)


def draw_back(face: Face, product: Product, style: Design, ground: Color, rng: np.random.Generator) -> None:
    """Draw the back: name, a story in small print, marks."""
    ink = readable_on(ground)
    face.write(product.brand, (0.1, 0.04, 0.9, 0.12), ink, style.brand_type)
    face.write(
        " ".join(filter(None, (product.taste, product.title))),
        (0.1, 0.135, 0.9, 0.185),
        ink,
        style.title_type,
    )
    face.patch((0.08, 0.21, 0.92, 0.214), style.ink)
    _small_print(face, (0.08, 0.235, 0.92, 0.46), ink, rng)
    for n in range(int(rng.integers(1, 4))):
        _mark(face, (0.08 + 0.14 * n, 0.48), style, rng)


def draw_side(face: Face, product: Product, style: Design, ground: Color, rng: np.random.Generator) -> None:
    """Draw a side: name, the table of nutrients, small print."""
    ink = readable_on(ground)
    if face.width < 90:
        return
    face.write(product.brand, (0.1, 0.05, 0.9, 0.13), ink, style.brand_type)
    face.write(product.title, (0.1, 0.14, 0.9, 0.20), ink, style.title_type)
    _table(face, (0.1, 0.26, 0.9, 0.60), ink, rng)
    _small_print(face, (0.1, 0.64, 0.9, 0.86), ink, rng)
    face.patch((0.0, 0.93, 1.0, 1.0), style.ink)


def draw_strip(face: Face, product: Product, style: Design, ground: Color) -> None:
    """Draw a low side: the name along it."""
    face.write(
        f"{product.brand}  {product.title}  {product.taste}",
        (0.08, 0.25, 0.92, 0.72),
        readable_on(ground),
        style.title_type,
    )
    face.patch((0.0, 0.9, 1.0, 1.0), style.ink)


def draw_top(face: Face, product: Product, style: Design, ground: Color) -> None:
    """Draw the top of a box: the name, the seam of the flaps, where to open it."""
    ink = readable_on(ground)
    face.write(product.brand, (0.1, 0.10, 0.62, 0.42), ink, style.brand_type, 0.0)
    face.write(
        " ".join(filter(None, (product.title, product.taste))),
        (0.1, 0.58, 0.7, 0.82),
        ink,
        style.title_type,
        0.0,
    )
    face.patch((0.0, 0.497, 1.0, 0.507), (120, 112, 100), strength=0.55)
    face.patch((0.72, 0.0, 1.0, 1.0), style.ink, strength=0.9)
    face.write(product.amount, (0.75, 0.6, 0.97, 0.85), readable_on(style.ink), Type(500))


def _small_print(face: Face, box: Box, ink: Color, rng: np.random.Generator) -> None:
    """Set lines of a few millimetres' height."""
    left, top, right, bottom = box
    height = max(13.0, 0.016 * face.height)
    lines = max(1, int((bottom - top) * face.height / (height * 1.55)))
    text = " ".join(_STORY[int(n)] for n in rng.permutation(len(_STORY))).split()
    per_line = max(8, int((right - left) * face.width / (height * 0.52)))
    at = 0
    for n in range(min(lines, 14)):
        line = ""
        while len(line) < per_line - 6:
            line += text[at % len(text)] + " "
            at += 1
        y = top + n * 1.55 * height / face.height
        face.write(
            line.strip().capitalize(),
            (left, y, right, y + height / face.height),
            ink,
            Type(400, narrow=0.92),
            0.0,
        )


def _table(face: Face, box: Box, ink: Color, rng: np.random.Generator) -> None:
    left, top, right, bottom = box
    step = (bottom - top) / (len(_NUTRIENTS) + 1)
    face.write("per 100 g", (left, top, right, top + step * 0.7), ink, Type(600), 1.0)
    for n, name in enumerate(_NUTRIENTS, 1):
        y = top + n * step
        face.patch((left, y - step * 0.06, right, y - step * 0.02), ink, strength=0.6)
        amount = f"{int(rng.integers(150, 2200))} kJ" if n == 1 else f"{rng.uniform(0.1, 60):.1f} g"
        face.write(
            name, (left, y + step * 0.14, left + (right - left) * 0.66, y + step * 0.78), ink, Type(400), 0.0
        )
        face.write(
            amount,
            (left + (right - left) * 0.68, y + step * 0.14, right, y + step * 0.78),
            ink,
            Type(400),
            1.0,
        )


def _mark(face: Face, corner: tuple[float, float], style: Design, rng: np.random.Generator) -> None:
    """Put a small round or square mark, as of recycling and testers."""
    x, y = corner
    wide, tall = 0.09, 0.09 * face.width / face.height
    if rng.random() < 0.5:
        face.oval((x, y, x + wide, y + tall), style.ink)
    else:
        face.patch((x, y, x + wide, y + tall), style.brand, 0.2)
    face.write(
        str(rng.choice(("eco", "A+", "05", "PAP"))),
        (x + 0.015, y + tall * 0.3, x + wide - 0.015, y + tall * 0.7),
        (248, 246, 240),
        Type(700),
    )
