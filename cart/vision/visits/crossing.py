"""The evidence of crossing: where a moving item came from, and whether it left.

It works in a full cart, where contents are buried, and needs a real frame rate.
"""

from collections import deque
from dataclasses import dataclass, field

from cart.vision.boxes import Box, covered
from cart.vision.opening import Opening
from cart.vision.tracking import distance
from cart.vision.visits.piece import Piece, Zone

GONE_SECONDS = 0.5
"""How long an item stays outside or out of sight before it counts as gone."""
_TREND_SECONDS = 0.4
_TREND_DEPTH = 0.15  # hand sizes by which a hand gets deeper or shallower to count as going in or out
_DEEP = 1.5  # hand sizes from the rim: from there on, deeper may be a move inside
_SAME_HAND = 1.5  # hand sizes between two sights of one hand
_MIN_HITS = 3
_BROUGHT_SECONDS = (
    1.0  # since a hand was in the picture, in which something at its edge may have been brought
)


@dataclass(slots=True)
class Hand:
    """A hand followed over the last moments: its box in pixels and its depths (time, hand sizes)."""

    box: Box
    time: float
    depths: deque[tuple[float, float]] = field(default_factory=deque)

    def going_in(self) -> bool | None:
        """Tell whether it moves into the opening (True), out of it (False), or neither (None)."""
        change = self.depths[-1][1] - self.depths[0][1]
        came_from_inside = change > 0 and self.depths[0][1] > _DEEP
        if abs(change) < _TREND_DEPTH or came_from_inside:
            return None
        return change > 0


class Hands:
    """The hands in the picture, followed from frame to frame by nearness."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._hands: list[Hand] = []

    def update(self, time: float, boxes: tuple[Box, ...]) -> None:
        """Take in the hands of a frame."""
        known = [hand for hand in self._hands if time - hand.time <= _TREND_SECONDS]
        self._hands = []
        for box in sorted(boxes, key=lambda b: (b[1], b[3], b[0])):
            near = min(known, key=lambda hand: distance(hand.box, box), default=None)
            if near is None or distance(near.box, box) > _SAME_HAND:
                near = Hand(box, time)
            else:
                known.remove(near)
            near.box, near.time = box, time
            near.depths.append((time, self._opening.depth_of(box)))
            while time - near.depths[0][0] > _TREND_SECONDS:
                near.depths.popleft()
            self._hands.append(near)
        self._hands += known

    def holding(self, box: Box) -> Hand | None:
        """Return the hand of the last frame that covers most of an item's box, if any does."""
        best = max(self._hands, key=lambda hand: covered(box, by=hand.box), default=None)
        return best if best is not None and covered(box, by=best.box) > 0 else None


def origin_inside(piece: Piece, hands: Hands, opening: Opening, *, hand_ago: float) -> bool | None:
    """Tell from its first sights whether a piece came out of the cart, from outside (False) or unknown.

    First seen outside, or at a rim that is the picture's edge where a hand is about: from outside. First
    seen in a hand: its motion tells, for a hand goes in with what it brings and out with what it takes.
    """
    if piece.first_zone is Zone.OUTSIDE:
        return False
    if opening.at_picture_rim(piece.track.first[1]) and hand_ago <= _BROUGHT_SECONDS:
        return False
    hand = hands.holding(piece.track.box) if piece.held else None
    going_in = hand.going_in() if hand is not None else None
    return None if going_in is None else not going_in


def has_left(piece: Piece, time: float, opening: Opening, *, closing: bool) -> bool:
    """Tell whether a piece went out: outside for a while (or at the end), or lost at the rim on its way."""
    at_edge = opening.at_picture_rim(piece.track.box)
    if piece.zone is Zone.INSIDE and not at_edge:
        return False
    if piece.zone is Zone.OUTSIDE and not at_edge:
        return closing or time - piece.touching_until >= GONE_SECONDS
    return time - piece.track.time >= GONE_SECONDS and piece.away_from_home


def is_lost(piece: Piece, time: float) -> bool:
    """Tell whether a well seen piece has been out of sight for a while."""
    return piece.track.hits >= _MIN_HITS and time - piece.track.time >= GONE_SECONDS


def was_going_out(piece: Piece, opening: Opening) -> bool:
    """Tell whether a piece was on its way out when last seen."""
    x1, y1, x2, y2 = piece.track.box
    dx, dy = (speed * 0.1 for speed in piece.track.velocity)
    before = opening.depth_of((x1 - dx, y1 - dy, x2 - dx, y2 - dy))
    return opening.depth_of(piece.track.box) < before - _TREND_DEPTH
