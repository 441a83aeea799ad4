"""GTINs, the numbers of products: GTIN-8, -12 (UPC-A), -13 (EAN-13) and -14, with their check digit.

Source: GS1 General Specifications, section 7.9, "Check digit calculations".
"""

from cart.errors import InputError

LENGTHS = (8, 12, 13, 14)
"""How many digits a GTIN may have."""


def check_digit(digits: str) -> int:
    """Return the check digit, 0..9, that follows `digits` (all digits of a GTIN but its last).

    From the right, digits weigh 3, 1, 3, 1, ...; the check digit brings their sum to a multiple of ten.

    >>> check_digit("400638133393")
    1

    Raises:
        InputError: `digits` holds something other than the digits 0 to 9, or nothing.
    """
    if not (digits.isascii() and digits.isdigit()):
        raise InputError(f"{digits!r} is not a number: write the digits 0 to 9 only")
    heavy, light = digits[::-2], digits[-2::-2]
    return -(3 * sum(map(int, heavy)) + sum(map(int, light))) % 10


def parse(text: str) -> str:
    """Return the GTIN in `text` as it is written, without blanks around it.

    >>> parse(" 4006381333931 ")
    '4006381333931'

    Raises:
        InputError: not 8, 12, 13 or 14 digits, or a wrong check digit.
    """
    gtin = text.strip()
    if not (gtin.isascii() and gtin.isdigit()):
        raise InputError(f"{gtin!r} is not a GTIN: write its 8, 12, 13 or 14 digits only")
    if len(gtin) not in LENGTHS:
        raise InputError(
            f"GTIN {gtin} has {len(gtin)} digits, not 8, 12, 13 or 14: write all of them, leading zeros too"
        )
    expected = check_digit(gtin[:-1])
    if int(gtin[-1]) != expected:
        raise InputError(f"GTIN {gtin} has a wrong check digit, {expected} would be right: check the number")
    return gtin


def is_valid(text: str) -> bool:
    """Tell whether `text` holds a GTIN.

    >>> is_valid("4006381333931"), is_valid("4006381333930")
    (True, False)
    """
    try:
        parse(text)
    except InputError:
        return False
    return True


def canonical(gtin: str) -> str:
    """Return the 14 digits by which GTINs are compared, whatever their written length.

    >>> canonical("012345678905") == canonical("0012345678905")
    True

    Raises:
        InputError: `gtin` is not a GTIN.
    """
    return parse(gtin).zfill(14)
