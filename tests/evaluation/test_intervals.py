import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.evaluation.intervals import f1_interval, gain_interval, wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(8, 8, 0.6756, 1.0), (0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662)],
)
def test_published_wilson_intervals(successes: int, trials: int, low: float, high: float) -> None:
    # 81 of 263: R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(counts: tuple[int, int]) -> None:
    low, high = wilson_interval(*counts)
    share = counts[0] / counts[1] if counts[1] else 0.5
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1


@given(st.integers(0, 100), st.integers(0, 100))
def test_more_successes_never_lower_an_interval(successes: int, failures: int) -> None:
    trials = successes + failures + 1
    fewer, more = wilson_interval(successes, trials), wilson_interval(successes + 1, trials)
    assert fewer[0] <= more[0]
    assert fewer[1] <= more[1]


def test_an_interval_of_f1_is_that_of_the_share_of_all_events() -> None:
    low, high = wilson_interval(30, 40)
    assert f1_interval(30, 6, 4) == pytest.approx((2 * low / (1 + low), 2 * high / (1 + high)))
    assert f1_interval(0, 0, 0) == (0, 1)


def test_an_interval_of_a_gain_worked_by_hand() -> None:
    half = 1.96 * (14 - 50 * 0.2**2) ** 0.5 / 50
    assert gain_interval(12, 2, 50) == pytest.approx((0.2 - half, 0.2 + half), abs=1e-5)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_an_interval_of_a_gain_turns_round_with_the_sides(gained: int, lost: int, same: int) -> None:
    trials = gained + lost + same + 1
    low, high = gain_interval(gained, lost, trials)
    assert low <= (gained - lost) / trials <= high
    assert gain_interval(lost, gained, trials) == pytest.approx((-high, -low))
