"""A gap: a stretch of time in which the camera saw nothing, and how long after it nothing is certain."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cart.vision.opening import Opening
from cart.vision.tracking import likeness
from cart.vision.visits import contents
from cart.vision.visits.piece import Piece
from cart.vision.visits.visit import Visit

FIRST_LOOK_SECONDS = 0.5
"""What shows inside within this time after a gap may have been there during it."""
SETTLE_SECONDS = 1.0
"""How long after a gap a picture's light may still change: what nobody saw happen waits for it."""
_SAME_LOOK = 0.4


@dataclass(eq=False, slots=True)
class Gap:
    """A stretch of time in which nobody looked.

    Attributes:
        began: media seconds of the last frame before.
        ended: media seconds of the first frame after; None while it lasts.
        moved: the camera moved meanwhile: places before and after do not compare.
        opening: where the opening lies afterwards.
        visit: what was changed meanwhile counts as this visit; None until there is something.
    """

    began: float
    opening: Opening
    ended: float | None = None
    moved: bool = False
    visit: Visit | None = None

    def is_first_look(self, time: float) -> bool:
        """Tell whether `time` is so soon after the gap that what shows then may come from it."""
        return self.ended is not None and time - self.ended <= FIRST_LOOK_SECONDS

    def is_settled(self, time: float) -> bool:
        """Tell whether the picture had the time to become what it was."""
        return self.ended is not None and time - self.ended >= SETTLE_SECONDS


def least_likeness_in_place(new: Sequence[Piece], known: Collection[Piece]) -> float:
    """Return how alike a piece must be to the one that lay just there before a gap, to be that one.

    Where most of the contents lie where they did and look like something else, the light has changed and not
    the items: then any likeness will do.
    """
    changed = sum(
        any(contents.in_place_of(n, old) and likeness(n.track.look, old.track.look) < _SAME_LOOK for n in new)
        for old in known
        if old.unverified
    )
    same = sum(not piece.unverified for piece in known)
    return 0.0 if changed > max(1, same) else _SAME_LOOK
