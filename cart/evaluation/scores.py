"""Counts of right and wrong events, and the rates that follow from them."""

from dataclasses import dataclass
from math import sqrt

_Z95 = 1.959963984540054  # the 97.5 % quantile of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Score:
    """How many unit events were right; a rate of nothing is 1, for nothing was wrong."""

    matched: int = 0
    missed: int = 0
    false: int = 0

    @property
    def precision(self) -> float:
        """Share of the found events that are true, 0..1."""
        return _share(self.matched, self.matched + self.false)

    @property
    def recall(self) -> float:
        """Share of the true events that were found, 0..1."""
        return _share(self.matched, self.matched + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0..1: 2 matched / (2 matched + missed + false)."""
        return _share(2 * self.matched, 2 * self.matched + self.missed + self.false)

    @property
    def precision_interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the precision."""
        return wilson_interval(self.matched, self.matched + self.false)

    @property
    def recall_interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the recall."""
        return wilson_interval(self.matched, self.matched + self.missed)


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion; all of 0..1 where there were no trials.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    >>> [round(bound, 4) for bound in wilson_interval(8, 8)]
    [0.6756, 1.0]
    """
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, _Z95**2
    center = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, center - half), min(1.0, center + half)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
