"""Pairs of found and true events, one to one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cart.assignment import IMPOSSIBLE, assign
from cart.events import Action

_TIME_RESOLUTION_S = 1e-6


@dataclass(frozen=True, slots=True)
class UnitEvent:
    """One item added or removed; an event of several items is several of these."""

    t: float
    """Seconds of media time."""
    action: Action
    product: str | None
    """What products are compared by: 14 digits of a GTIN, else a name; None where it is not known."""
    label: str
    """What a report calls the product."""


def match(
    found: Sequence[UnitEvent], truth: Sequence[UnitEvent], tolerance_s: float, *, by_product: bool
) -> list[tuple[int, int]]:
    """Pair found events with true ones: as many pairs as possible, and of those the least total time error.

    A pair has the same action, the same known product where `by_product`, and times that differ by
    `tolerance_s` at most. Solved as an assignment in which leaving a pair unmade costs more than the errors
    of all pairs together.

    Returns:
        Pairs of indices into `found` and `truth`, by rising index of `found`.
    """
    if not found or not truth:
        return []
    error = np.abs(_times(found)[:, None] - _times(truth)[None, :])
    allowed = (error <= tolerance_s + _TIME_RESOLUTION_S) & _agree(found, truth, by_product=by_product)
    left_unmade = (min(error.shape) + 1) * (tolerance_s + 1)
    return assign(np.where(allowed, error, IMPOSSIBLE), most=left_unmade)


def _times(events: Sequence[UnitEvent]) -> npt.NDArray[np.float64]:
    return np.array([event.t for event in events])


def _agree(
    found: Sequence[UnitEvent], truth: Sequence[UnitEvent], *, by_product: bool
) -> npt.NDArray[np.bool_]:
    return np.array(
        [[a.action == b.action and not (by_product and a.product != b.product) for b in truth] for a in found]
    )
