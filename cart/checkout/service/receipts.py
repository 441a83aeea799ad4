"""Receipts and returns: what was paid, and what of it was given back."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from cart.checkout.pricing import owed, tax_of
from cart.checkout.problems import AlreadyReturned, Conflict, NotFound
from cart.checkout.service.trips import Trip
from cart.checkout.service.work import Work
from cart.checkout.tables import receipts, regions, returns, stores

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 12
"""Letters of Crockford's base 32: 60 random bits."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order bought elsewhere."""

    gtin: str
    name: str
    quantity: int
    unit_price: int
    tax_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order bought elsewhere, known by its number there."""

    source: str
    number: str
    currency: str
    tax_included: bool
    lines: tuple[OrderLine, ...]


def write_receipt(work: Work, trip: Trip, paid: Mapping[str, Any]) -> dict[str, Any]:
    """Write the receipt of a session that has been paid; it carries nothing of the shopper."""
    left_out = ("cart", "state", "version", "pending_events", "camera_faults")
    body = {key: value for key, value in paid.items() if key not in left_out}
    body |= {"payment": trip.payment, "paid_at": work.at.isoformat()}
    return _write(work, body, trip.store, session=trip.id)


def import_order(work: Work, order: Order, store: str) -> str:
    """Keep an order bought elsewhere as a receipt, once; return its code.

    Raises:
        Conflict: the order came before with other contents.
    """
    body = _order_body(order)
    where = receipts.c.order_source == order.source, receipts.c.order_number == order.number
    known = work.tx.execute(sa.select(receipts.c.code, receipts.c.body).where(*where)).one_or_none()
    if known is None:
        written = _write(work, body, store, order_source=order.source, order_number=order.number)
        return str(written["code"])
    if {**json.loads(known.body), "code": None} != {**body, "code": None}:
        raise Conflict("the order of that number was imported before with other contents")
    return str(known.code)


def _order_body(order: Order) -> dict[str, Any]:
    amounts = [(line.unit_price * line.quantity, line.tax_rate) for line in order.lines]
    return {
        "session": None,
        "order": {"source": order.source, "number": order.number},
        "currency": order.currency,
        "lines": [_order_line(line) for line in order.lines],
        "tax": tax_of(amounts, included=order.tax_included),
        "tax_included": order.tax_included,
        "total": owed(amounts, included=order.tax_included),
        "pending_reviews": 0,
        "initial": [],
    }


def _order_line(line: OrderLine) -> dict[str, Any]:
    return {
        "gtin": line.gtin,
        "name": line.name,
        "quantity": line.quantity,
        "weight": None,
        "unit_price": line.unit_price,
        "tax_rate": None if line.tax_rate is None else str(line.tax_rate),
        "total": line.unit_price * line.quantity,
        "needs_review": False,
        "from_initial": False,
    }


def _write(work: Work, body: Mapping[str, Any], store: str, **keys: str) -> dict[str, Any]:
    code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    receipt = {"code": code, "store": store, **body}
    row = {"code": code, "store": store, "body": json.dumps(receipt), "written_at": work.at, **keys}
    work.tx.execute(sa.insert(receipts), row)
    return receipt


def read_receipt(work: Work, code: str) -> dict[str, Any]:
    """Return a receipt with its returns.

    Raises:
        NotFound: there is none of that code.
    """
    return _told(work, _row(work, receipts.c.code == code))


def session_receipt(work: Work, session: str) -> dict[str, Any]:
    """Return the receipt of a paid session.

    Raises:
        NotFound: the session has none (yet).
    """
    return _told(work, _row(work, receipts.c.session == session))


def order_code(work: Work, source: str, number: str) -> str:
    """Return the receipt code of an order that was imported.

    Raises:
        NotFound: it was not.
    """
    where = receipts.c.order_source == source, receipts.c.order_number == number
    return str(_row(work, *where).code)


def _row(work: Work, *where: sa.ColumnElement[bool], lock: bool = False) -> Any:
    query = sa.select(receipts).where(*where)
    row = work.tx.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("no such receipt")
    return row


def _told(work: Work, row: Any) -> dict[str, Any]:
    return {**json.loads(row.body), "returns": _returns(work, row.code)}


def _returns(work: Work, code: str) -> list[dict[str, Any]]:
    query = sa.select(returns.c.body).where(returns.c.receipt == code)
    query = query.order_by(returns.c.written_at, returns.c.id)
    return [json.loads(body) for body in work.tx.execute(query).scalars()]


def give_back(work: Work, code: str, store: str, wanted: Mapping[int, int] | None) -> dict[str, Any]:
    """Return items of a receipt at the price paid, each once, at any store of its currency.

    The refund is what was owed for the items not yet returned, less what is owed for those left after this
    return; so all refunds of a receipt together are exactly what was paid.

    Args:
        work: the transaction.
        code: the receipt's code.
        store: where the items are brought to.
        wanted: quantity by place in the receipt's lines, from 1; None for all that is left.

    Raises:
        NotFound: there is no such receipt, line of it, or store.
        AlreadyReturned: more would be returned than is left.
        Conflict: the store has another currency.
    """
    receipt = json.loads(_row(work, receipts.c.code == code, lock=True).body)
    _check_currency(work, store, receipt["currency"])
    left = _left(receipt, _returns(work, code))
    taken = {place: count for place, count in left.items() if count} if wanted is None else dict(wanted)
    _check_left(left, taken)
    after = {place: count - taken.get(place, 0) for place, count in left.items()}
    body = {
        "id": str(uuid4()),
        "receipt": code,
        "store": store,
        "currency": receipt["currency"],
        "lines": [{"line": place, "quantity": count} for place, count in sorted(taken.items())],
        "refund": _owed(receipt, left) - _owed(receipt, after),
        "returned_at": work.at.isoformat(),
    }
    row = {"id": body["id"], "receipt": code, "store": store, "refund": body["refund"], "written_at": work.at}
    work.tx.execute(sa.insert(returns), {**row, "body": json.dumps(body)})
    return body


def _check_currency(work: Work, store: str, currency: str) -> None:
    query = sa.select(regions.c.currency).select_from(stores.join(regions)).where(stores.c.id == store)
    of_store = work.tx.execute(query).scalar()
    if of_store is None:
        raise NotFound("no store of that id")
    if of_store != currency:
        raise Conflict(f"the receipt is in {currency}, the store pays out {of_store}")


def _left(receipt: Mapping[str, Any], given_back: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Return how many items of each billed line were not returned yet, by place from 1."""
    left = {
        place: line["quantity"]
        for place, line in enumerate(receipt["lines"], 1)
        if not line["needs_review"] and not line["from_initial"]
    }
    for returned in given_back:
        for line in returned["lines"]:
            left[line["line"]] -= line["quantity"]
    return left


def _check_left(left: Mapping[int, int], taken: Mapping[int, int]) -> None:
    unknown = taken.keys() - left.keys()
    if unknown:
        raise NotFound(f"the receipt has no billed line {min(unknown)}")
    if not taken or any(count > left[place] for place, count in taken.items()):
        raise AlreadyReturned("fewer items than that are left to return", left=dict(left))


def _owed(receipt: Mapping[str, Any], left: Mapping[int, int]) -> int:
    amounts = []
    for place, count in left.items():
        line = receipt["lines"][place - 1]
        rate = line.get("tax_rate")
        amounts.append((line["total"] // line["quantity"] * count, Decimal(rate) if rate else None))
    return owed(amounts, included=receipt["tax_included"])
