"""A place for one frame between a camera's thread and the pipeline: the newest wins, nothing queues up."""

from threading import Condition
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Latest(Generic[Value]):
    """Holds the newest value until it is taken.

    Every access holds the condition, which several mailboxes may share: whoever waits on it wakes up when a
    value is put or taken.

    Attributes:
        dropped: how many values were replaced before anybody took them.

    >>> box = Latest[int](Condition())
    >>> box.put(1); box.put(2); box.take(), box.take(), box.dropped
    (2, None, 1)
    """

    def __init__(self, news: Condition) -> None:
        """Start empty; `news` needs a lock that its holder may take again, as by default."""
        self.dropped = 0
        self._news = news
        self._value: Value | None = None

    @property
    def full(self) -> bool:
        """Whether a value waits to be taken."""
        with self._news:
            return self._value is not None

    def put(self, value: Value) -> None:
        """Put a value in, in place of one that still waits."""
        with self._news:
            self.dropped += self._value is not None
            self._value = value
            self._news.notify_all()

    def take(self) -> Value | None:
        """Return the value and leave the place empty; None where it was."""
        with self._news:
            value, self._value = self._value, None
            if value is not None:
                self._news.notify_all()
            return value

    def wait_until_taken(self, timeout: float) -> bool:
        """Wait until the place is empty, at most `timeout` seconds; return whether it is."""
        with self._news:
            return self._news.wait_for(lambda: self._value is None, timeout)
