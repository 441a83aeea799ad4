"""What has to be done from time to time: gaps, idle sessions, old pictures; and the check of the ledger."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from cart.checkout.ledger import rewrite, sum_up
from cart.checkout.service.booking import read_resolutions, settle
from cart.checkout.service.pictures import delete_old_pictures
from cart.checkout.service.sessions import abandon_idle
from cart.checkout.service.trips import load, read_entries, read_lines, save
from cart.checkout.service.work import Service, Work
from cart.checkout.tables import entries, idempotency, sessions


def tidy(service: Service) -> None:
    """Do all that has become due, each thing in a transaction of its own."""
    with service.reading() as work:
        waiting = _overdue(work)
    for session in waiting:
        with service.work() as work:
            settle(work, session)
    for chore in (abandon_idle, delete_old_pictures, _forget_answers):
        with service.work() as work:
            chore(work)


def _overdue(work: Work) -> list[str]:
    before = work.at - timedelta(seconds=work.settings.gap_seconds)
    query = sa.select(sessions.c.id).where(sessions.c.pending_since <= before, sessions.c.state == "open")
    return list(work.tx.execute(query).scalars())


def _forget_answers(work: Work) -> None:
    before = work.at - timedelta(hours=work.settings.idempotency_hours)
    work.tx.execute(sa.delete(idempotency).where(idempotency.c.written_at < before))


def check_ledgers(service: Service, *, repair: bool = False) -> Iterator[tuple[str, str]]:
    """Rebuild every session's tally from its ledger; yield session and difference where they do not agree.

    The ledger is held both against the tally that is kept, and against the events themselves.

    Args:
        service: the service's database.
        repair: put the rebuilt tally in the place of the kept one; the ledger itself is never changed.
    """
    with service.reading() as work:
        ids = list(work.tx.execute(sa.select(sessions.c.id).order_by(sessions.c.id)).scalars())
    for session in ids:
        with service.work() as work:
            difference = check_session(work, session, repair=repair)
        if difference:
            yield session, difference


def check_session(work: Work, session: str, *, repair: bool = False) -> str | None:
    """Return how a session's kept tally or events differ from its ledger, None where they agree."""
    trip = load(work, session)
    applied = read_entries(work, session, entries.c.sequence < trip.book.next_sequence)
    written = read_lines(work, session)
    rebuilt = sum_up(written, {entry.key: entry.position for entry in applied})
    rebuilt.next_sequence = trip.book.next_sequence
    _, missing = rewrite(applied, written, read_resolutions(work, session), work.at)
    if missing:
        return f"the ledger lacks {len(missing)} lines that its events call for"
    if rebuilt == trip.book:
        return None
    if repair:
        trip.book = rebuilt
        save(work, trip)
    return "the kept tally is not the sum of the ledger"
