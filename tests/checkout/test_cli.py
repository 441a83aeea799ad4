"""The commands, and a service that is killed at any moment."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import httpx
import pytest
from typer.testing import CliRunner

from cart.checkout.cli import app
from cart.errors import InputError

ROOT = str(Path(__file__).parents[2])
TEA = "4006381333931"
COMMAND = [sys.executable, "-c", "from cart.checkout.cli import app; app()", "serve"]


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'tally.sqlite3'}"


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    return result.output


def test_keys_are_made_listed_and_revoked(database: str) -> None:
    at = ("--database", database)
    key = _run("keys", "make", "cart", "cart-7", "--label", "seven", *at).strip()
    assert len(key) == 43
    listed = _run("keys", "list", *at)
    assert "cart-7" in listed
    assert key not in listed
    key_id = next(word for line in listed.splitlines() if "cart-7" in line for word in line.split("│")[1:2])
    _run("keys", "revoke", key_id.strip(), *at)
    for wrong in (
        ("keys", "make", "king", "x"),
        ("keys", "make", "till"),
        ("keys", "revoke", key_id.strip()),
    ):
        with pytest.raises(InputError):
            _run(*wrong, *at)


def test_several_processes_need_postgresql(database: str) -> None:
    with pytest.raises(InputError, match="an SQLite file is for one process"):
        _run("serve", "--workers", "2", "--database", database)


def test_a_tally_that_is_not_its_ledger_s_sum_is_found_and_repaired(databases, make_shop) -> None:
    url = databases.make("sqlite")
    shop = make_shop(url)
    shop.open()
    shop.send(shop.event(1), shop.event(2))
    assert _run("rebuild", "--database", url) == ""
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE sessions SET book = '[3,2,[],[],[]]'")
    result = CliRunner().invoke(app, ["rebuild", "--repair", "--database", url])
    assert (result.exit_code, result.output) == (1, "trip: the kept tally is not the sum of the ledger\n")
    assert _run("rebuild", "--database", url) == ""


def test_backup_and_restore(databases, make_shop, tmp_path: Path) -> None:
    url = databases.make("sqlite")
    shop = make_shop(url)
    shop.open("one", "c1")
    _run("backup", str(tmp_path / "saved"), "--database", url)
    shop.open("two", "c2")
    shop.service.store.close()
    _run("restore", str(tmp_path / "saved"), "--database", url)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        assert connection.execute("SELECT id FROM sessions").fetchall() == [("one",)]


@contextmanager
def _serving(database: str, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PYTHONPATH": ROOT, "CART_RATE_PER_SECOND": "10000"}
    process = subprocess.Popen(
        [*COMMAND, "--port", str(port), "--database", database, *more],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{url}/readyz")
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield process, url
    finally:
        process.kill()
        process.communicate()


def _admin(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("admin key (shown once): ")
    return line.split()[-1]


def test_an_answered_write_survives_kill_9(database: str, make_cart_event, clock, tmp_path: Path) -> None:
    catalog = tmp_path / "catalog"
    catalog.mkdir()
    (catalog / "products.csv").write_text(f"gtin,name,price,currency\n{TEA},Tea,2.49,EUR\n")
    answered: set[str] = set()
    key, chance = None, Random(1)
    for _ in range(3):
        with _serving(database, "--catalog", str(catalog)) as (process, url):
            key = key or _admin(process)
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=url, headers=headers) as client:
                client.put("/v1/stores/s1", json={"name": "S", "currency": "EUR"})
                client.post("/v1/sessions", json={"cart": "cart", "store": "s1", "session": "trip"})
            sender = threading.Thread(target=_send_on, args=(url, headers, make_cart_event, clock, answered))
            sender.start()
            time.sleep(0.3 + chance.random() / 3)
            os.kill(process.pid, signal.SIGKILL)
            sender.join()
    assert len(answered) > 10
    assert _run("rebuild", "--database", database) == ""
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
        stored = {row[0] for row in connection.execute("SELECT event FROM lines")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert answered <= stored


def _send_on(url: str, headers, make_cart_event, clock, answered: set[str]) -> None:
    number = len(answered)
    with httpx.Client(base_url=url, headers=headers) as client:
        while True:
            number += 1
            event = make_cart_event(number, "add", TEA, "trip", clock())
            try:
                answer = client.post("/v1/sessions/trip/events", json=json.loads(event.to_json()))
            except httpx.HTTPError:
                return
            if answer.json()["results"][0]["status"] == "applied":
                answered.add(str(event.id))


def test_the_admin_key_is_shown_once(database: str) -> None:
    with _serving(database) as (process, url):
        key = _admin(process)
        answer = httpx.get(f"{url}/v1/stores", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200
    with _serving(database) as (process, url):
        assert httpx.get(f"{url}/v1/stores", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        process.terminate()
        assert process.communicate(timeout=20)[0] == ""
