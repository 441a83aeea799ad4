import json
from pathlib import Path
from threading import Timer

import pytest

from cart.delivery.http import Delivered, DeliveryError, deliver
from cart.delivery.outbox import Outbox
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
    } | more
    key = arguments.pop("key")
    assert list(deliver(events, tally.url, key, "test", "trip", "s1", **arguments)) == events
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
    with pytest.raises(DeliveryError, match=r"2 events could not be delivered .* run the same again"):
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
    outbox = Outbox(tmp_path / "outbox", tally.url, "trip")
    assert len(outbox.refused()) == 1
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
