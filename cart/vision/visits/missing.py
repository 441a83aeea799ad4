"""Contents that are missing: followed out, or gone from a home in clear view."""

from cart.vision.visits import contents, crossing
from cart.vision.visits.piece import Piece, Zone
from cart.vision.visits.rests import WAIT_SECONDS
from cart.vision.visits.telling import Teller
from cart.vision.visits.views import ENOUGH_VIEWS
from cart.vision.visits.world import World

_LONG_VISIT_SECONDS = 3.0  # an item missing for this long is gone though the visit goes on
_LIKELY_GONE = 0.7  # chance at which a piece counts as gone when a new visit leaves no more time to look


class Missing:
    """Decides which contents were removed."""

    def __init__(self, world: World, told: Teller) -> None:
        self._world, self._told = world, told

    def decide(self, *, closing: bool) -> None:
        """Tell the contents that have left; `closing`: there will be no more time to look."""
        world = self._world
        for piece in world.contents:
            followed = world.real_rate and not piece.unverified
            if followed and crossing.has_left(piece, world.time, world.opening, closing=closing):
                confidence = 1 - (1 - piece.track.score) ** min(piece.track.hits, 3)
                self._remove(piece, piece.touching_until, confidence)
            elif not world.in_sight(piece) and self._is_gone(piece, closing):
                self._remove(piece, self._left_at(piece), contents.chance_gone(piece))

    def _is_gone(self, piece: Piece, closing: bool) -> bool:
        if piece.unverified and not self._world.settled:
            return False
        if closing:
            return contents.chance_gone(piece) > _LIKELY_GONE and not self._something_alike_in_sight(piece)
        if not contents.surely_gone(piece) or self._something_alike_waits(piece):
            return False
        assert piece.absent_since is not None
        return self._world.quiet or self._world.time - piece.absent_since >= _LONG_VISIT_SECONDS

    def _something_alike_waits(self, piece: Piece) -> bool:
        """Tell whether an item not yet decided on rests somewhere that may be the missing one."""
        return any(
            new.rest is not None and new.rest.seconds < WAIT_SECONDS and contents.are_alike(new, piece)
            for new in self._world.pieces
            if not new.content and self._world.lately_in_sight(new)
        )

    def _something_alike_in_sight(self, piece: Piece) -> bool:
        return any(
            not new.content and self._world.in_sight(new) and contents.are_alike(new, piece)
            for new in self._world.pieces
        )

    def _left_at(self, piece: Piece) -> float:
        """Estimate when a missing piece left: with what was seen coming out, else with the last hand."""
        visit, missed = self._world.visit, piece.absent_since
        assert missed is not None
        if piece.unverified:
            return missed
        if piece.away_from_home and (piece.zone is Zone.OUTSIDE or piece.at_rim(self._world.opening)):
            return piece.touching_until
        if visit is None or visit.last_active < piece.track.time:
            return max(piece.touching_until, missed if visit is None else piece.track.time)
        followed = visit.explain_exit(piece)
        return (
            followed.touching_until if followed is not None else max(piece.touching_until, visit.last_active)
        )

    def _remove(self, piece: Piece, time: float, confidence: float) -> None:
        visit = self._world.visit_of_gap() if piece.unverified else self._world.current_visit()
        ended = max(time, piece.track.time)
        self._told.tell("remove", piece, time, confidence, ended=ended, visit=visit, unsure=piece.unverified)
        if not self._world.real_rate and piece.home is not None:
            self._world.views.empty_now(piece.home, ENOUGH_VIEWS)
        self._world.forget(piece)
