"""How well a detector finds what is labelled in pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from cart.training.labelled import Label, Labelled
from cart.vision.boxes import Detection, Kind, iou
from cart.vision.detection import Detector

SAME_THING = 0.5
"""A detection is right when its box and a label's of its kind overlap at least this much (IoU)."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one kind over all pictures."""

    labelled: int
    found: int
    wrong: int

    @property
    def precision(self) -> float:
        """Share of the detections that are right, 0..1; 1 where there is none."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Share of the labels that are found, 0..1; 1 where there is none."""
        return self.found / self.labelled if self.labelled else 1.0


def measure(detector: Detector, pictures: Iterable[Labelled], least_score: float) -> dict[Kind, Score]:
    """Return the counts for each kind.

    Args:
        detector: what is measured.
        pictures: with all that they show labelled.
        least_score: detections below it are left out, 0..1.
    """
    totals: dict[Kind, list[int]] = {kind: [0, 0, 0] for kind in get_args(Kind)}
    for one in pictures:
        detections = [found for found in detector.detect(one.picture) if found.score >= least_score]
        for kind, total in totals.items():
            labels = [label for label in one.labels if label.kind == kind]
            same = [found for found in detections if found.kind == kind]
            right = count_right(same, labels)
            for index, more in enumerate((len(labels), right, len(same) - right)):
                total[index] += more
    return {kind: Score(*total) for kind, total in totals.items()}


def count_right(detections: Sequence[Detection], labels: Sequence[Label]) -> int:
    """Return how many detections find a label of their own; the best scored choose first.

    >>> label = Label("item", (0, 0, 10, 10))
    >>> twice = [Detection("item", (0, 0, 10, 9), 0.9), Detection("item", (0, 0, 10, 8), 0.8)]
    >>> count_right(twice, [label])
    1
    """
    free, right = list(labels), 0
    for found in sorted(detections, key=lambda one: -one.score):
        best = max(free, key=lambda label: iou(found.box, label.box), default=None)
        if best is not None and iou(found.box, best.box) >= SAME_THING:
            free.remove(best)
            right += 1
    return right
