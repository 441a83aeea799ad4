"""What carts tell of their cameras: kept once, shown beside the tally, never in the ledger."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

OPEN = {"cart": "cart", "store": "s1", "session": "trip"}


def _told(kind: str, reason: str, second: int, **rest: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/carts/cart",
        "subject": "trip",
        "type": f"cart.camera.{kind}",
        "time": datetime(2026, 1, 31, 12, 0, second, tzinfo=UTC).isoformat().replace("+00:00", "Z"),
        "data": {"media_time": 9.0, "since": 8.0, "reason": reason, "detail": "wipe\0 it", "measure": 0.1},
    } | rest


def _send(client: Any, *events: Any) -> list[str]:
    results = client.post("/v1/sessions/trip/events", json=events).json()["results"]
    return [one["status"] for one in results]


def test_a_bad_camera_is_shown_until_it_is_good_again(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    dark, blurred = _told("degraded", "dark", 1), _told("degraded", "blurred", 2)
    first = admin.get("/v1/sessions/trip").headers["etag"]
    assert _send(admin, dark, api.event(1), blurred, dark) == ["applied", "applied", "applied", "duplicate"]
    tally = admin.get("/v1/sessions/trip")
    assert tally.headers["etag"] != first
    assert [fault["reason"] for fault in tally.json()["camera_faults"]] == ["dark", "blurred"]
    assert tally.json()["total"] == 249
    (shown, _) = admin.get("/v1/stores/s1/now").json()["degraded_cameras"]
    assert (shown["cart"], shown["reason"], shown["since"]) == ("cart", "dark", "2026-01-31T12:00:01+00:00")
    assert _send(admin, _told("recovered", "dark", 3), _told("recovered", "blurred", 0)) == ["applied"] * 2
    faults = admin.get("/v1/sessions/trip").json()["camera_faults"]
    assert [fault["reason"] for fault in faults] == ["blurred"]
    assert len(admin.get("/v1/sessions/trip/lines").json()["items"]) == 1


def test_a_camera_event_that_does_not_fit_is_refused(admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    wrong = [
        _told("degraded", "dark", 1, source="/carts/other"),
        _told("degraded", "tired", 1),
        _told("broken", "dark", 1),
        _told("degraded", "dark", 1, time="2999-01-01T00:00:00Z"),
    ]
    assert _send(admin, *wrong) == ["refused"] * 4
    kept = _told("degraded", "dark", 1)
    assert admin.post("/v1/events", json=[kept]).json()["results"][0]["status"] == "applied"
    admin.post("/v1/sessions/trip/checkout")
    paid = {"reference": "t", "amount": 0, "currency": "EUR"}
    assert "camera_faults" not in admin.post("/v1/sessions/trip/paid", json=paid).json()
    assert _send(admin, kept, _told("recovered", "dark", 2)) == ["duplicate", "refused"]
