"""Events on disk until they are answered: kept in order over restarts, set aside when refused."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cart.errors import InputError
from cart.events import CartEvent

_TABLES = """
CREATE TABLE IF NOT EXISTS outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    session TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    refused TEXT,
    UNIQUE (url, session, id)
);
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that has not been answered yet."""

    place: int
    body: str
    """Its JSON."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """An event that the service refused, and why."""

    body: str
    reason: str


class Outbox:
    """The events of one session on their way to one service, in an SQLite file."""

    def __init__(self, file: Path, url: str, session: str) -> None:
        """Open the file, making it where it is not there; events of an earlier run are still in it.

        Raises:
            InputError: the file cannot be opened or written.
        """
        self._key = (url, session)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"cannot keep events in {file}: {error}") from None

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        self._connection.close()

    def put(self, event: CartEvent) -> None:
        """Store an event; it is on disk when this returns. One that is there already is not stored again."""
        row = (*self._key, str(event.id), event.to_json())
        try:
            self._connection.execute(
                "INSERT OR IGNORE INTO outbox (url, session, id, body) VALUES (?, ?, ?, ?)", row
            )
        except sqlite3.Error as error:
            raise InputError(f"cannot keep an event before it is sent: {error}") from None

    def waiting(self, limit: int) -> list[Waiting]:
        """Return the first events that wait to be answered, in the order in which they were put."""
        query = (
            "SELECT place, body FROM outbox"
            " WHERE url = ? AND session = ? AND refused IS NULL ORDER BY place LIMIT ?"
        )
        with closing(self._connection.execute(query, (*self._key, limit))) as rows:
            return [Waiting(*row) for row in rows]

    def answered(self, places: Sequence[int]) -> None:
        """Forget events that the service has."""
        self._connection.executemany("DELETE FROM outbox WHERE place = ?", [(place,) for place in places])

    def set_aside(self, place: int, reason: str) -> None:
        """Keep an event that the service refused, with the reason, out of the way of the others."""
        self._connection.execute("UPDATE outbox SET refused = ? WHERE place = ?", (reason, place))

    def refused(self) -> list[SetAside]:
        """Return the events that the service refused, in the order in which they were put."""
        query = (
            "SELECT body, refused FROM outbox"
            " WHERE url = ? AND session = ? AND refused IS NOT NULL ORDER BY place"
        )
        with closing(self._connection.execute(query, self._key)) as rows:
            return [SetAside(*row) for row in rows]
