"""Regions, stores, products and prices."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from cart.catalog import Catalog
from cart.checkout.pricing import PricePolicy
from cart.checkout.problems import Conflict, NotFound
from cart.checkout.service.work import Work
from cart.checkout.tables import OPEN_STATES, prices, products, regions, sessions, stores

Scope = Literal["region", "store"]
_PLACES = {"region": regions, "store": stores}
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How a store sells."""

    id: str
    region: str
    currency: str
    name: str
    tax_included: bool = True
    price_policy: PricePolicy = "lowest"


@dataclass(frozen=True, slots=True)
class ProductSettings:
    """What is sold."""

    gtin: str
    name: str
    tax_rate: Decimal | None = None
    plu: str | None = None
    by_weight: bool = False
    department: str | None = None


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price of a product in a region or a store, from a time on."""

    gtin: str
    scope: Scope
    place: str
    amount: int | None
    """Minor units; None withdraws the price."""
    currency: str
    since: datetime | None = None
    """None for now."""


def put_store(work: Work, store: StoreSettings) -> bool:
    """Make a store, with its region where that is new, or change it; tell whether it is new.

    Raises:
        Conflict: its region has another currency, or it has open sessions and would change its region.
    """
    put_region(work, store.region, store.currency)
    row = {key: value for key, value in asdict(store).items() if key != "currency"}
    before = work.tx.execute(sa.select(stores).where(stores.c.id == store.id)).one_or_none()
    if before is None:
        work.tx.execute(sa.insert(stores), row)
        return True
    busy = sa.select(sessions.c.id).where(sessions.c.store == store.id, sessions.c.state.in_(OPEN_STATES))
    if before.region != store.region and work.tx.execute(busy.limit(1)).first():
        raise Conflict("the store has open sessions: its region stays until they are closed")
    work.tx.execute(sa.update(stores).where(stores.c.id == store.id).values(row))
    _new_epoch(work, "store", store.id)
    return False


def put_region(work: Work, region: str, currency: str) -> None:
    """Make a region where it is new.

    Raises:
        Conflict: it is there with another currency.
    """
    known = work.tx.execute(sa.select(regions.c.currency).where(regions.c.id == region)).scalar()
    if known is None:
        work.tx.execute(sa.insert(regions), {"id": region, "currency": currency})
    elif known != currency:
        raise Conflict(f"the region's currency is {known}")


def read_store(work: Work, store: str) -> StoreSettings:
    """Return a store.

    Raises:
        NotFound: there is none of that id.
    """
    found = list_stores(work, where=stores.c.id == store)
    if not found:
        raise NotFound("no store of that id")
    return found[0]


def list_stores(
    work: Work, *, where: sa.ColumnElement[bool] | None = None, after: str = "", limit: int = 100
) -> list[StoreSettings]:
    """Return stores in order of id."""
    query = sa.select(stores, regions.c.currency).select_from(stores.join(regions)).where(stores.c.id > after)
    query = query if where is None else query.where(where)
    return [
        StoreSettings(row.id, row.region, row.currency, row.name, row.tax_included, row.price_policy)
        for row in work.tx.execute(query.order_by(stores.c.id).limit(limit))
    ]


def put_product(work: Work, product: ProductSettings) -> bool:
    """Make or change a product; tell whether it is new."""
    row = _product_row(product)
    where = products.c.gtin14 == row["gtin14"]
    changed = work.tx.execute(sa.update(products).where(where).values(row))
    if not changed.rowcount:
        work.tx.execute(sa.insert(products), row)
    work.tx.execute(sa.update(regions).values(price_epoch=regions.c.price_epoch + 1))
    work.changed.add("prices")
    return not changed.rowcount


def _product_row(product: ProductSettings) -> dict[str, Any]:
    rate = None if product.tax_rate is None else str(product.tax_rate)
    return {**asdict(product), "gtin14": product.gtin.zfill(14), "tax_rate": rate}


def list_products(work: Work, *, after: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """Return products in order of their 14 digits."""
    query = sa.select(products).where(products.c.gtin14 > after).order_by(products.c.gtin14).limit(limit)
    return [dict(row) for row in work.tx.execute(query).mappings()]


def read_product(work: Work, gtin: str) -> dict[str, Any]:
    """Return a product by any form of its GTIN.

    Raises:
        NotFound: there is none.
    """
    row = work.tx.execute(sa.select(products).where(products.c.gtin14 == gtin.zfill(14))).mappings()
    found = row.one_or_none()
    if found is None:
        raise NotFound("no product of that GTIN")
    return dict(found)


def set_price(work: Work, price: NewPrice) -> dict[str, Any]:
    """Let a price hold from a time on; writes one price and the epoch of its region or store.

    Raises:
        NotFound: there is no such product, region or store.
        Conflict: another currency, or a time before now.
    """
    currency = _currency_of(work, price.scope, price.place)
    if price.currency != currency:
        raise Conflict(f"prices of this {price.scope} are in {currency}")
    if price.since is not None and price.since < work.at:
        raise Conflict("a price cannot hold from a time that is past: leave `since` out for now")
    product = read_product(work, price.gtin)
    row = {
        "gtin14": product["gtin14"],
        "scope": price.scope,
        "place": price.place,
        "amount": price.amount,
        "since": price.since or work.at,
        "written_at": work.at,
    }
    version = work.tx.execute(sa.insert(prices).returning(prices.c.version), row).scalar_one()
    _new_epoch(work, price.scope, price.place)
    return {"version": version, "gtin": product["gtin"], **row}


def _currency_of(work: Work, scope: Scope, place: str) -> str:
    query = (
        sa.select(regions.c.currency).where(regions.c.id == place)
        if scope == "region"
        else sa.select(regions.c.currency).select_from(stores.join(regions)).where(stores.c.id == place)
    )
    currency = work.tx.execute(query).scalar()
    if currency is None:
        raise NotFound(f"no {scope} of that id")
    return str(currency)


def _new_epoch(work: Work, scope: Scope, place: str) -> None:
    table = _PLACES[scope]
    work.tx.execute(sa.update(table).where(table.c.id == place).values(price_epoch=table.c.price_epoch + 1))
    work.changed.add("prices")


def list_prices(work: Work, gtin: str, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return the prices that a product has had, has and will have, in the order in which they were set.

    Raises:
        NotFound: there is no such product.
    """
    product = read_product(work, gtin)
    where = prices.c.gtin14 == product["gtin14"], prices.c.version > after
    query = sa.select(prices).where(*where).order_by(prices.c.version).limit(limit)
    return [{**row, "gtin": product["gtin"]} for row in work.tx.execute(query).mappings()]


def load_catalog_folder(work: Work, catalog: Catalog, region: str) -> int:
    """Take over the products of a catalog folder, and those prices in it that are new to the region.

    Returns:
        How many products or prices changed.

    Raises:
        Conflict: the region has another currency.
    """
    put_region(work, region, catalog.currency)
    known = {row.gtin14: row for row in work.tx.execute(sa.select(products))}
    rows = [
        _product_row(
            ProductSettings(
                product.gtin,
                product.name,
                product.tax_rate,
                product.plu,
                (product.unit or "").lower() == "kg",
                product.department,
            )
        )
        for product in catalog
    ]
    new = [row for row in rows if row["gtin14"] not in known]
    changed = [row for row in rows if row["gtin14"] in known and dict(known[row["gtin14"]]._mapping) != row]
    _insert(work, products, new)
    for row in changed:
        work.tx.execute(sa.update(products).where(products.c.gtin14 == row["gtin14"]).values(row))
    fresh = _new_prices(work, catalog, region)
    _insert(work, prices, fresh)
    if new or changed or fresh:
        work.tx.execute(sa.update(regions).values(price_epoch=regions.c.price_epoch + 1))
        work.changed.add("prices")
    return len(new) + len(changed) + len(fresh)


def _new_prices(work: Work, catalog: Catalog, region: str) -> list[dict[str, Any]]:
    query = sa.select(prices.c.gtin14, prices.c.amount).where(
        prices.c.scope == "region", prices.c.place == region, prices.c.since <= work.at
    )
    current = {
        row.gtin14: row.amount for row in work.tx.execute(query.order_by(prices.c.since, prices.c.version))
    }
    shared = {"scope": "region", "place": region, "since": work.at, "written_at": work.at}
    return [
        {**shared, "gtin14": gtin14, "amount": product.price_minor}
        for product in catalog
        if current.get(gtin14 := product.gtin.zfill(14)) != product.price_minor
    ]


def _insert(work: Work, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    for start in range(0, len(listed), _CHUNK):
        work.tx.execute(sa.insert(table), listed[start : start + _CHUNK])
