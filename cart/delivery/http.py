"""Events to the tally service over HTTP: each stored first, sent in batches, and again until answered."""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

import httpx
from platformdirs import user_state_path

from cart.delivery.outbox import Outbox, SetAside, Waiting
from cart.errors import CartError, InputError
from cart.events import CartEvent

BATCH = 100
"""Most events in one request."""
_BATCH_MEDIA = "application/cloudevents-batch+json"
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_RETRIED = frozenset({408, 425, 429})


class DeliveryError(CartError):
    """Events could not be delivered; they are kept, and the next run sends them (exit code 1)."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of the events of a run."""

    waiting: int
    """How many the service has not answered; they are kept for the next run."""
    refused: tuple[SetAside, ...]


def default_outbox() -> Path:
    """Return the file that keeps events until they are answered."""
    return user_state_path("smart-cart") / "outbox.sqlite3"


def deliver(
    events: Iterable[CartEvent],
    url: str,
    key: str,
    cart: str,
    session: str,
    store: str,
    *,
    outbox: Path | None = None,
    patience: float = 30.0,
    report: Callable[[Delivered], None] | None = None,
) -> Iterator[CartEvent]:
    """Send events as they happen, and pass each on once it is on disk; the network never holds them up.

    Args:
        events: cart events of one session, as vision yields them.
        url: address of the service, like http://tally:8000.
        key: API key of the cart.
        cart: the cart's id.
        session: the session's id; the same id finds the session that an earlier run opened.
        store: the store's id.
        outbox: file that keeps events until they are answered; by default in the user's state folder.
        patience: seconds to go on trying after the last event, at least one try.
        report: told what became of the events, at the end.

    Yields:
        Each event, after it is on disk.

    Raises:
        InputError: the service refuses the session, or the outbox cannot be written.
        DeliveryError: after the last event, when some could not be delivered in `patience` seconds.
    """
    where = outbox or default_outbox()
    with Sender(url, key, cart=cart, session=session, store=store, outbox=where) as sender:
        for event in events:
            sender.send(event)
            yield event
        delivered = sender.finish(patience)
    if report:
        report(delivered)
    if delivered.waiting:
        raise DeliveryError(
            f"{delivered.waiting} events could not be delivered to {url}: they are kept, run the same again"
        )


class Sender:
    """Sends one session's events in a thread of its own, from an outbox on disk."""

    def __init__(self, url: str, key: str, *, cart: str, session: str, store: str, outbox: Path) -> None:
        self._trip = {"cart": cart, "store": store, "session": session}
        self._outbox = Outbox(outbox, url, session)
        self._client = httpx.Client(
            base_url=_checked(url), headers={"Authorization": f"Bearer {key}"}, timeout=_TIMEOUT
        )
        self._more, self._done, self._given_up = Event(), Event(), Event()
        self._refusal: str | None = None
        self._thread = Thread(target=self._run, name="cart-sender", daemon=True)

    def __enter__(self) -> Self:
        """Begin to send, first of all what an earlier run left."""
        self._more.set()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop sending; what is not answered stays on disk."""
        self._given_up.set()
        self._more.set()
        self._thread.join()
        self._client.close()
        self._outbox.close()

    def send(self, event: CartEvent) -> None:
        """Store an event, and have it sent.

        Raises:
            InputError: the service refuses the session.
        """
        self._outbox.put(event)
        self._more.set()
        self._check()

    def finish(self, patience: float) -> Delivered:
        """Wait until all is answered, or for `patience` seconds; return what became of the events.

        Raises:
            InputError: the service refuses the session.
        """
        self._done.set()
        self._more.set()
        self._thread.join(timeout=max(patience, 0.0))
        self._given_up.set()
        self._more.set()
        self._thread.join()
        self._check()
        return Delivered(len(self._outbox.waiting(-1)), tuple(self._outbox.refused()))

    def _check(self) -> None:
        if self._refusal:
            raise InputError(self._refusal)

    def _run(self) -> None:
        try:
            if not self._persist(self._open):
                return
            while not self._given_up.is_set():
                self._more.wait()
                self._more.clear()
                last = self._done.is_set()
                if not self._persist(self._send_all) or last:
                    return
        except InputError as error:
            self._refusal = str(error)

    def _persist(self, step: Callable[[], bool]) -> bool:
        """Try a step until it succeeds, with growing pauses; tell whether it did before all was given up."""
        pause = _FIRST_PAUSE
        while not step():
            if self._given_up.wait(pause * random.uniform(0.5, 1.0)):  # noqa: S311 -- spreads the load only
                return False
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True

    def _open(self) -> bool:
        answer = self._post("/v1/sessions", json.dumps(self._trip), "application/json")
        if answer is None:
            return False
        if answer.is_success:
            return True
        raise InputError(f"the tally service refuses the session: {_reason(answer)}")

    def _send_all(self) -> bool:
        while batch := self._outbox.waiting(BATCH):
            body = f"[{','.join(waiting.body for waiting in batch)}]"
            answer = self._post(f"/v1/sessions/{self._trip['session']}/events", body, _BATCH_MEDIA)
            if answer is None:
                return False
            if answer.status_code in (401, 403):
                raise InputError(f"the tally service refuses the key, the events are kept: {_reason(answer)}")
            results = _results(answer, len(batch))
            self._note(batch, results)
        return True

    def _note(self, batch: list[Waiting], results: list[dict[str, Any]]) -> None:
        answered = []
        for waiting, result in zip(batch, results, strict=True):
            if result["status"] == "refused":
                self._outbox.set_aside(waiting.place, result["problem"]["detail"])
            else:
                answered.append(waiting.place)
        self._outbox.answered(answered)

    def _post(self, path: str, body: str, media: str) -> httpx.Response | None:
        """Return the answer, None where it is worth trying again."""
        try:
            answer = self._client.post(path, content=body.encode(), headers={"Content-Type": media})
        except httpx.HTTPError:
            return None
        return None if answer.status_code >= 500 or answer.status_code in _RETRIED else answer


def _results(answer: httpx.Response, count: int) -> list[dict[str, Any]]:
    """Return a result for each event sent; all refused where the service refused the request."""
    if not answer.is_success:
        refused = {"status": "refused", "problem": {"detail": _reason(answer)}}
        return [refused] * count
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _checked(url: str) -> httpx.URL:
    try:
        checked = httpx.URL(url)
    except httpx.InvalidURL:
        raise InputError(f"{url!r} is not an address: write it like http://tally:8000") from None
    if checked.scheme not in ("http", "https") or not checked.host:
        raise InputError(f"{url!r} is not an address: write it like http://tally:8000")
    return checked
