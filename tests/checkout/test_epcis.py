"""The EPCIS 2.0 view, held by hand to what GS1's schema and vocabulary require of its events."""

import re
from datetime import datetime
from typing import Any

TEA, RICE, APPLES = "4006381333931", "96385074", "2000000040110"
OPEN = {"cart": "cart", "store": "s1", "session": "trip"}
URI = re.compile(r"(urn:[a-z0-9][a-z0-9-]+:\S+|https://\S+)")
CLASS = re.compile(r"https://id\.gs1\.org/01/\d{14}")
REQUIRED = {
    "type",
    "eventID",
    "eventTime",
    "eventTimeZoneOffset",
    "recordTime",
    "action",
    "bizStep",
    "parentID",
}
KNOWN = REQUIRED | {"childQuantityList", "bizLocation", "errorDeclaration"}


def _events(admin, event_time: str) -> list[dict[str, Any]]:
    """Read a session's view, and hold the document and each event to the standard."""
    answer = admin.get("/v1/sessions/trip/epcis")
    assert answer.headers["content-type"] == "application/ld+json"
    document = answer.json()
    assert (document["type"], document["schemaVersion"]) == ("EPCISDocument", "2.0")
    assert document["@context"] == ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]
    assert datetime.fromisoformat(document["creationDate"]).tzinfo
    events = document["epcisBody"]["eventList"]
    for event in events:
        _hold(event)
        assert datetime.fromisoformat(event["eventTime"]) == datetime.fromisoformat(event_time)
    assert len({event["eventID"] for event in events}) == len(events)
    return events


def _hold(event: dict[str, Any]) -> None:
    assert set(event) <= KNOWN
    assert set(event) >= REQUIRED
    assert event["type"] == "AssociationEvent"
    assert (event["action"], event["bizStep"]) in {("ADD", "picking"), ("DELETE", "removing")}
    assert event["eventTimeZoneOffset"] == "+00:00"
    for name in ("eventTime", "recordTime"):
        assert datetime.fromisoformat(event[name]).tzinfo
    for uri in (event["eventID"], event["parentID"], event["bizLocation"]["id"]):
        assert URI.fullmatch(uri)
    assert event["childQuantityList"]
    for child in event["childQuantityList"]:
        assert CLASS.fullmatch(child["epcClass"])
        assert child["quantity"] > 0
        assert child.get("uom", "KGM") == "KGM"


def test_the_view_tells_what_went_in_and_came_out(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    time = "2026-01-31T12:00:05.000Z"
    sent = [
        api.event(1, quantity=2),
        api.event(2, "remove"),
        api.event(3, "remove", RICE, from_initial=True),
        api.event(4, "remove", None, from_initial=True),
        api.event(5, gtin=None, needs_review=True),
    ]
    admin.post("/v1/sessions/trip/events", json=[{**event, "time": time} for event in sent])
    children = [(event["action"], event["childQuantityList"]) for event in _events(admin, time)]
    tea = f"https://id.gs1.org/01/0{TEA}"
    assert children == [
        ("ADD", [{"epcClass": tea, "quantity": 2}]),
        ("DELETE", [{"epcClass": tea, "quantity": 1}]),
        ("DELETE", [{"epcClass": f"https://id.gs1.org/01/000000{RICE}", "quantity": 1}]),
    ]


def test_a_correction_declares_the_error_and_names_what_stands_instead(databases, make_api) -> None:
    api = make_api(databases.make("sqlite"), gap_seconds=0)
    admin, time = api.client("admin"), "2026-01-31T12:00:05.000Z"
    admin.post("/v1/sessions", json=OPEN)
    for event in (api.event(1), api.event(3, "remove"), api.event(2)):
        admin.post("/v1/sessions/trip/events", json={**event, "time": time})
    first, wrong, late, right = _events(admin, time)
    assert [event["action"] for event in (first, wrong, late, right)] == ["ADD", "DELETE", "ADD", "DELETE"]
    declared = wrong["errorDeclaration"]
    assert datetime.fromisoformat(declared.pop("declarationTime")).tzinfo
    assert declared == {"reason": "incorrect_data", "correctiveEventIDs": [right["eventID"]]}
    assert all("errorDeclaration" not in event for event in (first, late, right))


def test_weighed_produce_is_told_in_kilograms(lite_api) -> None:
    admin = lite_api.client("admin")
    admin.post("/v1/sessions", json=OPEN)
    line = {"action": "add", "plu": "4011", "weight": "0.505", "quantity": 2}
    admin.post("/v1/sessions/trip/lines", json=line)
    (event,) = admin.get("/v1/sessions/trip/epcis").json()["epcisBody"]["eventList"]
    _hold(event)
    weighed = {"epcClass": f"https://id.gs1.org/01/0{APPLES}", "quantity": 1.01, "uom": "KGM"}
    assert event["childQuantityList"] == [weighed]
