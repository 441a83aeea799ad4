"""`--to`: a run's events on their way to the tally service."""

from types import TracebackType
from typing import Self

from cart.delivery.http import TallyClient
from cart.delivery.outbox import Sendable, Trip
from cart.delivery.sender import Sender, Warn
from cart.errors import InputError
from cart.settings import settings


class Sending:
    """Sends events to a tally service, where there is one; use it with `with`.

    Args:
        url: address of the service; None sends nothing.
        trip: the session.
        warn: told in a line of what goes wrong on the way.

    Raises:
        InputError: the address is none, there is no key, or the outbox cannot be written.
    """

    def __init__(self, url: str | None, trip: Trip, warn: Warn) -> None:
        self._url, self._warn = url, warn
        self._sender = _sender(url, trip, warn) if url is not None else None

    def send(self, event: Sendable, picture: bytes | None = None) -> None:
        """Store an event and its picture (JPEG), and have them sent."""
        if self._sender is not None:
            self._sender.send(event, picture)

    def finish(self) -> None:
        """Wait a while until all is answered, and say what was not.

        Raises:
            DeliveryError: some events are still to be sent; they are kept.
            InputError: the service refused the session or the key in the meantime.
        """
        if self._sender is None or self._url is None:
            return
        delivered = self._sender.finish()
        for reason in dict.fromkeys(one.reason for one in delivered.refused):
            count = sum(one.reason == reason for one in delivered.refused)
            self._warn(f"the tally service refused {count} of the events, which are set aside: {reason}")
        delivered.check(self._url)

    def __enter__(self) -> Self:
        """Open the session.

        Raises:
            InputError: the service refuses it.
        """
        if self._sender is not None:
            self._sender.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sender is not None:
            self._sender.__exit__(kind, error, trace)


def _sender(url: str, trip: Trip, warn: Warn) -> Sender:
    key = settings().key
    if key is None:
        raise InputError("--to needs the cart's API key in CART_KEY: `cart keys make cart ID` makes one")
    return Sender(TallyClient(url, key.get_secret_value()), trip, settings().outbox, warn)
