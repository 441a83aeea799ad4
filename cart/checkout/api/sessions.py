"""Sessions: opened, read, corrected, checked out, paid."""

from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field, model_validator

from cart.checkout.api.access import AnyCaller, CounterCaller, PersonCaller, TillCaller, allow
from cart.checkout.api.commands import FOUND, Command, answers
from cart.checkout.api.shapes import (
    After,
    AfterNumber,
    Body,
    Currency,
    GtinText,
    Limit,
    Name,
    Quantity,
    SessionId,
    ShortName,
    Text,
    Weight,
    Whole,
    checked_gtin,
    one_of,
    page,
)
from cart.checkout.problems import Forbidden
from cart.checkout.service.history import epcis_document, ledger_lines
from cart.checkout.service.keys import Caller
from cart.checkout.service.sessions import (
    Correction,
    check_out,
    correct,
    list_sessions,
    open_session,
    pay,
    reopen,
)
from cart.checkout.service.tallies import tally
from cart.checkout.service.trips import Trip, load
from cart.checkout.service.work import Service, Work

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

Opener = Annotated[Caller, Depends(allow("cart", "associate", "admin"))]


class NewSession(Body):
    """A session to open."""

    cart: Name = Field(examples=["cart-7"])
    """The cart's id."""
    store: ShortName = Field(examples=["store-1"])
    """The store's id."""
    session: Name | None = Field(None, examples=["trip-1"])
    """The session's id; one is made where it is left out. Opening it again finds it."""
    shopper_token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43,200}$")] | None = None
    """256 random bits in base64url that the shopper's device made; the shopper's key to this session."""


class NewLine(Body):
    """What a person adds to the tally, or takes out of it."""

    model_config = ConfigDict(json_schema_extra=one_of({"gtin": "string"}, {"plu": "string"}))

    action: Literal["add", "remove"]
    gtin: GtinText | None = None
    plu: Annotated[str, Field(pattern=r"^[0-9]{4,5}$", examples=["4011"])] | None = None
    quantity: Quantity = 1
    weight: Weight | None = None

    @model_validator(mode="after")
    def _names_one_product(self) -> Self:
        if (self.gtin is None) == (self.plu is None):
            raise ValueError("give a gtin or a plu")
        return self


class Payment(Body):
    """A payment that a till reports."""

    reference: Text = Field(examples=["till-3/8812"])
    """The till's own reference; it shall not name the shopper."""
    amount: Annotated[int, Field(strict=True, ge=0, lt=2**53), Whole] = Field(examples=[249])
    """Minor units; it must be the tally's total."""
    currency: Currency = Field(examples=["EUR"])


def _own(work: Work, session: str, caller: Caller) -> Trip:
    trip = load(work, session)
    caller.require_session(trip.id, trip.cart, trip.store)
    return trip


@router.post("", status_code=201, responses=answers(404, 409) | FOUND)
def open_one(body: NewSession, caller: Opener, command: Command) -> JSONResponse:
    """Open a session of a cart in a store; 200 where this cart opened it before."""
    if caller.role == "cart" and caller.scope != body.cart:
        raise Forbidden("the cart is not this key's")
    if caller.role == "associate":
        caller.require_store(body.store)

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        trip, new = open_session(work, body.cart, body.store, body.session, body.shopper_token)
        return 201 if new else 200, tally(work, trip)

    return command.run(caller, body, run)


@router.get("", responses=answers())
def list_all(
    request: Request,
    caller: CounterCaller,
    *,
    store: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9._~:@+-]{1,64}$")] = None,
    state: Literal["open", "checkout", "paid", "abandoned"] | None = None,
    limit: Limit = 100,
    after: After = "",
) -> dict[str, Any]:
    """List sessions in order of their id; a till or an associate sees those of the own store."""
    service: Service = request.app.state.service
    place = caller.scope if caller.role != "admin" else store
    if store and place != store:
        raise Forbidden("the store is not this key's")
    with service.reading() as work:
        items = list_sessions(work, store=place, state=state, after=after, limit=limit)
    return page(items, limit, items[-1]["session"] if items else None)


@router.get("/{session}", responses=answers(404))
def read_one(
    request: Request,
    session: SessionId,
    caller: AnyCaller,
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """Read the tally as of now; 304 where the ETag is the one given in If-None-Match."""
    reading = request.app.state.tallies.read(session, caller)
    headers = {"ETag": reading.etag, "Cache-Control": "private, no-cache"}
    if if_none_match and (reading.etag in if_none_match or if_none_match.strip() == "*"):
        return Response(status_code=304, headers=headers)
    return Response(reading.body, media_type="application/json", headers=headers)


@router.get("/{session}/lines", responses=answers(404))
def read_lines(
    request: Request, session: SessionId, caller: AnyCaller, limit: Limit = 100, after: AfterNumber = 0
) -> dict[str, Any]:
    """Read the ledger: every line that was ever written, in order."""
    service: Service = request.app.state.service
    with service.reading() as work:
        _readable(work, session, caller)
        items = ledger_lines(work, session, after=after, limit=limit)
    return page(items, limit, items[-1]["number"] if items else None)


@router.post("/{session}/lines", status_code=201, responses=answers(404, 409))
def add_line(session: SessionId, body: NewLine, caller: PersonCaller, command: Command) -> JSONResponse:
    """Add to the tally, or take out of it, by hand: by GTIN, or loose produce by PLU and weight."""
    gtin = checked_gtin(body.gtin) if body.gtin else None
    correction = Correction(body.action, gtin, body.plu, body.quantity, body.weight)

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        _own(work, session, caller)
        return 201, tally(work, correct(work, session, correction, caller))

    return command.run(caller, body, run)


@router.post("/{session}/checkout", responses=answers(404, 409))
def check_out_one(session: SessionId, caller: AnyCaller, command: Command) -> JSONResponse:
    """Fix the prices and wait for the payment; reviews and pending events have to be settled first."""

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        _own(work, session, caller)
        return 200, tally(work, check_out(work, session))

    return command.run(caller, None, run)


@router.post("/{session}/reopen", responses=answers(404, 409))
def reopen_one(session: SessionId, caller: AnyCaller, command: Command) -> JSONResponse:
    """Go on shopping after checkout."""

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        _own(work, session, caller)
        return 200, tally(work, reopen(work, session))

    return command.run(caller, None, run)


@router.post("/{session}/paid", responses=answers(404, 409))
def pay_one(session: SessionId, body: Payment, caller: TillCaller, command: Command) -> JSONResponse:
    """Report a payment; the session closes, and the answer is its receipt."""

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        _own(work, session, caller)
        return 200, pay(work, session, body.reference, body.amount, body.currency)

    return command.run(caller, body, run)


_LD: dict[int | str, dict[str, Any]] = {
    200: {"description": "The document", "content": {"application/ld+json": {}}}
}


@router.get("/{session}/epcis", response_class=Response, responses=answers(404) | _LD)
def read_epcis(request: Request, session: SessionId, caller: AnyCaller) -> JSONResponse:
    """Read the session's lines as an EPCIS 2.0 document."""
    service: Service = request.app.state.service
    with service.reading() as work:
        _readable(work, session, caller)
        return JSONResponse(epcis_document(work, session), media_type="application/ld+json")


def _readable(work: Work, session: str, caller: Caller) -> None:
    trip = load(work, session, lock=False)
    caller.require_session(trip.id, trip.cart, trip.store)
