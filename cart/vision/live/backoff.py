"""How long to wait before the next try to reach a camera."""

import random
from collections.abc import Iterator
from itertools import count

FIRST = 0.5
"""Longest wait in seconds before the first try."""

LONGEST = 5.0
"""Longest wait in seconds before any try."""


def waits(rng: random.Random) -> Iterator[float]:
    """Yield the seconds to wait before each try, without end.

    Exponential back-off with full jitter (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture
    Blog, 2015): anywhere between nothing and a bound that doubles from try to try, so that a hundred carts
    which lost one network do not all come back at the same moment.

    >>> [wait <= bound for wait, bound in zip(waits(random.Random(0)), (0.5, 1, 2, 4, 5, 5, 5))]
    [True, True, True, True, True, True, True]
    """
    for tries in count():
        yield rng.uniform(0, min(LONGEST, FIRST * 2 ** min(tries, 10)))
