"""What the rules of a visit are told of one frame, and what they answer with: plain values."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cart.vision.boxes import Box
from cart.vision.tracking import SeenItem

Action = Literal["add", "remove"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One frame as the detector and the motion gate saw it.

    Attributes:
        time: media seconds, rising from one observation to the next.
        items: every item found.
        hands: boxes of the hands found, pixels.
        motion: grid of any shape laid over the whole picture, true where it changed since the
            observation before; None where nobody looked.
        doubtful: the picture may not be worth believing: items are followed, but nothing is concluded from
            what it does not show, and nothing is decided.
    """

    time: float
    items: tuple[SeenItem, ...] = ()
    hands: tuple[Box, ...] = ()
    motion: NDArray[np.bool_] | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class VisitEvent:
    """An item was added or removed.

    Attributes:
        action: what happened.
        time: media seconds, as the contract defines `media_time`.
        piece: number of the item; a later removal of the same item carries the same number.
        visit: number of the visit it belongs to, from 1.
        confidence: 0..1, that this event happened.
        unsure: the evidence is of one kind only and weak: to be reviewed.
        from_initial: a removal of what lay in the cart before the first visit.
        began, ended: media seconds of the evidence.
        seen: number of the item whose sights show it: another than `piece` where something came out of a pile
            and `piece` is the one of those hidden there that it looks like most.
    """

    action: Action
    time: float
    piece: int
    visit: int
    confidence: float
    unsure: bool
    from_initial: bool
    began: float
    ended: float
    seen: int
