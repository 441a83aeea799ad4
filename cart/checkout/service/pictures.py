"""Pictures of events: kept apart from everything else, and deleted in time or on request."""

import struct
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from cart.checkout.problems import Conflict, NotFound, TooLarge, UnsupportedMedia
from cart.checkout.service.keys import Caller
from cart.checkout.service.work import Work
from cart.checkout.tables import OPEN_STATES, entries, evidence, sessions

MAX_BYTES = 1_000_000
_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def put_picture(work: Work, event: str, jpeg: bytes, caller: Caller) -> None:
    """Keep the picture of an event, in the place of one it may have.

    Raises:
        NotFound: there is no such event.
        Forbidden: the event is not the caller's.
        TooLarge, UnsupportedMedia: it is more than 1 MB, or not a whole JPEG.
        Conflict: the session is paid or abandoned, or the id is that of several carts' events.
    """
    if len(jpeg) > MAX_BYTES:
        raise TooLarge("a picture has at most 1 MB")
    if not is_jpeg(jpeg):
        raise UnsupportedMedia("the body is not a JPEG picture")
    row = _event(work, event, caller)
    if row.state not in OPEN_STATES:
        raise Conflict("the session is closed: its pictures are not added to")
    where = evidence.c.source == row.source, evidence.c.event == event
    work.tx.execute(sa.delete(evidence).where(*where))
    kept = {"source": row.source, "event": event, "session": row.session, "jpeg": jpeg}
    work.tx.execute(sa.insert(evidence), {**kept, "received_at": work.at})


def read_picture(work: Work, event: str, caller: Caller) -> bytes:
    """Return the picture of an event.

    Raises:
        NotFound: there is no such event, or no picture of it (any more).
        Forbidden: the event is not the caller's.
    """
    row = _event(work, event, caller)
    where = evidence.c.source == row.source, evidence.c.event == event
    jpeg = work.tx.execute(sa.select(evidence.c.jpeg).where(*where)).scalar()
    if jpeg is None:
        raise NotFound("no picture of that event")
    return bytes(jpeg)


def delete_picture(work: Work, event: str, caller: Caller) -> None:
    """Delete the picture of an event, if there is one.

    Raises:
        NotFound: there is no such event.
        Forbidden: the event is not the caller's.
    """
    row = _event(work, event, caller)
    work.tx.execute(sa.delete(evidence).where(evidence.c.source == row.source, evidence.c.event == event))


def delete_session_pictures(work: Work, session: str) -> int:
    """Delete all pictures of a session; return how many there were."""
    return work.tx.execute(sa.delete(evidence).where(evidence.c.session == session)).rowcount


def delete_old_pictures(work: Work) -> int:
    """Delete the pictures of sessions closed for the set number of days; return how many there were."""
    before = work.at - timedelta(days=work.settings.evidence_days)
    closed = sa.select(sessions.c.id).where(sessions.c.closed_at <= before)
    return work.tx.execute(sa.delete(evidence).where(evidence.c.session.in_(closed))).rowcount


def _event(work: Work, event: str, caller: Caller) -> Any:
    query = (
        sa.select(entries.c.source, entries.c.session, sessions.c.cart, sessions.c.store, sessions.c.state)
        .select_from(entries.join(sessions))
        .where(entries.c.id == event)
    )
    if caller.role == "cart":
        query = query.where(entries.c.source == f"/carts/{caller.scope}")
    rows = work.tx.execute(query.limit(2)).all()
    if not rows:
        raise NotFound("no event of that id")
    if len(rows) > 1:
        raise Conflict("several carts have an event of that id: use the cart's own key")
    caller.require_session(rows[0].session, rows[0].cart, rows[0].store)
    return rows[0]


def is_jpeg(content: bytes) -> bool:
    """Tell whether bytes are a JPEG by its segments: start, a frame with a size, a scan, end.

    Source: ITU-T T.81, annex B.
    """
    if not (content.startswith(b"\xff\xd8") and content.rstrip(b"\0").endswith(b"\xff\xd9")):
        return False
    place, framed = 2, False
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker, (length,) = content[place + 1], struct.unpack_from(">H", content, place + 2)
        if marker == 0xDA:
            return framed
        if marker in _START_OF_FRAME and place + 9 <= len(content):
            height, width = struct.unpack_from(">HH", content, place + 5)
            framed = height > 0 and width > 0
        place += 2 + length
    return False
