"""Cart events and truth files as unit events, their products made comparable."""

from collections.abc import Iterable

from cart.catalog import Catalog
from cart.evaluation.matching import UnitEvent
from cart.evaluation.truth import Truth
from cart.events import CartEvent
from cart.gtin import canonical, is_valid

UNKNOWN = "unknown"
"""What a report calls a product that an event does not tell."""


def product_key(product: str, catalog: Catalog | None) -> str:
    """Return what a product is compared by: 14 digits for a GTIN or a name of the catalog, else its name."""
    named = catalog.named(product) if catalog else None
    gtin = named.gtin if named else product
    return canonical(gtin) if is_valid(gtin) else product


def product_label(product: str, catalog: Catalog | None) -> str:
    """Return a product's name in the catalog, where it has one there, else `product` itself."""
    known = catalog.get(product) if catalog else None
    return known.name if known else product


def units_found(events: Iterable[CartEvent], catalog: Catalog | None) -> list[UnitEvent]:
    """Return one unit event for each item of each event."""
    return [
        UnitEvent(
            t=event.media_time,
            action=event.action,
            product=canonical(event.gtin) if event.gtin else None,
            label=product_label(event.gtin, catalog) if event.gtin else UNKNOWN,
        )
        for event in events
        for _ in range(event.data.quantity)
    ]


def units_true(truth: Truth, catalog: Catalog | None) -> list[UnitEvent]:
    """Return one unit event for each item of each true event."""
    return [
        UnitEvent(
            t=event.t,
            action=event.action,
            product=product_key(event.product, catalog),
            label=product_label(event.product, catalog),
        )
        for event in truth.events
        for _ in range(event.count)
    ]
