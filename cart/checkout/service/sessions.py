"""A session's life: opened, corrected by people, checked out, paid or abandoned."""

import json
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from cart.checkout.ledger import Book, Entry, EntryMethod
from cart.checkout.pricing import in_force
from cart.checkout.problems import (
    CartBusy,
    Conflict,
    EventsPending,
    NotFound,
    ReviewsWaiting,
)
from cart.checkout.service.booking import apply
from cart.checkout.service.keys import Caller, admit_shopper
from cart.checkout.service.receipts import write_receipt
from cart.checkout.service.tallies import make_bill, tally
from cart.checkout.service.trips import Trip, dump_book, load, save, write_lines
from cart.checkout.service.work import Work
from cart.checkout.tables import OPEN_STATES, entries, products, sessions, stores
from cart.events import EVENT_TYPES, Action


def open_session(
    work: Work, cart: str, store: str, session: str | None = None, shopper_token: str | None = None
) -> tuple[Trip, bool]:
    """Open a session, or find it where the same cart opened it already; tell whether it is new.

    Args:
        work: the transaction.
        cart: the cart's id.
        store: the store's id.
        session: the session's id; one is made where it is None.
        shopper_token: a secret of the shopper's device, which is then a key to this session.

    Raises:
        NotFound: there is no such store.
        CartBusy: the cart has another open session.
        Conflict: the id is another cart's session.
    """
    if work.tx.execute(sa.select(stores.c.id).where(stores.c.id == store)).first() is None:
        raise NotFound("no store of that id")
    session = session or str(uuid4())
    if work.tx.execute(sa.select(sessions.c.id).where(sessions.c.id == session)).first():
        trip = load(work, session)
        if (trip.cart, trip.store) != (cart, store):
            raise Conflict("a session of that id is another cart's or store's")
        return trip, False
    _refuse_busy(work, cart)
    work.tx.execute(sa.insert(sessions), _new_session(work, cart, store, session))
    if shopper_token:
        admit_shopper(work, session, shopper_token)
    work.changed.add(f"{store} {session}")
    return load(work, session), True


def _refuse_busy(work: Work, cart: str) -> None:
    busy = sa.select(sessions.c.id).where(sessions.c.cart == cart, sessions.c.state.in_(OPEN_STATES))
    other = work.tx.execute(busy).scalar()
    if other:
        raise CartBusy("the cart has an open session: check it out or let it be abandoned", session=other)


def _new_session(work: Work, cart: str, store: str, session: str) -> dict[str, Any]:
    return {
        "id": session,
        "cart": cart,
        "store": store,
        "state": "open",
        "version": 1,
        "book": dump_book(Book()),
        "corrections": 0,
        "opened_at": work.at,
        "active_at": work.at,
    }


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person adds to a tally or takes out of it."""

    action: Action
    gtin: str | None = None
    plu: str | None = None
    quantity: int = 1
    weight: Decimal | None = None


def correct(work: Work, session: str, correction: Correction, caller: Caller) -> Trip:
    """Enter a person's correction as lines of the ledger.

    Raises:
        NotFound: there is no such session or product.
        Conflict: the weight is missing or out of place, the product has no price, or more would be taken out
            than is in the tally.
    """
    trip = load(work, session)
    trip.require("open")
    gtin = _product(work, correction)
    item = work.shelves.items(work.tx, trip.shelf, [gtin]).get(gtin)
    if item is None:
        raise NotFound("no product of that GTIN")
    if correction.action == "add":
        if in_force(item.quotes, work.at) is None:
            raise Conflict("the store has no price for that product")
        if item.by_weight != (correction.weight is not None):
            raise Conflict(
                "the product is sold by weight: give it"
                if item.by_weight
                else "the product is not sold by weight: leave it out"
            )
    elif trip.book.in_cart(gtin) < correction.quantity:
        raise Conflict("the tally has fewer items of that product")
    trip.corrections += 1
    entry = _entry(work, trip, correction, gtin, caller)
    work.tx.execute(sa.insert(entries), _row(trip, entry, item.gtin, caller))
    _append(work, trip, entry)
    return trip


def _product(work: Work, correction: Correction) -> str:
    if correction.gtin:
        return correction.gtin.zfill(14)
    query = sa.select(products.c.gtin14).where(products.c.plu == correction.plu).order_by(products.c.gtin14)
    gtin = work.tx.execute(query).scalars().first()
    if gtin is None:
        raise NotFound("no product of that PLU")
    return str(gtin)


def _entry(work: Work, trip: Trip, correction: Correction, gtin: str, caller: Caller) -> Entry:
    by: EntryMethod = "shopper" if caller.role == "shopper" else "associate"
    return Entry(
        key=str(uuid4()),
        sequence=trip.book.next_sequence - 1,
        ordinal=trip.corrections,
        action=correction.action,
        gtin=gtin,
        quantity=correction.quantity,
        at=work.at,
        entry_method="plu" if correction.plu else by,
        weight=correction.weight,
    )


def _row(trip: Trip, entry: Entry, gtin: str, caller: Caller) -> dict[str, Any]:
    data = {
        "gtin": gtin,
        "quantity": entry.quantity,
        "weight": None if entry.weight is None else str(entry.weight),
        "entry_method": entry.entry_method,
        "from_initial": False,
    }
    return {
        "source": f"/people/{caller.id}",
        "id": entry.key,
        "session": trip.id,
        "sequence": entry.sequence,
        "ordinal": entry.ordinal,
        "body": json.dumps({"type": EVENT_TYPES[entry.action], "data": data}),
        "received_at": entry.at,
    }


def _append(work: Work, trip: Trip, entry: Entry) -> None:
    write_lines(work, trip, trip.book.append(entry))
    save(work, trip)


def check_out(work: Work, session: str) -> Trip:
    """Fix what a session owes, whatever prices and products do from now on, and wait for its payment.

    Raises:
        EventsPending, ReviewsWaiting: something has to come, or to be decided, first.
        SessionClosed: the session is not open.
    """
    trip = load(work, session)
    trip.require("open")
    if trip.pending_since is not None:
        apply(work, trip, [])
    if trip.pending_since is not None:
        raise EventsPending("events wait for an earlier one: try again in some seconds")
    if trip.book.reviews:
        waiting = sorted(trip.book.reviews)
        raise ReviewsWaiting("resolve the reviews, or let an associate waive them", reviews=waiting[:100])
    trip.state, trip.checkout_at = "checkout", work.at
    trip.bill = make_bill(work, trip)
    save(work, trip)
    return trip


def reopen(work: Work, session: str) -> Trip:
    """Go on shopping after checkout.

    Raises:
        SessionClosed: the session is not at checkout.
    """
    trip = load(work, session)
    trip.require("checkout")
    trip.state, trip.checkout_at, trip.bill = "open", None, None
    save(work, trip)
    return trip


def pay(work: Work, session: str, reference: str, amount: int, currency: str) -> dict[str, Any]:
    """Note a payment that a till reports, close the session, and return its receipt.

    Raises:
        SessionClosed: the session is not at checkout.
        Conflict: the amount or currency is not what is owed.
    """
    trip = load(work, session)
    trip.require("checkout")
    owed = tally(work, trip)
    if currency != owed["currency"]:
        raise Conflict(f"the session is in {owed['currency']}", currency=owed["currency"])
    if amount != owed["total"]:
        raise Conflict(
            f"the session owes {owed['total']} {owed['currency']} in minor units", total=owed["total"]
        )
    trip.state, trip.closed_at, trip.payment = "paid", work.at, reference
    save(work, trip)
    return write_receipt(work, trip, owed)


def abandon_idle(work: Work) -> list[str]:
    """Close the sessions in which nothing has happened for a set time; return their ids."""
    idle = work.at - timedelta(seconds=work.settings.abandon_seconds)
    query = sa.select(sessions.c.id).where(
        sessions.c.state.in_(OPEN_STATES), sessions.c.active_at < idle, sessions.c.pending_since.is_(None)
    )
    abandoned = []
    for session in work.tx.execute(query.order_by(sessions.c.id).limit(100)).scalars().all():
        trip = load(work, session)
        if trip.state in OPEN_STATES and trip.active_at < idle:
            trip.state, trip.closed_at = "abandoned", work.at
            save(work, trip)
            abandoned.append(session)
    return abandoned


def list_sessions(
    work: Work, *, store: str | None, state: str | None, after: str = "", limit: int = 100
) -> list[dict[str, Any]]:
    """Return sessions in order of id."""
    query = sa.select(sessions).where(sessions.c.id > after).order_by(sessions.c.id).limit(limit)
    if store is not None:
        query = query.where(sessions.c.store == store)
    if state is not None:
        query = query.where(sessions.c.state == state)
    return [
        {
            "session": row.id,
            "cart": row.cart,
            "store": row.store,
            "state": row.state,
            "opened_at": row.opened_at.isoformat(),
            "active_at": row.active_at.isoformat(),
        }
        for row in work.tx.execute(query)
    ]
