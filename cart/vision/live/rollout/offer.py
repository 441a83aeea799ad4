"""A network that somewhere is offered for use, and what a place that offers networks is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cart.errors import InputError

Part = Literal["detector", "embedder"]

Check = Callable[[], None]
"""Called now and then during long work; raises `Stopped` when it is to be broken off."""


class Stopped(Exception):
    """The run ends: break off."""


class Unavailable(InputError):
    """Models cannot be had at present; it is worth trying again."""


class Refused(InputError):
    """A network is no good; it is not tried again until there is another one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A network for the cameras, not tried yet.

    Attributes:
        part: what it is to be.
        name: what to call it in a line.
        version: its name and the first eight hex digits of its SHA-256, as `weights.version_of` gives it.
        fetch: brings it here and returns its file; raises `Unavailable` or `Refused`.
    """

    part: Part
    name: str
    version: str
    fetch: Callable[[Check], Path]


class Source(Protocol):
    """A place that offers networks.

    Attributes:
        name: what to call it.
        seconds: how long to wait from one look at it to the next.
    """

    name: str
    seconds: float

    def offers(self, check: Check) -> Sequence[Offer]:
        """Return what is offered now, be it new or not.

        Raises:
            Unavailable: it cannot be told.
        """
