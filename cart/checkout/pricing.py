"""What the items of a tally cost: the price in force, the lowest since the add, tax. Pure, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from cart.checkout.ledger import OpenAdd

PricePolicy = Literal["lowest", "at_add", "current"]
"""`lowest`: a fall is passed on, a rise never is; `at_add`: as it was; `current`: as it is."""

MAX_MINOR = 10**12
"""No price reaches this many minor units."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A price that a region or a store gave a product."""

    version: int
    scope: Literal["region", "store"]
    since: datetime
    amount: int | None
    """Minor units for one item, or for a kilogram; None withdraws the store's or region's price."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a store knows of a product."""

    gtin: str
    """As it was first written."""
    name: str
    tax_rate: Decimal | None
    """Share of tax on top of the net price, 0..1."""
    by_weight: bool
    quotes: tuple[Quote, ...]
    """In order of `since`, then of version."""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Items of one product at one price."""

    gtin: str
    name: str
    quantity: int
    weight: Decimal | None
    unit_price: int
    price_version: int
    total: int
    tax_rate: Decimal | None


def in_force(quotes: Sequence[Quote], at: datetime) -> Quote | None:
    """Return the quote in force at a time: the store's latest, or else its region's latest; None for none."""
    latest: dict[str, Quote] = {}
    for quote in quotes:
        if quote.since <= at:
            latest[quote.scope] = quote
    for scope in ("store", "region"):
        found = latest.get(scope)
        if found and found.amount is not None:
            return found
    return None


def price_over(
    quotes: Sequence[Quote], since: datetime, until: datetime, policy: PricePolicy
) -> Quote | None:
    """Return the quote that prices a line added at `since` and looked at, or checked out, at `until`.

    Under `lowest` the earliest of the lowest quotes in force at any time in between. None where the store
    had no price for the product at any time in question.
    """
    if policy == "at_add":
        return in_force(quotes, since)
    if policy == "current":
        return in_force(quotes, until) or in_force(quotes, since)
    times = [since, *(quote.since for quote in quotes if since < quote.since <= until)]
    found = [quote for quote in (in_force(quotes, time) for time in times) if quote]
    return min(found, key=lambda quote: quote.amount or 0, default=None)


def line_total(unit_price: int, quantity: int, weight: Decimal | None) -> int:
    """Return what items cost in minor units; by weight rounded half up, once an item."""
    if weight is None:
        return unit_price * quantity
    return half_up(unit_price * weight) * quantity


def price_lines(
    adds: Iterable[OpenAdd], items: Mapping[str, Item], until: datetime, policy: PricePolicy
) -> list[PricedLine]:
    """Return the priced lines of a tally, items of one product and price summed, in order of appearance."""
    lines: dict[object, PricedLine] = {}
    for add in adds:
        item = items[add.gtin]
        quote = price_over(item.quotes, add.at, until, policy)
        price, version = (quote.amount or 0, quote.version) if quote else (0, 0)
        key = (add.gtin, price, add.number if add.weight is not None else None)
        before = lines.get(key)
        quantity = add.left + (before.quantity if before else 0)
        lines[key] = PricedLine(
            item.gtin,
            item.name,
            quantity,
            add.weight,
            price,
            before.price_version if before else version,
            line_total(price, quantity, add.weight),
            item.tax_rate,
        )
    return list(lines.values())


def tax_of(amounts: Iterable[tuple[int, Decimal | None]], *, included: bool) -> int:
    """Return the tax in, or on top of, amounts in minor units with their rates.

    The amounts of one rate are summed, and their tax is rounded half up once a rate:
    `sum * rate / (1 + rate)` where prices include it, `sum * rate` where it is added.
    """
    sums: dict[Decimal, int] = {}
    for amount, rate in amounts:
        if rate:
            sums[rate] = sums.get(rate, 0) + amount
    return sum(half_up(total * rate / (1 + rate if included else 1)) for rate, total in sums.items())


def owed(amounts: Sequence[tuple[int, Decimal | None]], *, included: bool) -> int:
    """Return what is to be paid for amounts with their tax rates: their sum, and tax where it is added."""
    net = sum(amount for amount, _ in amounts)
    return net if included else net + tax_of(amounts, included=False)


def half_up(amount: Decimal) -> int:
    """Round to a whole minor unit, half away from zero."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))
