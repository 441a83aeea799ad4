"""Pairing rows with columns at least cost: the assignment problem, solved by the package `lap`."""

import lap
import numpy as np
from numpy.typing import ArrayLike

IMPOSSIBLE = 1e9
"""The cost of a pair that must not be made."""


def assign(costs: ArrayLike, most: float) -> list[tuple[int, int]]:
    """Return the pairs (row, column) of least total cost, by row; each row and column at most once.

    Leaving a row and a column without each other costs `most`, so that no pair that costs more is made, and
    no good pair is given up to spare another row a miss. Jonker and Volgenant, Computing 38 (1987).

    >>> assign([[0.1, 0.9], [0.8, IMPOSSIBLE]], most=1.0)
    [(0, 0)]

    Args:
        costs: (rows, columns), not negative; either may be none.
        most: what a pair may cost.
    """
    table = np.asarray(costs, dtype=np.float64)
    if table.size == 0:
        return []
    columns = lap.lapjv(table, extend_cost=True, cost_limit=most, return_cost=False)[0]
    return [(row, int(column)) for row, column in enumerate(columns) if column >= 0]
