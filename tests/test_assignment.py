from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cart.assignment import IMPOSSIBLE, assign

Pairs = list[tuple[int, int]]
Table = list[list[float]]

_MOST = 1.0
_costs = st.one_of(st.integers(0, 150).map(lambda n: n / 100), st.just(IMPOSSIBLE))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return [[draw(_costs) for _ in range(columns)] for _ in range(rows)]


def total(table: Table, pairs: Pairs) -> float:
    """What pairs cost, less what they spare: each leaves one row and one column less without another."""
    return sum(table[row][column] - _MOST for row, column in pairs)


def least(table: Table) -> float:
    """Try everything."""
    rows, columns = range(len(table)), range(len(table[0]))
    return min(
        total(table, list(zip(some, others, strict=True)))
        for count in range(min(len(rows), len(columns)) + 1)
        for some in combinations(rows, count)
        for others in permutations(columns, count)
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(tables())
def test_no_other_pairs_cost_less(table: Table) -> None:
    pairs = assign(table, most=_MOST)
    assert total(table, pairs) == pytest.approx(least(table))
    assert pairs == sorted(pairs)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(table[row][column] <= _MOST for row, column in pairs)


def test_a_greedy_choice_is_not_made() -> None:
    assert assign([[0.1, 0.2], [0.2, 0.9]], most=1.0) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(("cost", "pairs"), [(0.49, [(0, 0)]), (0.51, []), (IMPOSSIBLE, [])])
def test_no_pair_costs_more_than_the_most(cost: float, pairs: Pairs) -> None:
    assert assign([[cost]], most=0.5) == pairs


def test_a_good_pair_is_not_given_up_to_spare_another_row_a_miss() -> None:
    assert assign([[0.1, 0.9], [0.95, IMPOSSIBLE]], most=1.0) == [(0, 0)]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_is_paired_with_nothing(shape: tuple[int, int]) -> None:
    assert assign(np.zeros(shape), most=1.0) == []


def test_no_rows_as_a_list() -> None:
    assert assign([], most=1.0) == []
    assert assign([[], []], most=1.0) == []
