import json
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from cart.errors import InputError
from cart.events import (
    EVENT_NAMESPACE,
    CameraEvent,
    CameraEventData,
    Candidate,
    CartEvent,
    EventData,
    Evidence,
    event_id_live,
    event_id_recorded,
    read_events,
)

TEA = "4006381333931"

LINE = (
    '{"specversion":"1.0","id":"6f3c1b52-0c1b-5e1f-9c49-0a8d2c1f7b11","source":"/carts/7","subject":"trip-1",'
    '"type":"cart.item.added","time":"2026-01-31T12:00:12.480Z","datacontenttype":"application/json",'
    '"data":{"sequence":7,"media_time":12.48,"gtin":"4006381333931","quantity":1,"confidence":0.97,'
    '"candidates":[{"gtin":"4006381333931","confidence":0.97}],"entry_method":"camera","needs_review":false,'
    '"from_initial":false,"visit":3,"evidence":{"image":null,"from":11.2,"to":12.9},"model":"hand-item-1"}}'
)


CAMERA_LINE = (
    '{"specversion":"1.0","id":"6f3c1b52-0c1b-7e1f-9c49-0a8d2c1f7b11","source":"/carts/7","subject":"trip-1",'
    '"type":"cart.camera.degraded","time":"2026-01-31T12:00:12.480Z","datacontenttype":"application/json",'
    '"data":{"media_time":12.48,"since":9.25,"reason":"covered","detail":"on the lens","measure":0.9}}'
)


def _event() -> CartEvent:
    return CartEvent(
        id=UUID("6f3c1b52-0c1b-5e1f-9c49-0a8d2c1f7b11"),
        source="/carts/7",
        subject="trip-1",
        type="cart.item.added",
        time=datetime(2026, 1, 31, 14, 0, 12, 480_999, tzinfo=timezone(timedelta(hours=2))),
        data=EventData(
            sequence=7,
            media_time=12.48000001,
            gtin=TEA,
            confidence=0.97001,
            candidates=(Candidate(gtin=TEA, confidence=0.97),),
            visit=3,
            evidence=Evidence(from_=11.2, to=12.9),
            model="hand-item-1",
        ),
    )


def _changed(**changes: object) -> str:
    """Return the line with the given attributes, or fields of data, replaced."""
    event = json.loads(LINE)
    for name, value in changes.items():
        (event if name in event else event["data"])[name] = value
    return json.dumps(event)


def test_the_json_is_the_contract_to_the_byte() -> None:
    assert _event().to_json() == LINE


def test_what_is_written_is_read_again() -> None:
    assert CartEvent.from_json(LINE) == _event()
    assert CartEvent.from_json(LINE).to_json() == LINE


def test_the_fields_used_most_are_at_hand() -> None:
    event = _event()
    assert (event.action, event.gtin, event.media_time, event.confidence) == ("add", TEA, 12.48, 0.97)
    assert CartEvent.from_json(_changed(type="cart.item.removed")).action == "remove"


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.timezones()),
    st.floats(0, 1e7),
    st.floats(0, 1),
    st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]))),
)
def test_any_event_survives_its_json(
    when: datetime, media_time: float, confidence: float, image: str | None
) -> None:
    event = CartEvent.from_json(LINE)
    evidence = Evidence(image=image, from_=0, to=media_time)
    data = EventData(
        **dict(event.data) | {"media_time": media_time, "confidence": confidence, "evidence": evidence}
    )
    event = CartEvent(**dict(event) | {"time": when, "data": data})
    assert CartEvent.from_json(event.to_json()) == event
    assert "\n" not in event.to_json()
    assert event.media_time == round(media_time, 3)
    assert timedelta(0) <= when - event.time < timedelta(milliseconds=1)


def test_a_newer_sender_s_fields_are_passed_over() -> None:
    newer = json.loads(LINE)
    newer["traceparent"] = "00-0af7"
    newer["data"]["weight"] = 0.4
    assert CartEvent.from_json(json.dumps(newer)) == _event()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Invalid JSON"),
        ("[]", "Input should be an object"),
        ("{}", "id: Field required"),
        (_changed(specversion="0.3"), "specversion: Input should be '1.0'"),
        (_changed(id="7"), "id: Input should be a valid UUID"),
        (_changed(source="7"), "source: String should match"),
        (_changed(subject=""), "subject: String should have at least 1 character"),
        (_changed(type="cart.item.moved"), "type: Input should be 'cart.item.added' or 'cart.item.removed'"),
        (_changed(time="2026-01-31T12:00:00"), "time: not a time with its zone: write it like"),
        (_changed(time=1769860800), "time: not a time with its zone"),
        (_changed(time="1769860800"), "time: not a time with its zone"),
        (_changed(time="0001-01-01T00:00:00+14:00"), "time: the time lies outside the years 1 to 9999"),
        (_changed(sequence=0), "data.sequence: Input should be greater than or equal to 1"),
        (_changed(sequence="1"), "data.sequence: Input should be a valid integer"),
        (_changed(sequence=2**31), "data.sequence: Input should be less than or equal to"),
        (_changed(quantity=0), "data.quantity: Input should be greater than or equal to 1"),
        (_changed(visit=0), "data.visit: Input should be greater than or equal to 1"),
        (_changed(confidence=1.01), "data.confidence: Input should be less than or equal to 1"),
        (_changed(confidence=-0.01), "data.confidence: Input should be greater than or equal to 0"),
        (_changed(confidence="0.9"), "data.confidence: Input should be a valid number"),
        (_changed(media_time=-1), "data.media_time: Input should be greater than or equal to 0"),
        (_changed(gtin="4006381333932"), "data.gtin: GTIN 4006381333932 has a wrong check digit"),
        (
            _changed(candidates=[{"gtin": TEA, "confidence": 2}]),
            "data.candidates.0.confidence: Input should be",
        ),
        (_changed(entry_method="scale"), "data.entry_method: Input should be 'camera' or 'barcode'"),
        (_changed(needs_review=1), "data.needs_review: Input should be a valid boolean"),
        (_changed(from_initial=True), "data.from_initial is true for an add"),
        (
            _changed(evidence={"image": None, "from": 2, "to": 1}),
            "data.evidence: ends at 1.0 s, before it starts",
        ),
        (_changed(model=None), "data.model: Input should be a valid string"),
    ],
)
def test_what_is_no_cart_event_is_refused_in_a_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        CartEvent.from_json(text)
    assert str(raised.value).startswith(f"not a cart event: {message}")
    assert "\n" not in str(raised.value)


def test_not_a_number_is_no_confidence() -> None:
    with pytest.raises(InputError, match=r"data\.confidence"):
        CartEvent.from_json(LINE.replace('"confidence":0.97,"cand', '"confidence":NaN,"cand'))


def test_every_field_is_documented() -> None:
    models: list[type[BaseModel]] = [CartEvent, EventData, Evidence, Candidate, CameraEvent, CameraEventData]
    bare = [
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert bare == []


def test_a_file_of_events_is_read(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    odd = _event().data.evidence.model_copy(update={"image": "a\u2028b.jpg"})
    strange = _event().model_copy(update={"data": _event().data.model_copy(update={"evidence": odd})})
    file.write_text(f"{LINE}\r\n\n{strange.to_json()}\n", encoding="utf-8")
    assert read_events(file) == [_event(), strange]


def test_an_empty_file_holds_no_events(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").touch()
    assert read_events(tmp_path / "events.jsonl") == []


def test_the_line_that_is_no_event_is_named(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(f"{LINE}\n\n{LINE[:40]}")
    with pytest.raises(InputError, match=r"events\.jsonl, line 3: not a cart event: Invalid JSON"):
        read_events(file)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the events in .*none\.jsonl: No such file"):
        read_events(tmp_path / "none.jsonl")
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(InputError, match="it is not UTF-8 text"):
        read_events(tmp_path / "picture.jpg")


def test_the_id_of_a_recorded_event_is_uuid5_of_what_it_is() -> None:
    expected = uuid5(EVENT_NAMESPACE, '["trip-1", "ab12", 3, 1, "add"]')
    assert event_id_recorded("trip-1", "ab12", 3, 1, "add") == expected
    others = {
        event_id_recorded("trip-1", "ab12", 31, 1, "add"),
        event_id_recorded("trip-1", "ab12", 3, 11, "add"),
        event_id_recorded("trip-1", "ab12", 3, 1, "remove"),
        event_id_recorded("trip-1", "ab1", 23, 1, "add"),
    }
    assert len(others | {expected}) == 5


def test_live_ids_are_uuid7() -> None:
    before = time.time_ns() // 1_000_000
    ids = [event_id_live() for _ in range(1000)]
    after = time.time_ns() // 1_000_000
    assert len(set(ids)) == 1000
    assert {(id_.version, id_.variant) for id_ in ids} == {(7, "specified in RFC 4122")}
    stamps = [id_.int >> 80 for id_ in ids]
    assert before <= stamps[0] <= stamps[-1] <= after
    assert datetime.fromtimestamp(stamps[0] / 1000, UTC).year >= 2025


def _changed_camera(**changes: object) -> str:
    event = json.loads(CAMERA_LINE)
    for name, value in changes.items():
        (event if name in event else event["data"])[name] = value
    return json.dumps(event)


def test_a_camera_event_is_its_json_and_has_no_place_in_the_sequence() -> None:
    event = CameraEvent.from_json(CAMERA_LINE)
    assert event.to_json() == CAMERA_LINE
    assert (event.type, event.data.reason, event.data.since) == ("cart.camera.degraded", "covered", 9.25)
    assert "sequence" not in CAMERA_LINE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "id: Field required"),
        (LINE, "type: Input should be 'cart.camera.degraded' or 'cart.camera.recovered'"),
        (_changed_camera(reason="tired"), "data.reason: Input should be 'covered', 'blurred'"),
        (_changed_camera(since=12.5), "data: since is 12.5 s, after media_time at 12.48 s"),
        (_changed_camera(measure="0.9"), "data.measure: Input should be a valid number"),
    ],
)
def test_what_is_no_camera_event_is_refused_in_a_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as raised:
        CameraEvent.from_json(text)
    assert str(raised.value).startswith(f"not a camera event: {message}")


def test_a_camera_event_is_no_cart_event() -> None:
    with pytest.raises(
        InputError, match=r"type: Input should be 'cart\.item\.added' or 'cart\.item\.removed'"
    ):
        CartEvent.from_json(CAMERA_LINE)


def test_camera_events_in_a_file_are_passed_over_but_must_be_whole(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(f"{CAMERA_LINE}\n{LINE}\n{json.dumps(json.loads(CAMERA_LINE))}\n")
    assert read_events(file) == [_event()]
    file.write_text(f"{LINE}\n{_changed_camera(reason='tired')}\n")
    with pytest.raises(InputError, match=r"line 2: not a camera event: data\.reason"):
        read_events(file)
