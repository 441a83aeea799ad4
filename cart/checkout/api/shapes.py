"""Shapes that several nouns share: identifiers, amounts, pages, problems."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from cart.catalog import currency_exponent
from cart.checkout import problems
from cart.checkout.pricing import MAX_MINOR
from cart.checkout.problems import BadRequest, Invalid, Problem
from cart.errors import InputError
from cart.gtin import parse

NAME = r"^[A-Za-z0-9._~:@+-]{1,100}$"
SHORT_NAME = r"^[A-Za-z0-9._~:@+-]{1,64}$"
TEXT = r"^[^\x00-\x1f\x7f]*$"

Name = Annotated[str, Field(pattern=NAME)]
ShortName = Annotated[str, Field(pattern=SHORT_NAME)]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code")]
Amount = Annotated[int, Field(strict=True, ge=0, lt=MAX_MINOR, description="Minor units, like cents")]
Quantity = Annotated[int, Field(strict=True, ge=1, le=10_000)]
Rate = Annotated[
    Decimal, Field(ge=0, le=1, max_digits=10, decimal_places=6, description="Share: 0.19 is 19 %")
]
Weight = Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=3, description="Kilograms")]
GtinText = Annotated[str, Field(pattern=r"^[0-9]{8,14}$", examples=["4006381333931"])]

SessionId = Annotated[str, Path(pattern=NAME, description="The session's id", examples=["trip-1"])]
StoreId = Annotated[str, Path(pattern=SHORT_NAME, description="The store's id", examples=["store-1"])]
EventId = Annotated[
    UUID, Path(description="The event's id", examples=["0197a7c0-1c2e-7d43-9a6b-0d8f6f2a9c12"])
]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most")]
After = Annotated[str, Query(max_length=400, description="`next` of the page before")]


class Body(BaseModel):
    """A request body; what is not known in it is refused, so that a misspelt field is told."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


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


def page(items: Sequence[Mapping[str, Any]], limit: int, cursor: str | None) -> dict[str, Any]:
    """Return a page of a list; `cursor` is the place of its last item."""
    more = cursor is not None and len(items) == limit
    return {"items": list(items), "next": to_cursor(cursor) if more and cursor else None}


def to_cursor(place: str) -> str:
    """Return a place in a list as an opaque cursor."""
    return base64.urlsafe_b64encode(place.encode()).decode()


def from_cursor(cursor: str) -> str:
    """Return the place that a cursor stands for.

    Raises:
        BadRequest: it is no cursor that the service gave out.
    """
    try:
        place = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise BadRequest("`after` is not the `next` of a page") from None
    if "\0" in place:
        raise BadRequest("`after` is not the `next` of a page")
    return place


def number_cursor(cursor: str) -> int:
    """Return the number that a cursor stands for, 0 for none.

    Raises:
        BadRequest: it is no cursor that the service gave out.
    """
    place = from_cursor(cursor) or "0"
    if not (place.isascii() and place.isdigit() and len(place) < 10):
        raise BadRequest("`after` is not the `next` of a page")
    return int(place)


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
