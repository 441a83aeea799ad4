"""The commands of the service, but for `serve`: see test_processes.py."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cart.checkout.cli import app
from cart.checkout.store import only_process
from cart.errors import InputError


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
    (key_id,) = (line.split()[0] for line in listed.splitlines() if "cart-7" in line)
    _run("keys", "revoke", key_id, *at)
    for wrong in (
        ("keys", "make", "king", "x"),
        ("keys", "make", "till"),
        ("keys", "make", "cart", "no/id"),
        ("keys", "revoke", key_id),
    ):
        with pytest.raises(InputError):
            _run(*wrong, *at)


def test_several_processes_need_postgresql(database: str) -> None:
    with pytest.raises(InputError, match="an SQLite file is for one process"):
        _run("serve", "--workers", "2", "--database", database)


def test_a_service_that_cannot_begin_says_why_in_a_line(database: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(InputError, match=f"cannot listen at 127.0.0.1, port {port}"):
            _run("serve", "--port", port, "--database", database)
    assert not list(tmp_path.iterdir())
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(InputError, match="the database needs a file"):
            _run("serve", "--port", "0", "--database", url)


def test_a_database_that_is_served_is_not_served_again_nor_restored(database: str, tmp_path: Path) -> None:
    _run("keys", "list", "--database", database)
    _run("backup", str(tmp_path / "saved"), "--database", database)
    with only_process(database):
        for command in (("serve", "--port", "0"), ("restore", str(tmp_path / "saved"))):
            with pytest.raises(InputError, match="a running service has"):
                _run(*command, "--database", database)
    _run("restore", str(tmp_path / "saved"), "--database", database)


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
