"""From what is known of the cart to the items added and removed.

Both kinds of evidence are weighed for every item. One that comes to rest free of any hand, where nothing like
it is missing, is an add; so is one seen going in that the pile then hides. A content item that is missing
from its clearly visible home after the hand has gone, or that was followed out, is a removal. What comes to
rest while something like it is missing has only been moved.
"""

from dataclasses import replace

from cart.vision.opening import Opening
from cart.vision.tracking import likeness
from cart.vision.visits import contents, crossing
from cart.vision.visits.gap import least_likeness_in_place
from cart.vision.visits.observation import Action, Observation, VisitEvent
from cart.vision.visits.piece import Piece, Zone
from cart.vision.visits.views import ENOUGH_VIEWS
from cart.vision.visits.visit import Visit
from cart.vision.visits.world import World

_SETTLE_SECONDS = 2.5  # after a visit; what is still open then, no longer look will settle
_WAIT_SECONDS = 2.0  # an item at rest waits at most this long for the whereabouts of something like it
_LONG_VISIT_SECONDS = 3.0  # an item missing for this long is gone though the visit goes on
_CROSSING_SECONDS = 1.0  # quiet time after which what crossed the rim unexplained is decided
_CROSSING_CONFIDENCE = 0.6
_LATE_VIEWS = 5.0  # after that many more without anything moving there, it was only found late
_ALIKE = 0.4
_LEAST_REST_SCORE = 0.45  # of what rests free of hands; a detector finds shadows there weakly
_SEEN_LEAVING_LIKENESS = 0.55  # of what lies in the place of an item that seems to have been seen leaving
_LIKELY_GONE = 0.7  # chance at which a piece counts as gone when a new visit leaves no more time to look


class Visits:
    """Decides visits from observations given in order of time.

    Args:
        opening: the cart's opening, in pixels of the pictures observed.
    """

    def __init__(self, opening: Opening) -> None:
        self.world = World(opening)
        self._events: list[VisitEvent] = []

    @property
    def contents(self) -> list[Piece]:
        """The pieces that lie in the cart now, oldest first."""
        return [piece for piece in self.world.pieces if piece.content]

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
        settling = world.gap is not None and not world.blind and not self._settled()
        quiet = world.time - (world.visit.last_active if world.visit is not None else 0.0)
        decided = quiet >= (_SETTLE_SECONDS if self.waiting else _CROSSING_SECONDS)
        return world.quiet and not settling and decided

    def update(self, seen: Observation) -> list[VisitEvent]:
        """Take in one frame and return the events that are sure by now."""
        if seen.doubtful:
            self.world.observe(seen)
            return self._take_events()
        if self.world.begins_visit(seen):
            self._decide(closing=True)
        self.world.observe(seen)
        self._decide(closing=False)
        self.world.remember_empty(seen)
        return self._take_events()

    def finish(self) -> list[VisitEvent]:
        """Return the events that the end of the footage leaves open, on what is known by then."""
        self._decide(closing=True)
        return self._take_unsure() if self.world.blind else self._take_events()

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
            self._follow_crossings()
            self._decide_rests(closing=True)
            self._decide_crossings(closing=True)
        self.world.interrupt(time, moved=moved, opening=opening)
        return self._take_unsure()

    def _take_unsure(self) -> list[VisitEvent]:
        return [replace(event, unsure=True) for event in self._take_events()]

    def _take_events(self) -> list[VisitEvent]:
        events, self._events = self._events, []
        return events

    def _decide(self, *, closing: bool) -> None:
        self._follow_crossings()
        self._decide_rests(closing)
        self._decide_missing(closing)
        self._decide_crossings(closing)

    # Items at rest: initial, moved or added.

    def _decide_rests(self, closing: bool) -> None:
        seen = [p for p in self.world.pieces if self.world.in_sight(p)]
        new = [p for p in seen if not p.content and p.rest is not None]
        for piece in [p for p in new if self._was_there(p)]:
            piece.settle()
            piece.initial = True
            new.remove(piece)
        ready = [p for p in new if self._is_ready(p, closing)]
        unseen = [p for p in ready if self.world.appeared_unseen(p)]
        for piece in [p for p in ready if p.origin_inside is False and p not in unseen]:
            self._add(piece)
            ready.remove(piece)
        movable = ready if self.world.quiet or closing else unseen
        missing = self._out_of_sight()
        in_place = self._least_likeness_in_place(missing, unseen)
        for piece, old in contents.match_moved(movable, missing, in_place):
            self.world.merge(piece, old)
            ready.remove(piece)
        for piece in ready:
            if closing or self._nothing_alike_missing(piece):
                self._add(piece)

    def _least_likeness_in_place(self, missing: list[Piece], unseen: list[Piece]) -> list[float]:
        after_gap = least_likeness_in_place(unseen, self.contents)
        visit = self.world.visit
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
        if piece.rest.score < _LEAST_REST_SCORE:
            return False
        if not closing and self.world.appeared_unseen(piece) and not self._settled():
            return False
        return piece.rest.is_let_go or (closing and (not self.world.real_rate or piece.rest.sights > 1))

    def _was_there(self, piece: Piece) -> bool:
        """Tell whether a piece lay there before anybody came: never seen empty, or found late."""
        assert piece.rest is not None
        if piece.origin_inside is False or not piece.never_moved or self._replaces(piece):
            return False
        if self.world.appeared_unseen(piece) and self.world.views.known_before(piece.rest.box):
            return False
        views = self.world.views.empty(piece.rest.box)
        undisturbed = self.world.views.undisturbed(piece.rest.box)
        return views < ENOUGH_VIEWS or undisturbed >= min(views, _LATE_VIEWS)

    def _replaces(self, piece: Piece) -> bool:
        """Tell whether a piece lies where, since the last visit, another one is missing."""
        return any(contents.in_place_of(piece, old) for old in self._out_of_sight() if old.touched)

    def _out_of_sight(self) -> list[Piece]:
        return [p for p in self.contents if not self.world.in_sight(p)]

    def _nothing_alike_missing(self, piece: Piece) -> bool:
        assert piece.rest is not None
        if piece.rest.seconds >= _WAIT_SECONDS:
            return True
        unseen = [p for p in self._out_of_sight() if p.touched and (p.absent > 0 or not self.world.quiet)]
        return not any(likeness(p.track.look, piece.track.look) > _ALIKE for p in unseen)

    def _add(self, piece: Piece) -> None:
        assert piece.rest is not None
        unseen = self.world.appeared_unseen(piece)
        visit = self.world.visit_of_gap() if unseen else self.world.current_visit()
        visit.explain_entry(piece)
        visit.added.append(piece)
        since = piece.let_go_at if self.world.real_rate else piece.rest.since
        piece.settle()
        confidence = 1 - (1 - piece.track.score) ** min(piece.track.hits, 3)
        ended = max(since, piece.track.time)
        self._tell("add", piece, since, confidence, ended=ended, visit=visit, unsure=unseen)

    # Contents that are missing: followed out, or gone from a home in clear view.

    def _decide_missing(self, closing: bool) -> None:
        world = self.world
        for piece in self.contents:
            followed = world.real_rate and not piece.unverified
            if followed and crossing.has_left(piece, world.time, world.opening, closing=closing):
                confidence = 1 - (1 - piece.track.score) ** min(piece.track.hits, 3)
                self._remove(piece, piece.touching_until, confidence)
            elif not world.in_sight(piece) and self._is_gone(piece, closing):
                self._remove(piece, self._left_at(piece), contents.chance_gone(piece))

    def _is_gone(self, piece: Piece, closing: bool) -> bool:
        if closing:
            return contents.chance_gone(piece) > _LIKELY_GONE and not self._something_alike_in_sight(piece)
        if piece.unverified and not self._settled():
            return False
        if not contents.surely_gone(piece) or self._something_alike_waits(piece):
            return False
        assert piece.absent_since is not None
        return self.world.quiet or self.world.time - piece.absent_since >= _LONG_VISIT_SECONDS

    def _something_alike_waits(self, piece: Piece) -> bool:
        """Tell whether an item not yet decided on rests somewhere that may be the missing one."""
        return any(
            new.rest is not None
            and new.rest.seconds < _WAIT_SECONDS
            and likeness(new.track.look, piece.track.look) > _ALIKE
            for new in self.world.pieces
            if not new.content and self.world.lately_in_sight(new)
        )

    def _something_alike_in_sight(self, piece: Piece) -> bool:
        return any(
            not new.content
            and self.world.in_sight(new)
            and likeness(new.track.look, piece.track.look) > _ALIKE
            for new in self.world.pieces
        )

    def _settled(self) -> bool:
        return self.world.gap is not None and self.world.gap.is_settled(self.world.time)

    def _left_at(self, piece: Piece) -> float:
        """Estimate when a missing piece left: with what was seen coming out, else with the last hand."""
        visit, missed = self.world.visit, piece.absent_since
        assert missed is not None
        if piece.unverified:
            return missed
        if piece.away_from_home and (piece.zone is Zone.OUTSIDE or piece.at_rim(self.world.opening)):
            return piece.touching_until
        if visit is None or visit.last_active < piece.track.time:
            return max(piece.touching_until, missed if visit is None else piece.track.time)
        followed = visit.explain_exit(piece)
        return (
            followed.touching_until if followed is not None else max(piece.touching_until, visit.last_active)
        )

    def _remove(self, piece: Piece, time: float, confidence: float) -> None:
        visit = self.world.visit_of_gap() if piece.unverified else self.world.current_visit()
        ended = max(time, piece.track.time)
        self._tell("remove", piece, time, confidence, ended=ended, visit=visit, unsure=piece.unverified)
        if not self.world.real_rate and piece.home is not None:
            self.world.views.empty_now(piece.home, ENOUGH_VIEWS)
        self._forget(piece)

    def _forget(self, piece: Piece) -> None:
        """Forget a piece that has left; what lies in its place after a gap came there in it."""
        if piece.home is not None:
            self.world.views.know(piece.home)
        self.world.discard(piece)

    # What crossed the rim without being seen at rest.

    def _follow_crossings(self) -> None:
        world = self.world
        if not world.real_rate or world.visit is None:
            return
        for piece in world.pieces:
            if piece.content or piece.crossed or not crossing.is_lost(piece, world.time):
                continue
            if piece.origin_inside is False and piece.zone is Zone.INSIDE and not piece.at_rim(world.opening):
                piece.crossed = True
                world.visit.went_in.append(piece)
            elif piece.may_come_from_inside and (piece.zone is Zone.OUTSIDE or piece.at_rim(world.opening)):
                piece.crossed = True
                world.visit.came_out.append(piece)

    def _decide_crossings(self, closing: bool) -> None:
        former, visit, world = self.world.former, self.world.visit, self.world
        if former is not None:
            self._decide_crossings_of(former)
            world.former = None
        if visit is not None and (closing or world.time - visit.last_active >= _CROSSING_SECONDS):
            self._decide_crossings_of(visit)

    def _decide_crossings_of(self, visit: Visit) -> None:
        visit.cancel_shown()
        for piece in [p for p in visit.went_in if self._may_lie_hidden(p, visit)]:
            piece.content = True
            self._tell_crossing("add", piece, piece.track.time, piece, visit)
        for piece in [p for p in visit.came_out if p.origin_inside]:
            hidden = self._hidden_like(piece)
            if hidden is not None:
                self._tell_crossing("remove", hidden, piece.touching_until, piece, visit)
                self._forget(hidden)
        visit.went_in, visit.came_out = [], []

    def _may_lie_hidden(self, piece: Piece, visit: Visit) -> bool:
        """Tell whether a piece seen going in is still lost, and not from a place seen empty since."""
        if visit.shows_part_of_added(piece):
            return False
        lost = not piece.content and piece.zone is Zone.INSIDE and crossing.is_lost(piece, self.world.time)
        seen_empty = self.world.views.undisturbed(piece.track.box) >= 1
        return lost and not seen_empty and not crossing.was_going_out(piece, self.world.opening)

    def _hidden_like(self, piece: Piece) -> Piece | None:
        return max(
            (p for p in self._out_of_sight() if likeness(p.track.look, piece.track.look) > _ALIKE),
            key=lambda p: likeness(p.track.look, piece.track.look),
            default=None,
        )

    def _tell_crossing(self, action: Action, piece: Piece, time: float, seen: Piece, visit: Visit) -> None:
        confidence = _CROSSING_CONFIDENCE
        self._tell(action, piece, time, confidence, ended=seen.track.time, visit=visit, unsure=True)

    def _tell(
        self,
        action: Action,
        piece: Piece,
        time: float,
        confidence: float,
        *,
        ended: float,
        visit: Visit,
        unsure: bool,
    ) -> None:
        self._events.append(
            VisitEvent(
                action=action,
                time=time,
                piece=piece.id,
                visit=visit.number,
                confidence=min(0.999, confidence),
                unsure=unsure,
                from_initial=action == "remove" and piece.initial,
                began=min(time, visit.began),
                ended=ended,
            )
        )
