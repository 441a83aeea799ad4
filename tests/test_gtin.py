import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart import gtin
from cart.errors import InputError

bodies = st.sampled_from(gtin.LENGTHS).flatmap(
    lambda n: st.text("0123456789", min_size=n - 1, max_size=n - 1)
)
gtins = bodies.map(lambda body: body + str(gtin.check_digit(body)))


@pytest.mark.parametrize(
    "number",
    [
        "96385074",  # GTIN-8
        "614141000036",  # GTIN-12
        "4006381333931",  # GTIN-13
        "6291041500213",  # GTIN-13, the example of GS1's check digit calculator
        "10614141000415",  # GTIN-14
    ],
)
def test_numbers_in_use_are_valid(number: str) -> None:
    assert gtin.parse(number) == number


@given(gtins)
def test_a_body_with_its_check_digit_is_valid(number: str) -> None:
    assert gtin.is_valid(number)


@given(gtins, st.data())
def test_any_one_wrong_digit_is_found(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[place]))
    assert not gtin.is_valid(number[:place] + digit + number[place + 1 :])


@given(gtins)
def test_leading_zeros_change_nothing(number: str) -> None:
    longer = [number.zfill(length) for length in gtin.LENGTHS if length >= len(number)]
    assert {gtin.canonical(text) for text in longer} == {gtin.canonical(number)}
    assert len(gtin.canonical(number)) == 14


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4006381333932", "has a wrong check digit, 1 would be right"),
        ("12345678901", "has 11 digits, not 8, 12, 13 or 14"),
        ("4.00638E+12", "is not a GTIN: write its 8, 12, 13 or 14 digits"),
        ("", "is not a GTIN"),
        ("４００６３８１３３３９３１", "is not a GTIN"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    assert not gtin.is_valid(text)
    with pytest.raises(InputError, match=message):
        gtin.parse(text)


def test_a_check_digit_needs_digits() -> None:
    with pytest.raises(InputError, match="is not a number"):
        gtin.check_digit("12a")
