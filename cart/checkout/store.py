"""The database: SQLite by default, PostgreSQL for a fleet; transactions, migrations, backup."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from filelock import FileLock
from filelock import Timeout as FileLockTimeout
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cart.checkout.problems import Conflict, StorageFull, Unavailable
from cart.errors import InputError

_BUSY_SECONDS = 10
_POOL = 20
"""Connections of a process; who finds all in use waits. PostgreSQL has 100 unless told otherwise."""
_DISK_FULL = "53100"
"""PostgreSQL's SQLSTATE of a full disk."""


class Store:
    """An open database."""

    def __init__(self, url: str) -> None:
        """Open a database by its URL, without connecting yet.

        Raises:
            InputError: the URL is no database URL that the service can use.
        """
        self.url = _checked(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        self._reader = (
            self.engine.execution_options(reading=True)
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Run what is inside as one transaction: all of it is stored, or none.

        Raises:
            Unavailable, StorageFull, Conflict: the database could not do it.
        """
        try:
            with self.engine.begin() as tx:
                yield tx
        except DBAPIError as error:
            raise _problem(error) from error
        except PoolTimeoutError as error:
            raise _unavailable() from error

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read without keeping writers out.

        On PostgreSQL a statement is a transaction of its own there, as each sees what is stored by its time
        anyway; that saves two ways to the database.
        """
        try:
            with self._reader.connect() as tx:
                yield tx
        except DBAPIError as error:
            raise _problem(error) from error
        except PoolTimeoutError as error:
            raise _unavailable() from error

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision, up or down (`base` for none).

        Raises:
            InputError: the database cannot be reached or written.
        """
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        try:
            with self.engine.connect() as connection:
                _migrate(connection, revision)
        except DBAPIError as error:
            raise InputError(f"cannot open the database {self.url!r}: {str(error.orig).strip()}") from None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def insert_many(
    tx: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, if_new: str | None = None
) -> list[Any]:
    """Insert rows in one statement a table, however many they are.

    Args:
        tx: the transaction.
        table: where to.
        rows: at least one; columns left out are null.
        if_new: leave out rows whose keys are there already, and return this column of those inserted.
    """
    if tx.dialect.name == "postgresql":
        result = tx.execute(_from_json(table, if_new), {"rows": json.dumps(rows, default=str)})
    elif if_new is None:
        result = tx.execute(sa.insert(table), [dict(row) for row in rows])
    else:
        statement = sqlite.insert(table).on_conflict_do_nothing().returning(table.c[if_new])
        result = tx.execute(statement, [dict(row) for row in rows])
    return list(result.scalars()) if if_new else []


@cache
def _from_json(table: sa.Table, if_new: str | None) -> sa.TextClause:
    """Return an INSERT that takes all rows as one JSON text: by far the quickest way into PostgreSQL."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    typed = ", ".join(f'"{column.name}" {column.type.compile(dialect)}' for column in table.columns)
    ending = f" ON CONFLICT DO NOTHING RETURNING {if_new}" if if_new else ""
    rows = f"json_to_recordset(CAST(:rows AS json)) AS r({typed})"
    return sa.text(f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {rows}{ending}')  # noqa: S608


def now() -> datetime:
    """Return the service's clock, to the millisecond."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def backup(url: str, target: Path) -> None:
    """Copy an embedded database to a file while it is in use, whole and consistent.

    Raises:
        InputError: the database is not SQLite, is not there, or the target cannot be written.
    """
    source = _sqlite_file(url)
    if not source.is_file():
        raise InputError(f"no database at {source}: nothing to back up")
    _copy(source, target)


def restore(url: str, saved: Path) -> None:
    """Put a backup in the place of an embedded database; the service must not be running.

    Raises:
        InputError: the database is not SQLite or is in use, or `saved` is not a whole backup of one.
    """
    target = _sqlite_file(url)
    if not saved.is_file():
        raise InputError(f"no backup at {saved}")
    _check_whole(saved)
    with only_process(url):
        _copy(saved, target)


@contextmanager
def only_process(url: str) -> Iterator[None]:
    """Keep other processes from serving, or restoring, an embedded database meanwhile.

    The system lets go of the lock when the process ends, however it ends. PostgreSQL needs none.

    Raises:
        InputError: another process has it.
    """
    checked = _checked(url)
    if checked.get_backend_name() != "sqlite":
        yield
        return
    file = Path(str(checked.database))
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{file}.lock", blocking=False):
            yield
    except FileLockTimeout:
        raise InputError(f"a running service has {file}: stop it first") from None


def _copy(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except (sqlite3.Error, OSError) as error:
        raise InputError(f"cannot copy {source} to {target}: {error}") from None


def _check_whole(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            connection.execute("SELECT 1 FROM lines LIMIT 1")
    except sqlite3.Error as error:
        raise InputError(f"{file} is not a backup of the service: {error}") from None
    if verdict != "ok":
        raise InputError(f"{file} is damaged: {verdict}")


def _sqlite_file(url: str) -> Path:
    checked = _checked(url)
    if checked.get_backend_name() != "sqlite" or not checked.database:
        raise InputError("only an SQLite file is backed up here: use pg_dump and pg_restore for PostgreSQL")
    return Path(checked.database)


def _checked(url: str) -> sa.URL:
    try:
        checked = sa.make_url(url)
    except ArgumentError:
        raise InputError("the database URL is none: write sqlite:///FILE or postgresql://HOST/NAME") from None
    backend = checked.get_backend_name()
    if backend == "postgresql":
        return checked.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise InputError(f"no support for the database {backend}: use sqlite or postgresql")
    if checked.database in (None, "", ":memory:"):
        raise InputError("the database needs a file: write sqlite:///FILE")
    return checked


def _sqlite(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, pool_size=_POOL)

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would come too late
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        ).close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: sa.URL) -> sa.Engine:
    try:
        return sa.create_engine(url, pool_size=_POOL, max_overflow=0, connect_args={"connect_timeout": 5})
    except (ModuleNotFoundError, NoSuchModuleError):
        raise InputError(
            "PostgreSQL needs its driver: install it with pip install 'smart-cart[postgres]'"
        ) from None


def _migrate(connection: sa.Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "cart.checkout:migrations")
    config.attributes["connection"] = connection
    (command.downgrade if revision == "base" else command.upgrade)(config, revision)
    connection.commit()


def _unavailable() -> Unavailable:
    """Return the problem of a lost database; it may have been lost after the last word of a transaction."""
    return Unavailable("the database cannot be reached: send it again, with its event ids or Idempotency-Key")


def _is_full(error: BaseException | None) -> bool:
    sqlite_code, sqlstate = getattr(error, "sqlite_errorcode", None), getattr(error, "sqlstate", None)
    return sqlite_code == sqlite3.SQLITE_FULL or sqlstate == _DISK_FULL


def _problem(error: DBAPIError) -> Exception:
    """Return the problem that says of a database's failure only what the caller can use."""
    if _is_full(error.orig):
        return StorageFull("nothing was stored: the service has no space left; try again later")
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) or error.connection_invalidated:
        return _unavailable()
    if isinstance(error, sa.exc.IntegrityError):
        return Conflict("another request came first: read the current state and try again")
    return error
