import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.evaluation.scores import Score, wilson_interval


def test_precision_recall_and_f1() -> None:
    score = Score(matched=6, missed=2, false=4)
    assert (score.precision, score.recall) == (0.6, 0.75)
    assert score.f1 == pytest.approx(2 * 0.6 * 0.75 / (0.6 + 0.75))


def test_where_there_is_nothing_nothing_is_wrong() -> None:
    assert (Score().precision, Score().recall, Score().f1) == (1, 1, 1)
    assert Score().precision_interval == (0, 1)


def test_all_missed_or_all_false_scores_nothing() -> None:
    assert (Score(missed=3).recall, Score(missed=3).f1) == (0, 0)
    assert (Score(false=3).precision, Score(false=3).f1) == (0, 0)


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
