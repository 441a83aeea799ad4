"""The tally as it is read: priced at the time of reading, kept in memory until something changes it."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

import sqlalchemy as sa

from cart.checkout.ledger import Book, Line
from cart.checkout.pricing import Item, PricedLine, owed, price_lines, tax_of
from cart.checkout.problems import NotFound
from cart.checkout.service.booking import settle
from cart.checkout.service.keys import Caller
from cart.checkout.service.trips import Trip, load
from cart.checkout.service.work import Service, Work
from cart.checkout.tables import entries, regions, sessions, stores

_KEPT = 20_000
_STAMP = (
    sa.select(
        sessions.c.version,
        sessions.c.cart,
        sessions.c.store,
        sessions.c.pending_since,
        stores.c.price_epoch,
        regions.c.price_epoch.label("region_epoch"),
    )
    .select_from(sessions.join(stores).join(regions))
    .where(sessions.c.id == sa.bindparam("session"))
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A tally as it is sent."""

    stamp: tuple[int, int, int]
    """Version of the session, and epochs of its store's and region's prices."""
    body: bytes
    etag: str
    cart: str
    store: str
    until: datetime | None
    """When a price that is known already will change it; None for none."""


class Tallies:
    """Reads tallies; each is made once for as long as neither its lines nor its prices change."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kept: OrderedDict[str, Reading] = OrderedDict()
        self._lock = Lock()

    def read(self, session: str, caller: Caller | None = None) -> Reading:
        """Return a session's tally as of now.

        Raises:
            NotFound: there is no such session.
            Forbidden: it is not the caller's.
        """
        with self._service.reading() as work:
            row = work.tx.execute(_STAMP, {"session": session}).one_or_none()
            if row is None:
                raise NotFound("no session of that id")
            if caller:
                caller.require_session(session, row.cart, row.store)
            if not self._gap_is_over(row.pending_since, work.at):
                return self._current(work, session, (row.version, row.price_epoch, row.region_epoch))
        with self._service.work() as work:
            settle(work, session)
        return self.read(session)

    def _gap_is_over(self, pending_since: datetime | None, at: datetime) -> bool:
        gap = timedelta(seconds=self._service.settings.gap_seconds)
        return pending_since is not None and pending_since + gap <= at

    def _current(self, work: Work, session: str, stamp: tuple[int, int, int]) -> Reading:
        kept = self._kept.get(session)
        if kept and kept.stamp == stamp and (kept.until is None or work.at < kept.until):
            return kept
        reading = _read(work, session)
        with self._lock:
            self._kept[session] = reading
            self._kept.move_to_end(session)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return reading


def _read(work: Work, session: str) -> Reading:
    trip = load(work, session, lock=False)
    body = json.dumps(tally(work, trip), ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    stamp = trip.version, trip.shelf.store_epoch, trip.shelf.region_epoch
    return Reading(stamp, body, etag, trip.cart, trip.store, _next_change(work, trip))


def _next_change(work: Work, trip: Trip) -> datetime | None:
    if trip.checkout_at or trip.closed_at:
        return None
    items = _items(work, trip)
    later = (quote.since for item in items.values() for quote in item.quotes if quote.since > work.at)
    return min(later, default=None)


def _items(work: Work, trip: Trip) -> Mapping[str, Item]:
    gtins = {add.gtin for add in trip.book.adds} | {
        line.gtin for line in (*trip.book.initial, *trip.book.reviews.values()) if line.gtin
    }
    return work.shelves.items(work.tx, trip.shelf, gtins) if gtins else {}


def tally(work: Work, trip: Trip) -> dict[str, Any]:
    """Return what a session's cart holds and costs, as JSON with amounts in minor units.

    Prices are those in force until now, or as checkout has fixed them; reviews count for nothing.
    """
    return {
        "session": trip.id,
        "cart": trip.cart,
        "store": trip.store,
        "state": trip.state,
        "version": trip.version,
        **(trip.bill or make_bill(work, trip)),
        "pending_reviews": len(trip.book.reviews),
        "pending_events": _pending(work, trip),
        "camera_faults": trip.faults,
        "initial": [],
    }


def make_bill(work: Work, trip: Trip) -> dict[str, Any]:
    """Return a session's lines and what they cost, by the prices in force until now, or until it closed."""
    items = _items(work, trip)
    until = trip.checkout_at or trip.closed_at or work.at
    priced = price_lines(trip.book.adds, items, until, trip.price_policy)
    amounts = [(line.total, line.tax_rate) for line in priced]
    return {
        "currency": trip.currency,
        "lines": [_line(line) for line in priced] + _apart(trip.book, items),
        "tax": tax_of(amounts, included=trip.tax_included),
        "tax_included": trip.tax_included,
        "total": owed(amounts, included=trip.tax_included),
    }


def _pending(work: Work, trip: Trip) -> int:
    if trip.pending_since is None:
        return 0
    where = (
        entries.c.session == trip.id,
        entries.c.sequence >= trip.book.next_sequence,
        entries.c.ordinal == 0,
    )
    return work.tx.execute(sa.select(sa.func.count()).select_from(entries).where(*where)).scalar_one()


def _line(line: PricedLine) -> dict[str, Any]:
    return {
        "gtin": line.gtin,
        "name": line.name,
        "quantity": line.quantity,
        "weight": None if line.weight is None else str(line.weight),
        "unit_price": line.unit_price,
        "price_version": line.price_version,
        "tax_rate": None if line.tax_rate is None else str(line.tax_rate),
        "total": line.total,
        "needs_review": False,
        "from_initial": False,
    }


def _apart(book: Book, items: Mapping[str, Item]) -> list[dict[str, Any]]:
    """Return the lines that cost nothing: from the start's contents, and in review."""
    initial: Iterable[Line] = book.initial
    zero = [
        {**_unpriced(line, items), "unit_price": 0, "needs_review": False, "from_initial": True}
        for line in initial
    ]
    waiting = sorted(book.reviews.values(), key=lambda line: line.number)
    return zero + [
        {
            **_unpriced(line, items),
            "unit_price": None,
            "needs_review": True,
            "from_initial": False,
            "event": line.key,
            "reason": line.reason,
        }
        for line in waiting
    ]


def _unpriced(line: Line, items: Mapping[str, Item]) -> dict[str, Any]:
    item = items.get(line.gtin) if line.gtin else None
    return {
        "gtin": item.gtin if item else line.gtin,
        "name": item.name if item else "item",
        "quantity": line.quantity,
        "total": 0,
    }
