"""What a use case works with: its transaction, the clock's reading, the settings and the price cache."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from cart.checkout.service.shelves import Shelves
from cart.checkout.store import Store, now
from cart.settings import ServiceSettings


@dataclass(slots=True)
class Work:
    """One transaction of one use case."""

    tx: sa.Connection
    at: datetime
    """The service's clock when it began."""
    settings: ServiceSettings
    shelves: Shelves
    changed: set[str] = field(default_factory=set)
    """What to wake the live streams for: `<store> <session>` or `prices`."""


class Service:
    """The service's database, clock and caches; hands out transactions."""

    def __init__(self, store: Store, settings: ServiceSettings, clock: Callable[[], datetime] = now) -> None:
        self.store = store
        self.settings = settings
        self.clock = clock
        self.shelves = Shelves()
        self.listeners: list[Callable[[set[str]], None]] = []
        """Called with what changed after each transaction that is stored."""

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Run a use case that writes; when it is stored, tell the listeners."""
        with self.store.transaction() as tx:
            work = Work(tx, self.clock(), self.settings, self.shelves)
            yield work
        for listener in self.listeners:
            listener(work.changed)

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Run a use case that only reads."""
        with self.store.reading() as tx:
            yield Work(tx, self.clock(), self.settings, self.shelves)
