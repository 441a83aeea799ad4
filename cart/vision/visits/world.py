"""What is known of the cart at one moment: its pieces, the hands, the visit that goes on."""

import math

from cart.vision.boxes import Box, covered, covered_by_all
from cart.vision.opening import Opening
from cart.vision.tracking import Track, Tracker, likeness
from cart.vision.visits import contents, crossing
from cart.vision.visits.gap import Gap
from cart.vision.visits.observation import Observation
from cart.vision.visits.piece import Piece, Zone, is_same_place, zone_of
from cart.vision.visits.views import ENOUGH_VIEWS, Views
from cart.vision.visits.visit import Visit

_FORGET_SECONDS = 3.0  # out of sight for this long, a piece that is not in the cart is forgotten
_FIRST_VIEW_SECONDS = 1.0
_MOMENT_SECONDS = 0.5
_ALIKE = 0.5
_BLIND_WORTH = 0.2
_OVER_HOME = 0.7  # share of a first sight over a home for it to be what lies there
_FIRST_SIGHTS = 3  # of a piece, which tell its origin


class World:
    """The state that a visit's decisions read, brought up to date frame by frame.

    Attributes:
        opening: in pixels of the pictures observed.
        time: media seconds of the last frame.
        elapsed: seconds between the last two frames.
        visit: the latest visit, going on or over.
        former: the visit before it, where what crossed the rim then is still open.
        gap: the last stretch of time in which the camera saw nothing, if there was one.
        assigned: the piece of each item of the last frame, in its order; None: too weak to count.
    """

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.time = 0.0
        self.elapsed = _FIRST_VIEW_SECONDS
        self.visit: Visit | None = None
        self.former: Visit | None = None
        self.gap: Gap | None = None
        self.assigned: list[Piece | None] = []
        self.views = Views(opening.size)
        self._vacated: list[Box] = []
        self._pieces: dict[Track, Piece] = {}
        self._tracker = Tracker()
        self._hands = crossing.Hands(opening)
        self._started = False
        self._visits = 0
        self._hand_time = -math.inf

    @property
    def pieces(self) -> list[Piece]:
        """All known pieces, oldest first."""
        return sorted(self._pieces.values(), key=lambda piece: piece.id)

    @property
    def contents(self) -> list[Piece]:
        """The pieces that lie in the cart, oldest first."""
        return [piece for piece in self.pieces if piece.content]

    @property
    def out_of_sight(self) -> list[Piece]:
        """The contents that the last frame did not show."""
        return [piece for piece in self.contents if not self.in_sight(piece)]

    @property
    def settled(self) -> bool:
        """Whether there was a gap, and what it changed has had the time to be seen."""
        return self.gap is not None and self.gap.is_settled(self.time)

    @property
    def real_rate(self) -> bool:
        """Whether frames come close enough together to show motion."""
        return self.elapsed <= contents.REAL_FRAME_RATE_GAP

    @property
    def quiet(self) -> bool:
        """Whether no visit is going on."""
        return self.visit is None or self.visit.is_over(self.time)

    def in_sight(self, piece: Piece) -> bool:
        """Tell whether a piece was seen in the last frame."""
        return piece.track.time == self.time

    def lately_in_sight(self, piece: Piece) -> bool:
        """Tell whether a piece was seen a moment ago, for a detector misses one now and then."""
        return self.time - piece.track.time <= _MOMENT_SECONDS

    def begins_visit(self, seen: Observation) -> bool:
        """Tell whether a frame to come begins a visit after a quiet time."""
        hands = any(self.opening.touches(hand) for hand in seen.hands)
        return self.quiet and not self.blind and hands

    def observe(self, seen: Observation) -> None:
        """Take in the next frame."""
        was_quiet = self.quiet
        was_blind, before = self.blind, self.time
        self.time = seen.time
        if self.gap is not None and was_blind:
            self._resume(self.gap)
        elif self._started:
            self.elapsed = seen.time - before
        self._started = True
        self._hands.update(seen.time, seen.hands)
        if seen.hands:
            self._hand_time = seen.time
        tracks = self._tracker.update(seen.time, seen.items)
        self.assigned = [None if track is None else self._see(track, seen) for track in tracks]
        self._follow_visit(seen, was_quiet)
        self.views.disturb(seen, self._moving_boxes())
        self._weigh_contents(seen)
        self._forget_lost()

    @property
    def blind(self) -> bool:
        """Whether the camera sees nothing at present."""
        return self.gap is not None and self.gap.ended is None

    def interrupt(self, time: float, *, moved: bool, opening: Opening | None) -> None:
        """Take in that nothing is seen from `time` on, for a while."""
        if self.gap is None or not self.blind:
            self.gap = Gap(max(time, self.time), self.opening)
        self.gap.moved = self.gap.moved or moved
        self.gap.opening = opening or self.gap.opening
        if self.visit is not None:
            self.visit.cut_off = True

    def _resume(self, gap: Gap) -> None:
        """End a gap: all that was known is in doubt now, until it is seen again."""
        gap.ended = self.time
        self.opening = gap.opening
        self._hands = crossing.Hands(self.opening)
        self.views.interrupt(piece.home for piece in self.pieces if piece.home is not None)
        for piece in self.pieces:
            if piece.content:
                piece.put_in_doubt(moved=gap.moved)
            else:
                self.discard(piece)
        if gap.moved:
            self._vacated.clear()
            self.views = self.views.moved(self.opening.size)

    def appeared_unseen(self, piece: Piece) -> bool:
        """Tell whether a piece came to where it is while nobody looked.

        It was in sight at the first look, or rests where nobody has been able to look since.
        """
        if self.gap is None or piece.from_gap:
            return piece.from_gap
        if piece.rest is None or not piece.never_moved:
            return False
        place = piece.rest.box
        return self.views.since_gap(place) < ENOUGH_VIEWS and self.views.known_before(place)

    def _goes_on(self, track: Track) -> bool:
        """Tell whether a track may show an item that was there at the first look and has been lost since."""
        lost = [p for p in self.pieces if p.from_gap and not p.content and p.track.time < self.time]
        return any(likeness(piece.track.look, track.look) >= _ALIKE for piece in lost)

    def _is_first_look(self) -> bool:
        return self.gap is not None and self.gap.is_first_look(self.time)

    def remember_empty(self, seen: Observation) -> None:
        """Note where the frame showed no item, once its own pieces have been decided on."""
        worth = contents.worth_of_view(self.elapsed)
        homes = [piece.home for piece in self.pieces if piece.content and piece.home is not None]
        self.views.look([*seen.hands, *homes, *(item.box for item in seen.items)], worth)
        undecided = [p.track.box for p in self.pieces if not p.content and self.in_sight(p)]
        self.views.look_again([*seen.hands, *undecided], worth)

    def current_visit(self) -> Visit:
        """Return the visit that a decision of this moment belongs to; begin one where none was seen."""
        if self.visit is None:
            self.visit = self._new_visit(self.time, self.time)
        return self.visit

    def visit_of_gap(self) -> Visit:
        """Return the visit that a change nobody saw belongs to."""
        assert self.gap is not None
        if self.gap.visit is None:
            self.gap.visit = self._new_visit(self.gap.began, self.gap.ended or self.gap.began)
        return self.gap.visit

    def _new_visit(self, began: float, last_active: float) -> Visit:
        self._visits += 1
        return Visit(self._visits, began, last_active)

    def merge(self, new: Piece, old: Piece) -> None:
        """Let `old`, a content piece out of sight, be the piece that `new` turned out to be."""
        self.discard(old)
        del self._pieces[new.track]
        old.take_over(new)
        self._pieces[old.track] = old
        self.assigned = [old if piece is new else piece for piece in self.assigned]

    def discard(self, piece: Piece) -> None:
        """Forget a piece and its track."""
        self._tracker.drop(piece.track)
        del self._pieces[piece.track]

    def left(self, piece: Piece) -> None:
        """Take in that a piece seen coming out has been told: what its track shows now came from outside."""
        if self.in_sight(piece):
            piece.origin_inside, piece.crossed_at = False, None
        elif piece.track in self._pieces:
            self.discard(piece)

    def forget(self, piece: Piece) -> None:
        """Forget a piece that has left; what lies in its place after a gap came there in it."""
        if piece.home is not None:
            self.views.know(piece.home)
            self._vacated.append(piece.home)
        self.discard(piece)

    def was_vacated(self, box: Box) -> bool:
        """Tell whether something was told to have left this place: what lies there came later, or back."""
        return any(is_same_place(home, box) for home in self._vacated)

    def _see(self, track: Track, seen: Observation) -> Piece:
        piece = self._pieces.get(track)
        if piece is None:
            zone = zone_of(track.box, self.opening)
            piece = self._pieces[track] = Piece(track.id, track, first_zone=zone, zone=zone)
            piece.from_gap = zone is not Zone.OUTSIDE and (self._is_first_look() or self._goes_on(track))
        stirred = self.real_rate and contents.is_stirred(track.box, seen.motion, self.opening.size)
        hand_ago = self.time - self._hand_time
        piece.see(seen.time, self.opening, seen.hands, stirred=stirred, hand_ago=hand_ago)
        origin_shows = self.real_rate and track.hits <= _FIRST_SIGHTS and not piece.from_gap
        origin_shows = origin_shows and not self._may_be_uncovered(piece)
        if piece.origin_inside is None and origin_shows:
            piece.origin_inside = crossing.origin_inside(piece, self._hands, self.opening, hand_ago=hand_ago)
        return piece

    def _may_be_uncovered(self, piece: Piece) -> bool:
        """Tell whether a piece was first seen where a content piece lies that something hides."""
        first = piece.track.first[1]
        return any(
            covered(first, by=old.home) >= _OVER_HOME
            for old in self.pieces
            if old.content and old.home is not None and not self.in_sight(old)
        )

    def _moving_boxes(self) -> list[Box]:
        if not self.real_rate:
            return []
        return [p.track.box for p in self.pieces if self.in_sight(p) and p.is_moving(self.opening)]

    def _follow_visit(self, seen: Observation, was_quiet: bool) -> None:
        if not (self._moving_boxes() or any(self.opening.touches(hand) for hand in seen.hands)):
            return
        if self.visit is None or was_quiet:
            self.former, self.visit = self.visit, self._new_visit(seen.time, seen.time)
        self.visit.last_active = seen.time

    def _weigh_contents(self, seen: Observation) -> None:
        worth = 0.0 if seen.doubtful else self._worth_of_view()
        moving, size = self._moving_boxes(), self.opening.size
        for piece in self.pieces:
            if not piece.content or piece.home is None:
                self._miss_anywhere(piece, worth)
                continue
            if not self.quiet and not self.real_rate:
                piece.touched = True
            piece.touched = piece.touched or contents.is_touched(piece.home, seen, moving, size)
            if self.in_sight(piece):
                piece.overlap = self._overlap(piece.home, [p for p in self._others(piece) if p.content])
                self._seen_content(piece, worth)
                continue
            overlap = self._overlap(piece.home, self._may_cover(piece))
            if worth and contents.is_clear(piece, seen, overlap, self.elapsed, size):
                contents.miss_at_home(piece, self.time, worth)

    def _miss_anywhere(self, piece: Piece, worth: float) -> None:
        """Weigh a view of the whole cart without a piece that lay in it before the camera moved."""
        moved = self.gap is not None and self.gap.moved
        if worth and moved and piece.unverified and self.quiet:
            contents.miss_at_home(piece, self.time, worth)

    def _worth_of_view(self) -> float:
        """Return what this view is worth: little where all of several contents are gone from sight at once.

        Then something large may fill the picture that the detector did not find.
        """
        lying = [piece for piece in self.pieces if piece.content and piece.home is not None]
        blind = len(lying) > 1 and not any(self.in_sight(piece) for piece in lying)
        return contents.worth_of_view(self.elapsed) * (_BLIND_WORTH if blind else 1.0)

    @staticmethod
    def _overlap(home: Box, pieces: list[Piece]) -> float:
        return covered_by_all(home, [piece.track.box for piece in pieces])

    def _others(self, piece: Piece) -> list[Piece]:
        return [p for p in self.pieces if p is not piece and self.lately_in_sight(p)]

    def _may_cover(self, piece: Piece) -> list[Piece]:
        """Return the other pieces that may lie over a missing one.

        Below a real frame rate, and after a gap, nobody would have seen it leave: what lies just in its place
        has more likely come in its stead.
        """
        others = self._others(piece)
        if self.real_rate and not piece.unverified:
            return others
        return [p for p in others if not contents.in_place_of(p, piece)]

    def _seen_content(self, piece: Piece, worth: float) -> None:
        if not piece.away_from_home:
            contents.see_at_home(piece, worth)
        if piece.rest is not None and (not piece.away_from_home or piece.rest.is_let_go):
            piece.settle()
            piece.touched = piece.touched and not self.quiet

    def _forget_lost(self) -> None:
        undecided = [p for visit in (self.visit, self.former) if visit is not None for p in visit.went_in]
        for piece in self.pieces:
            lost = not piece.content and self.time - piece.track.time > _FORGET_SECONDS
            if lost and piece not in undecided:
                self.discard(piece)
