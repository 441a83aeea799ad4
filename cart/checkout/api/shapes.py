"""Shapes that several nouns share: identifiers, amounts, pages, problems."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from cart.catalog import currencies, currency_exponent
from cart.checkout import problems
from cart.checkout.pricing import MAX_MINOR
from cart.checkout.problems import Invalid, Problem
from cart.errors import InputError
from cart.gtin import parse

NAME = r"^[A-Za-z0-9._~:@+-]{1,100}$"
SHORT_NAME = r"^[A-Za-z0-9._~:@+-]{1,64}$"
GTIN = r"^([0-9]{8}|[0-9]{12,14})$"
TEXT = r"^[^\x00-\x1f\x7f]*$"


def _without_fraction(value: object) -> object:
    """Return a whole number that JSON has as 2.0 as 2, as JSON Schema takes it; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _decimal(pattern: str, description: str, example: str) -> Any:
    """Return the type of a decimal that is sent as text, so that no digit of it is lost."""

    def read(value: object) -> Decimal:
        if isinstance(value, Decimal):
            return value
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return Decimal(value)
        raise ValueError(f'write it as text, like "{example}"')

    schema = {"type": "string", "pattern": pattern, "description": description, "examples": [example]}
    return Annotated[Decimal, BeforeValidator(read), WithJsonSchema(schema)]


Name = Annotated[str, Field(pattern=NAME)]
ShortName = Annotated[str, Field(pattern=SHORT_NAME)]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
ShortText = Annotated[str, Field(min_length=1, max_length=100, pattern=TEXT)]
Currency = Annotated[
    str,
    Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code", json_schema_extra={"enum": list(currencies())}),
]
Whole = BeforeValidator(_without_fraction)
Amount = Annotated[int, Field(strict=True, ge=0, lt=MAX_MINOR, description="Minor units, like cents"), Whole]
Quantity = Annotated[int, Field(strict=True, ge=1, le=10_000), Whole]
Rate = _decimal(r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", "Share: 0.19 is 19 %", "0.07")
Weight = _decimal(
    r"^([1-9][0-9]{0,2}(\.[0-9]{1,3})?|0\.([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9]))$", "Kilograms", "0.505"
)
GtinText = Annotated[
    str,
    Field(
        pattern=GTIN,
        examples=["4006381333931"],
        description="GTIN-8, -12, -13 or -14, with its check digit",
        json_schema_extra={"format": "gtin"},
    ),
]

SessionId = Annotated[str, Path(pattern=NAME, description="The session's id", examples=["trip-1"])]
StoreId = Annotated[str, Path(pattern=SHORT_NAME, description="The store's id", examples=["store-1"])]
EventId = Annotated[
    UUID, Path(description="The event's id", examples=["0197a7c0-1c2e-7d43-9a6b-0d8f6f2a9c12"])
]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most")]
After = Annotated[
    str, Query(pattern=r"^[A-Za-z0-9._~:@+/-]{0,140}$", description="`next` of the page before")
]
AfterNumber = Annotated[int, Query(ge=0, lt=2**31, description="`next` of the page before")]


class Body(BaseModel):
    """A request body; what is not known in it is refused, so that a misspelt field is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def one_of(*choices: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON Schema of an object in which just one of several choices of members, with types, holds.

    A member of the type `null` may be left out.
    """
    return {
        "oneOf": [
            {
                "properties": {name: {"type": kind} for name, kind in choice.items()},
                "required": [name for name, kind in choice.items() if kind != "null"],
            }
            for choice in choices
        ]
    }


class ProblemShape(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str = Field(examples=["urn:cart:problem:not-found"])
    title: str
    status: int
    detail: str
    request_id: str


_KINDS: tuple[type[Problem], ...] = (Problem, *Problem.__subclasses__())
PROBLEMS: dict[int, dict[str, Any]] = {
    kind.status: {
        "description": kind.title,
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": kind("what was wrong, and what to do").to_dict() | {"request_id": "5f1c0d"},
            }
        },
    }
    for kind in _KINDS
}
PROBLEMS[409]["description"] = problems.Conflict.title


def page(items: Sequence[Mapping[str, Any]], limit: int, last: object) -> dict[str, Any]:
    """Return a page of a list; `last` is the place of its last item, by which the next page is asked for."""
    return {"items": list(items), "next": str(last) if items and len(items) == limit else None}


def checked_gtin(text: str) -> str:
    """Return a GTIN as it is written.

    Raises:
        Invalid: its check digit or length is wrong.
    """
    try:
        return parse(text)
    except InputError as error:
        raise Invalid(str(error)) from None


def checked_currency(currency: str) -> str:
    """Return a currency.

    Raises:
        Invalid: it is none of ISO 4217.
    """
    try:
        currency_exponent(currency)
    except InputError as error:
        raise Invalid(str(error)) from None
    return currency
