"""A tally without a service: cart events become ledger lines, and those a receipt. Pure values, no I/O.

What a removal takes back, and what waits for review, is decided by the rules of `cart.checkout.ledger`, as in
the service; here lines also carry their price.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cart.catalog import Product
from cart.checkout.ledger import Book, Doubt, Entry, Line, OpenAdd
from cart.checkout.pricing import tax_of
from cart.events import Action, CartEvent
from cart.gtin import canonical

PriceLookup = Callable[[str], Product | None]
"""Finds a product, with its price, by any form of its GTIN; `Catalog.get` is one."""

NAME_OF_UNKNOWN = "item"
"""What a line calls an item whose product is not known."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of a session's ledger; lines are only ever appended.

    A line is exactly one of: an add; a removal that reverses an add; a removal of what lay in the cart at the
    start (`from_initial`); an add or removal that waits for review (`needs_review`) and counts for nothing.
    """

    event_id: UUID
    """The event that wrote the line; a removal may write several."""
    action: Action
    gtin: str | None
    name: str
    quantity: int
    """How many items, at least 1."""
    unit_price: int | None
    """Price of one in minor units when the line was written; None where no price is known."""
    tax_rate: Decimal | None
    """Share of tax on top of the net price, 0..1; None where not given."""
    reverses: int | None = None
    """Place in the ledger, from 0, of the add that a removal takes back."""
    from_initial: bool = False
    needs_review: bool = False

    @property
    def counts(self) -> int:
        """How many items the line brings to the tally: more, fewer, or none."""
        if self.needs_review or self.from_initial:
            return 0
        return self.quantity if self.action == "add" else -self.quantity


@dataclass(frozen=True, slots=True)
class InitialItem:
    """Items of one product that lay in the cart at the start, as vision saw them; never billed."""

    gtin: str | None
    name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """Items of one product at one price; what left the start's contents, or needs review, stands apart."""

    gtin: str | None
    name: str
    quantity: int
    """How many items, at least 1."""
    unit_price: int | None
    """Minor units; None where no price is known; 0 where `from_initial`."""
    total: int
    """Minor units; 0 where nothing is billed: no price known, from the start's contents, or in review."""
    needs_review: bool
    from_initial: bool = False
    """True for what was taken out of the start's contents; not part of the receipt's JSON."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a session owes, in minor units of its currency."""

    session: str
    currency: str | None
    """ISO 4217 code; None without a catalog."""
    lines: tuple[ReceiptLine, ...]
    tax: int
    """The tax that the total contains."""
    total: int
    """The sum of the lines' totals, tax included."""
    pending_reviews: int
    """How many ledger lines wait for the shopper or an associate."""
    initial: tuple[InitialItem, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the receipt as the JSON object that `cart process --receipt` writes."""
        receipt = asdict(self)
        for line in receipt["lines"]:
            del line["from_initial"]
        return receipt

    def to_json(self) -> str:
        """Return `to_dict` as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))


def write_ledger(events: Iterable[CartEvent], prices: PriceLookup | None) -> list[LedgerLine]:
    """Return the ledger of one session's events, given in order of their sequence.

    Args:
        events: the events; one given twice (by its id) is applied once.
        prices: the store's catalog; None where there is none: lines then have no price.
    """
    ledger: list[LedgerLine] = []
    for event in events:
        ledger += post(ledger, event, prices)
    return ledger


def post(ledger: Sequence[LedgerLine], event: CartEvent, prices: PriceLookup | None) -> list[LedgerLine]:
    """Return the lines that an event appends to a ledger; none for an event that the ledger has already.

    - An event that needs review, or whose product has no price in the store, waits for review.
    - A removal of the start's contents is a line at price zero.
    - Any other removal reverses the latest adds of its product that are not yet reversed, at their price;
      what it removes beyond those waits for review.
    """
    if any(line.event_id == event.id for line in ledger):
        return []
    product = prices(event.gtin) if prices and event.gtin else None
    line = _line(event, product)
    entry = Entry(
        key=str(event.id),
        sequence=event.data.sequence,
        ordinal=0,
        action=event.action,
        gtin=_key(line),
        quantity=event.data.quantity,
        at=event.time,
        doubt=_doubt(event, known=prices is None or product is not None),
        from_initial=event.data.from_initial,
    )
    return [_written(line, decided, ledger) for decided in _book(ledger, event.time).decide(entry)]


def _doubt(event: CartEvent, *, known: bool) -> Doubt | None:
    if event.data.needs_review:
        return "unsure"
    return None if known or event.data.from_initial else "unknown-product"


def _book(ledger: Sequence[LedgerLine], at: datetime) -> Book:
    """Return the adds of a ledger of which something is left, as of a time; an add's number is its place."""
    left = {place: line.quantity for place, line in enumerate(ledger) if line.counts > 0}
    for line in ledger:
        if line.reverses is not None:
            left[line.reverses] -= line.quantity
    adds = ((place, _key(ledger[place]), count) for place, count in left.items() if count)
    return Book(adds=[OpenAdd(place, gtin, count, at) for place, gtin, count in adds])


def _written(line: LedgerLine, decided: Line, ledger: Sequence[LedgerLine]) -> LedgerLine:
    """Return a line as it was decided: its kind and quantity, and for a reversal the price of its add."""
    line = replace(line, quantity=decided.quantity)
    if decided.kind == "review":
        return replace(line, needs_review=True)
    if decided.kind == "initial":
        return replace(line, unit_price=0, from_initial=True)
    if decided.reverses is None:
        return line
    add = ledger[decided.reverses]
    return replace(line, unit_price=add.unit_price, tax_rate=add.tax_rate, reverses=decided.reverses)


def make_receipt(
    session: str,
    ledger: Sequence[LedgerLine],
    currency: str | None = None,
    initial: Sequence[InitialItem] = (),
) -> Receipt:
    """Return the receipt of a ledger: its lines summed by product and price, in order of first appearance.

    Prices include tax. The tax of all lines of one rate is taken from their sum, `sum * rate / (1 + rate)`,
    and rounded half up to a minor unit, once per rate.
    """
    lines = _receipt_lines(ledger)
    return Receipt(
        session=session,
        currency=currency,
        lines=lines,
        tax=tax_of(((line.counts * (line.unit_price or 0), line.tax_rate) for line in ledger), included=True),
        total=sum(line.total for line in lines),
        pending_reviews=sum(line.needs_review for line in ledger),
        initial=tuple(initial),
    )


def _line(event: CartEvent, product: Product | None) -> LedgerLine:
    return LedgerLine(
        event_id=event.id,
        action=event.action,
        gtin=product.gtin if product else event.gtin,
        name=product.name if product else event.gtin or NAME_OF_UNKNOWN,
        quantity=event.data.quantity,
        unit_price=product.price_minor if product else None,
        tax_rate=product.tax_rate if product else None,
    )


def _key(line: LedgerLine) -> str:
    """Return the product's 14 digits; items that no product is known of count as one product."""
    return canonical(line.gtin) if line.gtin else ""


def _receipt_lines(ledger: Sequence[LedgerLine]) -> tuple[ReceiptLine, ...]:
    groups: dict[object, list[LedgerLine]] = {}
    for place, line in enumerate(ledger):
        group = place if line.needs_review else (_key(line), line.unit_price, line.from_initial)
        groups.setdefault(group, []).append(line)
    summed = (_receipt_line(lines) for lines in groups.values())
    return tuple(line for line in summed if line.quantity)


def _receipt_line(lines: Sequence[LedgerLine]) -> ReceiptLine:
    """Sum the lines of one product, price and kind."""
    first = lines[0]
    billed = sum(line.counts for line in lines)
    apart = first.needs_review or first.from_initial
    return ReceiptLine(
        gtin=first.gtin,
        name=first.name,
        quantity=sum(line.quantity for line in lines) if apart else billed,
        unit_price=first.unit_price,
        total=billed * (first.unit_price or 0),
        needs_review=first.needs_review,
        from_initial=first.from_initial,
    )
