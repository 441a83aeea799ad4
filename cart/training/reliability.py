"""Whether a confidence means what it says: among answers given with 0.8, eight in ten should be right.

The calibration curve and its error are those of Guo, Pleiss, Sun and Weinberger: On Calibration of Modern
Neural Networks, ICML 2017, section 2; with bins of equal counts instead of equal widths, so that no bin rests
on a handful of answers.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from cart.errors import InputError

FILE = "reliability.json"
"""File of a run's folder with its bins, where the run measured them."""


class Bin(BaseModel):
    """Answers of about the same confidence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    confidence: float = Field(ge=0, le=1, description="their mean")
    right: float = Field(ge=0, le=1, description="the share of them that is right")
    count: int = Field(gt=0)


_BINS = TypeAdapter(list[Bin])


def reliability(confidences: ArrayLike, right: ArrayLike, bins: int = 10) -> list[Bin]:
    """Return answers in bins of equal counts, the least confident first.

    Answers of the same confidence are never split, so that counts may differ and bins be fewer.

    Args:
        confidences: of N answers, 0..1.
        right: whether each was right, N booleans.
        bins: how many at most.

    >>> reliability([0.5, 0.5, 0.9, 0.9], [True, False, True, True], bins=2)
    [Bin(confidence=0.5, right=0.5, count=2), Bin(confidence=0.9, right=1.0, count=2)]
    """
    given = np.asarray(confidences, np.float64)
    order = np.argsort(given, kind="stable")
    ranked, answers = given[order], np.asarray(right, np.float64)[order]
    even = np.arange(1, bins) * len(ranked) // bins
    starts = np.searchsorted(ranked, ranked[even]) if len(ranked) else even
    parts = zip(np.split(ranked, np.unique(starts)), np.split(answers, np.unique(starts)), strict=True)
    return [
        Bin(confidence=min(1.0, float(part.mean())), right=float(good.mean()), count=len(part))
        for part, good in parts
        if len(part)
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return how far confidence and share right lie apart, 0..1: the mean over all answers, by their bins.

    >>> bins = [Bin(confidence=0.5, right=0.5, count=1), Bin(confidence=0.75, right=0.5, count=1)]
    >>> expected_calibration_error(bins)
    0.125
    """
    total = sum(one.count for one in bins)
    apart = sum(one.count * abs(one.confidence - one.right) for one in bins)
    return apart / total if total else 0.0


def write_reliability(folder: Path, bins: Sequence[Bin]) -> None:
    """Write the bins into a run's folder, where `cart train report` looks for them."""
    (folder / FILE).write_bytes(_BINS.dump_json(list(bins), indent=1) + b"\n")


def read_reliability(folder: Path) -> list[Bin]:
    """Return the bins of a run, none where it measured none.

    Raises:
        InputError: their file is damaged.
    """
    file = folder / FILE
    if not file.exists():
        return []
    try:
        return _BINS.validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{file} is damaged: {where}: {first['msg']}") from error
