"""What carts tell of their cameras: kept, shown beside the tally, and no part of the ledger."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from cart.checkout.service.trips import Trip, save
from cart.checkout.service.work import Work
from cart.checkout.store import insert_many
from cart.checkout.tables import camera_events
from cart.events import CameraEvent

_DETAIL_SHOWN = 200


def keep_camera_events(work: Work, trip: Trip, events: Sequence[CameraEvent]) -> set[str]:
    """Keep a session's camera events, each once, and what is wrong then; return the ids of the new ones."""
    rows = {
        str(event.id): {
            "source": event.source,
            "id": str(event.id),
            "session": trip.id,
            "body": event.to_json(),
            "received_at": work.at,
        }
        for event in events
    }
    new = set(insert_many(work.tx, camera_events, list(rows.values()), if_new="id")) if rows else set()
    if new:
        trip.faults = _faults(work, trip)
        save(work, trip)
    return new


def known_camera_events(work: Work, trip: Trip, events: Sequence[CameraEvent]) -> set[str]:
    """Return the ids of those events that are kept already."""
    where = camera_events.c.source == trip.source, camera_events.c.id.in_(str(event.id) for event in events)
    return set(work.tx.execute(sa.select(camera_events.c.id).where(*where)).scalars())


def _faults(work: Work, trip: Trip) -> list[dict[str, Any]]:
    """Return what is wrong with a cart's camera by all that was told, in order of the events' time."""
    query = sa.select(camera_events.c.body).where(camera_events.c.session == trip.id)
    told = [CameraEvent.from_json(body) for body in work.tx.execute(query).scalars()]
    faults: dict[str, dict[str, Any]] = {}
    for event in sorted(told, key=lambda event: (event.time, event.id)):
        reason = event.data.reason
        faults.pop(reason, None)
        if event.type == "cart.camera.degraded":
            detail = event.data.detail[:_DETAIL_SHOWN]
            faults[reason] = {"reason": reason, "since": event.time.isoformat(), "detail": detail}
    return list(faults.values())
