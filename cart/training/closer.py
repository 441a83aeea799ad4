"""Parts of stills, as a camera nearer by would see them: hands and items that fill the picture."""

import numpy as np

from cart.training.labelled import Label, Labelled
from cart.vision.boxes import Box, area

_SPAN = (0.35, 0.75)
"""Side of a part, as a share of the still's."""
_HAND_FIRST = 0.6
"""How often a part is about a hand where there is one."""
_LEAST_LEFT = 0.15
"""Share of its box, or of the part, that a label must keep: less is an edge that nobody would name."""
_LEAST_SIDE = 6.0  # pixels


def closer(still: Labelled, rng: np.random.Generator) -> Labelled:
    """Return a part of a still about one of its labels, with the labels of what is seen in it.

    A still without labels gives a part of it anywhere.
    """
    height, width = still.picture.shape[:2]
    span = float(rng.uniform(*_SPAN))
    wide, high = round(span * width), round(span * height)
    x, y = _centre(still, rng)
    left = int(np.clip(x - wide * rng.uniform(0.25, 0.75), 0, width - wide))
    top = int(np.clip(y - high * rng.uniform(0.25, 0.75), 0, height - high))
    labels = (_within(label, (left, top, left + wide, top + high)) for label in still.labels)
    part = still.picture[top : top + high, left : left + wide]
    return Labelled(part, tuple(label for label in labels if label))


def _centre(still: Labelled, rng: np.random.Generator) -> tuple[float, float]:
    hands = [label for label in still.labels if label.kind == "hand"]
    about = hands if hands and rng.random() < _HAND_FIRST else list(still.labels)
    if not about:
        height, width = still.picture.shape[:2]
        return float(rng.uniform(0, width)), float(rng.uniform(0, height))
    x1, y1, x2, y2 = about[int(rng.integers(len(about)))].box
    return (x1 + x2) / 2, (y1 + y2) / 2


def _within(label: Label, part: Box) -> Label | None:
    """Return a label as it is in a part; None where next to nothing of it is."""
    left, top, right, bottom = part
    x1, y1, x2, y2 = label.box
    box = max(x1, left) - left, max(y1, top) - top, min(x2, right) - left, min(y2, bottom) - top
    if min(box[2] - box[0], box[3] - box[1]) < _LEAST_SIDE:
        return None
    if area(box) < _LEAST_LEFT * min(area(label.box), area(part)):
        return None
    return Label(label.kind, box)
