from pathlib import Path
from threading import Thread

import pytest

from cart.delivery.outbox import Outbox, Trip
from cart.errors import InputError


def test_events_wait_in_order_until_answered(tmp_path: Path, make_event) -> None:
    file = tmp_path / "deep" / "outbox.sqlite3"
    outbox = Outbox(file, "http://a")
    events = [make_event("add") for _ in range(3)]
    for event in [*events, events[0]]:
        outbox.put("trip", event)
    outbox.close()

    again = Outbox(file, "http://a")
    waiting = again.waiting("trip", 10)
    assert [one.body for one in waiting] == [event.to_json() for event in events]
    assert len(again.waiting("trip", 2)) == 2
    again.answered([waiting[0].place])
    again.set_aside(waiting[1].place, "not known")
    assert [one.body for one in again.waiting("trip", 10)] == [events[2].to_json()]
    assert [(one.body, one.reason) for one in again.refused("trip")] == [(events[1].to_json(), "not known")]
    again.close()


def test_sessions_and_services_are_apart(tmp_path: Path, make_event) -> None:
    outboxes = {url: Outbox(tmp_path / "o", url) for url in "ab"}
    places = [("a", "1"), ("a", "2"), ("b", "1")]
    event = make_event("add")
    for url, session in places:
        outboxes[url].put(session, event)
    outboxes["a"].answered([outboxes["a"].waiting("1")[0].place])
    assert [len(outboxes[url].waiting(session)) for url, session in places] == [0, 1, 1]
    for outbox in outboxes.values():
        outbox.close()


def test_a_file_that_is_no_outbox_is_told(tmp_path: Path) -> None:
    file = tmp_path / "o"
    file.write_bytes(b"something else entirely" * 100)
    with pytest.raises(InputError, match="cannot keep events in"):
        Outbox(file, "a")


def test_a_picture_waits_for_its_event(tmp_path: Path, make_event) -> None:
    outbox = Outbox(tmp_path / "o", "a")
    first, second = make_event("add"), make_event("add")
    outbox.put("trip", first, b"one")
    outbox.put("trip", second, b"two")
    assert outbox.picture("trip") is None
    waiting = outbox.waiting("trip")
    outbox.set_aside(waiting[0].place, "not known")
    outbox.answered([waiting[1].place])
    picture = outbox.picture("trip")
    assert picture is not None
    assert (picture.event, picture.jpeg) == (str(second.id), b"two")
    outbox.picture_answered(picture.place)
    assert outbox.picture("trip") is None
    outbox.close()


def test_sessions_left_behind_are_those_with_something_waiting(tmp_path: Path, make_event) -> None:
    outbox = Outbox(tmp_path / "o", "a")
    trips = [
        Trip(session, cart, "s") for session, cart in [("1", "c"), ("2", "c"), ("3", "other"), ("4", "c")]
    ]
    for trip in trips:
        outbox.begin(trip)
    for session in "134":
        outbox.put(session, make_event("add"))
    assert outbox.left_behind("c", "4") == [trips[0]]
    outbox.close()


def test_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    Outbox(tmp_path / "o", "a").close()
    assert (tmp_path / "o").stat().st_mode & 0o777 == 0o600


def test_no_picture_is_seen_before_its_event(tmp_path: Path, make_event) -> None:
    outbox = Outbox(tmp_path / "o", "http://a")
    events = [make_event("add") for _ in range(200)]
    writer = Thread(target=lambda: [outbox.put("trip", event, b"jpeg") for event in events])
    writer.start()
    seen = []
    while writer.is_alive():
        seen.append(outbox.picture("trip"))
    writer.join()
    assert set(seen) == {None}
    outbox.answered([one.place for one in outbox.waiting("trip")])
    assert outbox.picture("trip").event == str(events[0].id)
    outbox.close()
