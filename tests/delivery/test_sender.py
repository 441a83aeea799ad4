import json
from pathlib import Path
from threading import Timer

import pytest

from cart.delivery.http import TallyClient
from cart.delivery.outbox import Outbox, Trip
from cart.delivery.sender import Delivered, DeliveryError, Sender, deliver
from cart.errors import InputError

TEA = "4006381333931"


def _trip(make_event, *actions, session="trip"):
    events = [make_event(action, TEA, sequence=number) for number, action in enumerate(actions, 1)]
    return [event.model_copy(update={"subject": session}) for event in events]


def _deliver(tally, events, tmp_path: Path, **more):
    told: list[Delivered] = []
    arguments = {
        "outbox": tmp_path / "outbox",
        "patience": 20,
        "report": told.append,
        "key": tally.key,
        "session": "trip",
    } | more
    key, session = arguments.pop("key"), arguments.pop("session")
    assert list(deliver(events, tally.url, key, "test", session, "s1", **arguments)) == events
    return told[0]


def _total(tally) -> int:
    return json.loads(tally.total("trip"))["total"]


def test_events_reach_the_tally(tally, make_event, tmp_path: Path) -> None:
    tally.start()
    assert _deliver(tally, _trip(make_event, "add", "add", "remove"), tmp_path) == Delivered(0, ())
    assert _total(tally) == 249


def test_the_same_footage_sent_twice_is_billed_once(tally, make_event, tmp_path: Path) -> None:
    tally.start()
    events = _trip(make_event, "add", "add")
    for run in ("one", "two"):
        assert _deliver(tally, events, tmp_path / run) == Delivered(0, ())
    assert _total(tally) == 498


def test_a_service_that_comes_late_gets_all(tally, make_event, tmp_path: Path) -> None:
    starting = Timer(0.7, tally.start)
    starting.start()
    assert _deliver(tally, _trip(make_event, "add", "add"), tmp_path).waiting == 0
    starting.join()
    assert _total(tally) == 498


def test_what_was_not_sent_is_sent_by_the_next_run(tally, make_event, tmp_path: Path) -> None:
    events = _trip(make_event, "add", "add", "add")
    with pytest.raises(
        DeliveryError, match=r"2 events could not be delivered .* next run with --to sends them"
    ):
        _deliver(tally, events[:2], tmp_path, patience=0.1)
    tally.start()
    assert _deliver(tally, events[2:], tmp_path).waiting == 0
    assert _total(tally) == 747


def test_a_service_that_restarts_in_between_loses_nothing(tally, make_event, tmp_path: Path) -> None:
    tally.start()
    events = _trip(make_event, *["add"] * 20)

    def restarting():
        for number, event in enumerate(events):
            if number == 10:
                tally.stop()
                tally.start()
            yield event

    told: list[Delivered] = []
    sent = deliver(
        restarting(), tally.url, tally.key, "test", "trip", "s1", outbox=tmp_path / "o", report=told.append
    )
    assert list(sent) == events
    assert told == [Delivered(0, ())]
    assert _total(tally) == 20 * 249


def test_a_refused_event_is_set_aside_and_does_not_block(tally, make_event, tmp_path: Path) -> None:
    tally.start()
    first, second = _trip(make_event, "add", "add")
    foreign = first.model_copy(update={"id": make_event("add").id, "source": "/carts/other"})
    delivered = _deliver(tally, [first, foreign, second], tmp_path)
    assert [one.reason for one in delivered.refused] == [
        "the event is another cart's: its source is not the session's cart"
    ]
    assert _total(tally) == 498
    outbox = Outbox(tmp_path / "outbox", tally.url)
    assert len(outbox.refused("trip")) == 1
    outbox.close()


def test_a_wrong_key_is_told(tally, make_event, tmp_path: Path) -> None:
    tally.start()
    with pytest.raises(InputError, match="refuses the session: the API key is not known"):
        _deliver(tally, _trip(make_event, "add"), tmp_path, key="wrong")


@pytest.mark.parametrize("url", ["tally:8000", "ftp://tally", "http://", ""])
def test_a_wrong_address_is_told(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not an address"):
        list(deliver([], url, "key", "cart", "trip", "s1", outbox=tmp_path / "o"))


def test_an_outbox_is_closed_when_the_footage_breaks(tally, make_event, tmp_path: Path) -> None:
    tally.start()

    def breaking():
        yield from _trip(make_event, "add")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        list(deliver(breaking(), tally.url, tally.key, "test", "trip", "s1", outbox=tmp_path / "o"))


def test_a_service_that_never_answers_is_told_even_without_events(tally, tmp_path: Path) -> None:
    told: list[str] = []
    sending = deliver(
        [], tally.url, tally.key, "test", "trip", "s1", outbox=tmp_path / "o", patience=0, warn=told.append
    )
    with pytest.raises(DeliveryError, match="did not answer: start the service"):
        list(sending)
    assert told == [f"{tally.url} does not answer: events are kept, and sent when it does"]


def test_another_session_of_the_cart_is_named(tally, tmp_path: Path) -> None:
    tally.start()
    _deliver(tally, [], tmp_path)
    with pytest.raises(InputError, match=r'has an open session.*"trip": go on with it by --session'):
        list(deliver([], tally.url, tally.key, "test", "other", "s1", outbox=tmp_path / "o"))


def test_what_a_killed_run_left_is_sent_by_the_carts_next_run(tally, make_event, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", tally.url)
    outbox.begin(Trip("trip", "test", "s1"))
    for event in _trip(make_event, "add", "add"):
        outbox.put("trip", event)
    outbox.close()
    tally.start()
    tally.open("trip")
    assert _deliver(tally, [], tmp_path, session="trip").waiting == 0
    assert _total(tally) == 498


def test_pictures_follow_their_events(tally, make_event, tmp_path: Path, jpeg: bytes) -> None:
    tally.start()
    first, second = _trip(make_event, "add", "add")
    client = TallyClient(tally.url, tally.key)
    with Sender(client, Trip("trip", "test", "s1"), tmp_path / "outbox", print) as sender:
        sender.send(first, jpeg)
        sender.send(second)
        assert sender.finish() == Delivered(0, ())
    assert tally.picture(first.id) == jpeg
    assert tally.picture(second.id) is None
    outbox = Outbox(tmp_path / "outbox", tally.url)
    assert outbox.picture("trip") is None
    outbox.close()


def test_a_full_disk_holds_events_until_there_is_room(tally, make_event, tmp_path: Path) -> None:
    tally.start()
    told: list[str] = []
    events = _trip(make_event, "add", "add", "add")
    client = TallyClient(tally.url, tally.key)
    with Sender(client, Trip("trip", "test", "s1"), tmp_path / "outbox", told.append) as sender:
        connection = sender._outbox._connection
        connection.execute("PRAGMA query_only=1")
        sender.send(events[0])
        sender.send(events[1])
        connection.execute("PRAGMA query_only=0")
        sender.send(events[2])
        assert sender.finish() == Delivered(0, ())
    assert len(told) == 1
    assert "it is held until there is room" in told[0]
    assert _total(tally) == 747


def test_events_of_an_earlier_session_are_sent_first(tally, make_event, tmp_path: Path) -> None:
    told: list[str] = []
    outbox = Outbox(tmp_path / "outbox", tally.url)
    for session in ("earlier", "never-open"):
        outbox.begin(Trip(session, "test", "s1"))
        for event in _trip(make_event, "add", session=session):
            outbox.put(session, event)
    tally.start()
    tally.open("earlier")
    assert _deliver(tally, [], tmp_path, session="earlier", warn=told.append) == Delivered(0, ())
    assert json.loads(tally.total("earlier"))["total"] == 249
    assert len(outbox.waiting("never-open")) == 1
    assert len(told) == 1
    assert "events of the earlier session never-open stay unsent" in told[0]
    outbox.close()
