import json
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.catalog import Product
from cart.checkout.domain import InitialItem, LedgerLine, Receipt, make_receipt, post, write_ledger
from cart.events import CartEvent

MakeEvent = Callable[..., CartEvent]
Trip = list[tuple[str, str | None, int, bool]]

TEA, RICE, SOAP, UNPRICED = "4006381333931", "96385074", "614141000036", "2000000040110"
PRODUCTS = {
    TEA: Product(TEA, "Tea", 249, "EUR", tax_rate=Decimal("0.07")),
    RICE: Product(RICE, "Rice", 100, "EUR"),
    SOAP.zfill(13): Product(SOAP, "Soap", 119, "EUR", tax_rate=Decimal("0.19")),
    SOAP: Product(SOAP, "Soap", 119, "EUR", tax_rate=Decimal("0.19")),
}
prices = PRODUCTS.get


def _receipt(*events: CartEvent) -> Receipt:
    return make_receipt("trip-1", write_ledger(events, prices), "EUR")


def _summary(receipt: Receipt) -> list[tuple[str, int, int]]:
    return [(line.name, line.quantity, line.total) for line in receipt.lines]


def test_adds_of_one_product_are_one_line(make_event: MakeEvent) -> None:
    receipt = _receipt(make_event("add", TEA), make_event("add", RICE), make_event("add", TEA, quantity=2))
    assert _summary(receipt) == [("Tea", 3, 747), ("Rice", 1, 100)]
    assert (receipt.total, receipt.pending_reviews) == (847, 0)


def test_a_removal_reverses_the_latest_add_of_its_product(make_event: MakeEvent) -> None:
    events = [make_event(*event) for event in [("add", TEA), ("add", TEA), ("add", RICE), ("remove", TEA)]]
    ledger = write_ledger(events, prices)
    assert ledger[-1].reverses == 1
    again = post(ledger, make_event("remove", TEA), prices)
    assert [line.reverses for line in again] == [0]


def test_a_removal_takes_back_the_price_that_its_add_had(make_event: MakeEvent) -> None:
    ledger = write_ledger([make_event("add", TEA)], prices)
    dearer = Product(TEA, "Tea", 999, "EUR")
    ledger += post(ledger, make_event("remove", TEA), lambda _: dearer)
    assert make_receipt("trip-1", ledger, "EUR").lines == ()


def test_a_removal_of_several_reverses_several_adds_and_reviews_the_rest(make_event: MakeEvent) -> None:
    ledger = write_ledger([make_event("add", TEA, quantity=2), make_event("add", TEA)], prices)
    written = post(ledger, make_event("remove", TEA, quantity=5), prices)
    assert [(line.quantity, line.reverses, line.needs_review) for line in written] == [
        (1, 1, False),
        (2, 0, False),
        (2, None, True),
    ]


def test_a_removal_of_what_is_not_in_the_tally_waits_for_review(make_event: MakeEvent) -> None:
    receipt = _receipt(make_event("add", RICE), make_event("remove", TEA))
    assert (receipt.total, receipt.pending_reviews) == (100, 1)
    assert [(line.name, line.quantity, line.total, line.needs_review) for line in receipt.lines] == [
        ("Rice", 1, 100, False),
        ("Tea", 1, 0, True),
    ]


def test_the_forms_of_one_gtin_are_one_product(make_event: MakeEvent) -> None:
    receipt = _receipt(make_event("add", SOAP.zfill(13)), make_event("add", SOAP), make_event("remove", SOAP))
    assert [(line.gtin, line.quantity) for line in receipt.lines] == [(SOAP, 1)]


def test_what_needs_review_is_out_of_the_total(make_event: MakeEvent) -> None:
    events = [make_event("add", TEA, needs_review=True), make_event("add", None, needs_review=True)]
    receipt = _receipt(*events, make_event("remove", TEA))
    assert (receipt.total, receipt.tax, receipt.pending_reviews) == (0, 0, 3)
    assert [(line.name, line.unit_price, line.total) for line in receipt.lines] == [
        ("Tea", 249, 0),
        ("item", None, 0),
        ("Tea", 249, 0),
    ]


@pytest.mark.parametrize("gtin", [None, UNPRICED])
def test_what_the_store_has_no_price_for_waits_for_review(make_event: MakeEvent, gtin: str | None) -> None:
    receipt = _receipt(make_event("add", gtin))
    assert (receipt.total, receipt.pending_reviews) == (0, 1)


def test_what_leaves_the_initial_contents_is_a_line_at_price_zero(make_event: MakeEvent) -> None:
    receipt = _receipt(
        make_event("add", TEA),
        make_event("remove", TEA, from_initial=True),
        make_event("remove", None, from_initial=True),
    )
    assert [(line.name, line.quantity, line.unit_price, line.total) for line in receipt.lines] == [
        ("Tea", 1, 249, 249),
        ("Tea", 1, 0, 0),
        ("item", 1, 0, 0),
    ]
    assert [line.from_initial for line in receipt.lines] == [False, True, True]
    assert (receipt.total, receipt.pending_reviews) == (249, 0)


def test_without_a_catalog_items_are_counted(make_event: MakeEvent) -> None:
    events = [make_event("add"), make_event("add"), make_event("remove"), make_event("add", TEA)]
    receipt = make_receipt("trip-1", write_ledger(events, None))
    assert [(line.gtin, line.name, line.quantity, line.unit_price, line.total) for line in receipt.lines] == [
        (None, "item", 1, None, 0),
        (TEA, TEA, 1, None, 0),
    ]
    assert (receipt.currency, receipt.total, receipt.tax, receipt.pending_reviews) == (None, 0, 0, 0)


def test_an_event_sent_twice_is_applied_once(make_event: MakeEvent) -> None:
    add = make_event("add", TEA)
    assert _summary(_receipt(add, add, make_event("add", TEA), add)) == [("Tea", 2, 498)]


@pytest.mark.parametrize(
    ("added", "tax"),
    [
        ([TEA], 16),  # 249 * 7 / 107 = 16.29
        ([TEA, TEA], 33),  # 498 * 7 / 107 = 32.58, once for the rate: not 2 * 16
        ([TEA, SOAP, RICE], 35),  # 16.29 and 119 * 19 / 119 = 19
    ],
)
def test_tax_is_rounded_once_a_rate(make_event: MakeEvent, added: Sequence[str], tax: int) -> None:
    assert _receipt(*(make_event("add", gtin) for gtin in added)).tax == tax


def test_half_a_cent_of_tax_is_rounded_up(make_event: MakeEvent) -> None:
    product = Product(TEA, "Tea", 3, "EUR", tax_rate=Decimal("0.2"))  # 3 * 0.2 / 1.2 = 0.5
    assert make_receipt("trip-1", write_ledger([make_event("add", TEA)], lambda _: product), "EUR").tax == 1


def test_the_receipt_s_json(make_event: MakeEvent) -> None:
    events = [make_event("add", TEA), make_event("remove", RICE, from_initial=True)]
    initial = [InitialItem(RICE, "Rice", 1)]
    receipt = make_receipt("trip-1", write_ledger(events, prices), "EUR", initial)
    tea = {"gtin": TEA, "name": "Tea", "quantity": 1, "unit_price": 249, "total": 249, "needs_review": False}
    rice = {"gtin": RICE, "name": "Rice", "quantity": 1, "unit_price": 0, "total": 0, "needs_review": False}
    assert json.loads(receipt.to_json()) == {
        "session": "trip-1",
        "currency": "EUR",
        "lines": [tea, rice],
        "tax": 16,
        "total": 249,
        "pending_reviews": 0,
        "initial": [{"gtin": RICE, "name": "Rice", "quantity": 1}],
    }
    assert list(receipt.to_dict()) == [
        "session",
        "currency",
        "lines",
        "tax",
        "total",
        "pending_reviews",
        "initial",
    ]


trips = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "remove"]),
        st.sampled_from([TEA, RICE, SOAP, SOAP.zfill(13), UNPRICED, None]),
        st.integers(1, 3),
        st.booleans(),
    )
)


def _drawn(make_event: MakeEvent, trip: Trip) -> list[CartEvent]:
    return [
        make_event(action, gtin, quantity=quantity, needs_review=review)
        for action, gtin, quantity, review in trip
    ]


def _counted(ledger: Sequence[LedgerLine]) -> Counter[str | None]:
    tally: Counter[str | None] = Counter()
    for line in ledger:
        tally[line.gtin] += line.counts
    return tally


@given(trips)
def test_at_every_moment_no_count_and_no_total_is_negative(make_event: MakeEvent, trip: Trip) -> None:
    ledger = write_ledger(_drawn(make_event, trip), prices)
    for end in range(len(ledger) + 1):
        assert min(_counted(ledger[:end]).values(), default=0) >= 0
        receipt = make_receipt("trip-1", ledger[:end], "EUR")
        assert all(line.quantity >= 1 and line.total >= 0 for line in receipt.lines)
        assert 0 <= receipt.tax <= receipt.total == sum(line.total for line in receipt.lines)


@given(trips)
def test_the_receipt_counts_what_was_added_and_not_removed(make_event: MakeEvent, trip: Trip) -> None:
    ledger = write_ledger(_drawn(make_event, trip), prices)
    receipt = make_receipt("trip-1", ledger, "EUR")
    billed = Counter({line.gtin: line.quantity for line in receipt.lines if not line.needs_review})
    assert billed == +_counted(ledger)
    assert receipt.pending_reviews == sum(line.needs_review for line in receipt.lines)


@given(trips)
def test_no_item_is_lost_between_events_and_ledger(make_event: MakeEvent, trip: Trip) -> None:
    events = _drawn(make_event, trip)
    ledger = write_ledger(events, prices)
    written: Counter[object] = Counter()
    for line in ledger:
        written[line.event_id] += line.quantity
    assert written == Counter({event.id: event.data.quantity for event in events})


@given(trips)
def test_no_add_is_reversed_by_more_than_it_brought(make_event: MakeEvent, trip: Trip) -> None:
    ledger = write_ledger(_drawn(make_event, trip), prices)
    taken: Counter[int] = Counter()
    for place, line in enumerate(ledger):
        if line.reverses is not None:
            taken[line.reverses] += line.quantity
            add = ledger[line.reverses]
            assert line.reverses < place
            assert (add.action, add.gtin, add.unit_price) == ("add", line.gtin, line.unit_price)
    assert all(quantity <= ledger[place].quantity for place, quantity in taken.items())


@given(trips)
def test_applying_events_again_changes_nothing(make_event: MakeEvent, trip: Trip) -> None:
    events = _drawn(make_event, trip)
    assert write_ledger(events + events, prices) == write_ledger(events, prices)
