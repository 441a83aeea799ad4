"""Events to the tally service in a thread of its own: each stored first, and sent again until answered."""

import random
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from cart.delivery.http import Refused, Result, TallyClient
from cart.delivery.outbox import Outbox, Sendable, SetAside, Trip, Waiting
from cart.errors import CartError, InputError
from cart.events import CartEvent
from cart.settings import settings

BATCH = 100
"""Most events in one request."""
PATIENCE = 30.0
"""Seconds to go on trying after the last event."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

Warn = Callable[[str], None]


class DeliveryError(CartError):
    """Events could not be delivered; they are kept, and the next run sends them (exit code 1)."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the events of a run."""

    waiting: int
    """How many the service has not answered; they are kept for the next run."""
    refused: tuple[SetAside, ...]
    opened: bool = True
    """Whether the service knows of the session."""

    def check(self, url: str) -> None:
        """Raise where something is still to be sent.

        Raises:
            DeliveryError: some events were not answered, or not even the session.
        """
        if self.waiting:
            raise DeliveryError(
                f"{self.waiting} events could not be delivered to {url}:"
                " they are kept, and the cart's next run with --to sends them"
            )
        if not self.opened:
            raise DeliveryError(f"{url} did not answer: start the service, and run the same again")


class Sender:
    """Sends one session's events, from an outbox on disk; the network never holds up who calls.

    First of all it sends what earlier runs of the same cart left.

    Args:
        client: calls the service.
        trip: the session.
        outbox: file that keeps events until they are answered.
        warn: told in a line when the service does not answer or refuses the key, and when the disk is full.

    Raises:
        InputError: the outbox cannot be written.
    """

    def __init__(self, client: TallyClient, trip: Trip, outbox: Path, warn: Warn) -> None:
        self._client, self._trip, self._warn = client, trip, warn
        self._outbox = Outbox(outbox, client.url)
        self._unwritten: deque[tuple[Sendable, bytes | None]] = deque()
        self._more, self._done, self._given_up = Event(), Event(), Event()
        self._opened = False
        self._refusal: Refused | None = None
        self._thread = Thread(target=self._run, name="cart-sender", daemon=True)

    def __enter__(self) -> Self:
        """Open the session and begin to send.

        Raises:
            Refused: the service refuses the session. One that does not answer is tried again later.
        """
        try:
            self._outbox.begin(self._trip)
            self._open()
        except BaseException:
            self._close()
            raise
        if not self._opened:
            self._warn(f"{self._client.url} does not answer: events are kept, and sent when it does")
        self._more.set()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop sending; what is not answered stays on disk."""
        self._stop()
        self._close()

    def send(self, event: Sendable, picture: bytes | None = None) -> None:
        """Store an event and its picture (JPEG), and have them sent.

        Where the disk is full they are held in memory, and stored with the next that can be.
        """
        self._unwritten.append((event, picture))
        try:
            while self._unwritten:
                self._outbox.put(self._trip.session, *self._unwritten[0])
                self._unwritten.popleft()
        except InputError as reason:
            if len(self._unwritten) == 1:
                self._warn(f"{reason}; it is held until there is room")
        self._more.set()

    def finish(self, patience: float = PATIENCE) -> Delivered:
        """Wait until all is answered, or for `patience` seconds; return what became of the events.

        Raises:
            Refused: the service refused the session or the key in the meantime.
        """
        self._done.set()
        self._more.set()
        self._thread.join(timeout=max(patience, 0.0))
        self._stop()
        if self._refusal:
            raise self._refusal
        session = self._trip.session
        waiting = len(self._outbox.waiting(session)) + len(self._unwritten)
        return Delivered(waiting, tuple(self._outbox.refused(session)), self._opened)

    def _stop(self) -> None:
        self._given_up.set()
        self._more.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _close(self) -> None:
        self._client.close()
        self._outbox.close()

    def _run(self) -> None:
        try:
            if not self._persist(self._open):
                return
            self._send_left_behind()
            while not self._given_up.is_set():
                self._more.wait()
                self._more.clear()
                last = self._done.is_set()
                if not self._persist(lambda: self._send_all(self._trip.session)) or last:
                    return
        except Refused as refusal:
            self._refusal = refusal
            self._warn(f"{refusal}; nothing more is sent")

    def _persist(self, step: Callable[[], bool]) -> bool:
        """Try a step until it succeeds, with growing pauses; tell whether it did before all was given up."""
        pause = _FIRST_PAUSE
        while not step():
            if self._given_up.wait(pause * random.uniform(0.5, 1.0)):  # noqa: S311 -- spreads the load only
                return False
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True

    def _open(self) -> bool:
        self._opened = self._opened or self._client.open(self._trip)
        return self._opened

    def _send_left_behind(self) -> None:
        """Send what earlier runs left; a session that is refused by now keeps its events on disk."""
        for trip in self._outbox.left_behind(self._trip.cart, self._trip.session):
            try:
                if self._client.open(trip):
                    self._send_all(trip.session)
            except Refused as refusal:
                self._warn(f"events of the earlier session {trip.session} stay unsent: {refusal}")

    def _send_all(self, session: str) -> bool:
        while batch := self._outbox.waiting(session, BATCH):
            results = self._client.post_events(session, [waiting.body for waiting in batch])
            if results is None:
                return False
            self._note(batch, results)
        while picture := self._outbox.picture(session):
            if not self._client.put_picture(picture.event, picture.jpeg):
                return False
            self._outbox.picture_answered(picture.place)
        return True

    def _note(self, batch: list[Waiting], results: list[Result]) -> None:
        answered = []
        for waiting, result in zip(batch, results, strict=True):
            if result["status"] == "refused":
                self._outbox.set_aside(waiting.place, result["problem"]["detail"])
            else:
                answered.append(waiting.place)
        self._outbox.answered(answered)


def deliver(
    events: Iterable[CartEvent],
    url: str,
    key: str,
    cart: str,
    session: str,
    store: str,
    *,
    outbox: Path | None = None,
    patience: float = PATIENCE,
    report: Callable[[Delivered], None] | None = None,
    warn: Warn = lambda _line: None,
) -> Iterator[CartEvent]:
    """Send events as they happen, and pass each on once it is on disk.

    Args:
        events: cart events of one session, as vision yields them.
        url: address of the service, like http://tally:8000.
        key: API key of the cart.
        cart: the cart's id.
        session: the session's id; the same id finds the session that an earlier run opened.
        store: the store's id.
        outbox: file that keeps events until they are answered; by default the setting's.
        patience: seconds to go on trying after the last event, at least one try.
        report: told what became of the events, at the end.
        warn: told in a line of what goes wrong on the way.

    Yields:
        Each event, after it is on disk.

    Raises:
        InputError: the service refuses the session, or the outbox cannot be written.
        DeliveryError: after the last event, when some could not be delivered in `patience` seconds.
    """
    trip = Trip(session, cart, store)
    with Sender(TallyClient(url, key), trip, outbox or settings().outbox, warn) as sender:
        for event in events:
            sender.send(event)
            yield event
        delivered = sender.finish(patience)
    if report:
        report(delivered)
    delivered.check(url)
