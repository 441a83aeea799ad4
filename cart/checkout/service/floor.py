"""What goes on in a store, for the people who work there."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from cart.checkout.service.catalogs import read_store
from cart.checkout.service.tallies import tally
from cart.checkout.service.trips import LOAD, Trip, trip_of
from cart.checkout.service.work import Work
from cart.checkout.tables import OPEN_STATES, lines, products, reviews, sessions

_PUT_BACK_HOURS = 1
_PUT_BACK_SHOWN = 10


def store_now(work: Work, store: str) -> dict[str, Any]:
    """Return a store's figures: carts, value, movement, reviews, what is put back, bad cameras, silent carts.

    Raises:
        NotFound: there is no such store.
    """
    settings = read_store(work, store)
    query = LOAD.where(sessions.c.store == store, sessions.c.state.in_(OPEN_STATES))
    trips = [trip_of(row) for row in work.tx.execute(query)]
    silent = work.at - timedelta(seconds=work.settings.silent_seconds)
    return {
        "store": store,
        "currency": settings.currency,
        "open_carts": len(trips),
        "items": sum(add.left for trip in trips for add in trip.book.adds),
        "value": sum(tally(work, trip)["total"] for trip in trips),
        **_movement(work, store),
        "reviews_waiting": _reviews_waiting(work, store),
        "most_put_back": _most_put_back(work, store),
        "degraded_cameras": [
            {"cart": trip.cart, **fault} for trip in sorted(trips, key=_cart) for fault in trip.faults
        ],
        "silent_carts": sorted(trip.cart for trip in trips if trip.active_at < silent),
    }


def _cart(trip: Trip) -> str:
    return trip.cart


def _movement(work: Work, store: str) -> dict[str, int]:
    """Return the adds and removes of the last minute."""
    kinds = _lines_since(work, store, timedelta(minutes=1), lines.c.kind)
    return {"adds_per_minute": kinds.get("add", 0), "removes_per_minute": kinds.get("reversal", 0)}


def _lines_since(
    work: Work, store: str, ago: timedelta, by: sa.Column[str], *where: sa.ColumnElement[bool]
) -> dict[str, int]:
    """Return how many items a store's lines have, by a column; lines that were corrected are left out."""
    since = work.at - ago
    voids = lines.alias()
    voided = sa.exists().where(
        voids.c.session == lines.c.session, voids.c.reverses == lines.c.number, voids.c.kind == "void"
    )
    recent = sessions.c.store == store, sessions.c.active_at >= since, lines.c.at >= since, ~voided
    query = (
        sa.select(by, sa.func.sum(lines.c.quantity).label("items"))
        .select_from(lines.join(sessions))
        .where(*recent, *where)
        .group_by(by)
        .order_by(sa.text("items DESC"), by)
    )
    return {key: int(items) for key, items in work.tx.execute(query)}


def _reviews_waiting(work: Work, store: str) -> int:
    where = reviews.c.store == store, reviews.c.waiting, sessions.c.state.in_(OPEN_STATES)
    query = sa.select(sa.func.count()).select_from(reviews.join(sessions)).where(*where)
    return work.tx.execute(query).scalar_one()


def _most_put_back(work: Work, store: str) -> list[dict[str, Any]]:
    counts = _lines_since(
        work, store, timedelta(hours=_PUT_BACK_HOURS), lines.c.gtin14, lines.c.kind == "reversal"
    )
    top = dict(list(counts.items())[:_PUT_BACK_SHOWN])
    query = sa.select(products.c.gtin14, products.c.gtin, products.c.name)
    named = {row.gtin14: row for row in work.tx.execute(query.where(products.c.gtin14.in_(top)))}
    return [
        {"gtin": named[gtin].gtin, "name": named[gtin].name, "items": items} for gtin, items in top.items()
    ]
