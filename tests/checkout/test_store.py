import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cart.checkout import store as stores
from cart.checkout.problems import Conflict, StorageFull, Unavailable
from cart.checkout.store import Store
from cart.checkout.tables import lines, metadata
from cart.errors import InputError

KINDS = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


@KINDS
def test_migrations_go_up_down_and_up_again(databases, kind: str) -> None:
    store = Store(databases.empty(kind))
    store.migrate()
    with store.engine.connect() as connection:
        assert set(metadata.tables) <= set(sa.inspect(connection).get_table_names())
    store.migrate("base")
    with store.engine.connect() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}
    store.migrate()
    store.close()


@KINDS
def test_the_migrated_tables_are_the_described_ones(databases, kind: str) -> None:
    store = Store(databases.make(kind))
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    store.close()
    assert differences == []


def test_the_ledger_is_append_only(shop) -> None:
    shop.open()
    shop.send(shop.event(1))
    for statement in (sa.update(lines).values(quantity=9), sa.delete(lines)):
        with pytest.raises((sa.exc.DBAPIError, Unavailable, Conflict)), shop.service.work() as work:
            work.tx.execute(statement)


def test_an_error_undoes_the_whole_transaction(shop) -> None:
    with pytest.raises(RuntimeError), shop.service.work() as work:  # noqa: PT012
        work.tx.execute(sa.text("UPDATE regions SET price_epoch = 1000"))
        raise RuntimeError
    with shop.service.reading() as work:
        assert work.tx.execute(sa.text("SELECT price_epoch FROM regions")).scalar() != 1000


def test_a_full_disk_is_told_and_nothing_is_stored(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'full.sqlite3'}")
    store.migrate()

    @sa.event.listens_for(store.engine, "connect")
    def _limit(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 4}")

    store.engine.dispose()
    with pytest.raises(StorageFull), store.transaction() as tx:  # noqa: PT012
        tx.execute(sa.text("CREATE TABLE big (x)"))
        for _ in range(100):
            tx.execute(sa.text("INSERT INTO big VALUES (zeroblob(100000))"))
    with store.reading() as tx:
        assert "big" not in sa.inspect(tx).get_table_names()
    store.close()


def test_a_cart_named_full_fills_no_disk(shop) -> None:
    shop.open("one", "full")
    again = sa.text(
        "INSERT INTO sessions SELECT 'two', cart, store, state, version, book, corrections, opened_at, "
        "active_at, pending_since, checkout_at, closed_at, payment, faults, bill FROM sessions"
    )
    with pytest.raises(Conflict), shop.service.work() as work:
        work.tx.execute(again)


def test_a_full_disk_of_postgresql_is_told(databases) -> None:
    store = Store(databases.make("postgresql"))
    full = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'No space left on device'; END $$"
    with pytest.raises(StorageFull), store.transaction() as tx:
        tx.execute(sa.text(full))
    store.close()


def test_a_database_that_cannot_be_reached_is_told() -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match="cannot be reached"), store.transaction():
        pass
    with pytest.raises(InputError, match="cannot open the database"):
        store.migrate()


@pytest.mark.parametrize(
    ("url", "told"),
    [("nonsense", "write sqlite:///FILE"), ("oracle://x/y", "no support for the database oracle")],
)
def test_a_wrong_url_is_told(url: str, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        Store(url)


def test_a_backup_is_whole_and_is_restored(databases, make_shop, tmp_path: Path) -> None:
    url = databases.make("sqlite")
    shop = make_shop(url)
    shop.open()
    shop.send(shop.event(1))
    saved = tmp_path / "saved.sqlite3"
    stores.backup(url, saved)
    shop.send(shop.event(2))
    shop.service.store.close()
    stores.restore(url, saved)
    with closing(sqlite3.connect(sa.make_url(url).database)) as connection:
        assert connection.execute("SELECT count(*) FROM lines").fetchone() == (1,)


def test_what_is_no_backup_is_not_restored(databases, tmp_path: Path) -> None:
    url = databases.make("sqlite")
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"no database" * 1000)
    with pytest.raises(InputError, match="not a backup"):
        stores.restore(url, wrong)
    with pytest.raises(InputError, match="no backup at"):
        stores.restore(url, tmp_path / "missing")
    with pytest.raises(InputError, match="nothing to back up"):
        stores.backup(f"sqlite:///{tmp_path / 'none.sqlite3'}", wrong)
    with pytest.raises(InputError, match="pg_dump"):
        stores.backup("postgresql://host/name", wrong)
