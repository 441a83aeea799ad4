"""Who waits for what to change: in one process by its own transactions, in several by PostgreSQL's NOTIFY."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from cart.checkout.store import Store

if TYPE_CHECKING:
    import psycopg

PRICES = "prices"
_CHANNEL = "cart"
_RETRY_SECONDS = 1.0
_logger = logging.getLogger(__name__)


class Hub:
    """Wakes those who wait for a change. Changes are told as `<store> <session>`, or `prices`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[asyncio.Event, Callable[[str], bool]] = {}

    def open(self) -> None:
        """Begin to wake waiters on the running event loop."""
        self._loop = asyncio.get_running_loop()

    def publish(self, changed: set[str]) -> None:
        """Tell of changes, from any thread."""
        if changed and self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, frozenset(changed))

    def wake_all(self) -> None:
        """Wake everyone, so that nobody waits on for a change that was missed."""
        for event in self._waiting:
            event.set()

    @contextmanager
    def session(self, session: str) -> Iterator[asyncio.Event]:
        """Give an event that is set when a session, or any price, changes."""
        with self._listening(lambda change: change == PRICES or change.endswith(f" {session}")) as event:
            yield event

    @contextmanager
    def store(self, store: str) -> Iterator[asyncio.Event]:
        """Give an event that is set when any session of a store, or any price, changes."""
        with self._listening(lambda change: change == PRICES or change.startswith(f"{store} ")) as event:
            yield event

    @contextmanager
    def _listening(self, matches: Callable[[str], bool]) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self._waiting[event] = matches
        try:
            yield event
        finally:
            del self._waiting[event]

    def _wake(self, changed: frozenset[str]) -> None:
        for event, matches in self._waiting.items():
            if any(map(matches, changed)):
                event.set()


class Listener:
    """Hears PostgreSQL's notifications on a connection of its own, and connects again when it breaks."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self._url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._hub = hub
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="cart-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._stopped.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        import psycopg  # noqa: PLC0415 -- an extra, for PostgreSQL only

        while not self._stopped.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    self._hub.publish({PRICES})  # what changed while nobody listened
                    self._hear(connection)
            except psycopg.Error:
                _logger.warning("the connection for notifications broke; connecting again")
                self._stopped.wait(_RETRY_SECONDS)

    def _hear(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        while not self._stopped.is_set():
            for notice in connection.notifies(timeout=0.5):
                self._hub.publish({notice.payload})
