"""Items at rest: there before anybody came, moved, or added."""

from cart.vision.visits import contents
from cart.vision.visits.gap import least_likeness_in_place
from cart.vision.visits.piece import Piece
from cart.vision.visits.telling import Teller
from cart.vision.visits.views import ENOUGH_VIEWS
from cart.vision.visits.world import World

WAIT_SECONDS = 2.0  # an item at rest waits at most this long for the whereabouts of something like it
_LATE_VIEWS = 5.0  # after that many more without anything moving there, it was only found late
_LEAST_REST_SCORE = 0.45  # of what rests free of hands; a detector finds shadows and lit patches there weakly
_SEEN_LEAVING_LIKENESS = 0.55  # of what lies in the place of an item that seems to have been seen leaving


class Rests:
    """Decides what came to rest in the cart."""

    def __init__(self, world: World, told: Teller) -> None:
        self._world, self._told = world, told

    def decide(self, *, closing: bool) -> None:
        """Tell the items that were added; `closing`: there will be no more time to look."""
        seen = [p for p in self._world.pieces if self._world.in_sight(p)]
        new = [p for p in seen if not p.content and p.rest and p.rest.score >= _LEAST_REST_SCORE]
        for piece in [p for p in new if self._was_there(p)]:
            piece.settle()
            piece.initial = True
            new.remove(piece)
        ready = [p for p in new if self._is_ready(p, closing)]
        unseen = [p for p in ready if self._world.appeared_unseen(p)]
        for piece in [p for p in ready if p.origin_inside is False and p not in unseen]:
            self._add(piece)
            ready.remove(piece)
        movable = ready if self._world.quiet or closing else unseen
        missing = self._world.out_of_sight
        in_place = self._least_likeness_in_place(missing, unseen)
        for piece, old in contents.match_moved(movable, missing, in_place):
            self._world.merge(piece, old)
            ready.remove(piece)
        for piece in ready:
            if closing or self._nothing_alike_missing(piece):
                self._add(piece)

    def _least_likeness_in_place(self, missing: list[Piece], unseen: list[Piece]) -> list[float]:
        after_gap = least_likeness_in_place(unseen, self._world.contents)
        visit = self._world.visit
        return [
            after_gap
            if old.unverified
            else _SEEN_LEAVING_LIKENESS
            if visit is not None and visit.saw_leaving(old)
            else contents.IN_PLACE_LIKENESS
            for old in missing
        ]

    def _is_ready(self, piece: Piece, closing: bool) -> bool:
        """Tell whether a rest counts: long enough or, where no more comes, more than one sight of motion."""
        assert piece.rest is not None
        if not closing and self._world.appeared_unseen(piece) and not self._world.settled:
            return False
        return piece.rest.is_let_go or (closing and (not self._world.real_rate or piece.rest.sights > 1))

    def _was_there(self, piece: Piece) -> bool:
        """Tell whether a piece lay there before anybody came: never seen empty, or found late."""
        assert piece.rest is not None
        if piece.origin_inside is False or not piece.never_moved or self._replaces(piece):
            return False
        if self._world.was_vacated(piece.rest.box):
            return False
        if self._world.appeared_unseen(piece) and self._world.views.known_before(piece.rest.box):
            return False
        views = self._world.views.empty(piece.rest.box)
        undisturbed = self._world.views.undisturbed(piece.rest.box)
        return views < ENOUGH_VIEWS or undisturbed >= min(views, _LATE_VIEWS)

    def _replaces(self, piece: Piece) -> bool:
        """Tell whether a piece lies where, since the last visit, another one is missing."""
        return any(contents.in_place_of(piece, old) for old in self._world.out_of_sight if old.touched)

    def _nothing_alike_missing(self, piece: Piece) -> bool:
        assert piece.rest is not None
        if piece.rest.seconds >= WAIT_SECONDS:
            return True
        world = self._world
        unseen = [p for p in world.out_of_sight if p.touched and (p.absent > 0 or not world.quiet)]
        return not any(contents.are_alike(p, piece) for p in unseen)

    def _add(self, piece: Piece) -> None:
        assert piece.rest is not None
        unseen = self._world.appeared_unseen(piece)
        visit = self._world.visit_of_gap() if unseen else self._world.current_visit()
        visit.explain_entry(piece)
        visit.added.append(piece)
        since = piece.let_go_at if self._world.real_rate else piece.rest.since
        piece.settle()
        confidence = 1 - (1 - piece.track.score) ** min(piece.track.hits, 3)
        ended = max(since, piece.track.time)
        self._told.tell("add", piece, since, confidence, ended=ended, visit=visit, unsure=unseen)
