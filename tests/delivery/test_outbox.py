from pathlib import Path

import pytest

from cart.delivery.outbox import Outbox
from cart.errors import InputError


def test_events_wait_in_order_until_answered(tmp_path: Path, make_event) -> None:
    file = tmp_path / "deep" / "outbox.sqlite3"
    outbox = Outbox(file, "http://a", "trip")
    events = [make_event("add") for _ in range(3)]
    for event in [*events, events[0]]:
        outbox.put(event)
    outbox.close()

    again = Outbox(file, "http://a", "trip")
    waiting = again.waiting(10)
    assert [one.body for one in waiting] == [event.to_json() for event in events]
    assert len(again.waiting(2)) == 2
    again.answered([waiting[0].place])
    again.set_aside(waiting[1].place, "not known")
    assert [one.body for one in again.waiting(10)] == [events[2].to_json()]
    assert [(one.body, one.reason) for one in again.refused()] == [(events[1].to_json(), "not known")]
    again.close()


def test_sessions_and_services_are_apart(tmp_path: Path, make_event) -> None:
    outboxes = [Outbox(tmp_path / "o", *key) for key in (("a", "1"), ("a", "2"), ("b", "1"))]
    event = make_event("add")
    for outbox in outboxes:
        outbox.put(event)
    outboxes[0].answered([outboxes[0].waiting(1)[0].place])
    assert [len(outbox.waiting(9)) for outbox in outboxes] == [0, 1, 1]
    for outbox in outboxes:
        outbox.close()


def test_a_file_that_is_no_outbox_is_told(tmp_path: Path) -> None:
    file = tmp_path / "o"
    file.write_bytes(b"something else entirely" * 100)
    with pytest.raises(InputError, match="cannot keep events in"):
        Outbox(file, "a", "b")
