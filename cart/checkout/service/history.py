"""What a session's ledger and events say: its lines, and its events as EPCIS 2.0."""

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from cart.checkout.service.trips import Trip, load
from cart.checkout.service.work import Work
from cart.checkout.tables import entries, lines, products

_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_DIGITAL_LINK = "https://id.gs1.org/01/"
_ACTIONS = {"add": "ADD", "reversal": "DELETE", "initial": "DELETE"}
_STEPS = {"ADD": "picking", "DELETE": "removing"}
"""Business steps of GS1's Core Business Vocabulary."""


def ledger_lines(work: Work, session: str, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return lines of a session's ledger in order of their number."""
    where = lines.c.session == session, lines.c.number > after
    known = products.c.gtin14 == lines.c.gtin14
    query = sa.select(lines, products.c.gtin).outerjoin(products, known).where(*where)
    query = query.order_by(lines.c.number).limit(limit)
    return [_told(row._mapping) for row in work.tx.execute(query)]


def _told(row: sa.RowMapping) -> dict[str, Any]:
    return {
        "number": row["number"],
        "kind": row["kind"],
        "event": row["event"],
        "gtin": row["gtin"] or row["gtin14"],
        "quantity": row["quantity"],
        "weight": row["weight"],
        "reverses": row["reverses"],
        "reason": row["reason"],
        "entry_method": row["entry_method"],
        "unit_price": row["price"],
        "price_version": row["price_version"],
        "evidence": row["image"],
        "at": row["at"].isoformat(),
    }


def epcis_document(work: Work, session: str) -> dict[str, Any]:
    """Return a session's lines as an EPCIS 2.0 document: AssociationEvents of the cart and its items.

    A line that was voided carries an errorDeclaration that names the lines written in its place. Lines of no
    known product are left out: an event without children would mean the whole cart.

    Raises:
        NotFound: there is no such session.
    """
    trip = load(work, session, lock=False)
    query = sa.select(lines).where(lines.c.session == session).order_by(lines.c.number)
    rows: Sequence[Any] = work.tx.execute(query).all()
    times = _event_times(work, session)
    voids = {row.reverses: row for row in rows if row.kind == "void"}
    standing = defaultdict(list)
    for row in rows:
        if _is_told(row) and row.number not in voids:
            standing[row.event].append(_line_id(trip, row.number))
    return {
        "@context": [_CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": work.at.isoformat(),
        "epcisBody": {
            "eventList": [
                _event(trip, row, times[row.event], voids.get(row.number), standing[row.event])
                for row in rows
                if _is_told(row)
            ]
        },
    }


def _is_told(row: Any) -> bool:
    return row.kind in _ACTIONS and row.gtin14 is not None


def _event_times(work: Work, session: str) -> dict[str, str]:
    query = sa.select(entries.c.id, entries.c.body, entries.c.received_at).where(entries.c.session == session)
    return {
        row.id: json.loads(row.body).get("time") or row.received_at.isoformat()
        for row in work.tx.execute(query)
    }


def _event(trip: Trip, row: Any, time: str, void: Any, corrective: Sequence[str]) -> dict[str, Any]:
    event = {
        "type": "AssociationEvent",
        "eventID": _line_id(trip, row.number),
        "eventTime": time,
        "recordTime": row.at.isoformat(),
        "eventTimeZoneOffset": "+00:00",
        "action": _ACTIONS[row.kind],
        "bizStep": _STEPS[_ACTIONS[row.kind]],
        "parentID": f"urn:cart:{trip.cart}",
        "childQuantityList": [_quantity(row)],
        "bizLocation": {"id": f"urn:cart:store:{trip.store}"},
    }
    if void is None:
        return event
    declaration = {"declarationTime": void.at.isoformat(), "reason": "incorrect_data"}
    return {**event, "errorDeclaration": {**declaration, "correctiveEventIDs": list(corrective)}}


def _line_id(trip: Trip, number: int) -> str:
    return f"urn:cart:session:{trip.id}:line:{number}"


def _quantity(row: Any) -> dict[str, Any]:
    item = {"epcClass": f"{_DIGITAL_LINK}{row.gtin14}"}
    if row.weight is None:
        return {**item, "quantity": row.quantity}
    return {**item, "quantity": float(Decimal(row.weight) * row.quantity), "uom": "KGM"}
