"""A session as the database keeps it: loaded under a lock, changed, saved."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from cart.checkout.ledger import Book, Entry, Line, OpenAdd
from cart.checkout.pricing import Item, PricePolicy, in_force
from cart.checkout.problems import NotFound, SessionClosed
from cart.checkout.service.shelves import ShelfKey
from cart.checkout.service.work import Work
from cart.checkout.store import insert_many
from cart.checkout.tables import entries, lines, regions, reviews, sessions, stores

_JOINED = sessions.join(stores).join(regions)
_PLACE = (
    stores.c.region,
    stores.c.tax_included,
    stores.c.price_policy,
    stores.c.price_epoch.label("store_epoch"),
    regions.c.price_epoch.label("region_epoch"),
    regions.c.currency,
)
LOAD = sa.select(sessions, *_PLACE).select_from(_JOINED)
"""Sessions as `trip_of` reads them."""
_LOAD = LOAD.where(sessions.c.id == sa.bindparam("session"))
_LOAD_LOCKED = _LOAD.with_for_update(of=sessions)
_SAVE = sa.update(sessions).where(sessions.c.id == sa.bindparam("session"))


@dataclass(slots=True)
class Trip:
    """A session, its store's way of pricing, and its book."""

    id: str
    cart: str
    store: str
    state: str
    version: int
    corrections: int
    opened_at: datetime
    active_at: datetime
    pending_since: datetime | None
    checkout_at: datetime | None
    closed_at: datetime | None
    payment: str | None
    currency: str
    tax_included: bool
    price_policy: PricePolicy
    shelf: ShelfKey
    faults: list[dict[str, Any]]
    """What is wrong with the cart's camera: reason, since, detail."""
    bill: dict[str, Any] | None
    """What it owes, as checkout has fixed it; None while prices may change it."""
    book: Book

    @property
    def source(self) -> str:
        """The source of its cart's events."""
        return f"/carts/{self.cart}"

    def require(self, *states: str) -> None:
        """Refuse what the session's state does not allow.

        Raises:
            SessionClosed: it is in another state.
        """
        if self.state not in states:
            raise SessionClosed(f"the session is {self.state}, not {' or '.join(states)}", state=self.state)


def load(work: Work, session: str, *, lock: bool = True) -> Trip:
    """Load a session; with `lock`, others wait until the transaction ends.

    Raises:
        NotFound: there is none of that id.
    """
    row = None
    if "\0" not in session:  # PostgreSQL cannot even look for it
        row = work.tx.execute(_LOAD_LOCKED if lock else _LOAD, {"session": session}).one_or_none()
    if row is None:
        raise NotFound("no session of that id")
    return trip_of(row)


def trip_of(row: Any) -> Trip:
    """Return the session in a row of `sessions` joined with its store and region."""
    return Trip(
        id=row.id,
        cart=row.cart,
        store=row.store,
        state=row.state,
        version=row.version,
        corrections=row.corrections,
        opened_at=row.opened_at,
        active_at=row.active_at,
        pending_since=row.pending_since,
        checkout_at=row.checkout_at,
        closed_at=row.closed_at,
        payment=row.payment,
        currency=row.currency,
        tax_included=row.tax_included,
        price_policy=row.price_policy,
        shelf=ShelfKey(row.store, row.region, row.store_epoch, row.region_epoch),
        faults=json.loads(row.faults) if row.faults else [],
        bill=json.loads(row.bill) if row.bill else None,
        book=load_book(row.book),
    )


def save(work: Work, trip: Trip) -> None:
    """Save a loaded session as its next version."""
    trip.version += 1
    trip.active_at = work.at
    work.tx.execute(
        _SAVE,
        {
            "session": trip.id,
            "state": trip.state,
            "version": trip.version,
            "book": dump_book(trip.book),
            "corrections": trip.corrections,
            "active_at": trip.active_at,
            "pending_since": trip.pending_since,
            "checkout_at": trip.checkout_at,
            "closed_at": trip.closed_at,
            "payment": trip.payment,
            "faults": json.dumps(trip.faults) if trip.faults else None,
            "bill": json.dumps(trip.bill) if trip.bill else None,
        },
    )
    work.changed.add(f"{trip.store} {trip.id}")


def write_lines(
    work: Work, trip: Trip, written: Sequence[Line], images: Mapping[str, str | None] | None = None
) -> None:
    """Append lines to a session's ledger, each with the price in force when its entry came."""
    if not written:
        return
    items = work.shelves.items(work.tx, trip.shelf, {line.gtin for line in written if line.gtin})
    insert_many(work.tx, lines, [_line_row(trip, line, items, images or {}) for line in written])


def _line_row(
    trip: Trip, line: Line, items: Mapping[str, Item], images: Mapping[str, str | None]
) -> dict[str, Any]:
    item = items.get(line.gtin) if line.gtin else None
    quote = in_force(item.quotes, line.at) if item else None
    return {
        "session": trip.id,
        "number": line.number,
        "kind": line.kind,
        "event": line.key,
        "gtin14": line.gtin,
        "quantity": line.quantity,
        "weight": None if line.weight is None else str(line.weight),
        "reverses": line.reverses,
        "reason": line.reason,
        "entry_method": line.entry_method,
        "price": quote.amount if quote else None,
        "price_version": quote.version if quote else None,
        "image": images.get(line.key),
        "at": line.at,
    }


def read_lines(work: Work, session: str) -> list[Line]:
    """Read a session's whole ledger."""
    query = sa.select(lines).where(lines.c.session == session).order_by(lines.c.number)
    return [line_of(row) for row in work.tx.execute(query)]


def line_of(row: Any) -> Line:
    """Return the ledger line in a row of `lines`."""
    return Line(
        row.number,
        row.kind,
        row.event,
        row.gtin14,
        row.quantity,
        row.at,
        row.entry_method,
        _weight(row.weight),
        row.reverses,
        row.reason,
    )


def read_entries(work: Work, session: str, *where: sa.ColumnElement[bool]) -> list[Entry]:
    """Read entries of a session that are not resolutions."""
    rows = work.tx.execute(sa.select(entries).where(entries.c.session == session, *where))
    return [entry_of(row) for row in rows]


def entry_of(row: Any) -> Entry:
    """Return the entry in a row of `entries`: a cart event, or what a person entered."""
    body = json.loads(row.body)
    data = body["data"]
    return Entry(
        key=row.id,
        sequence=row.sequence,
        ordinal=row.ordinal,
        action="add" if body["type"] == "cart.item.added" else "remove",
        gtin=data["gtin"].zfill(14) if data["gtin"] else None,
        quantity=data["quantity"],
        at=row.received_at,
        entry_method=data["entry_method"],
        weight=_weight(data.get("weight")),
        doubt=row.doubt,
        from_initial=data["from_initial"],
        image=image_name((data.get("evidence") or {}).get("image")),
    )


def image_name(given: str | None) -> str | None:
    """Return the name that an event gives to its picture, without the zeros that PostgreSQL cannot store."""
    return given.replace("\0", "") if given else None


def sync_reviews(work: Work, trip: Trip, before: Iterable[str]) -> None:
    """Bring the list of waiting reviews in line with the book, given those that waited before."""
    was, waits = set(before), trip.book.reviews
    gone, new = was - waits.keys(), waits.keys() - was
    if gone:
        where = reviews.c.session == trip.id, reviews.c.event.in_(gone)
        work.tx.execute(sa.update(reviews).where(*where).values(waiting=False))
    for key in sorted(new):
        _list_review(work, trip, waits[key])


def _list_review(work: Work, trip: Trip, line: Line) -> None:
    where = reviews.c.session == trip.id, reviews.c.event == line.key
    again = work.tx.execute(sa.update(reviews).where(*where).values(waiting=True, reason=line.reason))
    if not again.rowcount:
        row = {"session": trip.id, "event": line.key, "store": trip.store, "waiting": True}
        work.tx.execute(sa.insert(reviews), {**row, "reason": line.reason, "at": line.at})


def dump_book(book: Book) -> str:
    """Return a book as compact JSON."""
    return json.dumps(
        [
            book.next_sequence,
            book.lines,
            [[add.number, add.gtin, add.left, add.at.timestamp(), _text(add.weight)] for add in book.adds],
            [_dump_line(line) for line in book.initial],
            [_dump_line(line) for line in book.reviews.values()],
        ],
        separators=(",", ":"),
    )


def load_book(text: str) -> Book:
    """Return the book that `dump_book` wrote."""
    next_sequence, count, adds, initial, waiting = json.loads(text)
    return Book(
        next_sequence,
        count,
        [OpenAdd(number, gtin, left, _time(at), _weight(weight)) for number, gtin, left, at, weight in adds],
        [_load_line(line) for line in initial],
        {line[2]: _load_line(line) for line in waiting},
    )


def _dump_line(line: Line) -> list[Any]:
    return [
        line.number,
        line.kind,
        line.key,
        line.gtin,
        line.quantity,
        line.at.timestamp(),
        line.entry_method,
        _text(line.weight),
        line.reverses,
        line.reason,
    ]


def _load_line(fields: list[Any]) -> Line:
    number, kind, key, gtin, quantity, at, method, weight, reverses, reason = fields
    return Line(number, kind, key, gtin, quantity, _time(at), method, _weight(weight), reverses, reason)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)


def _weight(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(weight: Decimal | None) -> str | None:
    return None if weight is None else str(weight)
