"""Events and pictures on disk until they are answered: in order over restarts, set aside when refused."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from uuid import UUID

from cart.errors import InputError

_TABLES = """
CREATE TABLE IF NOT EXISTS trip (
    url TEXT NOT NULL,
    session TEXT NOT NULL,
    cart TEXT NOT NULL,
    store TEXT NOT NULL,
    PRIMARY KEY (url, session)
);
CREATE TABLE IF NOT EXISTS outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    session TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    refused TEXT,
    UNIQUE (url, session, id)
);
CREATE TABLE IF NOT EXISTS picture (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    session TEXT NOT NULL,
    id TEXT NOT NULL,
    jpeg BLOB NOT NULL,
    UNIQUE (url, session, id)
);
"""


class Sendable(Protocol):
    """What can be sent: a CloudEvents object with an id."""

    @property
    def id(self) -> UUID:
        """The event's id."""

    def to_json(self) -> str:
        """Return the event as one line of JSON."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A session as a cart opens it."""

    session: str
    cart: str
    store: str

    def to_json(self) -> str:
        """Return what `POST /v1/sessions` takes."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that has not been answered yet."""

    place: int
    body: str
    """Its JSON."""


@dataclass(frozen=True, slots=True)
class WaitingPicture:
    """A picture that the service does not have yet."""

    place: int
    event: str
    """The event's id."""
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that the service refused, and why."""

    body: str
    reason: str


class Outbox:
    """What is on its way to one service, in an SQLite file; may be used by several threads."""

    def __init__(self, file: Path, url: str) -> None:
        """Open the file, making it where it is not there; events of an earlier run are still in it.

        Raises:
            InputError: the file cannot be opened or written.
        """
        self._url = url
        self._lock = Lock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"cannot keep events in {file}: {error}; choose another place") from None
        file.chmod(0o600)

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        self._connection.close()

    def begin(self, trip: Trip) -> None:
        """Remember a session, so that a later run can send what this one leaves.

        Raises:
            InputError: the disk is full.
        """
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO trip (url, session, cart, store) VALUES (?, ?, ?, ?)",
                (self._url, trip.session, trip.cart, trip.store),
            )

    def put(self, session: str, event: Sendable, picture: bytes | None = None) -> None:
        """Store an event and its picture, on disk when this returns; one stored before stays as it is.

        Raises:
            InputError: the disk is full.
        """
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO outbox (url, session, id, body) VALUES (?, ?, ?, ?)",
                (self._url, session, str(event.id), event.to_json()),
            )
            if picture is not None:
                connection.execute(
                    "INSERT OR IGNORE INTO picture (url, session, id, jpeg) VALUES (?, ?, ?, ?)",
                    (self._url, session, str(event.id), picture),
                )

    def left_behind(self, cart: str, session: str) -> list[Trip]:
        """Return the cart's other sessions that have something waiting, oldest first."""
        query = (
            "SELECT session, cart, store FROM trip"
            " WHERE url = ? AND cart = ? AND session <> ? AND session IN ("
            " SELECT session FROM outbox WHERE url = trip.url AND refused IS NULL"
            " UNION SELECT session FROM picture WHERE url = trip.url) ORDER BY rowid"
        )
        return [Trip(*row) for row in self._rows(query, (self._url, cart, session))]

    def waiting(self, session: str, limit: int = -1) -> list[Waiting]:
        """Return the first events that wait to be answered, in the order in which they were put; -1: all."""
        query = (
            "SELECT place, body FROM outbox"
            " WHERE url = ? AND session = ? AND refused IS NULL ORDER BY place LIMIT ?"
        )
        return [Waiting(*row) for row in self._rows(query, (self._url, session, limit))]

    def picture(self, session: str) -> WaitingPicture | None:
        """Return the first picture whose event has been answered; None where none waits."""
        query = (
            "SELECT place, id, jpeg FROM picture WHERE url = ? AND session = ? AND id NOT IN ("
            " SELECT id FROM outbox WHERE url = picture.url AND session = picture.session)"
            " ORDER BY place LIMIT 1"
        )
        return next((WaitingPicture(*row) for row in self._rows(query, (self._url, session))), None)

    def answered(self, places: Sequence[int]) -> None:
        """Forget events that the service has."""
        with self._lock:
            self._connection.executemany("DELETE FROM outbox WHERE place = ?", [(place,) for place in places])

    def picture_answered(self, place: int) -> None:
        """Forget a picture that the service has, or will not have."""
        with self._lock:
            self._connection.execute("DELETE FROM picture WHERE place = ?", (place,))

    def set_aside(self, place: int, reason: str) -> None:
        """Keep an event that the service refused, with the reason, out of the way; its picture is deleted."""
        with self._lock:
            self._connection.execute("UPDATE outbox SET refused = ? WHERE place = ?", (reason, place))
            self._connection.execute(
                "DELETE FROM picture WHERE (url, session, id) ="
                " (SELECT url, session, id FROM outbox WHERE place = ?)",
                (place,),
            )

    def refused(self, session: str) -> list[SetAside]:
        """Return the events that the service refused, in the order in which they were put."""
        query = (
            "SELECT body, refused FROM outbox"
            " WHERE url = ? AND session = ? AND refused IS NOT NULL ORDER BY place"
        )
        return [SetAside(*row) for row in self._rows(query, (self._url, session))]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write all that is inside, or nothing; other threads see none of it before it is on disk."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.commit()
            except sqlite3.Error as error:
                self._connection.rollback()
                raise InputError(f"cannot keep an event before it is sent: {error}") from None

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._lock, closing(self._connection.execute(query, values)) as rows:
            return list(rows)
