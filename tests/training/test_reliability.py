import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.errors import InputError
from cart.training import reliability as module
from cart.training.reliability import (
    FILE,
    Bin,
    expected_calibration_error,
    read_reliability,
    reliability,
    write_reliability,
)

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)
BINS = st.integers(1, 12)


def binned(answers, bins=10):
    return reliability([one for one, _ in answers], [right for _, right in answers], bins)


def test_its_examples():
    assert doctest.testmod(module) == (0, 3)


@given(ANSWERS, BINS)
def test_every_answer_is_in_one_bin(answers, bins):
    made = binned(answers, bins)

    assert 1 <= len(made) <= bins
    assert sum(one.count for one in made) == len(answers)
    assert sum(one.count * one.right for one in made) == pytest.approx(sum(right for _, right in answers))
    total = sum(confidence for confidence, _ in answers)
    assert sum(one.count * one.confidence for one in made) == pytest.approx(total)


@given(ANSWERS, BINS)
def test_bins_go_from_unsure_to_sure(answers, bins):
    confidences = [one.confidence for one in binned(answers, bins)]

    assert confidences == sorted(confidences)


@given(st.data(), ANSWERS, BINS)
def test_the_order_of_the_answers_does_not_matter(data, answers, bins):
    mixed = data.draw(st.permutations(answers))

    assert [one.count for one in binned(mixed, bins)] == [one.count for one in binned(answers, bins)]
    assert expected_calibration_error(binned(mixed, bins)) == pytest.approx(
        expected_calibration_error(binned(answers, bins))
    )


@given(st.integers(1, 12), st.integers(1, 20))
def test_distinct_confidences_make_bins_of_equal_counts(bins, each):
    confidences = np.linspace(0, 1, bins * each)

    made = reliability(confidences, np.ones(bins * each, bool), bins)

    assert [one.count for one in made] == [each] * bins


@given(ANSWERS, BINS)
def test_the_error_lies_between_the_overall_one_and_one(answers, bins):
    """One bin can only hide what several show: the triangle inequality."""
    error = expected_calibration_error(binned(answers, bins))

    assert expected_calibration_error(binned(answers, 1)) - 1e-9 <= error <= 1


@pytest.mark.parametrize(("confidence", "error"), [(0.75, 0.0), (1.0, 0.25), (0.25, 0.5)])
def test_the_error_of_one_confidence_is_its_distance_from_the_share_right(confidence, error):
    made = reliability([confidence] * 8, [True, True, True, False] * 2)

    assert made == [Bin(confidence=confidence, right=0.75, count=8)]
    assert expected_calibration_error(made) == pytest.approx(error)


def test_large_bins_weigh_more():
    bins = [Bin(confidence=1, right=0.5, count=1), Bin(confidence=0.5, right=0.5, count=9)]

    assert expected_calibration_error(bins) == pytest.approx(0.05)


def test_no_answers_are_no_bins():
    assert reliability([], []) == []
    assert expected_calibration_error([]) == 0


def test_bins_are_read_as_they_were_written(tmp_path):
    assert read_reliability(tmp_path) == []
    bins = reliability([0.2, 0.9], [False, True], bins=2)
    write_reliability(tmp_path, bins)

    assert read_reliability(tmp_path) == bins


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "the file: Invalid JSON"),
        ('[{"confidence": 2, "right": 1, "count": 1}]', "0.confidence: "),
        ('[{"confidence": 1, "right": 1}]', "0.count: Field required"),
    ],
)
def test_a_damaged_file_is_told_by_its_field(tmp_path, text, message):
    (tmp_path / FILE).write_text(text)

    with pytest.raises(InputError, match=f"is damaged: {message}"):
        read_reliability(tmp_path)
