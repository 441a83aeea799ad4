"""From what is known of the cart to the items added and removed.

Both kinds of evidence are weighed for every item. One that comes to rest free of any hand, where nothing like
it is missing, is an add; so is one seen going in that the pile then hides. A content item that is missing
from its clearly visible home after the hand has gone, or that was followed out, is a removal. What comes to
rest while something like it is missing has only been moved.
"""

from cart.vision.opening import Opening
from cart.vision.visits.crossed import CROSSING_SECONDS, Crossed
from cart.vision.visits.missing import Missing
from cart.vision.visits.observation import Observation, VisitEvent
from cart.vision.visits.piece import Piece
from cart.vision.visits.rests import Rests
from cart.vision.visits.telling import Teller
from cart.vision.visits.world import World

_SETTLE_SECONDS = 2.5  # after a visit; what is still open then, no longer look will settle


class Visits:
    """Decides visits from observations given in order of time.

    Args:
        opening: the cart's opening, in pixels of the pictures observed.
    """

    def __init__(self, opening: Opening) -> None:
        self.world = World(opening)
        self._told = Teller()
        self._rests = Rests(self.world, self._told)
        self._missing = Missing(self.world, self._told)
        self._crossed = Crossed(self.world, self._told)

    @property
    def contents(self) -> list[Piece]:
        """The pieces that lie in the cart now, oldest first."""
        return self.world.contents

    @property
    def waiting(self) -> bool:
        """Whether more frames of a scene at rest would settle what is still open."""
        return not self.world.quiet or any(
            (p.content and p.touched and p.absent > 0)
            or (not p.content and p.rest is not None and self.world.in_sight(p))
            for p in self.world.pieces
        )

    @property
    def idle(self) -> bool:
        """Whether no visit goes on and all that the last one left has had the time to be settled."""
        world = self.world
        settling = world.gap is not None and not world.blind and not world.settled
        quiet = world.time - (world.visit.last_active if world.visit is not None else 0.0)
        decided = quiet >= (_SETTLE_SECONDS if self.waiting else CROSSING_SECONDS)
        return world.quiet and not settling and decided

    def update(self, seen: Observation) -> list[VisitEvent]:
        """Take in one frame and return the events that are sure by now."""
        if seen.doubtful:
            self.world.observe(seen)
            return self._told.take()
        if self.world.begins_visit(seen):
            self._decide(closing=True)
        self.world.observe(seen)
        self._decide(closing=False)
        self.world.remember_empty(seen)
        return self._told.take()

    def finish(self) -> list[VisitEvent]:
        """Return the events that the end of the footage leaves open, on what is known by then."""
        self._decide(closing=True)
        return self._told.take_unsure() if self.world.blind else self._told.take()

    def interrupt(
        self, time: float, *, moved: bool = False, opening: Opening | None = None
    ) -> list[VisitEvent]:
        """Take in that the camera sees nothing from `time` on, for a while; return what that leaves open.

        A visit that goes on ends: what was seen lying there or going in is told, as unsure. The contents
        stay, and are compared with what the next frames show: what has changed is told then, as unsure,
        with the time of the first look at it and the gap as its evidence.

        Args:
            time: media seconds of the last frame.
            moved: the camera moves meanwhile: contents are compared by look and count alone.
            opening: where the opening lies from now on; None: where it did.
        """
        if not self.world.blind:
            self._crossed.follow()
            self._rests.decide(closing=True)
            self._crossed.decide(closing=True)
        self.world.interrupt(time, moved=moved, opening=opening)
        return self._told.take_unsure()

    def _decide(self, *, closing: bool) -> None:
        self._crossed.follow()
        self._rests.decide(closing=closing)
        self._missing.decide(closing=closing)
        self._crossed.decide(closing=closing)
