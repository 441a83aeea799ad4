import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.evaluation.scores import Score


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


def test_scores_add_up() -> None:
    assert Score(1, 2, 3) + Score(4, 5, 6) == Score(5, 7, 9)


@given(st.builds(Score, *[st.integers(0, 50)] * 3))
def test_the_interval_of_f1_holds_it(score: Score) -> None:
    low, high = score.f1_interval
    assert low - 1e-12 <= score.f1 <= high + 1e-12
