"""Every role at every endpoint of the service, on both databases: who may, and what the rest are told."""

import json
import re

import httpx
import pytest

from cart.checkout.service.keys import list_keys, revoke_key

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

EVENT = "0197a7c0-0001-7000-8000-000000000001"
TEA, RICE = "4006381333931", "96385074"
BODIES = {
    "/v1/sessions": {"cart": "cart", "store": "s1", "session": "trip"},
    "/v1/sessions/{session}/lines": {"action": "add", "gtin": RICE},
    "/v1/sessions/{session}/paid": {"reference": "x", "amount": 0, "currency": "EUR"},
    "/v1/sessions/{session}/reviews/{event}": {"decision": "product", "gtin": RICE},
    "/v1/returns": {"store": "s1", "receipt": "0" * 12},
    "/v1/stores/{store}": {"name": "S", "region": "r1", "currency": "EUR"},
    "/v1/products/{gtin}": {"name": "Rice"},
    "/v1/prices": {"gtin": RICE, "scope": "region", "place": "r1", "amount": 100, "currency": "EUR"},
}
SCOPES = {"cart": "cart", "shopper": "trip", "till": "s1", "associate": "s1", "admin": None}
FOREIGN = {"cart": "other", "shopper": "other", "till": "s2", "associate": "s2"}
OPEN_TO_STRANGERS = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/openapi.json"),
    ("GET", "/v1/products"),
    ("GET", "/v1/products/{gtin}"),
    ("GET", "/v1/products/{gtin}/prices"),
    ("GET", "/v1/sessions"),
    ("POST", "/v1/events"),
}
"""What is no cart's, session's or store's own, lists the caller's own only, or answers for each event."""
AT_ANY_STORE = {("GET", "/v1/receipts/{code}"): {"till", "associate"}}
INSIDE = re.compile(
    r"Traceback|sqlalchemy|sqlite|psycopg|SELECT |INSERT |UPDATE |\.py\b|/tmp|/home|/usr", re.I
)
JPEG = {
    "headers": {"Content-Type": "image/jpeg"},
    "content": bytes.fromhex("ffd8 ffc0000b08000100010101 1100 ffda0008010100003f00 00 ffd9"),
}


class Shop:
    """A service with a session, an event in it, and a receipt of another; clients of each kind."""

    def __init__(self, api) -> None:
        self.api = api
        admin = api.client("admin")
        admin.put("/v1/stores/s2", json=BODIES["/v1/stores/{store}"])
        admin.post("/v1/sessions", json={"cart": "other", "store": "s2", "session": "other"})
        admin.post("/v1/sessions", json={"cart": "cart", "store": "s1", "session": "before"})
        admin.post("/v1/sessions/before/checkout")
        paid = admin.post("/v1/sessions/before/paid", json=BODIES["/v1/sessions/{session}/paid"])
        self.code = paid.json()["code"]
        admin.post("/v1/sessions", json=BODIES["/v1/sessions"])
        self.event = api.event(1, id=EVENT, gtin=None, needs_review=True)
        assert admin.post("/v1/sessions/trip/events", json=self.event).status_code == 200
        self.endpoints = _endpoints(admin)

    def call(self, client: httpx.Client, method: str, path: str) -> int:
        """Call an endpoint with what it needs, see that the answer tells nothing of the inside."""
        url = path.format(session="trip", event=EVENT, code=self.code, store="s1", gtin=RICE)
        content = {"json": self.event if path.endswith("/events") else BODIES.get(path)}
        if path.endswith("/evidence"):
            content = JPEG if method == "PUT" else {}
        with client.stream(method, url, **content) as answer:
            if not (path.endswith("/live") and answer.status_code == 200):
                text = answer.read().decode("latin-1")
                assert path == "/openapi.json" or not INSIDE.search(text), (method, path, text)
                self._hold_problem(answer)
            return answer.status_code

    @staticmethod
    def _hold_problem(answer: httpx.Response) -> None:
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert json.loads(answer.content)["request_id"] == answer.headers["x-request-id"]


def _endpoints(client: httpx.Client) -> list[tuple[str, str]]:
    paths = client.get("/openapi.json").json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def open_shop(databases, make_module_api, request) -> Shop:
    return Shop(make_module_api(databases.make(request.param), key_cache_seconds=0))


def test_every_endpoint_is_in_the_matrix(open_shop) -> None:
    assert sorted(open_shop.endpoints) == sorted(MATRIX)


def test_what_no_document_lists_is_not_there(open_shop) -> None:
    admin = open_shop.api.client("admin")
    for path in ("/docs", "/redoc", "/v1", "/v1/keys", "/static/../cart", "/v1/sessions/trip/"):
        assert admin.get(path).status_code in (404, 405), path


def test_every_role_at_every_endpoint(open_shop) -> None:
    clients = {role: open_shop.api.client(role, scope) for role, scope in SCOPES.items()}
    payer = open_shop.api.client("shopper", "before")
    wrong = []
    for method, path in open_shop.endpoints:
        roles = MATRIX[method, path]
        for role, client in clients.items():
            own = payer if (role, path) == ("shopper", "/v1/receipts/{code}") else client
            status = open_shop.call(own, method, path)
            if (status == 403) == (roles is None or role in roles) or status == 401 or status >= 500:
                wrong.append((role, method, path, status))
    assert wrong == []


def test_no_key_and_keys_that_are_none_open_nothing(open_shop) -> None:
    for given in (None, "Bearer wrong", "Basic eDp5", "Bearer", "Bearer \u00e9", "Bearer ' OR 1=1 --"):
        headers = {"Authorization": given.encode()} if given else {}
        with httpx.Client(base_url=open_shop.api.url, headers=headers) as stranger:
            for (method, path), roles in MATRIX.items():
                status = open_shop.call(stranger, method, path)
                assert (status == 401) == (roles is not None), (given, method, path, status)


def test_a_revoked_key_opens_nothing(open_shop) -> None:
    for role, scope in SCOPES.items():
        client = open_shop.api.client(role, scope)
        with open_shop.api.service.work() as work:
            revoke_key(work, list_keys(work)[-1]["id"])
        for (method, path), roles in MATRIX.items():
            status = open_shop.call(client, method, path)
            assert (status == 401) == (roles is not None), (role, method, path, status)


def test_a_key_of_another_cart_session_or_store_opens_nothing_of_this_one(open_shop) -> None:
    wrong = []
    for role, scope in FOREIGN.items():
        client = open_shop.api.client(role, scope)
        for method, path in open_shop.endpoints:
            status = open_shop.call(client, method, path)
            free = (method, path) in OPEN_TO_STRANGERS or role in AT_ANY_STORE.get((method, path), ())
            allowed = MATRIX[method, path] is None or role in MATRIX[method, path]
            refused = (403, 404) if "{event}" in path else (403,)
            if (status == 200) != (free and allowed) or (status != 200 and status not in refused):
                wrong.append((role, scope, method, path, status))
    assert wrong == []


def test_lists_and_batches_hold_the_caller_s_own_only(open_shop) -> None:
    api = open_shop.api
    seen = api.client("associate", "s2").get("/v1/sessions").json()["items"]
    assert [one["session"] for one in seen] == ["other"]
    assert api.client("till", "s2").get("/v1/sessions", params={"store": "s1"}).status_code == 403
    sent = api.client("cart", "other").post("/v1/events", json=[api.event(2)])
    assert sent.json()["results"][0]["problem"]["status"] == 403
    other = {"cart": "third", "store": "s1", "session": "x"}
    assert api.client("associate", "s2").post("/v1/sessions", json=other).status_code == 403
