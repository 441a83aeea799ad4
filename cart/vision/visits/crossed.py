"""What crossed the rim without being seen at rest."""

from cart.vision.tracking import likeness
from cart.vision.visits import contents, crossing
from cart.vision.visits.observation import Action
from cart.vision.visits.piece import Piece, Zone
from cart.vision.visits.telling import Teller
from cart.vision.visits.visit import Visit
from cart.vision.visits.world import World

CROSSING_SECONDS = 1.0  # quiet time after which what crossed the rim unexplained is decided
_CROSSING_CONFIDENCE = 0.6


class Crossed:
    """Decides what was seen going in or coming out and was then lost from sight."""

    def __init__(self, world: World, told: Teller) -> None:
        self._world, self._told = world, told

    def follow(self) -> None:
        """Note what was lost from sight at the rim in the visit that goes on."""
        world = self._world
        if not world.real_rate or world.visit is None:
            return
        for piece in world.pieces:
            if piece.content or piece.crossed_at is not None or not crossing.is_lost(piece, world.time):
                continue
            if piece.origin_inside is False and piece.zone is Zone.INSIDE and not piece.at_rim(world.opening):
                piece.crossed_at = piece.touching_until
                world.visit.went_in.append(piece)
            elif piece.may_come_from_inside and (piece.zone is Zone.OUTSIDE or piece.at_rim(world.opening)):
                piece.crossed_at = piece.touching_until
                world.visit.came_out.append(piece)

    def decide(self, *, closing: bool) -> None:
        """Tell what crossed unexplained, once the visit is quiet or, `closing`, over."""
        former, visit, world = self._world.former, self._world.visit, self._world
        if former is not None:
            self._decide_of(former)
            world.former = None
        if visit is not None and (closing or world.time - visit.last_active >= CROSSING_SECONDS):
            self._decide_of(visit)

    def _decide_of(self, visit: Visit) -> None:
        visit.cancel_shown()
        for piece in [p for p in visit.went_in if self._may_lie_hidden(p, visit)]:
            piece.content = True
            self._tell_crossing("add", piece, piece.track.time, piece, visit)
        for piece in [p for p in visit.came_out if p.origin_inside]:
            hidden = self._hidden_like(piece)
            if hidden is not None:
                assert piece.crossed_at is not None
                self._tell_crossing("remove", hidden, piece.crossed_at, piece, visit)
                self._world.forget(hidden)
                self._world.left(piece)
        visit.went_in, visit.came_out = [], []

    def _may_lie_hidden(self, piece: Piece, visit: Visit) -> bool:
        """Tell whether a piece seen going in is still lost, and not from a place seen empty since."""
        if visit.shows_part_of_added(piece):
            return False
        lost = not piece.content and piece.zone is Zone.INSIDE and crossing.is_lost(piece, self._world.time)
        seen_empty = self._world.views.undisturbed(piece.track.box) >= 1
        return lost and not seen_empty and not crossing.was_going_out(piece, self._world.opening)

    def _hidden_like(self, piece: Piece) -> Piece | None:
        return max(
            (p for p in self._world.out_of_sight if contents.are_alike(p, piece)),
            key=lambda p: likeness(p.track.look, piece.track.look),
            default=None,
        )

    def _tell_crossing(self, action: Action, piece: Piece, time: float, seen: Piece, visit: Visit) -> None:
        confidence = _CROSSING_CONFIDENCE
        self._told.tell(
            action, piece, time, confidence, ended=seen.track.time, visit=visit, unsure=True, seen=seen
        )
