"""Stores, and what goes on in them."""

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from cart.checkout.api.access import Admin, CounterCaller, StaffCaller
from cart.checkout.api.commands import FOUND, Command, answers
from cart.checkout.api.shapes import (
    After,
    Body,
    Currency,
    Limit,
    ShortName,
    StoreId,
    Text,
    checked_currency,
    page,
)
from cart.checkout.service import catalogs
from cart.checkout.service.floor import store_now
from cart.checkout.service.work import Service, Work

router = APIRouter(prefix="/v1/stores", tags=["stores"])


class NewStore(Body):
    """How a store sells."""

    name: Text = Field(examples=["High Street"])
    region: ShortName = Field("default", examples=["default"])
    """The region whose prices it has; made where it is new."""
    currency: Currency = Field(examples=["EUR"])
    """The region's currency."""
    tax_included: StrictBool = True
    """Whether prices include tax; else it is added."""
    price_policy: Literal["lowest", "at_add", "current"] = "lowest"
    """`lowest` in force from add to checkout; as it was `at_add`; as it is: `current`."""


@router.get("", responses=answers())
def list_all(request: Request, caller: Admin, limit: Limit = 100, after: After = "") -> dict[str, Any]:  # noqa: ARG001
    """List stores in order of id."""
    service: Service = request.app.state.service
    with service.reading() as work:
        items = catalogs.list_stores(work, after=after, limit=limit)
    return page([asdict(item) for item in items], limit, items[-1].id if items else None)


@router.get("/{store}", responses=answers(404))
def read_one(request: Request, store: StoreId, caller: CounterCaller) -> dict[str, Any]:
    """Read a store."""
    caller.require_store(store)
    service: Service = request.app.state.service
    with service.reading() as work:
        return asdict(catalogs.read_store(work, store))


@router.put("/{store}", status_code=201, responses=answers(409) | FOUND)
def put_one(store: StoreId, body: NewStore, caller: Admin, command: Command) -> JSONResponse:
    """Make a store (201), or change it (200)."""
    settings = catalogs.StoreSettings(
        store,
        body.region,
        checked_currency(body.currency),
        body.name,
        body.tax_included,
        body.price_policy,
    )

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        return 201 if catalogs.put_store(work, settings) else 200, asdict(settings)

    return command.run(caller, body, run)


@router.get("/{store}/now", responses=answers(404))
def read_now(request: Request, store: StoreId, caller: StaffCaller) -> dict[str, Any]:
    """Read what goes on: open carts, items and value, movement, reviews, products put back, silent carts."""
    caller.require_store(store)
    service: Service = request.app.state.service
    with service.reading() as work:
        return store_now(work, store)
