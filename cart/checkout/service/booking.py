"""Entries into a session's book and ledger: in order, or all anew where one comes late or is decided."""

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from cart.checkout.ledger import Entry, Line, Resolution, due, rewrite
from cart.checkout.service.trips import (
    Trip,
    load,
    read_entries,
    read_lines,
    save,
    sync_reviews,
    write_lines,
)
from cart.checkout.service.work import Work
from cart.checkout.tables import entries, reviews


def settle(work: Work, session: str) -> None:
    """Apply a session's pending events whose gap has been waited for long enough."""
    trip = load(work, session)
    if trip.state == "open" and trip.pending_since is not None:
        apply(work, trip, [])


def apply(work: Work, trip: Trip, new: Sequence[Entry]) -> None:
    """Take new entries into a session's ledger, and pending ones that are due, and save it."""
    before = list(trip.book.reviews)
    written = list[Line]()
    if any(entry.sequence < trip.book.next_sequence for entry in new if entry.ordinal == 0):
        written += _rewritten(work, trip)
    ahead = _ahead(work, trip, new)
    ready, waiting = due(trip.book, ahead, work.at - timedelta(seconds=work.settings.gap_seconds))
    for entry in ready:
        written += trip.book.append(entry)
    trip.pending_since = min((entry.at for entry in waiting), default=None)
    write_lines(work, trip, written, {entry.key: entry.image for entry in (*new, *ready)})
    if before or trip.book.reviews:
        sync_reviews(work, trip, before)
    save(work, trip)


def reconsider(work: Work, trip: Trip) -> None:
    """Take all of a session's applied entries anew, after a resolution has changed what one means."""
    before = list(trip.book.reviews)
    write_lines(work, trip, _rewritten(work, trip))
    sync_reviews(work, trip, before)
    save(work, trip)


def _rewritten(work: Work, trip: Trip) -> list[Line]:
    next_sequence = trip.book.next_sequence
    applied = read_entries(work, trip.id, entries.c.sequence < next_sequence)
    resolutions = read_resolutions(work, trip.id)
    trip.book, written = rewrite(applied, read_lines(work, trip.id), resolutions, work.at)
    trip.book.next_sequence = next_sequence
    return written


def _ahead(work: Work, trip: Trip, new: Iterable[Entry]) -> list[Entry]:
    """Return the events ahead of the book: the new ones, and those that waited already."""
    expected = trip.book.next_sequence
    if trip.pending_since is not None:
        return read_entries(work, trip.id, entries.c.sequence >= expected, entries.c.ordinal == 0)
    return [entry for entry in new if entry.sequence >= expected]


def read_resolutions(work: Work, session: str) -> dict[str, Resolution]:
    """Return what people decided in a session, by event id."""
    where = reviews.c.session == session, reviews.c.resolution.is_not(None)
    rows = work.tx.execute(sa.select(reviews.c.event, reviews.c.resolution).where(*where))
    return {row.event: _load(row.resolution) for row in rows}


def dump_resolution(resolution: Resolution) -> str:
    """Return a resolution as JSON, as `reviews` keeps it."""
    weight = None if resolution.weight is None else str(resolution.weight)
    return json.dumps([resolution.gtin, resolution.from_initial, weight, resolution.waived])


def _load(text: str) -> Resolution:
    gtin, from_initial, weight, waived = json.loads(text)
    return Resolution(gtin, from_initial, None if weight is None else Decimal(weight), waived)
