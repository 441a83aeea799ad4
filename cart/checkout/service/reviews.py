"""What waits for a person: listed, resolved, waived."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from cart.checkout.ledger import Line, Resolution
from cart.checkout.problems import Conflict, NotFound
from cart.checkout.service.booking import dump_resolution, read_resolutions, reconsider
from cart.checkout.service.trips import Trip, load
from cart.checkout.service.work import Work
from cart.checkout.tables import OPEN_STATES, entries, evidence, reviews, sessions

Choice = Literal["product", "from_initial", "waive"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides about a review: its product, there from the start, or to let it go."""

    choice: Choice
    gtin: str | None = None
    weight: Decimal | None = None


def resolve(work: Work, session: str, event: str, decision: Decision, by: str) -> Trip:
    """Decide a review, and return the session as it is then; correcting lines are written.

    Raises:
        NotFound: there is no such session, no such review waiting in it, or no such product in the store.
        Conflict: its weight is missing or out of place, or it is a removal of more of the product than the
            tally has; what it has is taken out where that is some of what waits, and the rest waits on.
    """
    trip = load(work, session)
    trip.require(*OPEN_STATES)
    line = trip.book.reviews.get(event)
    if line is None:
        raise NotFound("no review of that event waits in this session")
    resolution = _resolution(work, trip, line, decision)
    where = reviews.c.session == session, reviews.c.event == event
    work.tx.execute(sa.update(reviews).where(*where).values(resolution=dump_resolution(resolution), by=by))
    reconsider(work, trip)
    left = trip.book.reviews.get(event)
    if left and left.quantity >= line.quantity:  # the transaction is then undone
        raise Conflict("the tally has not so many items of that product, so they cannot be taken out of it")
    return trip


def list_reviews(
    work: Work, *, store: str | None = None, session: str | None = None, after: str = "", limit: int = 100
) -> list[dict[str, Any]]:
    """Return the waiting reviews of a store or a session, with candidates, in order of session and event."""
    query = (
        sa.select(reviews, entries.c.source, entries.c.body, evidence.c.event.label("picture"))
        .join(sessions, sessions.c.id == reviews.c.session)
        .join(entries, (entries.c.session == reviews.c.session) & (entries.c.id == reviews.c.event))
        .outerjoin(evidence, (evidence.c.source == entries.c.source) & (evidence.c.event == reviews.c.event))
        .where(reviews.c.waiting, sessions.c.state.in_(OPEN_STATES))
        .order_by(reviews.c.session, reviews.c.event)
        .limit(limit)
    )
    if store is not None:
        query = query.where(reviews.c.store == store)
    if session is not None:
        query = query.where(reviews.c.session == session)
    if after:
        last_session, _, last_event = after.rpartition("/")
        query = query.where(
            sa.tuple_(reviews.c.session, reviews.c.event) > sa.tuple_(last_session, last_event)
        )
    return [_told(row) for row in work.tx.execute(query)]


def _told(row: Any) -> dict[str, Any]:
    body = json.loads(row.body)
    data = body["data"]
    return {
        "session": row.session,
        "event": row.event,
        "reason": row.reason,
        "action": "add" if body["type"] == "cart.item.added" else "remove",
        "gtin": data["gtin"],
        "quantity": data["quantity"],
        "candidates": data.get("candidates", []),
        "picture": f"/v1/events/{row.event}/evidence" if row.picture else None,
        "since": row.at.isoformat(),
    }


def _resolution(work: Work, trip: Trip, line: Line, decision: Decision) -> Resolution:
    if decision.choice == "waive":
        before = read_resolutions(work, trip.id).get(line.key)
        return Resolution(None, waived=line.quantity + (before.waived if before else 0))
    if decision.choice == "from_initial":
        return Resolution(decision.gtin.zfill(14) if decision.gtin else None, from_initial=True)
    gtin = (decision.gtin or "").zfill(14)
    item = work.shelves.items(work.tx, trip.shelf, [gtin]).get(gtin)
    if item is None or not item.quotes:
        raise NotFound("the store has no product of that GTIN, or no price for it")
    if item.by_weight and decision.weight is None and not _is_removal(work, trip, line):
        raise Conflict("the product is sold by weight: give its weight in kilograms")
    if not item.by_weight and decision.weight is not None:
        raise Conflict("the product is not sold by weight: leave the weight out")
    return Resolution(gtin, weight=decision.weight)


def _is_removal(work: Work, trip: Trip, line: Line) -> bool:
    where = entries.c.session == trip.id, entries.c.id == line.key
    body = json.loads(work.tx.execute(sa.select(entries.c.body).where(*where)).scalar_one())
    return bool(body["type"] == "cart.item.removed")
