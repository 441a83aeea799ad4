"""The house style of a family of twins: inks, type and layout, drawn from the family's seed."""

from dataclasses import dataclass

import numpy as np

from cart.scenes.products.labels.ink import Color, Type, color, mix, muted, vivid
from cart.scenes.products.range import Product

LAYOUTS = ("band", "full", "panel", "stripes", "plain", "split")
_FILM_LAYOUTS = ("full", "full", "split")

_BRAND_INKS = (
    *("#8f2028", "#1f4584", "#1f6342", "#b5641f", "#4f2f6b", "#b83a22"),
    *("#12606f", "#6b7a1f", "#2a3340", "#c2912a", "#a32f66", "#2f86a0"),
)
_PAPERS = ("#f9f7f2", "#fdfdfb", "#fdfdfb", "#f3ecdc", "#edf1f2", "#faf3e2")
_KRAFT = "#b8946a"


@dataclass(frozen=True)
class Design:
    """How a product's package is printed."""

    layout: str
    logo: str
    """`oval`, `ribbon`, `bare`, `outlined` or `ruled`."""
    paper: Color
    brand: Color
    """The brand's own ink."""
    ink: Color
    """What tells the taste."""
    food: Color
    brand_type: Type
    title_type: Type
    badge: str
    """A short claim, or nothing."""
    photo: bool
    """Whether the motif fills its area instead of standing on the lower edge."""


def design(product: Product) -> Design:
    """Return the design of a product; near-twins share all but ink and food."""
    brand = np.random.default_rng(_number(product.brand))
    family = np.random.default_rng(product.family_seed)
    layout = str(family.choice(_FILM_LAYOUTS if product.shape == "crisps" else LAYOUTS))
    brand_ink = muted(color(str(brand.choice(_BRAND_INKS))), 0.06)
    paper = color(str(family.choice(_PAPERS)))
    if family.random() < 0.12 and layout in ("panel", "plain"):
        paper = color(_KRAFT)
    if family.random() < 0.4 and layout in ("band", "stripes", "split"):
        paper = mix(brand_ink, (250, 248, 240), float(family.uniform(0.0, 0.25)))
    if product.shape == "crisps":
        paper = mix(vivid(color(product.ink), 0.3), (250, 248, 240), 0.1)
    claims = (
        "",
        "",
        "organic",
        "since 1926",
        "new recipe",
        "no added sugar",
        "family favourite",
        "100 % recycled",
    )
    return Design(
        layout=layout,
        logo=str(brand.choice(("oval", "ribbon", "bare", "outlined", "ruled"))),
        paper=paper,
        brand=brand_ink,
        ink=vivid(color(product.ink), 0.18),
        food=color(product.food),
        brand_type=Type(
            weight=int(brand.choice((500, 700, 900))),
            italic=bool(brand.random() < 0.35),
            capitals=bool(brand.random() < 0.4),
            narrow=float(brand.uniform(0.75, 1.1)),
        ),
        title_type=Type(
            weight=int(family.choice((300, 500, 700))),
            italic=bool(family.random() < 0.2),
            capitals=bool(family.random() < 0.4),
            narrow=float(family.uniform(0.72, 1.0)),
        ),
        badge=str(family.choice(claims)),
        photo=bool(family.random() < 0.45),
    )


def _number(text: str) -> int:
    return int.from_bytes(text.encode()[:8].ljust(8, b"."), "big") % (2**32)
