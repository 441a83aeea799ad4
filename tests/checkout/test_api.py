"""The way of a trip over HTTP, on both databases."""

import json
import time

import httpx
import pytest

ONE = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
TEA, RICE, APPLES = "4006381333931", "96385074", "2000000040110"
OPEN = {"cart": "cart", "store": "s1", "session": "trip"}
UNSURE = {"gtin": None, "needs_review": True, "candidates": [{"gtin": RICE, "confidence": 0.4}]}


def _send(client: httpx.Client, *events, session="trip") -> list[str]:
    answer = client.post(f"/v1/sessions/{session}/events", content=json.dumps(events), headers=BATCH)
    assert answer.status_code == 200, answer.text
    return [result["status"] for result in answer.json()["results"]]


def _buy(client: httpx.Client, *events, session="trip", cart="cart") -> dict:
    client.post("/v1/sessions", json={"cart": cart, "store": "s1", "session": session})
    _send(client, *events, session=session)
    total = client.post(f"/v1/sessions/{session}/checkout").json()["total"]
    paid = client.post(
        f"/v1/sessions/{session}/paid", json={"reference": "till", "amount": total, "currency": "EUR"}
    )
    assert paid.status_code == 200, paid.text
    return paid.json()


def _kind(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, problem["type"].rpartition(":")[2]


def test_a_trip_from_open_to_paid(api) -> None:
    cart, till = api.client("cart", "cart"), api.client("till", "s1")
    assert cart.post("/v1/sessions", json=OPEN).status_code == 201
    assert cart.post("/v1/sessions", json=OPEN).status_code == 200
    one = api.event(1)
    assert (
        cart.post("/v1/sessions/trip/events", json=one, headers=ONE).json()["results"][0]["status"]
        == "applied"
    )
    assert _send(cart, one, api.event(2, gtin=RICE), api.event(4, "remove")) == [
        "duplicate",
        "applied",
        "pending",
    ]
    tally = cart.get("/v1/sessions/trip").json()
    assert (tally["total"], tally["pending_events"]) == (349, 1)
    assert _kind(cart.post("/v1/sessions/trip/checkout")) == (409, "events-pending")
    assert _send(cart, api.event(3, gtin=RICE)) == ["applied"]
    assert cart.get("/v1/sessions/trip").json()["total"] == 200
    assert cart.post("/v1/sessions/trip/checkout").json()["state"] == "checkout"
    assert _send(cart, api.event(5)) == ["refused"]
    assert cart.post("/v1/sessions/trip/reopen").json()["state"] == "open"
    cart.post("/v1/sessions/trip/checkout")
    wrong = {"reference": "t", "amount": 199, "currency": "EUR"}
    assert _kind(till.post("/v1/sessions/trip/paid", json=wrong)) == (409, "conflict")
    paid = till.post("/v1/sessions/trip/paid", json={**wrong, "amount": 200})
    receipt = till.get(f"/v1/receipts/{paid.json()['code']}").json()
    assert (receipt["total"], receipt["session"], receipt["returns"]) == (200, "trip", [])
    assert "cart" not in receipt
    assert _send(cart, one) == ["duplicate"]
    assert cart.post("/v1/sessions", json={**OPEN, "session": "next"}).status_code == 201


def test_a_cart_has_one_open_session(admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    answer = admin.post("/v1/sessions", json={**OPEN, "session": "other"})
    assert _kind(answer) == (409, "cart-has-open-session")
    assert answer.json()["session"] == "trip"


def test_events_of_many_sessions_in_one_request(api, admin) -> None:
    for name in ("a", "b"):
        admin.post("/v1/sessions", json={"cart": name, "store": "s1", "session": name})
    events = [
        api.event(1, session="b", cart="b"),
        api.event(1, session="a", cart="a"),
        api.event(1, session="none", cart="a"),
        {"id": "x"},
        api.event(2, session="b", cart="b"),
    ]
    results = admin.post("/v1/events", json=events, headers=BATCH).json()["results"]
    assert [result["status"] for result in results] == ["applied", "applied", "refused", "refused", "applied"]
    assert [results[2]["problem"]["status"], results[3]["problem"]["status"]] == [404, 422]
    cart = api.client("cart", "a")
    results = cart.post("/v1/events", json=[api.event(3, session="b", cart="b")], headers=BATCH).json()
    assert results["results"][0]["problem"]["status"] == 403


def test_a_gap_is_given_up_after_a_time_and_a_late_event_corrects(databases, make_api) -> None:
    api = make_api(databases.make("sqlite"), gap_seconds=0.2)
    admin = api.client("admin")
    admin.post("/v1/sessions", json=OPEN)
    assert _send(admin, api.event(1), api.event(3, "remove")) == ["applied", "pending"]
    deadline = time.monotonic() + 20
    while admin.get("/v1/sessions/trip").json()["pending_events"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert admin.get("/v1/sessions/trip").json()["total"] == 0
    assert _send(admin, api.event(2, gtin=RICE)) == ["applied"]
    assert _send(admin, api.event(4)) == ["applied"]
    assert admin.get("/v1/sessions/trip").json()["total"] == 349


def test_the_etag_follows_lines_and_prices(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    _send(admin, api.event(1))
    first = admin.get("/v1/sessions/trip")
    same = admin.get("/v1/sessions/trip", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    price = {"gtin": TEA, "scope": "region", "place": "r1", "amount": 199, "currency": "EUR"}
    admin.post("/v1/prices", json=price)
    assert admin.get("/v1/sessions/trip", headers={"If-None-Match": "*"}).status_code == 304
    fallen = admin.get("/v1/sessions/trip", headers={"If-None-Match": first.headers["etag"]})
    assert (fallen.status_code, fallen.json()["total"]) == (200, 199)
    admin.post("/v1/prices", json={**price, "amount": 999})
    assert admin.get("/v1/sessions/trip").headers["etag"] == fallen.headers["etag"]
    assert [one["amount"] for one in admin.get(f"/v1/products/{TEA}/prices").json()["items"]] == [
        249,
        199,
        999,
    ]
    assert admin.get("/v1/sessions/trip/lines").json()["items"][0]["unit_price"] == 249


def test_reviews_are_resolved_or_waived_before_checkout(api, admin) -> None:
    token = "s" * 43
    admin.post("/v1/sessions", json={**OPEN, "shopper_token": token})
    shopper, associate = api.with_key(token), api.client("associate", "s1")
    unsure, lost = api.event(1, **UNSURE), api.event(2, "remove")
    assert _send(admin, unsure, lost) == ["applied", "applied"]
    assert _kind(shopper.post("/v1/sessions/trip/checkout")) == (409, "reviews-waiting")
    waiting = shopper.get("/v1/sessions/trip/reviews").json()["items"]
    assert {(one["event"], one["reason"]) for one in waiting} == {
        (unsure["id"], "unsure"),
        (lost["id"], "not-in-tally"),
    }
    assert associate.get("/v1/stores/s1/reviews").json()["items"] == waiting
    product = {"decision": "product", "gtin": RICE}
    path = f"/v1/sessions/trip/reviews/{unsure['id']}"
    assert shopper.post(path, json=product).json()["total"] == 100
    other = f"/v1/sessions/trip/reviews/{lost['id']}"
    assert _kind(shopper.post(other, json={"decision": "waive"})) == (403, "forbidden")
    assert _kind(shopper.post(other, json={"decision": "product", "gtin": TEA})) == (409, "conflict")
    assert associate.post(other, json={"decision": "waive"}).json()["pending_reviews"] == 0
    assert _kind(shopper.post(path, json=product)) == (404, "not-found")
    assert shopper.post("/v1/sessions/trip/checkout").json()["total"] == 100
    kinds = [line["kind"] for line in admin.get("/v1/sessions/trip/lines").json()["items"]]
    assert kinds == ["review", "review", "void", "add", "void"]


def test_produce_is_entered_by_plu_and_weight(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    line = {"action": "add", "plu": "4011", "weight": "0.505"}
    tally = admin.post("/v1/sessions/trip/lines", json=line).json()
    assert (tally["total"], tally["lines"][0]["weight"]) == (151, "0.505")
    assert _kind(admin.post("/v1/sessions/trip/lines", json={"action": "add", "plu": "4011"})) == (
        409,
        "conflict",
    )
    assert _kind(admin.post("/v1/sessions/trip/lines", json={**line, "plu": "4012"})) == (404, "not-found")
    seen = api.event(1, gtin=APPLES)
    _send(admin, seen)
    decision = {"decision": "product", "gtin": APPLES, "weight": "1.000"}
    tally = admin.post(f"/v1/sessions/trip/reviews/{seen['id']}", json=decision).json()
    assert tally["total"] == 151 + 299
    out = {"action": "remove", "gtin": APPLES, "quantity": 2}
    assert admin.post("/v1/sessions/trip/lines", json=out).json()["total"] == 0
    assert _kind(admin.post("/v1/sessions/trip/lines", json=out)) == (409, "conflict")


def test_items_come_back_once_at_the_price_paid_at_any_store(api, admin) -> None:
    store = {"name": "Two", "region": "r1", "currency": "EUR"}
    admin.put("/v1/stores/s2", json=store)
    receipt = _buy(admin, api.event(1, quantity=3), api.event(2, gtin=RICE))
    price = {"gtin": TEA, "scope": "region", "place": "r1", "amount": 1, "currency": "EUR"}
    admin.post("/v1/prices", json=price)
    clerk = api.client("associate", "s2")
    part = {"store": "s2", "receipt": receipt["code"], "lines": [{"line": 1, "quantity": 2}]}
    assert clerk.post("/v1/returns", json=part).json()["refund"] == 498
    assert _kind(clerk.post("/v1/returns", json=part)) == (409, "already-returned")
    rest = {"store": "s2", "receipt": receipt["code"]}
    assert clerk.post("/v1/returns", json=rest).json()["refund"] == 349
    assert _kind(clerk.post("/v1/returns", json=rest)) == (409, "already-returned")
    assert len(clerk.get(f"/v1/receipts/{receipt['code']}").json()["returns"]) == 2
    assert _kind(clerk.post("/v1/returns", json={**part, "store": "s1"})) == (403, "forbidden")
    wrong = {**part, "lines": [{"line": 9, "quantity": 1}]}
    assert _kind(clerk.post("/v1/returns", json=wrong)) == (404, "not-found")


def test_an_online_order_is_imported_and_returned_in_one_call(admin) -> None:
    order = {
        "source": "webshop",
        "number": "W-1",
        "currency": "EUR",
        "tax_included": False,
        "lines": [{"gtin": TEA, "name": "Tea", "quantity": 3, "unit_price": 99, "tax_rate": "0.19"}],
    }
    first = {"store": "s1", "order": order, "lines": [{"line": 1, "quantity": 1}]}
    refunds = [admin.post("/v1/returns", json=first).json()["refund"]]
    assert (
        _kind(admin.post("/v1/returns", json={**first, "order": {**order, "tax_included": True}}))[0] == 409
    )
    by_number = {"store": "s1", "order": {"source": "webshop", "number": "W-1"}}
    refunds.append(admin.post("/v1/returns", json=by_number).json()["refund"])
    assert sum(refunds) == 297 + 56
    assert _kind(admin.post("/v1/returns", json=by_number)) == (409, "already-returned")
    unknown = {"store": "s1", "order": {"source": "webshop", "number": "W-2"}}
    assert _kind(admin.post("/v1/returns", json=unknown)) == (404, "not-found")
    dollars = {**order, "number": "W-3", "currency": "USD"}
    assert _kind(admin.post("/v1/returns", json={"store": "s1", "order": dollars})) == (409, "conflict")


def test_a_command_sent_again_is_done_once(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    again = {"Idempotency-Key": "k1"}
    line = {"action": "add", "gtin": TEA}
    answers = [admin.post("/v1/sessions/trip/lines", json=line, headers=again) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert admin.get("/v1/sessions/trip").json()["total"] == 249
    other = admin.post("/v1/sessions/trip/lines", json={**line, "gtin": RICE}, headers=again)
    assert _kind(other) == (422, "idempotency-key-reused")
    associate = api.client("associate", "s1")
    assert associate.post("/v1/sessions/trip/lines", json=line, headers=again).json()["total"] == 498


def test_lists_come_in_pages(admin) -> None:
    for number in range(5):
        admin.post("/v1/sessions", json={"cart": f"c{number}", "store": "s1", "session": f"t{number}"})
    names, after = [], ""
    while after is not None:
        page = admin.get("/v1/sessions", params={"limit": 2, "after": after}).json()
        names += [one["session"] for one in page["items"]]
        after = page["next"]
    assert names == ["t0", "t1", "t2", "t3", "t4"]
    assert _kind(admin.get("/v1/sessions", params={"after": "%%%"})) == (422, "invalid")
    assert len(admin.get("/v1/products").json()["items"]) == 4
    assert [store["id"] for store in admin.get("/v1/stores").json()["items"]] == ["s1"]


def test_a_receipt_is_a_page_that_prints(api, admin) -> None:
    _buy(admin, api.event(1, quantity=2))
    page = admin.get("/v1/sessions/trip/receipt", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "4.98 EUR" in page.text
    assert "@media print" in page.text
    assert "<script" not in page.text


def test_the_store_s_figures(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    _send(admin, api.event(1), api.event(2, gtin=RICE), api.event(3, "remove"), api.event(4, **UNSURE))
    now = api.client("associate", "s1").get("/v1/stores/s1/now").json()
    assert now == {
        "store": "s1",
        "currency": "EUR",
        "open_carts": 1,
        "items": 1,
        "value": 100,
        "adds_per_minute": 2,
        "removes_per_minute": 1,
        "reviews_waiting": 1,
        "most_put_back": [{"gtin": TEA, "name": f"P{TEA}", "items": 1}],
        "degraded_cameras": [],
        "silent_carts": [],
    }


def test_lines_that_were_corrected_are_not_counted_as_movement(databases, make_api) -> None:
    api = make_api(databases.make("sqlite"), gap_seconds=0)
    admin = api.client("admin")
    admin.post("/v1/sessions", json=OPEN)
    for event in (api.event(1), api.event(3, "remove"), api.event(2)):
        assert _send(admin, event) == ["applied"]
    kinds = [line["kind"] for line in admin.get("/v1/sessions/trip/lines").json()["items"]]
    assert kinds.count("reversal") == 2
    now = admin.get("/v1/stores/s1/now").json()
    assert (now["adds_per_minute"], now["removes_per_minute"]) == (2, 1)
    assert now["most_put_back"][0]["items"] == 1


def test_a_path_tells_its_methods(admin) -> None:
    answer = admin.request("OPTIONS", "/v1/products/96385074")
    assert _kind(answer) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, PUT"


def test_tax_is_added_where_the_store_adds_it(api, admin) -> None:
    store = {"name": "US", "region": "us", "currency": "USD", "tax_included": False}
    admin.put("/v1/stores/us1", json=store)
    admin.put(f"/v1/products/{TEA}", json={"name": "Tea", "tax_rate": "0.0825"})
    price = {"gtin": TEA, "scope": "store", "place": "us1", "amount": 1000, "currency": "USD"}
    assert admin.post("/v1/prices", json=price).status_code == 201
    admin.post("/v1/sessions", json={**OPEN, "store": "us1"})
    _send(admin, api.event(1))
    tally = admin.get("/v1/sessions/trip").json()
    assert (tally["tax"], tally["total"], tally["currency"]) == (83, 1083, "USD")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
def test_three_paths_need_no_key(api, path: str) -> None:
    assert httpx.get(api.url + path).status_code == 200


def test_a_key_has_a_rate_limit(databases, make_api) -> None:
    api = make_api(databases.make("sqlite"), rate_per_second=3)
    admin = api.client("admin")
    answers = [admin.get("/v1/stores") for _ in range(12)]
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert _kind(limited) == (429, "too-many-requests")
    assert limited.headers["retry-after"] == "1"
    assert api.client("admin").get("/v1/stores").status_code == 200


def test_figures_for_prometheus(lite_api) -> None:
    admin = lite_api.client("admin")
    admin.post("/v1/sessions", json=OPEN)
    event = lite_api.event(1)
    _send(admin, event, event)
    figures = admin.get("/metrics").text
    assert 'cart_events_total{status="applied"} 1.0' in figures
    assert 'cart_events_total{status="duplicate"} 1.0' in figures
    assert 'route="/v1/sessions/{session}/events",status="200"} 1.0' in figures
    assert "cart_event_to_tally_seconds_count 1.0" in figures
