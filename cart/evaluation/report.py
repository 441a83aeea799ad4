"""The outcome of comparing found events with the truth: what was right, what was missed, what is false."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from cart.evaluation.matching import UnitEvent
from cart.evaluation.scores import Score

Pair = tuple[UnitEvent, UnitEvent]
"""A found event and the true one that it was paired with."""


def _any(_: UnitEvent) -> bool:
    return True


def _has(field: Literal["action", "product"], value: str | None) -> Callable[[UnitEvent], bool]:
    return lambda event: bool(getattr(event, field) == value)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Found events beside true ones, one to one."""

    matched: tuple[Pair, ...]
    confused: tuple[Pair, ...]
    """Right but for the product; none where products are not compared."""
    missed: tuple[UnitEvent, ...]
    """True events that nothing was found for."""
    false: tuple[UnitEvent, ...]
    """Found events that are not true."""

    @property
    def errors(self) -> int:
        """How many unit events are wrong; a confused product is one error."""
        return len(self.confused) + len(self.missed) + len(self.false)

    def score(self, of: Callable[[UnitEvent], bool] = _any) -> Score:
        """Count the events for which `of` holds; a confused one is both a miss and a false event."""
        missed = [*self.missed, *(true for _, true in self.confused)]
        false = [*self.false, *(found for found, _ in self.confused)]
        return Score(
            matched=sum(of(true) for _, true in self.matched),
            missed=sum(map(of, missed)),
            false=sum(map(of, false)),
        )

    def products(self) -> dict[str | None, str]:
        """Return the label of each product that occurs, true ones first, in order of time."""
        pairs = [*self.matched, *self.confused]
        true = [*(true for _, true in pairs), *self.missed]
        found = [*(found for found, _ in pairs), *self.false]
        labels: dict[str | None, str] = {}
        for event in [*sorted(true, key=_time), *sorted(found, key=_time)]:
            labels.setdefault(event.product, event.label)
        return labels


@dataclass(frozen=True, slots=True)
class ProductCount:
    """How many items of a product lie in the cart at the end."""

    product: str
    expected: int
    """By the truth."""
    found: int
    """The true contents at the start, plus found adds, minus found removes."""


@dataclass(frozen=True, slots=True)
class Report:
    """How well found events agree with the truth."""

    clip: str
    tolerance_s: float
    from_s: float
    """Where in the clip the comparison starts, in seconds of media time."""
    by_action: Comparison
    """Pairs agree in action and time."""
    by_product: Comparison
    """Pairs agree in product, action and time; an event without a GTIN is never right."""
    contents: tuple[ProductCount, ...]
    notes: tuple[str, ...] = ()
    """What hinders the comparison, a line each."""

    @property
    def action_scores(self) -> dict[str, Score]:
        """Scores by action: of all, of adds, of removes."""
        return {
            "all": self.by_action.score(),
            "add": self.by_action.score(_has("action", "add")),
            "remove": self.by_action.score(_has("action", "remove")),
        }

    @property
    def product_score(self) -> Score:
        """Score of all events by product."""
        return self.by_product.score()

    @property
    def product_scores(self) -> list[tuple[str, Score]]:
        """Each product's label and score."""
        products = self.by_product.products().items()
        return [(label, self.by_product.score(_has("product", product))) for product, label in products]

    @property
    def contents_right(self) -> bool:
        """Whether the final contents are right, product by product."""
        return all(count.expected == count.found for count in self.contents)

    @property
    def count_right(self) -> bool:
        """Whether the final number of items is right, whatever the products."""
        return sum(count.expected - count.found for count in self.contents) == 0

    @property
    def mean_time_error_s(self) -> float | None:
        """Mean distance in seconds of the pairs by action; None where there are none."""
        errors = [abs(found.t - true.t) for found, true in self.by_action.matched]
        return fmean(errors) if errors else None

    def to_dict(self) -> dict[str, Any]:
        """Return the report as the JSON object that `cart evaluate --json` prints."""
        time_error = self.mean_time_error_s
        return {
            "clip": self.clip,
            "tolerance_s": self.tolerance_s,
            "from_s": self.from_s,
            "mean_time_error_s": None if time_error is None else round(time_error, 3),
            "by_action": {
                "scores": {name: _score_dict(score) for name, score in self.action_scores.items()},
                **_comparison_dict(self.by_action),
            },
            "by_product": {
                "score": _score_dict(self.product_score),
                "products": [
                    {"product": label, **_score_dict(score)} for label, score in self.product_scores
                ],
                **_comparison_dict(self.by_product),
            },
            "contents": {
                "right": self.contents_right,
                "count_right": self.count_right,
                "products": [
                    {"product": count.product, "expected": count.expected, "found": count.found}
                    for count in self.contents
                ],
            },
            "notes": list(self.notes),
        }

    def to_json(self) -> str:
        """Return `to_dict` as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def _time(event: UnitEvent) -> float:
    return event.t


def _score_dict(score: Score) -> dict[str, Any]:
    return {
        "matched": score.matched,
        "missed": score.missed,
        "false": score.false,
        "precision": round(score.precision, 4),
        "precision_interval": [round(bound, 4) for bound in score.precision_interval],
        "recall": round(score.recall, 4),
        "recall_interval": [round(bound, 4) for bound in score.recall_interval],
        "f1": round(score.f1, 4),
    }


def _comparison_dict(comparison: Comparison) -> dict[str, Any]:
    return {
        "errors": comparison.errors,
        "missed": [_event_dict(event) for event in comparison.missed],
        "false": [_event_dict(event) for event in comparison.false],
        "confused": [
            {"true": _event_dict(true), "found": _event_dict(found)} for found, true in comparison.confused
        ],
    }


def _event_dict(event: UnitEvent) -> dict[str, Any]:
    return {"t": event.t, "action": event.action, "product": event.label}
