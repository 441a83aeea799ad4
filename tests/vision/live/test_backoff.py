"""The waits between tries."""

import random
from itertools import islice
from statistics import mean

from cart.vision.live.backoff import FIRST, LONGEST, waits


def test_the_bound_doubles_up_to_the_longest_wait() -> None:
    many = [list(islice(waits(random.Random(seed)), 12)) for seed in range(400)]
    longest = [max(run[tries] for run in many) for tries in range(12)]
    bounds = [min(LONGEST, FIRST * 2**tries) for tries in range(12)]

    assert all(0.95 * bound < wait <= bound for wait, bound in zip(longest, bounds, strict=True))


def test_the_waits_fill_the_whole_range_so_that_carts_come_back_one_by_one() -> None:
    late = [next(islice(waits(random.Random(seed)), 8, None)) for seed in range(400)]

    assert min(late) < 0.1 * LONGEST
    assert abs(mean(late) - LONGEST / 2) < 0.1 * LONGEST


def test_there_is_always_another_wait() -> None:
    assert 0 <= next(islice(waits(random.Random(1)), 5000, None)) <= LONGEST
