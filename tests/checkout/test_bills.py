"""What a session owes, fixed at checkout, in any currency; and products told as the catalog writes them."""

import pytest

from cart.checkout.api.printing import receipt_page

TEA, RICE, SOAP = "4006381333931", "96385074", "614141000036"
OPEN = {"cart": "cart", "store": "s1", "session": "trip"}
PRICE = {"gtin": TEA, "scope": "region", "place": "r1", "amount": 199, "currency": "EUR"}
STORE = {"name": "Store 1", "region": "r1", "currency": "EUR"}


def test_nothing_changes_what_is_owed_from_checkout_on(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    admin.post(
        "/v1/sessions/trip/events", json=[api.event(1), api.event(2, "remove", RICE, from_initial=True)]
    )
    owed = admin.post("/v1/sessions/trip/checkout").json()
    admin.post("/v1/prices", json=PRICE)
    admin.put(f"/v1/products/{TEA}", json={"name": "Another name", "tax_rate": "0.5"})
    admin.put("/v1/stores/s1", json={**STORE, "price_policy": "current", "tax_included": False})
    assert admin.get("/v1/sessions/trip").json() == owed
    paid = {"reference": "till-3/8812", "amount": 249, "currency": "EUR"}
    receipt = admin.post("/v1/sessions/trip/paid", json=paid).json()
    assert (receipt["payment"], receipt["total"]) == ("till-3/8812", 249)
    closed = admin.get("/v1/sessions/trip").json()
    assert {**closed, "state": "checkout", "version": owed["version"]} == owed
    assert receipt["lines"] == owed["lines"]


def test_who_goes_on_shopping_pays_by_the_prices_of_then(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    admin.post("/v1/sessions/trip/events", json=api.event(1))
    admin.post("/v1/sessions/trip/checkout")
    admin.post("/v1/prices", json=PRICE)
    assert admin.post("/v1/sessions/trip/reopen").json()["total"] == 199


def test_a_store_s_region_stays_while_it_has_open_sessions(admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    other = {**STORE, "region": "r2"}
    assert admin.put("/v1/stores/s1", json=other).status_code == 409
    admin.post("/v1/sessions/trip/checkout")
    admin.post("/v1/sessions/trip/paid", json={"reference": "t", "amount": 0, "currency": "EUR"})
    assert admin.put("/v1/stores/s1", json=other).status_code == 200


@pytest.mark.parametrize(
    ("currency", "amount", "shown"), [("JPY", 1200, "1,200 JPY"), ("KWD", 1250, "1.250 KWD")]
)
def test_currencies_have_their_own_decimals(api, admin, currency: str, amount: int, shown: str) -> None:
    admin.put("/v1/stores/far", json={"name": "Far", "region": "far", "currency": currency})
    price = {"gtin": TEA, "scope": "region", "place": "far", "amount": amount, "currency": currency}
    assert admin.post("/v1/prices", json=price).status_code == 201
    admin.post("/v1/sessions", json={**OPEN, "store": "far"})
    admin.post("/v1/sessions/trip/events", json=api.event(1))
    admin.post("/v1/sessions/trip/checkout")
    paid = {"reference": "t", "amount": amount, "currency": currency}
    code = admin.post("/v1/sessions/trip/paid", json=paid).json()["code"]
    assert shown in admin.get(f"/v1/receipts/{code}", headers={"Accept": "text/html"}).text


def test_a_page_shows_large_amounts_to_the_last_unit() -> None:
    receipt = {"store": "s", "currency": "EUR", "lines": [], "tax": 0, "tax_included": True, "code": "C"}
    assert "90,071,992,547,409.93 EUR" in receipt_page({**receipt, "total": 9_007_199_254_740_993})


def test_a_product_is_told_as_the_catalog_writes_it(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    event = api.event(1, gtin="00" + SOAP)
    admin.post(
        "/v1/sessions/trip/events", json=[event, api.event(2, "remove", "0" + SOAP), api.event(3, gtin=SOAP)]
    )
    tally = admin.get("/v1/sessions/trip").json()
    assert [(line["gtin"], line["quantity"]) for line in tally["lines"]] == [(SOAP, 1)]
    lines = admin.get("/v1/sessions/trip/lines").json()["items"]
    prices = admin.get(f"/v1/products/00{SOAP}/prices").json()["items"]
    set_now = admin.post("/v1/prices", json={**PRICE, "gtin": "0" + SOAP}).json()
    assert {one["gtin"] for one in (*lines, *prices, set_now)} == {SOAP}
