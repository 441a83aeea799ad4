from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.checkout.ledger import OpenAdd
from cart.checkout.pricing import Item, Quote, in_force, line_total, owed, price_lines, price_over, tax_of

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def _at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


QUOTES = (
    Quote(1, "region", _at(0), 200),
    Quote(2, "region", _at(10), 150),
    Quote(3, "store", _at(20), 180),
    Quote(4, "region", _at(30), 90),
    Quote(5, "store", _at(40), None),
)


@pytest.mark.parametrize(
    ("minute", "amount"), [(-1, None), (0, 200), (10, 150), (20, 180), (35, 180), (40, 90), (50, 90)]
)
def test_a_store_s_price_goes_before_its_region_s_until_withdrawn(minute: float, amount: int | None) -> None:
    quote = in_force(QUOTES, _at(minute))
    assert (quote and quote.amount) == amount


@pytest.mark.parametrize(
    ("since", "until", "policy", "amount"),
    [
        (5, 6, "lowest", 200),
        (5, 15, "lowest", 150),
        (5, 25, "lowest", 150),
        (22, 60, "lowest", 90),
        (22, 39, "lowest", 180),
        (5, 60, "at_add", 200),
        (15, 25, "current", 180),
        (-5, 5, "lowest", 200),
    ],
)
def test_a_fall_is_passed_on_and_a_rise_is_not(since, until, policy, amount) -> None:
    quote = price_over(QUOTES, _at(since), _at(until), policy)
    assert quote is not None
    assert quote.amount == amount


def test_items_of_one_product_and_price_are_one_line() -> None:
    item = Item("96385074", "Rice", None, False, QUOTES)
    adds = [OpenAdd(1, "g", 2, _at(1)), OpenAdd(2, "g", 1, _at(2)), OpenAdd(3, "g", 1, _at(25))]
    lines = price_lines(adds, {"g": item}, _at(26), "lowest")
    assert [(line.quantity, line.unit_price, line.total) for line in lines] == [(3, 150, 450), (1, 180, 180)]


def test_produce_is_priced_by_its_weight() -> None:
    assert line_total(299, 1, Decimal("0.505")) == 151
    item = Item("96385074", "Apples", None, True, QUOTES)
    adds = [
        OpenAdd(1, "g", 1, _at(1), Decimal("0.5")),
        OpenAdd(2, "g", 1, _at(1), Decimal("0.5")),
    ]
    assert [line.total for line in price_lines(adds, {"g": item}, _at(2), "lowest")] == [100, 100]


def test_tax_is_rounded_once_a_rate_included_or_added() -> None:
    amounts = [(249, Decimal("0.07")), (249, Decimal("0.07")), (119, Decimal("0.19")), (100, None)]
    assert tax_of(amounts, included=True) == 33 + 19
    assert tax_of(amounts, included=False) == 35 + 23
    assert (owed(amounts, included=True), owed(amounts, included=False)) == (717, 717 + 58)


@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from([None, Decimal("0.07"), Decimal("0.19")]))),
    st.booleans(),
)
def test_returning_items_one_by_one_gives_back_exactly_what_was_paid(amounts, included) -> None:
    refunds = [
        owed(amounts[place:], included=included) - owed(amounts[place + 1 :], included=included)
        for place in range(len(amounts))
    ]
    assert sum(refunds) == owed(amounts, included=included)
