"""Counts of right and wrong events, and the rates that follow from them."""

from dataclasses import dataclass

from cart.evaluation.intervals import f1_interval, wilson_interval


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

    @property
    def f1_interval(self) -> tuple[float, float]:
        """95 % interval of F1."""
        return f1_interval(self.matched, self.missed, self.false)

    def __add__(self, other: "Score") -> "Score":
        """Return the counts of both together."""
        return Score(self.matched + other.matched, self.missed + other.missed, self.false + other.false)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
