"""Receipts, as JSON and as a page that prints; returns against them."""

from collections import Counter
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ConfigDict, Field, StrictBool, model_validator

from cart.checkout.api.access import AnyCaller, CounterCaller, allow
from cart.checkout.api.commands import Command, answers
from cart.checkout.api.printing import receipt_page
from cart.checkout.api.shapes import (
    Amount,
    Body,
    Currency,
    GtinText,
    Quantity,
    Rate,
    SessionId,
    ShortName,
    ShortText,
    Text,
    Whole,
    checked_currency,
    checked_gtin,
    one_of,
)
from cart.checkout.service import receipts
from cart.checkout.service.keys import Caller
from cart.checkout.service.trips import load
from cart.checkout.service.work import Service, Work

router = APIRouter(prefix="/v1", tags=["receipts"])

Code = Annotated[
    str, Path(pattern=r"^[0-9A-Z]{12}$", description="The receipt's code", examples=["7Q2M4ZK0T9XB"])
]
ReceiptReader = Annotated[Caller, Depends(allow("shopper", "till", "associate", "admin"))]
Accept = Annotated[str, Header(max_length=1000)]
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The receipt", "content": {"application/json": {}, "text/html": {}}}
}


class NewOrderLine(Body):
    """A line of an order."""

    gtin: GtinText
    name: Text = Field(examples=["Herbal tea"])
    quantity: Quantity
    unit_price: Amount = Field(examples=[249])
    tax_rate: Rate | None = None


class NewOrder(Body):
    """An order bought elsewhere; its lines are needed the first time only."""

    model_config = ConfigDict(
        json_schema_extra=one_of(
            {"lines": "array", "currency": "string"}, {"lines": "null", "currency": "null"}
        )
    )

    source: ShortName = Field(examples=["webshop"])
    number: ShortText = Field(examples=["W-1001"])
    currency: Currency | None = None
    tax_included: StrictBool = True
    lines: Annotated[list[NewOrderLine], Field(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _lines_have_a_currency(self) -> Self:
        if (self.lines is None) != (self.currency is None):
            raise ValueError("give lines and currency both, or neither")
        return self


class ReturnedLine(Body):
    """Items of one line that come back."""

    line: Annotated[int, Field(strict=True, ge=1, le=100_000), Whole]
    """Place in the receipt's lines, from 1."""
    quantity: Quantity


class NewReturn(Body):
    """What comes back, against a receipt or an order."""

    model_config = ConfigDict(json_schema_extra=one_of({"receipt": "string"}, {"order": "object"}))

    store: ShortName = Field(examples=["store-1"])
    """Where it is brought to."""
    receipt: Annotated[str, Field(pattern=r"^[0-9A-Z]{12}$")] | None = None
    order: NewOrder | None = None
    lines: Annotated[list[ReturnedLine], Field(min_length=1, max_length=500)] | None = None
    """What comes back; left out for all that is left."""

    @model_validator(mode="after")
    def _against_one(self) -> Self:
        if (self.receipt is None) == (self.order is None):
            raise ValueError("give a receipt's code or an order")
        return self


@router.get("/sessions/{session}/receipt", response_class=Response, responses=answers(404) | _PAGE)
def read_of_session(
    request: Request, session: SessionId, caller: AnyCaller, accept: Accept = "application/json"
) -> Response:
    """Read the receipt of a paid session; as a page with `Accept: text/html`."""
    service: Service = request.app.state.service
    with service.reading() as work:
        trip = load(work, session, lock=False)
        caller.require_session(trip.id, trip.cart, trip.store)
        return _answer(receipts.session_receipt(work, session), accept)


@router.get("/receipts/{code}", response_class=Response, responses=answers(404) | _PAGE)
def read_one(
    request: Request, code: Code, caller: ReceiptReader, accept: Accept = "application/json"
) -> Response:
    """Read a receipt by its code, at any store; as a page with `Accept: text/html`."""
    service: Service = request.app.state.service
    with service.reading() as work:
        receipt = receipts.read_receipt(work, code)
        if caller.role == "shopper":
            caller.require_session(receipt["session"], "", "")
        return _answer(receipt, accept)


def _answer(receipt: dict[str, Any], accept: str) -> Response:
    if "text/html" in accept:
        return HTMLResponse(receipt_page(receipt))
    return JSONResponse(receipt)


@router.post("/returns", status_code=201, responses=answers(404, 409))
def give_back(body: NewReturn, caller: CounterCaller, command: Command) -> JSONResponse:
    """Return items at the price paid, whole or in part, each once, at any store; imports an order."""
    caller.require_store(body.store)
    wanted = Counter[int]()
    for line in body.lines or ():
        wanted[line.line] += line.quantity
    order = _order(body.order) if body.order and body.order.lines else None

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        code = body.receipt
        if order:
            code = receipts.import_order(work, order, body.store)
        elif body.order:
            code = receipts.order_code(work, body.order.source, body.order.number)
        return 201, receipts.give_back(work, code or "", body.store, wanted or None)

    return command.run(caller, body, run)


def _order(order: NewOrder) -> receipts.Order:
    lines = tuple(
        receipts.OrderLine(checked_gtin(line.gtin), line.name, line.quantity, line.unit_price, line.tax_rate)
        for line in order.lines or ()
    )
    currency = checked_currency(order.currency or "")
    return receipts.Order(order.source, order.number, currency, order.tax_included, lines)
