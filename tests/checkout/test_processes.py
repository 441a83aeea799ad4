"""The service as a real process: killed at any moment, without its database, on a full disk, in several."""

import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from cart.checkout.cli import app
from cart.checkout.service.keys import make_key
from cart.checkout.store import Store

ROOT = str(Path(__file__).parents[2])
TEA = "4006381333931"
COMMAND = [sys.executable, "-c", "from cart.checkout.cli import app; app()", "serve"]
KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


@dataclass
class Process:
    """A running `cart serve`."""

    process: subprocess.Popen[str]
    url: str
    key: str | None
    log: Path

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=30)

    def wait_until(self, status: int, seconds: float = 20) -> None:
        """Wait until /readyz answers so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=10).status_code == status:
                    return
            time.sleep(0.05)
        raise AssertionError(f"/readyz did not answer {status} within {seconds} s")


@contextmanager
def _serving(database: str, *more: str, key: str | None = None) -> Iterator[Process]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": ROOT, "CART_RATE_PER_SECOND": "100000"}
    log = Path(tempfile.mkdtemp(prefix="cart-serve-")) / "log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "--port", str(port), "--database", database, *more],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        )
    running = Process(process, f"http://127.0.0.1:{port}", key, log)
    try:
        running.wait_until(200, 60)
        yield running
    finally:
        with suppress(psutil.NoSuchProcess):
            for worker in psutil.Process(process.pid).children(recursive=True):
                worker.kill()
        process.kill()
        process.communicate()
        shutil.rmtree(log.parent)


def _rebuilt(database: str) -> str:
    """Return what the check of the ledger says: nothing, where all is well."""
    return CliRunner().invoke(app, ["rebuild", "--database", database], catch_exceptions=False).output


def _key(shop: Any) -> str:
    with shop.service.work() as work:
        return str(make_key(work, "admin")[1])


@dataclass
class Load:
    """Carts that are filled and paid one after another; what was answered is noted."""

    make_event: Callable[..., Any]
    events: set[str] = field(default_factory=set)
    receipts: set[str] = field(default_factory=set)
    refused: list[httpx.Response] = field(default_factory=list)
    stopped: bool = False

    @contextmanager
    def on(self, running: Process, clients: int = 4) -> Iterator[None]:
        """Send from several clients until the end, or until the service is gone."""
        self.stopped = False
        threads = [threading.Thread(target=self._shop, args=(running,)) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopped = True
            for thread in threads:
                thread.join()

    def wait_for(self, events: int, receipts: int = 0, seconds: float = 60) -> None:
        """Wait until so many more events and receipts were answered."""
        events, receipts = len(self.events) + events, len(self.receipts) + receipts
        deadline = time.monotonic() + seconds
        while len(self.events) < events or len(self.receipts) < receipts:
            assert time.monotonic() < deadline, "the service answers too little"
            time.sleep(0.01)

    def _shop(self, running: Process) -> None:
        with running.client() as client, suppress(httpx.TransportError):
            while not self.stopped:
                self._one_trip(client, uuid4().hex)

    def _one_trip(self, client: httpx.Client, name: str) -> None:
        if not self._post(client, "", {"cart": name, "store": "s1", "session": name}):
            return
        for sequence in (1, 3, 5):
            batch = [self._event(name, sequence + more) for more in (0, 1)]
            answer = self._post(client, f"/{name}/events", batch)
            if answer is None:
                return
            assert {one["status"] for one in answer["results"]} == {"applied"}
            self.events |= {event["id"] for event in batch}
        paid = {"reference": "t", "amount": 4 * 249, "currency": "EUR"}
        if self._post(client, f"/{name}/checkout", None):
            answer = self._post(client, f"/{name}/paid", paid)
            self.receipts |= {answer["code"]} if answer else set()

    def _post(self, client: httpx.Client, path: str, body: Any) -> Any:
        answer = client.post(f"/v1/sessions{path}", json=body)
        if answer.is_success:
            return answer.json()
        self.refused.append(answer)
        return None

    def _event(self, session: str, sequence: int) -> dict[str, Any]:
        action = "remove" if sequence == 6 else "add"
        event = self.make_event(sequence, action, TEA, session, datetime.now(UTC), cart=session)
        return dict(json.loads(event.to_json()))

    def hold(self, database: str) -> None:
        """See that all that was answered is stored, and that the ledger is whole."""
        assert _rebuilt(database) == ""
        store = Store(database)
        with store.reading() as tx:
            stored = {column: set(tx.execute(sa.text(f"SELECT {column}")).scalars()) for column in STORED}
        store.close()
        for column, answered in zip(STORED, (self.events, self.events, self.receipts), strict=True):
            assert answered <= stored[column], column


STORED = ("id FROM entries", "event FROM lines", "code FROM receipts")


@KINDS
def test_an_answered_write_survives_kill_9(databases, make_shop, make_cart_event, kind: str) -> None:
    database = databases.make(kind)
    key, load, chance = _key(make_shop(database)), Load(make_cart_event), Random(1)
    for _ in range(2):
        with _serving(database, key=key) as running, load.on(running):
            load.wait_for(events=30, receipts=1)
            time.sleep(chance.random() / 2)
            os.kill(running.process.pid, signal.SIGKILL)
    load.hold(database)
    if kind == "sqlite":
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _kill(server: Any) -> None:
    """Kill a PostgreSQL server, and wait until the processes that it leaves have seen it."""
    postmaster = psutil.Process(server.get_pid())
    left = postmaster.children(recursive=True)
    postmaster.kill()
    psutil.wait_procs(left, timeout=20)
    (server.pgdata / "postmaster.pid").unlink()


def test_postgresql_is_killed_and_comes_back(own_postgres, make_shop, make_cart_event) -> None:
    database = own_postgres.get_uri()
    store = Store(database)
    store.migrate()
    store.close()
    shop = make_shop(database)
    load = Load(make_cart_event)
    with _serving(database, key=_key(shop)) as running, running.client() as client:
        with load.on(running):
            load.wait_for(events=30)
            _kill(own_postgres)
            running.wait_until(503)
            _hold_unavailable(client.get("/v1/sessions/none"))
        for answer in load.refused:
            _hold_unavailable(answer)
        assert client.get("/healthz").status_code == 200
        shop.service.store.close()
        own_postgres.ensure_postgres_running()
        running.wait_until(200)
        with load.on(running):
            load.wait_for(events=10)
    load.hold(database)


def _hold_unavailable(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"] == "1"
    assert "psycopg" not in answer.text


def test_a_database_that_goes_away_in_mid_request(databases, make_api) -> None:
    api = make_api(databases.make("postgresql"))
    admin, answers = api.client("admin"), list[httpx.Response]()
    admin.post("/v1/sessions", json={"cart": "cart", "store": "s1", "session": "trip"})
    event = api.event(1)
    with api.service.store.engine.connect() as holding, api.service.store.reading() as looking:
        holding.execute(sa.text("SELECT * FROM sessions FOR UPDATE"))
        sender = threading.Thread(
            target=lambda: answers.append(admin.post("/v1/sessions/trip/events", json=event))
        )
        sender.start()
        waits = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while not looking.execute(sa.text(f"SELECT pg_terminate_backend(pid) {waits}")).all():
            time.sleep(0.01)
        sender.join()
    _hold_unavailable(answers[0])
    assert admin.get("/readyz").status_code == 200
    again = admin.post("/v1/sessions/trip/events", json=event).json()["results"]
    assert [one["status"] for one in again] == ["applied"]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of a running process need Linux")
def test_a_full_disk_is_told_and_got_over(databases, make_shop, make_cart_event) -> None:
    database = databases.make("sqlite")
    file = Path(database.removeprefix("sqlite:///"))
    load = Load(make_cart_event)
    with _serving(database, key=_key(make_shop(database))) as running:
        with load.on(running):
            load.wait_for(events=10)
            sizes = [part.stat().st_size for part in file.parent.glob(f"{file.name}*")]
            _limit_files(running, max(sizes) + 20_000)
            deadline = time.monotonic() + 20
            while len(load.refused) < 4 and time.monotonic() < deadline:
                time.sleep(0.05)
        assert load.refused
        for answer in load.refused:
            assert answer.status_code in (503, 507)
            assert answer.headers["content-type"] == "application/problem+json"
            assert "sqlite" not in answer.text
        _limit_files(running, resource.RLIM_INFINITY)
        running.wait_until(200)
        with load.on(running):
            load.wait_for(events=10)
    load.hold(database)


def _limit_files(running: Process, size: int) -> None:
    """Let the service's files grow to a size at most; the system refuses to write beyond it."""
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_the_admin_key_is_shown_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'tally.sqlite3'}"
    with _serving(database) as running:
        assert running.process.stdout is not None
        line = running.process.stdout.readline()
        assert line.startswith("admin key (shown once): ")
        key = line.split()[-1]
    with _serving(database, key=key) as running:
        with running.client() as client:
            assert client.get("/v1/stores").status_code == 200
        running.process.terminate()
        assert running.process.communicate(timeout=20)[0] == ""


class Follower:
    """Follows a session over a connection of its own, and knows which process answers it."""

    def __init__(self, running: Process, path: str, last: str | None = None) -> None:
        self._client = running.client()
        headers = {"Last-Event-ID": last} if last else {}
        request = self._client.build_request("GET", path, headers=headers)
        self._answer = self._client.send(request, stream=True)
        assert self._answer.status_code == 200
        self.worker = _worker(running, self._answer)
        self._lines = self._answer.iter_lines()
        self.last = last

    def next_total(self) -> int:
        """Return the total of the next message."""
        total = None
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "id":
                self.last = value
            elif name == "data":
                total = json.loads(value)["total"]
            elif not line and total is not None:
                return int(total)
        raise AssertionError("the stream ended")

    def close(self) -> None:
        self._answer.close()
        self._client.close()


def _worker(running: Process, answer: httpx.Response) -> int:
    """Return the id of the process that holds the other end of a connection."""
    port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
    for child in psutil.Process(running.process.pid).children():
        for connection in child.net_connections("tcp"):
            if connection.raddr and connection.raddr.port == port:
                return child.pid
    raise AssertionError("no process has that connection")


def _followers(running: Process, path: str, last: str | None = None) -> list[Follower]:
    """Return a follower at each of two workers."""
    found: dict[int, Follower] = {}
    for _ in range(100):
        follower = Follower(running, path, last)
        if follower.worker in found:
            follower.close()
        else:
            found[follower.worker] = follower
        if len(found) == 2:
            return list(found.values())
    raise AssertionError("one worker answers all")


def test_two_workers_hear_of_each_other(databases, make_shop, make_cart_event) -> None:
    database, path = databases.make("postgresql"), "/v1/sessions/trip/live"
    key = _key(make_shop(database))
    with _serving(database, "--workers", "2", key=key) as running, running.client() as writer:
        writer.post("/v1/sessions", json={"cart": "cart", "store": "s1", "session": "trip"})
        first = _followers(running, path)
        assert [follower.next_total() for follower in first] == [0, 0]
        _send(writer, make_cart_event, 1)
        assert [follower.next_total() for follower in first] == [249, 249]
        (last,) = {follower.last for follower in first}
        again = _followers(running, path, last)
        _send(writer, make_cart_event, 2)
        assert [follower.next_total() for follower in (*first, *again)] == [498] * 4
        late = _followers(running, path, last)
        assert [follower.next_total() for follower in late] == [498] * 2
        for follower in (*first, *again, *late):
            follower.close()
        _hold_log(running, key, _send(writer, make_cart_event, 3))


def _hold_log(running: Process, key: str, answered: str) -> None:
    """See that every line of the log is JSON, that an answer is in it, and nothing of a key or a trip."""
    end = time.monotonic() + 10  # a request is logged after it is answered
    while answered not in running.log.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    lines = [line for line in running.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
    told = [json.loads(line) for line in lines]
    (line,) = [one for one in told if one.get("request_id") == answered]
    assert (line["route"], line["status"]) == ("/v1/sessions/{session}/events", 200)
    for secret in (key, "trip", TEA):
        assert not any(secret in one for one in lines)


def _send(writer: httpx.Client, make_cart_event: Callable[..., Any], sequence: int) -> str:
    """Send an event; return the id of the request."""
    event = make_cart_event(sequence, "add", TEA, "trip", datetime.now(UTC))
    answer = writer.post("/v1/sessions/trip/events", json=json.loads(event.to_json()))
    assert answer.json()["results"][0]["status"] == "applied"
    return str(answer.headers["x-request-id"])
