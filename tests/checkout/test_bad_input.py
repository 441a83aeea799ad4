"""What cannot be used is refused with a problem that tells nothing of the inside."""

import json
import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

ONE = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
JSON = {"Content-Type": "application/json"}
TEA, RICE = "4006381333931", "96385074"
INSIDE = re.compile(
    r"Traceback|sqlalchemy|sqlite3|psycopg|SELECT |INSERT |\.py|/tmp|/home|site-packages", re.I
)
PRICE = {"gtin": TEA, "scope": "region", "place": "r1", "amount": 1, "currency": "EUR"}
OPEN = {"cart": "cart", "store": "s1", "session": "trip"}


def _refused(answer: httpx.Response) -> int:
    assert answer.headers["content-type"] == "application/problem+json"
    assert not INSIDE.search(answer.text), answer.text
    return answer.status_code


def _event_refused(client: httpx.Client, event: dict) -> int:
    result = client.post("/v1/sessions/trip/events", json=event, headers=ONE).json()["results"][0]
    assert result["status"] == "refused"
    assert not INSIDE.search(json.dumps(result))
    return result["problem"]["status"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/sessions", {**OPEN, "store": "none", "cart": "c2", "session": "x"}, 404),
        ("GET", "/v1/sessions/none", None, 404),
        ("POST", "/v1/sessions/none/checkout", None, 404),
        ("POST", "/v1/sessions/none/events", [], 404),
        ("GET", "/v1/stores/none/now", None, 404),
        ("GET", f"/v1/products/{RICE[:-1]}5", None, 422),
        ("GET", "/v1/products/4006381333948", None, 404),
        ("GET", "/v1/receipts/000000000000", None, 404),
        ("POST", "/v1/prices", {**PRICE, "amount": -1}, 422),
        ("POST", "/v1/prices", {**PRICE, "amount": 10**15}, 422),
        ("POST", "/v1/prices", {**PRICE, "amount": 1.5}, 422),
        ("POST", "/v1/prices", {**PRICE, "currency": "USD"}, 409),
        ("POST", "/v1/prices", {**PRICE, "currency": "XAU"}, 422),
        ("POST", "/v1/prices", {**PRICE, "gtin": "4006381333930"}, 422),
        ("POST", "/v1/prices", {**PRICE, "gtin": "4006381333948"}, 404),
        ("POST", "/v1/prices", {**PRICE, "place": "none"}, 404),
        ("POST", "/v1/prices", {**PRICE, "since": "2001-01-01T00:00:00Z"}, 409),
        ("POST", "/v1/prices", {**PRICE, "since": "9999-12-31T23:59:59-14:00"}, 422),
        ("POST", "/v1/prices", {**PRICE, "prcie": 3}, 422),
        ("PUT", "/v1/stores/s1", {"name": "S", "region": "r1", "currency": "USD"}, 409),
        ("PUT", "/v1/stores/s9", {"name": "a\0b", "region": "r1", "currency": "EUR"}, 422),
        ("PUT", "/v1/stores/a%00b", {"name": "S", "region": "r1", "currency": "EUR"}, 422),
        ("POST", "/v1/sessions/trip/lines", {"action": "add", "gtin": TEA, "quantity": 0}, 422),
        ("POST", "/v1/sessions/trip/lines", {"action": "add", "gtin": TEA, "quantity": 10**9}, 422),
        ("POST", "/v1/sessions/trip/lines", {"action": "add", "gtin": TEA, "weight": "NaN"}, 422),
        ("POST", "/v1/sessions/trip/lines", {"action": "add"}, 422),
        ("POST", "/v1/sessions/trip/reviews/not-a-uuid", {"decision": "waive"}, 422),
        ("POST", "/v1/returns", {"store": "s1", "receipt": "0" * 12}, 404),
        ("GET", "/v1/sessions?limit=0", None, 422),
        ("GET", "/v1/sessions/trip/lines?after=LTE=", None, 422),
        ("PUT", f"/v1/products/{TEA}", {"name": "T", "department": "d" * 101}, 422),
        ("PUT", f"/v1/products/{TEA}", {"name": "T", "tax_rate": 0.07}, 422),
        ("POST", "/v1/returns", {"store": "s1", "order": {"source": "w", "number": "9" * 101}}, 422),
        ("PATCH", "/v1/sessions/trip", None, 405),
        ("GET", "/v2/none", None, 404),
    ],
)
def test_a_wrong_value_is_refused(admin, method, path, body, status) -> None:
    admin.post("/v1/sessions", json=OPEN)
    assert _refused(admin.request(method, path, json=body)) == status


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a":"\xff\xfe"}', b"[" * 100_000, b'{"a":' * 50_000, b"NaN", b'"\\ud800"', b"null"],
)
def test_a_body_that_is_no_json_is_refused(lite_api, body: bytes) -> None:
    admin = lite_api.client("admin")
    for path, headers in (("/v1/prices", JSON), ("/v1/events", ONE), ("/v1/events", BATCH)):
        answer = admin.post(path, content=body, headers=headers)
        if answer.status_code == 200:
            assert [result["status"] for result in answer.json()["results"]] == ["refused"]
        else:
            assert _refused(answer) in (400, 422)


def test_a_body_of_50_mb_is_refused(lite_api) -> None:
    admin = lite_api.client("admin")
    chunks = (b" " * 100_000 for _ in range(500))
    for body in (b" " * 50_000_000, chunks):
        with suppress(httpx.WriteError):  # refused before all of it was sent
            assert _refused(admin.post("/v1/events", content=body, headers=BATCH)) == 413
    assert admin.get("/v1/stores").status_code == 200


def test_too_many_events_or_another_media_type_are_refused(databases, make_api) -> None:
    api = make_api(databases.make("sqlite"), max_batch=2)
    admin = api.client("admin")
    assert _refused(admin.post("/v1/events", json=[1, 2, 3], headers=BATCH)) == 413
    assert _refused(admin.post("/v1/events", content=b"<xml/>", headers={"Content-Type": "text/xml"})) == 415
    assert _refused(admin.post("/v1/events", json={}, headers=BATCH)) == 400


def test_an_event_that_does_not_fit_is_refused_and_the_others_are_taken(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    good = api.event(1)
    for change, status in [
        ({"source": "/carts/other"}, 403),
        ({"subject": "other"}, 422),
        ({"time": tomorrow}, 422),
        ({"time": "2026-01-31"}, 422),
        ({"type": "cart.item.eaten"}, 422),
        ({"specversion": "0.3"}, 422),
        ({"id": "no"}, 422),
        ({"data": {**good["data"], "gtin": "4006381333930"}}, 422),
        ({"data": {**good["data"], "quantity": 10**6}}, 422),
        ({"data": {**good["data"], "sequence": 0}}, 422),
        ({"data": {**good["data"], "confidence": 2}}, 422),
        ({"data": None}, 422),
    ]:
        assert _event_refused(admin, {**good, **change}) == status, change
    assert admin.post("/v1/sessions/trip/events", json=good).json()["results"][0]["status"] == "applied"
    assert _event_refused(admin, {**good, "id": str(uuid4())}) == 409
    unknown = api.event(2, gtin="4006381333948")
    assert admin.post("/v1/sessions/trip/events", json=unknown).json()["results"][0]["status"] == "applied"
    tally = admin.get("/v1/sessions/trip").json()
    assert (tally["total"], tally["lines"][1]["reason"]) == (249, "unknown-product")


def test_names_with_zeros_in_an_event_do_no_harm(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    first, second = api.event(1), api.event(2)
    for event, status in ((second, "pending"), (first, "applied")):
        event["data"]["model"] = "a\0b"
        event["data"]["evidence"]["image"] = "../../etc/passwd\0.jpg"
        assert admin.post("/v1/sessions/trip/events", json=event).json()["results"][0]["status"] == status
    assert admin.get("/v1/sessions/trip").json()["pending_events"] == 0
    nowhere = api.event(1, session="a\0b")
    assert admin.post("/v1/events", json=nowhere).json()["results"][0]["problem"]["status"] == 404


def test_an_event_that_says_too_much_is_refused(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    good = api.event(1)
    candidate = {"gtin": TEA, "confidence": 0.5}
    evidence = good["data"]["evidence"]
    for change in (
        {"model": "x" * 501},
        {"evidence": {**evidence, "image": "x" * 501}},
        {"candidates": [candidate] * 101},
    ):
        assert _event_refused(admin, {**good, "data": {**good["data"], **change}}) == 422
    most = {"model": "x" * 500, "evidence": {**evidence, "image": "x" * 500}, "candidates": [candidate] * 100}
    good["data"] |= most
    assert admin.post("/v1/sessions/trip/events", json=good).json()["results"][0]["status"] == "applied"


def test_a_closed_session_takes_no_more(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    admin.post("/v1/sessions/trip/checkout")
    paid = {"reference": "t", "amount": 0, "currency": "EUR"}
    assert admin.post("/v1/sessions/trip/paid", json=paid).status_code == 200
    assert _event_refused(admin, api.event(1)) == 409
    wrong = {"reference": "t", "amount": 0, "currency": "USD"}
    assert _refused(admin.post("/v1/sessions/trip/paid", json=wrong)) == 409
    for path, body in (("lines", {"action": "add", "gtin": TEA}), ("checkout", None), ("paid", paid)):
        assert _refused(admin.post(f"/v1/sessions/trip/{path}", json=body)) == 409


def test_a_payment_in_another_currency_is_refused(admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    admin.post("/v1/sessions/trip/checkout")
    for wrong, status in (
        ({"currency": "USD"}, 409),
        ({"currency": "eur"}, 422),
        ({"amount": -1}, 422),
        ({"amount": 1}, 409),
        ({"amount": 2**63}, 422),
        ({"amount": 0.5}, 422),
    ):
        paid = {"reference": "t", "amount": 0, "currency": "EUR"} | wrong
        assert _refused(admin.post("/v1/sessions/trip/paid", json=paid)) == status


def test_an_idempotency_key_that_is_none_is_refused(admin) -> None:
    for key in ("x" * 201, "a b", ""):
        answer = admin.post("/v1/sessions", json=OPEN, headers={"Idempotency-Key": key})
        assert _refused(answer) == 422


def test_an_idle_session_is_abandoned(databases, make_api) -> None:
    api = make_api(databases.make("sqlite"), abandon_seconds=0.2)
    admin = api.client("admin")
    admin.post("/v1/sessions", json=OPEN)
    deadline = time.monotonic() + 10
    while admin.get("/v1/sessions/trip").json()["state"] == "open" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert admin.get("/v1/sessions/trip").json()["state"] == "abandoned"
    assert _event_refused(admin, api.event(1)) == 409
    assert admin.post("/v1/sessions", json={**OPEN, "session": "next"}).status_code == 201


def test_a_database_that_goes_away_and_comes_back(databases, make_api) -> None:
    api = make_api(databases.make("postgresql"))
    admin = api.client("admin")
    admin.post("/v1/sessions", json=OPEN)
    name = api.service.store.url.database
    with api.service.store.engine.connect() as connection:
        others = "FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        cut = f"SELECT pg_terminate_backend(pid) {others}"
        connection.exec_driver_sql(cut, (name,))
    statuses = set()
    for number in range(1, 8):
        answer = admin.post("/v1/sessions/trip/events", json=api.event(number))
        statuses.add(answer.status_code)
        if answer.status_code != 200:
            assert _refused(answer) == 503
            assert answer.headers["retry-after"] == "1"
    assert answer.status_code == 200
    assert statuses <= {200, 503}
