"""Every role against every endpoint, and keys."""

import httpx
import pytest
from fastapi.routing import APIRoute

from cart.checkout.api import events, evidence, health, live, products, receipts, reviews, sessions, stores
from cart.checkout.problems import Forbidden, Invalid
from cart.checkout.service.keys import Caller, admit_shopper, first_admin, list_keys, make_key, revoke_key
from cart.errors import InputError

ROLES = ("cart", "shopper", "till", "associate", "admin")
ALL = set(ROLES)
STAFF = {"associate", "admin"}
COUNTER = {"till", *STAFF}
PEOPLE = {"shopper", *STAFF}

MATRIX = {
    ("GET", "/healthz"): None,
    ("GET", "/readyz"): None,
    ("GET", "/metrics"): {"admin"},
    ("POST", "/v1/sessions"): {"cart", *STAFF},
    ("GET", "/v1/sessions"): COUNTER,
    ("GET", "/v1/sessions/{session}"): ALL,
    ("GET", "/v1/sessions/{session}/lines"): ALL,
    ("POST", "/v1/sessions/{session}/lines"): PEOPLE,
    ("POST", "/v1/sessions/{session}/checkout"): ALL,
    ("POST", "/v1/sessions/{session}/reopen"): ALL,
    ("POST", "/v1/sessions/{session}/paid"): {"till", "admin"},
    ("GET", "/v1/sessions/{session}/epcis"): ALL,
    ("GET", "/v1/sessions/{session}/receipt"): ALL,
    ("GET", "/v1/sessions/{session}/live"): ALL,
    ("GET", "/v1/sessions/{session}/reviews"): ALL,
    ("POST", "/v1/sessions/{session}/reviews/{event}"): PEOPLE,
    ("POST", "/v1/sessions/{session}/events"): {"cart", "admin"},
    ("POST", "/v1/events"): {"cart", "admin"},
    ("PUT", "/v1/events/{event}/evidence"): {"cart", "admin"},
    ("GET", "/v1/events/{event}/evidence"): {"cart", *PEOPLE},
    ("DELETE", "/v1/events/{event}/evidence"): PEOPLE,
    ("DELETE", "/v1/sessions/{session}/evidence"): PEOPLE,
    ("GET", "/v1/receipts/{code}"): {"shopper", *COUNTER},
    ("POST", "/v1/returns"): COUNTER,
    ("GET", "/v1/stores"): {"admin"},
    ("GET", "/v1/stores/{store}"): COUNTER,
    ("PUT", "/v1/stores/{store}"): {"admin"},
    ("GET", "/v1/stores/{store}/now"): STAFF,
    ("GET", "/v1/stores/{store}/live"): STAFF,
    ("GET", "/v1/stores/{store}/reviews"): COUNTER,
    ("GET", "/v1/products"): ALL,
    ("GET", "/v1/products/{gtin}"): ALL,
    ("PUT", "/v1/products/{gtin}"): {"admin"},
    ("GET", "/v1/products/{gtin}/prices"): COUNTER,
    ("POST", "/v1/prices"): {"admin"},
}
"""Who may call what; None: anybody, without a key."""

OWN = {"session": "trip", "event": "00000000-0000-0000-0000-000000000001", "code": "0" * 12}
BODIES = {
    "/v1/sessions": {"cart": "cart", "store": "s1", "session": "trip"},
    "/v1/sessions/{session}/lines": {"action": "add", "gtin": "96385074"},
    "/v1/sessions/{session}/paid": {"reference": "x", "amount": 0, "currency": "EUR"},
    "/v1/sessions/{session}/reviews/{event}": {"decision": "product", "gtin": "96385074"},
    "/v1/events": [],
    "/v1/sessions/{session}/events": [],
    "/v1/returns": {"store": "s1", "receipt": "0" * 12},
    "/v1/stores/{store}": {"name": "S", "region": "r1", "currency": "EUR"},
    "/v1/products/{gtin}": {"name": "Rice"},
    "/v1/prices": {"gtin": "96385074", "scope": "region", "place": "r1", "amount": 1, "currency": "EUR"},
}
FOREIGN = {"cart": "other", "shopper": "other", "till": "s2", "associate": "s2"}
JPEG = {"Content-Type": "image/jpeg"}


def _routes() -> set[tuple[str, str]]:
    nouns = (sessions, events, reviews, evidence, receipts, stores, products, live, health)
    routes = [route for noun in nouns for route in noun.router.routes if isinstance(route, APIRoute)]
    return {(method, route.path) for route in routes for method in route.methods}


def _call(client, method: str, path: str):
    url = path.format(**OWN, store="s1", gtin="96385074")
    if path.endswith("/evidence"):
        return client.request(method, url, headers=JPEG)
    with client.stream(method, url, json=BODIES.get(path)) as answer:
        return answer


def test_the_matrix_has_every_endpoint() -> None:
    assert set(MATRIX) == _routes()


@pytest.fixture
def clients(lite_api):
    scopes = {"cart": "cart", "shopper": "trip", "till": "s1", "associate": "s1", "admin": None}
    clients = {role: lite_api.client(role, scope) for role, scope in scopes.items()}
    clients["admin"].put("/v1/stores/s2", json=BODIES["/v1/stores/{store}"])
    clients["admin"].post("/v1/sessions", json=BODIES["/v1/sessions"])
    return clients


def test_every_role_at_every_endpoint(clients) -> None:
    wrong = []
    for (method, path), roles in MATRIX.items():
        for role, client in clients.items():
            status = _call(client, method, path).status_code
            if (status == 403) == (roles is None or role in roles) or status in (401, 500):
                wrong.append((role, method, path, status))
    assert wrong == []


def test_no_key_and_a_wrong_key_open_nothing(lite_api) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        with httpx.Client(base_url=lite_api.url, headers=headers) as stranger:
            for (method, path), roles in MATRIX.items():
                answer = _call(stranger, method, path)
                assert (answer.status_code == 401) == (roles is not None), (method, path)


@pytest.mark.usefixtures("clients")
def test_a_key_of_another_cart_session_or_store_opens_nothing(lite_api) -> None:
    foreign = {role: lite_api.client(role, scope) for role, scope in FOREIGN.items()}
    wrong = []
    for (method, path), roles in MATRIX.items():
        scoped = "{session}" in path or "{store}" in path
        for role, client in foreign.items():
            if scoped and roles and role in roles and path != "/v1/sessions/{session}/events":
                status = _call(client, method, path).status_code
                if status != 403:
                    wrong.append((role, method, path, status))
    assert wrong == []
    event = lite_api.event(1)
    answer = foreign["cart"].post("/v1/sessions/trip/events", json=event)
    assert answer.status_code == 403
    assert foreign["associate"].get("/v1/sessions").json()["items"] == []
    assert foreign["associate"].get("/v1/sessions", params={"store": "s1"}).status_code == 403
    assert foreign["cart"].post("/v1/sessions", json=BODIES["/v1/sessions"]).status_code == 403
    assert foreign["till"].post("/v1/returns", json=BODIES["/v1/returns"]).status_code == 403


def test_a_revoked_key_is_refused(databases, make_api) -> None:
    api = make_api(databases.make("sqlite"), key_cache_seconds=0)
    client = api.client("admin")
    assert client.get("/v1/stores").status_code == 200
    with api.service.work() as work:
        revoke_key(work, next(key["id"] for key in list_keys(work)))
    assert client.get("/v1/stores").status_code == 401


def test_keys_are_kept_hashed_and_made_for_a_scope(shop) -> None:
    with shop.service.work() as work:
        key_id, key = make_key(work, "cart", "cart-7", "seven")
        (row,) = list_keys(work)
        assert (row["id"], row["role"], row["scope"], row["label"]) == (key_id, "cart", "cart-7", "seven")
        stored = work.tx.exec_driver_sql("SELECT * FROM api_keys").all()
        assert key not in str(stored)
        assert len(key) == 43
        for role, scope in (("admin", "x"), ("till", None)):
            with pytest.raises(InputError):
                make_key(work, role, scope)
        with pytest.raises(InputError, match="no key nothing is in use"):
            revoke_key(work, "nothing")


def test_the_first_start_makes_one_admin_key(shop) -> None:
    with shop.service.work() as work:
        assert first_admin(work)
        assert first_admin(work) is None


def test_a_shopper_s_token_is_long_and_new(shop) -> None:
    with shop.service.work() as work:
        admit_shopper(work, "trip", "a" * 43)
        for token in ("a" * 43, "short"):
            with pytest.raises(Invalid):
                admit_shopper(work, "other", token)


def test_a_till_may_not_touch_another_store() -> None:
    Caller("1", "till", "s1").require_store("s1")
    for caller in (Caller("1", "till", "s2"), Caller("1", "cart", "s1")):
        with pytest.raises(Forbidden):
            caller.require_store("s1")
