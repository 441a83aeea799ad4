"""What each store knows of its products, kept in memory for as long as no price or product changes."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

import sqlalchemy as sa

from cart.checkout.pricing import Item, Quote
from cart.checkout.tables import prices, products

_SHELVES = 256


@dataclass(frozen=True, slots=True)
class ShelfKey:
    """A store, and the state of its prices; a change of either epoch begins a new shelf."""

    store: str
    region: str
    store_epoch: int
    region_epoch: int


class Shelves:
    """Items by store. Quotes of the future are there too: the clock needs no new shelf."""

    def __init__(self) -> None:
        self._shelves: OrderedDict[ShelfKey, dict[str, Item | None]] = OrderedDict()
        self._lock = Lock()

    def items(self, tx: sa.Connection, key: ShelfKey, gtins: Iterable[str]) -> Mapping[str, Item]:
        """Return what the store knows of products (14 digits), without those that it does not know."""
        shelf = self._shelf(key)
        wanted = set(gtins)
        missing = wanted - shelf.keys()
        if missing:
            shelf.update(dict.fromkeys(missing) | _read(tx, key, missing))
        return {gtin: item for gtin in wanted if (item := shelf[gtin])}

    def _shelf(self, key: ShelfKey) -> dict[str, Item | None]:
        with self._lock:
            shelf = self._shelves.setdefault(key, {})
            self._shelves.move_to_end(key)
            while len(self._shelves) > _SHELVES:
                self._shelves.popitem(last=False)
        return shelf


def _read(tx: sa.Connection, key: ShelfKey, gtins: Iterable[str]) -> dict[str, Item | None]:
    wanted = list(gtins)
    quotes: dict[str, list[Quote]] = defaultdict(list)
    place = sa.tuple_(prices.c.scope, prices.c.place).in_([("region", key.region), ("store", key.store)])
    query = sa.select(prices).where(prices.c.gtin14.in_(wanted), place)
    for row in tx.execute(query.order_by(prices.c.since, prices.c.version)):
        quotes[row.gtin14].append(Quote(row.version, row.scope, row.since, row.amount))
    known = tx.execute(sa.select(products).where(products.c.gtin14.in_(wanted)))
    return {
        row.gtin14: Item(
            row.gtin,
            row.name,
            Decimal(row.tax_rate) if row.tax_rate else None,
            row.by_weight,
            tuple(quotes[row.gtin14]),
        )
        for row in known
    }
