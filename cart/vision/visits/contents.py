"""The evidence of contents: what lay in the cart before, what lies there now, matched by place and look.

Absence is weighed, not counted: a clear view of an item's home without the item speaks for its being gone by
the logarithm of how rarely the detector misses that item, and views close in time are worth little more than
one. Nothing leaves a cart untouched, so an item whose home nothing has moved over needs far more of it.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cart.assignment import IMPOSSIBLE, assign
from cart.vision.boxes import Box, covered, iou
from cart.vision.tracking import distance, likeness, same_place
from cart.vision.visits.observation import Observation
from cart.vision.visits.piece import Piece
from cart.vision.visits.views import span

REAL_FRAME_RATE_GAP = 0.25
"""Frames further apart than this, in seconds, show no motion: only contents count."""
_VIEW_SECONDS = 0.2  # views closer in time than this are worth less than one
_SURE_GONE = math.log(50)
_UNTOUCHED = math.log(1000)
_COVERED_SHARE = 0.3
_TOUCHED_SHARE = 0.15
_SAME_PLACE = 0.5
_ONE_PLACE = 0.5  # share of a first sight over a home from which it may be a part of what lies there
_STIRRED_SHARE = 0.25
_WHOLE_PICTURE_MOVES = 0.5
_MISS_PRIOR = (1.0, 9.0)  # Beta prior of the detector missing an item in a clear view: one in ten
_ALIKE = 0.4
_MOVED_LIKENESS = 0.55
IN_PLACE_LIKENESS = 0.275
"""How alike, 0..1, what lies in an item's place must be to be that item, though nobody saw it stay."""
_MOST_COST = 1.0
_NEAR = 0.8  # item sizes: how far a hidden item may have slid


def worth_of_view(elapsed: float) -> float:
    """Return what a view is worth, 0..1, `elapsed` seconds after the one before."""
    return min(1.0, elapsed / _VIEW_SECONDS)


def motion_share(box: Box, motion: NDArray[np.bool_] | None, size: tuple[int, int]) -> float:
    """Return the share of a box's cells, 0..1, in which the picture changed; 0 where nobody looked."""
    if motion is None:
        return 0.0
    rows, columns = motion.shape
    cells = motion[
        span(box[1], box[3], rows / size[1], rows), span(box[0], box[2], columns / size[0], columns)
    ]
    return float(cells.mean())


def is_stirred(box: Box, motion: NDArray[np.bool_] | None, size: tuple[int, int]) -> bool:
    """Tell whether the picture changes under a box while most of the picture does not."""
    return (
        motion is not None
        and motion_share(box, motion, size) > _STIRRED_SHARE
        and float(motion.mean()) < _WHOLE_PICTURE_MOVES
    )


def is_touched(home: Box, seen: Observation, moving: Sequence[Box], size: tuple[int, int]) -> bool:
    """Tell whether a hand, an item on the move or a change of the picture lies over a home."""
    if any(covered(home, by=box) > 0 for box in (*seen.hands, *moving)):
        return True
    return motion_share(home, seen.motion, size) > _TOUCHED_SHARE


def is_clear(piece: Piece, seen: Observation, overlap: float, elapsed: float, size: tuple[int, int]) -> bool:
    """Tell whether a content piece lying at its home would be as much in view as when it was last seen there.

    Args:
        piece: a piece with a home.
        seen: the frame.
        overlap: share of its home under other items' boxes in the frame.
        elapsed: seconds since the frame before; at a real frame rate a changing place is not clear.
        size: of the picture.
    """
    assert piece.home is not None
    if overlap - piece.overlap > _COVERED_SHARE:
        return False
    if any(covered(piece.home, by=hand) > _COVERED_SHARE for hand in seen.hands):
        return False
    return elapsed > REAL_FRAME_RATE_GAP or motion_share(piece.home, seen.motion, size) <= _TOUCHED_SHARE


def are_alike(a: Piece, b: Piece) -> bool:
    """Tell whether two pieces may be one item, by their look alone."""
    return likeness(a.track.look, b.track.look) > _ALIKE


def in_place_of(new: Piece, old: Piece) -> bool:
    """Tell whether a piece rests just where a content piece was last seen lying."""
    if new.rest is None or old.home is None or old.away_from_home:
        return False
    return iou(new.rest.box, old.home) >= _SAME_PLACE


def see_at_home(piece: Piece, worth: float) -> None:
    """Take in a view in which the piece lay at its home."""
    piece.clear_sights += worth
    piece.clear_views += worth + piece.missed
    piece.absent, piece.missed, piece.absent_since = 0.0, 0.0, None


def miss_at_home(piece: Piece, time: float, worth: float) -> None:
    """Take in a clear view of its home, at `time`, without the piece."""
    missed, found = _MISS_PRIOR
    rate = (missed + piece.clear_views - piece.clear_sights) / (missed + found + piece.clear_views)
    piece.absent += worth * -math.log(rate)
    piece.missed += worth
    if piece.absent_since is None:
        piece.absent_since = time


def chance_gone(piece: Piece) -> float:
    """Return the chance, 0..1, that a content piece has left its home."""
    odds = math.exp(min(50.0, piece.absent - (0.0 if piece.touched else _UNTOUCHED)))
    return odds / (1 + odds) if piece.absent else 0.0


def surely_gone(piece: Piece) -> bool:
    """Tell whether the evidence of absence is enough to act on at once."""
    return piece.absent >= _SURE_GONE + (0.0 if piece.touched else _UNTOUCHED)


def match_moved(
    new: Sequence[Piece], unseen: Sequence[Piece], in_place: Sequence[float]
) -> list[tuple[Piece, Piece]]:
    """Pair pieces that came to rest with content pieces out of sight which they may be, best pairs first.

    A piece that is missing from its home may lie anywhere; one that something covers only where it lay.
    As good pairs as possible, by likeness less distance.

    Args:
        new: pieces that rest.
        unseen: content pieces out of sight.
        in_place: for each of them, how alike a piece that lies where it did must be to be it, 0..1.
    """
    costs = [[_moved_cost(a, b, least) for b, least in zip(unseen, in_place, strict=True)] for a in new]
    return [(new[row], unseen[column]) for row, column in assign(costs, most=_MOST_COST)]


def _were_seen_apart(new: Piece, old: Piece) -> bool:
    """Tell whether two pieces were in sight in two places at one time: they are two items, however alike."""
    since, first = new.track.first
    return old.home is not None and since < old.track.time and covered(first, by=old.home) < _ONE_PLACE


def _moved_cost(new: Piece, old: Piece, in_place: float) -> float:
    """Return 0 for surely the same piece, `_MOST_COST` for hardly, `IMPOSSIBLE` for another one."""
    assert new.rest is not None
    if _were_seen_apart(new, old):
        return IMPOSSIBLE
    alike = likeness(new.track.look, old.track.look)
    if old.home is None:
        return 1 - alike if alike >= _MOVED_LIKENESS else IMPOSSIBLE
    if same_place(new.rest.box, old.home) > 0.5:
        return (1 - alike) / 2 if alike > in_place else IMPOSSIBLE
    apart = distance(new.rest.box, old.home)
    if alike < _MOVED_LIKENESS or not old.touched or (not old.absent and apart > _NEAR):
        return IMPOSSIBLE
    return 1 - alike / (1 + 0.1 * apart)
