"""Boxes over time to tracks: which item box of this frame is which item of the frames before.

Our own association rather than a tracker library, because a cart's items rest for seconds, jump by three
times their size between two frames, and are seen at anything from 1 to 60 frames a second: Kalman trackers
count their memory in frames and lose all three (see docs/decisions/0001-own-association.md).

One assignment a frame over a cost with two ways of being the same item: lying
in the same place, or having moved no further than a hand can carry it in the time that passed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cart.assignment import IMPOSSIBLE, assign
from cart.vision.boxes import Box, area, center, covered, iou

Look = NDArray[np.float32]
"""What an item looks like, as a vector of length 1; the product of two of them is their likeness."""

NEW_TRACK_SCORE = 0.4
"""Weaker detections only continue a track (the two thresholds of ByteTrack, Zhang et al. 2022)."""
_SURE_SCORE, _PART_LIKENESS = 0.6, 0.6
_WITHIN, _MUCH_THE_SAME = 0.85, 0.45
_MOSTLY_WITHIN, _EXPLAINED = 0.6, 0.6
_REACH_AT_ONCE = 0.6  # item sizes that a box may jump however short the time
_REACH_PER_SECOND = 45.0  # item sizes a second, for at most _REACH_SECONDS
_REACH_SECONDS = 0.25  # after a longer gap only the place counts
_MAX_COST = 1.0
_LOOK_WEIGHT = 1.6
_LOOK_MEMORY = 0.9  # share of the old look kept at each sight


@dataclass(frozen=True, slots=True)
class SeenItem:
    """An item found in one frame: its box in pixels, the detector's score and, where known, its look."""

    box: Box
    score: float
    look: Look | None = None


@dataclass(eq=False, slots=True)
class Track:
    """One item followed over frames.

    Attributes:
        id: counts up from 1 in a tracker.
        box: where it was last seen, pixels.
        time: when it was last seen, seconds.
        look: running mean of its looks, or None.
        velocity: pixels a second of the box's middle over the last two sights.
        first: time and box of the first sight.
        hits: how often it was seen.
        score: running mean of the detector's scores.
        last_score: of the last sight.
    """

    id: int
    box: Box
    time: float
    look: Look | None
    score: float
    velocity: tuple[float, float] = (0.0, 0.0)
    hits: int = 1
    first: tuple[float, Box] = field(init=False)
    last_score: float = field(init=False)

    def __post_init__(self) -> None:
        self.first, self.last_score = (self.time, self.box), self.score

    def see(self, time: float, item: SeenItem) -> None:
        """Continue the track with a sight at `time` seconds."""
        elapsed = max(time - self.time, 1e-3)
        (x0, y0), (x1, y1) = center(self.box), center(item.box)
        self.velocity = ((x1 - x0) / elapsed, (y1 - y0) / elapsed)
        self.box, self.time = item.box, time
        self.hits += 1
        self.last_score = item.score
        self.score += (item.score - self.score) / min(self.hits, 10)
        self.look = _blend(self.look, item.look)

    def predicted(self, time: float) -> Box:
        """Where the box would be at `time` if it kept its velocity."""
        elapsed = min(time - self.time, _REACH_SECONDS)
        dx, dy = self.velocity[0] * elapsed, self.velocity[1] * elapsed
        x1, y1, x2, y2 = self.box
        return x1 + dx, y1 + dy, x2 + dx, y2 + dy


class Tracker:
    """Follows items through frames given in order of time."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self._next_id = 1

    def update(self, time: float, items: Sequence[SeenItem]) -> list[Track | None]:
        """Return the track of each item, in the order given; None for a part or a weak find."""
        whole = [i for i, item in enumerate(items) if not (is_part(item, items) or is_union(item, items))]
        order = sorted(whole, key=lambda i: (items[i].box[1], items[i].box[3], items[i].box, -items[i].score))
        found: list[Track | None] = [None] * len(items)
        for track, place in self._assign(time, [items[i] for i in order]):
            found[order[place]] = track
            track.see(time, items[order[place]])
        for i in order:
            followed = [items[j] for j in order if found[j] is not None]
            if found[i] is None and begins_track(items[i], followed):
                found[i] = self._begin(time, items[i])
        return found

    def drop(self, track: Track) -> None:
        """Forget a track."""
        self.tracks.remove(track)

    def _begin(self, time: float, item: SeenItem) -> Track:
        track = Track(self._next_id, item.box, time, item.look, item.score)
        self._next_id += 1
        self.tracks.append(track)
        return track

    def _assign(self, time: float, items: list[SeenItem]) -> list[tuple[Track, int]]:
        costs = [[_cost(track, item, time) for item in items] for track in self.tracks]
        return [(self.tracks[row], column) for row, column in assign(costs, most=_MAX_COST)]


def is_part(item: SeenItem, items: Sequence[SeenItem]) -> bool:
    """Tell whether an item is only another find of a stronger one: weak itself, or of the same look."""
    return any(
        other.score > item.score
        and (area(other.box) > area(item.box) or iou(item.box, other.box) >= _MUCH_THE_SAME)
        and _contend(item.box, other.box)
        and (item.score < NEW_TRACK_SCORE or likeness(item.look, other.look) >= _PART_LIKENESS)
        for other in items
    )


def is_union(item: SeenItem, items: Sequence[SeenItem]) -> bool:
    """Tell whether an item that is not sure is no more than several surer ones taken together."""
    if item.score >= _SURE_SCORE:
        return False
    within = [o.box for o in items if o.score > item.score and covered(o.box, by=item.box) >= _MOSTLY_WITHIN]
    explained = sum(area(box) * covered(box, by=item.box) for box in within)
    return len(within) > 1 and explained >= _EXPLAINED * area(item.box)


def begins_track(item: SeenItem, followed: Sequence[SeenItem]) -> bool:
    """Tell whether an item that no track explains is one of its own.

    A weak detection is not, nor is a part of an item already followed, or a whole of which a part is
    followed: boxes within one another, unless the find is strong and looks like something else.
    """
    if item.score < NEW_TRACK_SCORE:
        return False
    rivals = [other for other in followed if _contend(item.box, other.box)]
    return all(item.score >= _SURE_SCORE and likeness(item.look, r.look) < _PART_LIKENESS for r in rivals)


def _contend(a: Box, b: Box) -> bool:
    """Tell whether two boxes may be finds of one item: one within the other, or much the same box."""
    smaller, larger = sorted((a, b), key=area)
    return covered(smaller, by=larger) >= _WITHIN or iou(a, b) >= _MUCH_THE_SAME


def likeness(a: Look | None, b: Look | None) -> float:
    """Return how alike two looks are, 0..1; 1 where either is unknown."""
    return 1.0 if a is None or b is None else max(0.0, float(a @ b))


def same_place(a: Box, b: Box) -> float:
    """Return how much two boxes are of one place, 0..1; a box cut off by something in front still counts."""
    smaller, larger = sorted((a, b), key=area)
    return max(iou(a, b), 0.8 * covered(smaller, by=larger) if area(smaller) > 0.3 * area(larger) else 0.0)


def size(box: Box) -> float:
    """Return the box's mean side in pixels."""
    return math.sqrt(area(box))


def distance(a: Box, b: Box) -> float:
    """Return the distance of two boxes' middles in units of their mean side."""
    return math.dist(center(a), center(b)) / max(1e-6, (size(a) + size(b)) / 2)


def _cost(track: Track, item: SeenItem, time: float) -> float:
    """Return 0 for surely the same item, at most 1 for possibly, `IMPOSSIBLE` for out of reach."""
    likes = _LOOK_WEIGHT * (1 - likeness(track.look, item.look))
    stayed = 1 - same_place(track.box, item.box)
    cost = stayed + likes if stayed < 0.9 else IMPOSSIBLE
    gap = time - track.time
    if gap <= _REACH_SECONDS:
        reach = _REACH_AT_ONCE + _REACH_PER_SECOND * min(gap, 0.1)
        moved = min(distance(track.box, item.box), distance(track.predicted(time), item.box)) / reach
        growth = abs(math.log(area(item.box) / area(track.box))) / 4
        start = 0.2 if track.hits > 3 and math.hypot(*track.velocity) < size(track.box) else 0.0
        cost = min(cost, 0.3 + start + 0.6 * moved + growth + likes) if moved <= 1 else cost
    return cost


def _blend(old: Look | None, new: Look | None) -> Look | None:
    if old is None or new is None:
        return new if old is None else old
    mixed = _LOOK_MEMORY * old + (1 - _LOOK_MEMORY) * new
    return (mixed / max(1e-9, float(np.linalg.norm(mixed)))).astype(np.float32)
