"""Products and their prices."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import Field, StrictBool

from cart.checkout.api.access import Admin, AnyCaller, CounterCaller
from cart.checkout.api.commands import FOUND, Command, answers
from cart.checkout.api.shapes import (
    GTIN,
    After,
    AfterNumber,
    Amount,
    Body,
    Currency,
    GtinText,
    Limit,
    Rate,
    ShortName,
    ShortText,
    Text,
    checked_currency,
    checked_gtin,
    page,
)
from cart.checkout.service import catalogs
from cart.checkout.service.work import Service, Work
from cart.events import Timestamp

router = APIRouter(prefix="/v1", tags=["products"])

GtinPath = Annotated[
    str, Path(pattern=GTIN, examples=["4006381333931"], json_schema_extra={"format": "gtin"})
]


class NewProduct(Body):
    """What is sold."""

    name: Text = Field(examples=["Herbal tea"])
    tax_rate: Rate | None = None
    plu: Annotated[str, Field(pattern=r"^[0-9]{4,5}$")] | None = None
    """Price look-up number of loose produce."""
    by_weight: StrictBool = False
    """Whether its price is for a kilogram."""
    department: ShortText | None = None


class NewPrice(Body):
    """A price from a time on."""

    gtin: GtinText
    scope: Literal["region", "store"] = Field(examples=["region"])
    """A store's price goes before its region's."""
    place: ShortName = Field(examples=["default"])
    """The region's or store's id."""
    amount: Amount | None = Field(examples=[249])
    """Minor units for one, or for a kilogram; null withdraws the price."""
    currency: Currency = Field(examples=["EUR"])
    since: Timestamp | None = None
    """From when it holds; now where it is left out."""


@router.get("/products", responses=answers())
def list_all(request: Request, caller: AnyCaller, limit: Limit = 100, after: After = "") -> dict[str, Any]:  # noqa: ARG001
    """List products in order of their 14-digit GTIN."""
    service: Service = request.app.state.service
    with service.reading() as work:
        items = catalogs.list_products(work, after=after, limit=limit)
    last = items[-1]["gtin14"] if items else None
    return page([_told(item) for item in items], limit, last)


@router.get("/products/{gtin}", responses=answers(404))
def read_one(request: Request, gtin: GtinPath, caller: AnyCaller) -> dict[str, Any]:  # noqa: ARG001
    """Read a product by any form of its GTIN."""
    service: Service = request.app.state.service
    with service.reading() as work:
        return _told(catalogs.read_product(work, checked_gtin(gtin)))


@router.put("/products/{gtin}", status_code=201, responses=answers(409) | FOUND)
def put_one(gtin: GtinPath, body: NewProduct, caller: Admin, command: Command) -> JSONResponse:
    """Make a product (201), or change it (200)."""
    product = catalogs.ProductSettings(
        checked_gtin(gtin), body.name, body.tax_rate, body.plu, body.by_weight, body.department
    )

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        new = catalogs.put_product(work, product)
        return 201 if new else 200, _told(catalogs.read_product(work, product.gtin))

    return command.run(caller, body, run)


@router.get("/products/{gtin}/prices", responses=answers(404))
def list_prices(
    request: Request,
    gtin: GtinPath,
    caller: CounterCaller,  # noqa: ARG001
    limit: Limit = 100,
    after: AfterNumber = 0,
) -> dict[str, Any]:
    """List the prices that a product has had, has and will have."""
    service: Service = request.app.state.service
    with service.reading() as work:
        items = catalogs.list_prices(work, checked_gtin(gtin), after=after, limit=limit)
    return page([_price(item) for item in items], limit, items[-1]["version"] if items else None)


@router.post("/prices", status_code=201, responses=answers(404, 409))
def set_price(body: NewPrice, caller: Admin, command: Command) -> JSONResponse:
    """Let a price hold in a region or a store, from now or from a later time on; every open cart shows it."""
    price = catalogs.NewPrice(
        checked_gtin(body.gtin),
        body.scope,
        body.place,
        body.amount,
        checked_currency(body.currency),
        body.since,
    )

    def run(work: Work) -> tuple[int, dict[str, Any]]:
        return 201, _price(catalogs.set_price(work, price))

    return command.run(caller, body, run)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "gtin14"}


def _price(row: dict[str, Any]) -> dict[str, Any]:
    since: datetime = row["since"]
    return {
        "version": row["version"],
        "gtin": row["gtin"],
        "scope": row["scope"],
        "place": row["place"],
        "amount": row["amount"],
        "since": since.isoformat(),
    }
