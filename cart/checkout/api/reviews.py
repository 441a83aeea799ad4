"""Reviews: what waits for the shopper or an associate."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from cart.checkout.api.access import AnyCaller, CounterCaller, PersonCaller
from cart.checkout.api.commands import Command, answers
from cart.checkout.api.shapes import (
    After,
    Body,
    EventId,
    GtinText,
    Limit,
    SessionId,
    StoreId,
    Weight,
    checked_gtin,
    page,
)
from cart.checkout.problems import Forbidden
from cart.checkout.service.catalogs import read_store
from cart.checkout.service.reviews import Decision, list_reviews, resolve
from cart.checkout.service.tallies import tally
from cart.checkout.service.trips import load
from cart.checkout.service.work import Service, Work

router = APIRouter(tags=["reviews"])


class NewDecision(Body):
    """What a review is decided to be."""

    decision: Literal["product", "from_initial", "waive"]
    """`product`: that of `gtin`; `from_initial`: it lay in the cart at the start; `waive`: let it go."""
    gtin: GtinText | None = None
    weight: Weight | None = None


@router.get("/v1/sessions/{session}/reviews", responses=answers(404))
def list_of_session(
    request: Request, session: SessionId, caller: AnyCaller, limit: Limit = 100, after: After = ""
) -> dict[str, Any]:
    """List what waits in a session, with candidates and pictures."""
    service: Service = request.app.state.service
    with service.reading() as work:
        trip = load(work, session, lock=False)
        caller.require_session(trip.id, trip.cart, trip.store)
        items = list_reviews(work, session=session, after=after, limit=limit)
    return page(items, limit, _place(items))


@router.get("/v1/stores/{store}/reviews", responses=answers(404))
def list_of_store(
    request: Request, store: StoreId, caller: CounterCaller, limit: Limit = 100, after: After = ""
) -> dict[str, Any]:
    """List what waits in a store."""
    service: Service = request.app.state.service
    caller.require_store(store)
    with service.reading() as work:
        read_store(work, store)
        items = list_reviews(work, store=store, after=after, limit=limit)
    return page(items, limit, _place(items))


def _place(items: list[dict[str, Any]]) -> str | None:
    return f"{items[-1]['session']}/{items[-1]['event']}" if items else None


@router.post("/v1/sessions/{session}/reviews/{event}", responses=answers(404, 409))
def decide(
    session: SessionId, event: EventId, body: NewDecision, caller: PersonCaller, command: Command
) -> JSONResponse:
    """Decide a review; a shopper names the product, the other decisions are an associate's."""
    if caller.role == "shopper" and body.decision != "product":
        raise Forbidden("an associate decides this")
    decision = Decision(body.decision, checked_gtin(body.gtin) if body.gtin else None, body.weight)

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        trip = load(work, session)
        caller.require_session(trip.id, trip.cart, trip.store)
        return 200, tally(work, resolve(work, session, str(event), decision, caller.id))

    return command.run(caller, body, run)
