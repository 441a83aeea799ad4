"""Cart events in: each stored once, taken in order of sequence, priced, and answered for.

Camera events come the same way; they have no sequence and no line in the ledger.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from cart.checkout.ledger import Doubt, Entry
from cart.checkout.pricing import Item, in_force
from cart.checkout.problems import Forbidden, Invalid, NotFound, Problem, SequenceTaken, SessionClosed
from cart.checkout.service.booking import apply
from cart.checkout.service.cameras import keep_camera_events, known_camera_events
from cart.checkout.service.keys import Caller
from cart.checkout.service.trips import Trip, image_name, load
from cart.checkout.service.work import Work
from cart.checkout.store import insert_many
from cart.checkout.tables import OPEN_STATES, entries
from cart.events import CameraEvent, CartEvent

MAX_QUANTITY = 10_000
MAX_CANDIDATES = 100
MAX_TEXT = 500
"""Characters in a text that an event carries: the model, the picture's name, the camera's trouble."""
AnyEvent = CartEvent | CameraEvent
Status = Literal["applied", "duplicate", "pending", "refused"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event of a request."""

    id: str | None
    """None where not even the id could be read."""
    status: Status
    problem: Problem | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON."""
        told: dict[str, Any] = {"id": self.id, "status": self.status}
        return {**told, "problem": self.problem.to_dict()} if self.problem else told


def take_events(
    work: Work, session: str, events: Sequence[AnyEvent], caller: Caller | None = None
) -> list[Result]:
    """Take events of one session, and return a result for each, in their order.

    Raises:
        NotFound: there is no such session.
        Forbidden: the session is not the caller's.
    """
    trip = load(work, session)
    if caller:
        caller.require_session(trip.id, trip.cart, trip.store)
    cameras = iter(_take_camera_events(work, trip, [one for one in events if isinstance(one, CameraEvent)]))
    items = iter(_take_items(work, trip, [one for one in events if isinstance(one, CartEvent)]))
    return [next(items) if isinstance(event, CartEvent) else next(cameras) for event in events]


def _take_camera_events(work: Work, trip: Trip, events: Sequence[CameraEvent]) -> list[Result]:
    refused = {
        event.id: problem
        for event in events
        if (problem := _refusal(event, trip, work.at, work.settings.future_seconds))
    }
    good = [event for event in events if event.id not in refused]
    if good and trip.state not in OPEN_STATES:
        known = known_camera_events(work, trip, good)
        refused |= {event.id: _closed(trip) for event in good if str(event.id) not in known}
        good = []
    new, results = keep_camera_events(work, trip, good), list[Result]()
    for event in events:
        key, problem = str(event.id), refused.get(event.id)
        status: Status = "refused" if problem else "applied" if key in new else "duplicate"
        results.append(Result(key, status, problem))
        new.discard(key)
    return results


def _take_items(work: Work, trip: Trip, events: Sequence[CartEvent]) -> list[Result]:
    refused = {
        place: problem
        for place, event in enumerate(events)
        if (problem := _refusal(event, trip, work.at, work.settings.future_seconds))
    }
    screened = {str(event.id): event for place, event in enumerate(events) if place not in refused}
    stored = _store_new(work, trip, screened) if trip.state == "open" else []
    if stored:
        apply(work, trip, stored)
    known = _answer_known(work, trip, screened.keys() - {entry.key for entry in stored}, screened)
    return _results(events, refused, {entry.key: entry for entry in stored}, known, trip)


def take_mixed(work: Work, events: Sequence[AnyEvent], caller: Caller | None = None) -> list[Result]:
    """Take events of many sessions, and return a result for each, in their order."""
    places: dict[str, list[int]] = {}
    for place, event in enumerate(events):
        places.setdefault(event.subject, []).append(place)
    results: dict[int, Result] = {}
    for session in sorted(places):  # in one order always, so that two requests cannot lock each other out
        own = [events[place] for place in places[session]]
        results |= dict(zip(places[session], _taken(work, session, own, caller), strict=True))
    return [results[place] for place in range(len(events))]


def _taken(work: Work, session: str, events: Sequence[AnyEvent], caller: Caller | None) -> list[Result]:
    try:
        return take_events(work, session, events, caller)
    except (NotFound, Forbidden) as problem:
        return [Result(str(event.id), "refused", problem) for event in events]


def _refusal(event: AnyEvent, trip: Trip, at: datetime, future_seconds: float) -> Problem | None:
    if event.source != trip.source:
        return Forbidden("the event is another cart's: its source is not the session's cart")
    if event.subject != trip.id:
        return Invalid("the event is another session's: its subject is not this session")
    if event.time > at + timedelta(seconds=future_seconds):
        return Invalid("the event's time lies in the future: set the cart's clock")
    return _too_much(event)


def _too_much(event: AnyEvent) -> Problem | None:
    """Return the problem of an event that says more than the service keeps."""
    if isinstance(event, CameraEvent):
        texts: tuple[str, ...] = (event.data.detail,)
    elif event.data.quantity > MAX_QUANTITY:
        return Invalid(f"data.quantity is more than {MAX_QUANTITY}")
    elif len(event.data.candidates) > MAX_CANDIDATES:
        return Invalid(f"data.candidates are more than {MAX_CANDIDATES}")
    else:
        texts = event.data.model, event.data.evidence.image or ""
    if max(map(len, texts)) > MAX_TEXT:
        return Invalid(f"a text in data has more than {MAX_TEXT} characters")
    return None


def _store_new(work: Work, trip: Trip, events: Mapping[str, CartEvent]) -> list[Entry]:
    """Store the events that are not stored yet; return them as entries."""
    if not events:
        return []
    gtins = {event.gtin.zfill(14) for event in events.values() if event.gtin}
    items = work.shelves.items(work.tx, trip.shelf, gtins) if gtins else {}
    fresh = {key: _entry(key, event, items, work.at) for key, event in events.items()}
    rows = [_row(trip, fresh[key], event) for key, event in events.items()]
    return [fresh[key] for key in insert_many(work.tx, entries, rows, if_new="id")]


def _entry(key: str, event: CartEvent, items: Mapping[str, Item], at: datetime) -> Entry:
    data = event.data
    gtin = data.gtin.zfill(14) if data.gtin else None
    return Entry(
        key=key,
        sequence=data.sequence,
        ordinal=0,
        action=event.action,
        gtin=gtin,
        quantity=data.quantity,
        at=at,
        entry_method=data.entry_method,
        doubt=_doubt(event, items.get(gtin) if gtin else None, at),
        from_initial=data.from_initial,
        image=image_name(data.evidence.image),
    )


def _doubt(event: CartEvent, item: Item | None, at: datetime) -> Doubt | None:
    doubt: Doubt | None = None
    if event.data.needs_review or (event.gtin is None and not event.data.from_initial):
        doubt = "unsure"
    elif event.data.from_initial:
        doubt = None
    elif item is None:
        doubt = "unknown-product"
    elif event.action == "add" and in_force(item.quotes, at) is None:
        doubt = "no-price"
    elif event.action == "add" and item.by_weight:
        doubt = "no-weight"
    return doubt


def _row(trip: Trip, entry: Entry, event: CartEvent) -> dict[str, Any]:
    return {
        "source": event.source,
        "id": entry.key,
        "session": trip.id,
        "sequence": entry.sequence,
        "ordinal": 0,
        "doubt": entry.doubt,
        "body": event.to_json(),
        "received_at": entry.at,
    }


def _answer_known(
    work: Work, trip: Trip, keys: Iterable[str], events: Mapping[str, CartEvent]
) -> dict[str, Problem | None]:
    """Return, for events that were not stored now, None for those stored before, else why they are not."""
    unstored = set(keys)
    if not unstored:
        return {}
    where = entries.c.source == trip.source, entries.c.id.in_(unstored)
    duplicates = set(work.tx.execute(sa.select(entries.c.id).where(*where)).scalars())
    return {key: None if key in duplicates else _why_not(trip, events[key]) for key in unstored}


def _why_not(trip: Trip, event: CartEvent) -> Problem:
    if trip.state != "open":
        return _closed(trip)
    return SequenceTaken(f"sequence {event.data.sequence} is another event's of this session")


def _closed(trip: Trip) -> Problem:
    return SessionClosed(f"the session is {trip.state}", state=trip.state)


def _results(
    events: Sequence[CartEvent],
    refused: Mapping[int, Problem],
    stored: Mapping[str, Entry],
    known: Mapping[str, Problem | None],
    trip: Trip,
) -> list[Result]:
    results, answered = list[Result](), set[str]()
    for place, event in enumerate(events):
        key = str(event.id)
        problem = refused.get(place) or known.get(key)
        if problem:
            results.append(Result(key, "refused", problem))
        elif key in known or key in answered:
            results.append(Result(key, "duplicate"))
        else:
            applied = stored[key].sequence < trip.book.next_sequence
            results.append(Result(key, "applied" if applied else "pending"))
        answered.add(key)
    return results
