"""One physical item as a visit's rules know it: where it rests, whether it lies in the cart, its origin."""

import math
from dataclasses import dataclass
from enum import Enum

from cart.vision.boxes import Box, area, covered
from cart.vision.opening import Opening
from cart.vision.tracking import Track, distance, size

FREE_SECONDS = 0.3
"""How long an item lies inside, free of any hand, before it counts as let go (the contract's figure)."""
_HELD_SHARE = 0.15  # share of an item's box under a hand's
_REST_DISTANCE = 0.25  # item sizes that a box may wander and still rest
_LYING_DISTANCE = 0.125  # and be told to lie still by its place alone
_CALM_SECONDS = 0.18  # of no change since a picture that is older by the rest of FREE_SECONDS
_REST_GROWTH = 1.6  # ratio of areas within which a resting box may vary
_PART_AT_HOME = 0.85  # share of a box within its home, from which it is a part left in view
_MOMENT_SECONDS = 0.5
_TOPPLE_SECONDS = 1.5  # after a hand was seen, an item may move by itself for so long
_HANDS_AWAY_SHARE = 0.8  # of the time from standing to hands away, after which it is free of any hand
_INSIDE_SHARE, _INSIDE_DEPTH = 0.5, 0.1
_OUTSIDE_SHARE = 0.2
_ANCHOR_MEMORY = 0.8
_OUT_SECONDS = 0.5  # away beyond the rim for this long, an item that comes in comes from outside
NOWHERE: Box = (-2.0, -2.0, -1.0, -1.0)
"""The box of what may be anywhere: no place is like it."""


class Zone(Enum):
    """Where a box lies to the opening; the band between inside and outside is the rim."""

    OUTSIDE = "outside"
    RIM = "rim"
    INSIDE = "inside"


def zone_of(box: Box, opening: Opening) -> Zone:
    """Return the zone of a box, with a band at the rim instead of a line.

    Inside takes half of the box over the opening and its middle a tenth of its size past the rim;
    outside takes no more than a fifth of it over the opening.
    """
    share = opening.share_inside(box)
    if share <= _OUTSIDE_SHARE:
        return Zone.OUTSIDE
    if share >= _INSIDE_SHARE and opening.depth_of(box) >= _INSIDE_DEPTH:
        return Zone.INSIDE
    return Zone.RIM


def is_held(box: Box, hands: tuple[Box, ...]) -> bool:
    """Tell whether a hand's box lies over enough of an item's box to be holding it."""
    return any(covered(box, by=hand) > _HELD_SHARE for hand in hands)


@dataclass(slots=True)
class Rest:
    """A stretch of time in which an item stayed where it is, inside the opening and free of hands.

    Attributes:
        since, until: media seconds of its first and its last sight there.
        calm_since: media seconds of the first of the sights, up to the last, without a change of the picture.
        box: where, pixels (a running mean).
        score: the detector's mean score there.
        sights: how often it was seen there.
    """

    since: float
    until: float
    calm_since: float
    box: Box
    score: float
    sights: int = 1

    @property
    def seconds(self) -> float:
        """How long it has lain there."""
        return self.until - self.since

    @property
    def is_let_go(self) -> bool:
        """Whether it has lain there for as long as an add needs."""
        calm = self.until - self.calm_since
        return self.seconds >= FREE_SECONDS - 1e-6 and calm >= _CALM_SECONDS - 1e-6

    def goes_on(self, box: Box) -> bool:
        """Tell whether a sight at `box` is still the same rest."""
        return _is_same_place(self.box, box, _REST_DISTANCE)

    def see(self, time: float, box: Box, score: float) -> None:
        """Add a sight."""
        self.until, self.sights = time, self.sights + 1
        self.score += (score - self.score) / self.sights
        old, new = _ANCHOR_MEMORY, 1 - _ANCHOR_MEMORY
        x1, y1, x2, y2 = (old * a + new * b for a, b in zip(self.box, box, strict=True))
        self.box = (x1, y1, x2, y2)


def _is_same_place(a: Box, b: Box, reach: float) -> bool:
    ratio = area(b) / max(area(a), 1e-6)
    return distance(a, b) <= reach and 1 / _REST_GROWTH <= ratio <= _REST_GROWTH


def is_same_place(a: Box, b: Box) -> bool:
    """Tell whether two boxes are of things that rest in one place."""
    return _is_same_place(a, b, _REST_DISTANCE)


def _shows_same(a: Box, b: Box) -> bool:
    """Tell whether two boxes may be of one thing in one place, one of them of a part of it."""
    smaller, larger = sorted((a, b), key=area)
    return _is_same_place(a, b, _LYING_DISTANCE) or covered(smaller, by=larger) >= _PART_AT_HOME


@dataclass(eq=False, slots=True)
class Piece:
    """One item, from its first sight until it is forgotten.

    Attributes:
        id: number of the item.
        track: the track that shows it now.
        first_zone: where it was first seen.
        origin_inside: whether it came out of the cart (True), from outside (False), or unknown (None).
        content: whether it lies in the cart as far as we know.
        initial: whether it lay there before the first visit.
        home: where it lies in the cart, pixels; None until it has rested there.
        overlap: share of its home under other items' boxes when it was last seen there.
        rest: its present rest, None while it is held or moves.
        zone, held: as of its last sight.
        touching_until: the last moment at which its box touched the opening (or the picture).
        been_inside: whether it was ever seen inside.
        clear_sights, clear_views: how often it was found among the clear views of its home.
        missed: clear views without it since it was last found.
        absent: evidence, in nats, that it has left its home.
        absent_since: the first clear view without it, media seconds.
        touched: something moved over its home since it was last seen there.
        lies_since: media seconds and box of the first sight of it lying free of hands at its place, though
            the picture may still change there; None while it is held or moves.
        stands_since: media seconds and box of the first sight of it standing still inside, though a hand may
            still be on it; None while it moves or is not inside.
        free_since: media seconds of the first of the sights of it inside and free of hands, up to the last,
            though it may topple or slide meanwhile; None while it is held or not inside.
        crossed_at: the last moment, media seconds, at which it touched the opening before it was lost at the
            rim; None while it is not on its visit's list of what crossed.
        unverified: content that has not been seen since the camera last saw nothing.
        from_gap: it was in sight at the first look after that: nobody saw where it came from.
    """

    id: int
    track: Track
    first_zone: Zone
    zone: Zone
    origin_inside: bool | None = None
    content: bool = False
    initial: bool = False
    home: Box | None = None
    overlap: float = 0.0
    rest: Rest | None = None
    held: bool = False
    touching_until: float = 0.0
    been_inside: bool = False
    clear_sights: float = 0.0
    clear_views: float = 0.0
    missed: float = 0.0
    absent: float = 0.0
    absent_since: float | None = None
    touched: bool = False
    lies_since: tuple[float, Box] | None = None
    stands_since: tuple[float, Box] | None = None
    free_since: float | None = None
    crossed_at: float | None = None
    unverified: bool = False
    from_gap: bool = False

    @property
    def away_from_home(self) -> bool:
        """Whether it was last seen somewhere else than at its home; a part of it seen there is at home."""
        if self.home is None or covered(self.track.box, by=self.home) >= _PART_AT_HOME:
            return False
        return distance(self.home, self.track.box) > 2 * _REST_DISTANCE

    def see(
        self, time: float, opening: Opening, hands: tuple[Box, ...], *, stirred: bool, hand_ago: float
    ) -> None:
        """Take in the track's sight.

        Args:
            time: of the sight.
            opening: in pixels of the picture.
            hands: in the picture.
            stirred: the picture changes under its box.
            hand_ago: seconds since a hand was last seen anywhere; one seen lately need not be what stirs it.
        """
        box, self.unverified = self.track.box, False
        was_out = self.at_rim(opening) or self.zone is Zone.OUTSIDE
        if was_out and time - self.touching_until > _OUT_SECONDS:
            self.from_gap = False
        self.zone, self.held = zone_of(box, opening), is_held(box, hands)
        self.been_inside = self.been_inside or self.zone is Zone.INSIDE
        if opening.touches(box):
            self.touching_until = time
        self._free(time, stirred=stirred and hand_ago > _TOPPLE_SECONDS)
        self._stand(time, box)
        self._lie(time, box, free=not self.held and (hand_ago <= _MOMENT_SECONDS or not stirred))
        if self.lies_since is None or stirred:
            self.rest = None
        elif self.rest is not None and self.rest.goes_on(box):
            self.rest.see(time, box, self.track.last_score)
        else:
            self.rest = Rest(self.lies_since[0], time, time, box, self.track.last_score)

    def _free(self, time: float, *, stirred: bool) -> None:
        if self.zone is not Zone.INSIDE or self.held or stirred:
            self.free_since = None
        elif self.free_since is None:
            self.free_since = time

    def _stand(self, time: float, box: Box) -> None:
        """Note since when it stands still; a hand over it shows a part of it, and then more."""
        if self.zone is not Zone.INSIDE:
            self.stands_since = None
        elif self.stands_since is None or not _shows_same(self.stands_since[1], box):
            self.stands_since = (time, box)
        elif area(box) > area(self.stands_since[1]):
            self.stands_since = (self.stands_since[0], box)

    def _lie(self, time: float, box: Box, *, free: bool) -> None:
        if self.zone is not Zone.INSIDE or not free:
            self.lies_since = None
        elif self.lies_since is None or not _is_same_place(self.lies_since[1], box, _LYING_DISTANCE):
            self.lies_since = (time, box)

    def settle(self) -> None:
        """Make its present rest its home."""
        assert self.rest is not None
        self.content, self.home = True, self.rest.box
        self.absent, self.missed, self.absent_since, self.touched = 0.0, 0.0, None, False

    def take_over(self, other: "Piece") -> None:
        """Go on as another piece, which turned out to be this one, and rest where that one rests."""
        self.track, self.rest, self.lies_since = other.track, other.rest, other.lies_since
        self.stands_since, self.free_since = other.stands_since, other.free_since
        self.zone, self.held, self.touching_until = other.zone, other.held, other.touching_until
        self.settle()
        self.unverified = False

    def put_in_doubt(self, *, moved: bool) -> None:
        """Take in that nobody looked for a while: it lies at home for all we know, but may not.

        Args:
            moved: the camera moved meanwhile, and its home is no longer known.
        """
        if moved:
            self.home, self.track.box = None, NOWHERE
        elif self.home is not None:
            self.track.box = self.home
        self.track.velocity, self.rest, self.zone, self.held = (0.0, 0.0), None, Zone.INSIDE, False
        self.lies_since = self.free_since = None
        self.absent, self.missed, self.absent_since = 0.0, 0.0, None
        self.unverified = self.touched = True

    @property
    def let_go_at(self) -> float:
        """Media seconds at which it was let go, about: a little before hands were away.

        A hand's box lies over an item for a while after its fingers have let go of it.
        """
        assert self.rest is not None
        since = self.rest.since if self.free_since is None else min(self.rest.since, self.free_since)
        stands = since if self.stands_since is None else min(since, self.stands_since[0])
        return stands + _HANDS_AWAY_SHARE * (since - stands)

    @property
    def may_come_from_inside(self) -> bool:
        """Whether it was seen inside and nothing says that it came from outside."""
        return self.been_inside and self.origin_inside is not False

    @property
    def never_moved(self) -> bool:
        """Whether it still rests where it was first seen."""
        return self.rest is not None and distance(self.track.first[1], self.rest.box) <= _REST_DISTANCE

    def is_moving(self, opening: Opening) -> bool:
        """Tell whether it was on the move, over the opening, when last seen."""
        speed = math.hypot(*self.track.velocity)
        return self.rest is None and speed > size(self.track.box) and opening.touches(self.track.box)

    def at_rim(self, opening: Opening) -> bool:
        """Tell whether it was last seen at the rim, be it in the picture or at the picture's edge."""
        return self.zone is Zone.RIM or opening.at_picture_rim(self.track.box)
