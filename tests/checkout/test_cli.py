"""The commands of the service, but for `serve`: see test_processes.py."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cart.checkout.cli import app
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
