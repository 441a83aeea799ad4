"""Where the still background lies against the reference taken at the start.

Textured patches of the reference are looked for at their places. Items and hands cover or change some of
them; only a camera that moved shifts all that are still to be found by one common motion (a shift, turn and
scale fitted by RANSAC: Fischler and Bolles, CACM 24, 1981; patches chosen by Shi and Tomasi, CVPR 1994).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.vision.health.reading import SHARP, WIDTH, Grey, Reading, edges

Spot = tuple[int, int]

_HALF = 10  # a patch is 21 pixels square
_SLACK = 2  # pixels by which a patch may be off and is still in its place
_NEAR, _BETTER = 6, 0.05  # a patch that is so much more alike a few pixels away is not in its place
_REACH = 26  # pixels in which a lost patch is looked for
_MOST_PATCHES, _MOST_REMEMBERED = 40, 80
_QUALITY, _APART = 0.01, 13
_ALIKE, _SURELY_ALIKE = 0.6, 0.75  # correlation of a patch with its place; with a place elsewhere
_FLAT_LEVELS, _FLAT_SHARE = (
    4.0,
    0.3,
)  # a patch without its texture: its spread, and as a share of the reference's
_FEWEST, _FEWEST_SHARE = 6, 0.3  # patches that must agree on a motion
_FIT_PIXELS, _FIT_SHARE = 2.5, 0.7  # how well, and how many of those found again, must fit the motion
_CONTRADICTION = 0.34  # patches only to be found in their place, for each that agrees with the motion
_AROUND, _DISTINCT = 14, 0.75  # a distinct patch is like nothing else so many pixels around it
_STILL_LEVELS = 8
_LOST_SECONDS = 8.0
_LEAST_EDGES = 0.5
_SHARPEST = 80  # percentile of the patches' sharpness: blur takes it from all of them, a hand from some
_LEAST_HELD = 0.25


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a picture compares with the reference.

    Attributes:
        patches: how many there are.
        held: share of the distinct ones, 0..1, that are where they were.
        flat: share of them that have lost all texture.
        moved: mean distance in widths of the picture by which the picture moved, 0 where it did not, None
            where no common motion was found.
        acuity: how sharp the patches in their place are beside the reference; None where they are too few.
        changing: share of the picture that changed since the comparison before.
    """

    patches: int
    held: float
    flat: float
    moved: float | None
    acuity: float | None
    changing: float


@dataclass(eq=False, slots=True)
class _Patch:
    spot: Spot
    pixels: Grey
    spread: float
    edges: float
    distinct: bool
    born: float
    held_time: float

    current: bool = True

    def outlived(self, time: float) -> bool:
        """Tell whether it has been gone for longer than it was ever known."""
        return time - self.held_time > max(_LOST_SECONDS, self.held_time - self.born)


class Background:
    """The textured patches of one camera's reference picture."""

    def __init__(self) -> None:
        self._patches: list[_Patch] = []
        self._last: Grey | None = None

    def __len__(self) -> int:
        return sum(patch.current for patch in self._patches)

    def renew(self, time: float, picture: Reading) -> None:
        """Set aside the patches that seem gone for good, and take new ones where the picture is still."""
        for patch in self._patches:
            patch.current = not patch.outlived(time)
        small = picture.small
        for spot in _textured(small, self._free(small), _MOST_PATCHES - len(self)):
            self._patches.append(_patch_at(picture, spot, time))
        self._patches = sorted(self._patches, key=lambda patch: -patch.held_time)[:_MOST_REMEMBERED]

    def compare(self, time: float, picture: Reading) -> Comparison:
        """Look for every patch in a picture of the reference's size."""
        small = picture.small
        for patch in self._patches:
            if _in_place(small, patch):
                patch.held_time = time
        patches = [patch for patch in self._patches if patch.current]
        in_place = [patch for patch in patches if patch.held_time == time]
        lost = [patch for patch in patches if patch.held_time != time]
        changing = self._changing(small)
        self._last = small
        return Comparison(
            len(patches),
            held=_share(in_place, patches),
            flat=sum(_is_flat(small, patch) for patch in patches) / max(1, len(patches)),
            moved=_motion(small, lost, in_place) if len(lost) >= _FEWEST else 0.0,
            acuity=_acuity(in_place, len(patches), picture.sharp),
            changing=changing,
        )

    def _changing(self, small: Grey) -> float:
        if self._last is None or self._last.shape != small.shape:
            return 0.0
        return float(np.count_nonzero(cv2.absdiff(small, self._last) > _STILL_LEVELS) / small.size)

    def _free(self, small: Grey) -> Grey:
        """Return where new patches may lie: away from those there are, and where nothing moves."""
        free = np.full(small.shape, 255, np.uint8)
        edge = _HALF + 1
        free[:edge], free[-edge:], free[:, :edge], free[:, -edge:] = 0, 0, 0, 0
        if self._last is not None and self._last.shape == small.shape:
            moving = cv2.absdiff(small, self._last) > _STILL_LEVELS
            free[cv2.dilate(moving.astype(np.uint8), np.ones((2 * _HALF, 2 * _HALF))) > 0] = 0
        for patch in filter(lambda patch: patch.current, self._patches):
            cv2.circle(free, patch.spot, _APART, 0, thickness=-1)
        return free


def _share(in_place: list[_Patch], patches: list[_Patch]) -> float:
    """Return the share of patches in place; of the distinct ones where there are enough."""
    distinct = [patch for patch in patches if patch.distinct]
    if len(distinct) < _FEWEST:
        return len(in_place) / max(1, len(patches))
    return sum(patch.distinct for patch in in_place) / len(distinct)


def _motion(small: Grey, lost: list[_Patch], in_place: list[_Patch]) -> float | None:
    """Return how far the picture moved, where one motion explains what is to be found of the patches.

    A patch along an edge may seem in place though the edge slid: it contradicts a motion only if it is not
    just as well to be found where the motion would have taken it.
    """
    found = [(patch.spot, place) for patch in lost if (place := _find(small, patch)) is not None]
    if len(found) < _FEWEST:
        return None
    before, after = (np.array(points, np.float32) for points in zip(*found, strict=True))
    found_fit, fits = cv2.estimateAffinePartial2D(before, after, ransacReprojThreshold=_FIT_PIXELS)
    fit = np.asarray(found_fit, np.float64)
    if fit.shape != (2, 3) or fits.mean() < _FIT_SHARE:
        return None
    agreeing = sum(_agrees(small, patch, fit) for patch in lost)
    contradicting = sum(not _agrees(small, patch, fit) for patch in in_place)
    agreeing += len(in_place) - contradicting
    enough = max(_FEWEST, _FEWEST_SHARE * (len(lost) + len(in_place)))
    if agreeing < enough or contradicting > _CONTRADICTION * agreeing:
        return None
    return _mean_shift(fit, small.shape)


def _agrees(small: Grey, patch: _Patch, fit: NDArray[np.float64]) -> bool:
    x, y = (fit[:, :2] @ patch.spot + fit[:, 2]).tolist()
    around = _cut(small, (round(x), round(y)), _HALF + _SLACK) if x >= 0 and y >= 0 else small[:0]
    if min(around.shape) < 2 * _HALF + 1:
        return False
    return bool(cv2.matchTemplate(around, patch.pixels, cv2.TM_CCOEFF_NORMED).max() >= _ALIKE)


def _patch_at(picture: Reading, spot: Spot, time: float) -> _Patch:
    pixels = _cut(picture.small, spot).copy()
    around = _cut(picture.small, spot, _HALF + _AROUND)
    likeness = cv2.matchTemplate(around, pixels, cv2.TM_CCOEFF_NORMED)
    _, _, _, (x, y) = cv2.minMaxLoc(likeness)
    likeness[max(0, y - 2 * _SLACK) : y + 2 * _SLACK + 1, max(0, x - 2 * _SLACK) : x + 2 * _SLACK + 1] = 0
    return _Patch(
        spot,
        pixels,
        float(pixels.std()),
        _edges_at(picture.sharp, spot),
        distinct=bool(likeness.max() < _DISTINCT),
        born=time,
        held_time=time,
    )


def _textured(small: Grey, free: Grey, most: int) -> list[Spot]:
    if most <= 0:
        return []
    corners = cv2.goodFeaturesToTrack(small, most, _QUALITY, _APART, mask=free, blockSize=7)
    spots = [] if corners is None else [(round(x), round(y)) for x, y in corners.reshape(-1, 2).tolist()]
    return [spot for spot in spots if _cut(small, spot).std() > 2 * _FLAT_LEVELS]


def _acuity(in_place: list[_Patch], patches: int, sharp: Grey) -> float | None:
    """Return how sharp the sharper of the patches in place are beside what they were."""
    known = [patch for patch in in_place if patch.edges >= _LEAST_EDGES]
    if len(known) < max(_FEWEST, _LEAST_HELD * patches):
        return None
    return float(np.percentile([_edges_at(sharp, p.spot) / p.edges for p in known], _SHARPEST))


def _edges_at(sharp: Grey, spot: Spot) -> float:
    """Return how steep the edges of a patch are for their height."""
    pixels = _cut(sharp, (SHARP * spot[0], SHARP * spot[1]), SHARP * _HALF)
    return edges(pixels) / max(_FLAT_LEVELS, float(pixels.std()))


def _cut(small: Grey, spot: Spot, half: int = _HALF) -> Grey:
    x, y = spot
    return small[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1]


def _in_place(small: Grey, patch: _Patch) -> bool:
    likeness, (x, y) = _likeness(small, patch, _NEAR)
    here = likeness[max(0, y - _SLACK) : y + _SLACK + 1, max(0, x - _SLACK) : x + _SLACK + 1].max()
    return bool(here >= _ALIKE and likeness.max() <= here + _BETTER)


def _find(small: Grey, patch: _Patch) -> Spot | None:
    """Return where a lost patch lies, at most `_REACH` pixels from its spot; None where it is not found."""
    likeness, (x, y) = _likeness(small, patch, _REACH)
    _, best, _, (best_x, best_y) = cv2.minMaxLoc(likeness)
    return (patch.spot[0] + best_x - x, patch.spot[1] + best_y - y) if best >= _SURELY_ALIKE else None


def _likeness(small: Grey, patch: _Patch, reach: int) -> tuple[NDArray[np.float32], Spot]:
    """Return the patch's correlation with the places around it, -1..1, and where its own place is in that."""
    around = _cut(small, patch.spot, _HALF + reach)
    likeness = cv2.matchTemplate(around, patch.pixels, cv2.TM_CCOEFF_NORMED)
    own_x, own_y = (min(reach, place - _HALF) for place in patch.spot)
    return np.asarray(likeness, np.float32), (own_x, own_y)


def _is_flat(small: Grey, patch: _Patch) -> bool:
    return bool(_cut(small, patch.spot).std() < min(_FLAT_LEVELS, _FLAT_SHARE * patch.spread))


def _mean_shift(fit: NDArray[np.float64], shape: tuple[int, ...]) -> float:
    """Return how far the motion takes the picture's corners and middle, on average, in its widths."""
    height, width = shape[:2]
    points = np.array([(0, 0), (width, 0), (width, height), (0, height), (width / 2, height / 2)])
    shifts = points @ fit[:, :2].T + fit[:, 2] - points
    return float(np.hypot(*shifts.T).mean() / WIDTH)
