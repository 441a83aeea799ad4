"""A picture's lines to the four edges of an opening: the large quadrangle that lines bear out best.

Lines come from the probabilistic Hough transform (Matas, Galambos and Kittler, CVIU 78, 2000). Every pair of
upright lines with every pair of level ones makes a quadrangle; one is worth what edges lie along its sides,
as long as items come to rest in it, and the larger one is worth more: a cart's floor has edges too. Where
the cart reaches out of the picture, the picture's edge is a side.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.vision.calibration.survey import Survey
from cart.vision.opening import Point

SURE = 0.6
"""Confidence from which on a proposal is good enough to be taken."""

_MOST_LINES = 12
_SHORTEST_SHARE = 0.12  # of the picture's width, for a line
_SAME_PIXELS, _SAME_DEGREES = 7.0, 4.0
_SMALLEST, _OUTSIDE = 0.12, 0.04  # a quadrangle's area; how far a corner may lie outside the picture
_DIRECTIONS = 8
_SAMPLES = 60
_RIM_WORTH = 0.45  # of a side along the picture's edge: no edge can be seen there
_SIZE_WORTH = 1.0
_WEAKEST_WEIGHT = 0.4
_FOOT = 0.75  # how far down its box an item counts as standing: a tall one may stick out above the rim


@dataclass(frozen=True, slots=True)
class Proposal:
    """An opening, as its corners in fractions 0..1 of width and height, and how sure it is, 0..1."""

    polygon: tuple[Point, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class _Line:
    """`x cos(angle) + y sin(angle) = distance`; `rim`: it is the picture's edge."""

    angle: float
    distance: float
    weight: float
    rim: bool = False

    @property
    def upright(self) -> bool:
        return abs(math.cos(self.angle)) > math.sqrt(0.5)


def propose(seen: Survey) -> Proposal | None:
    """Return the opening that lines and resting items speak for; None where nothing does."""
    size = seen.picture.shape[1], seen.picture.shape[0]
    smooth = np.asarray(cv2.GaussianBlur(seen.picture, (0, 0), 1.0), np.uint8)
    canny = np.max([cv2.Canny(channel, 40, 110) for channel in cv2.split(smooth)], axis=0)
    lines = _lines(canny) + _picture_edges(size)
    edges = _edges(smooth, canny)
    best: tuple[float, float, NDArray[np.float64]] | None = None
    for corners, sides in _quadrangles(lines, size):
        worth, support = _worth(corners, sides, edges, seen)
        if best is None or worth > best[0]:
            best = worth, support, corners
    if best is None:
        return None
    polygon = np.clip(best[2] / size, 0.0, 1.0)
    return Proposal(tuple((round(float(x), 4), round(float(y), 4)) for x, y in polygon), round(best[1], 3))


def _lines(canny: NDArray[np.uint8]) -> list[_Line]:
    """Return the longest lines, upright and level ones alike, each once."""
    width = canny.shape[1]
    found = cv2.HoughLinesP(canny, 1, math.pi / 360, 30, None, _SHORTEST_SHARE * width, 0.025 * width)
    segments = [] if found is None else found.reshape(-1, 4).tolist()
    lines = list[_Line]()
    for x1, y1, x2, y2 in sorted(segments, key=lambda s: -math.hypot(s[2] - s[0], s[3] - s[1])):
        line = _through(x1, y1, x2, y2)
        if not any(_same(line, other, canny.shape) for other in lines):
            lines.append(line)
    upright = [line for line in lines if line.upright][:_MOST_LINES]
    return upright + [line for line in lines if not line.upright][:_MOST_LINES]


def _through(x1: float, y1: float, x2: float, y2: float) -> _Line:
    angle = math.atan2(x2 - x1, y1 - y2)
    distance = x1 * math.cos(angle) + y1 * math.sin(angle)
    if distance < 0:
        angle, distance = angle + math.pi, -distance
    return _Line(math.remainder(angle, 2 * math.pi), distance, math.hypot(x2 - x1, y2 - y1))


def _same(a: _Line, b: _Line, shape: tuple[int, ...]) -> bool:
    """Tell whether two lines run alike through the picture."""
    turn = math.degrees(math.acos(min(1.0, abs(math.cos(a.angle - b.angle)))))
    if turn > _SAME_DEGREES or a.upright != b.upright:
        return False
    ends = (0.0, float(shape[0])) if a.upright else (0.0, float(shape[1]))
    return all(abs(_at(a, end) - _at(b, end)) < _SAME_PIXELS for end in ends)


def _at(line: _Line, along: float) -> float:
    """Return where an upright line is at a height, or a level one at a place across."""
    cos, sin = math.cos(line.angle), math.sin(line.angle)
    return (line.distance - along * sin) / cos if line.upright else (line.distance - along * cos) / sin


def _picture_edges(size: tuple[int, int]) -> list[_Line]:
    half = math.pi / 2
    return [
        _Line(angle, distance, 0.0, rim=True)
        for angle, distance in ((0.0, 0.0), (0.0, size[0] - 1.0), (half, 0.0), (half, size[1] - 1.0))
    ]


def _quadrangles(
    lines: list[_Line], size: tuple[int, int]
) -> list[tuple[NDArray[np.float64], tuple[_Line, ...]]]:
    """Return corners, from the upper left clockwise, and sides, from the upper one, of possible openings."""
    middle = size[0] / 2, size[1] / 2
    upright = sorted((line for line in lines if line.upright), key=lambda line: _at(line, middle[1]))
    level = sorted((line for line in lines if not line.upright), key=lambda line: _at(line, middle[0]))
    whole = list[tuple[NDArray[np.float64], tuple[_Line, ...]]]()
    for (left, right), (top, bottom) in (
        (across, down) for across in combinations(upright, 2) for down in combinations(level, 2)
    ):
        sides = (top, right, bottom, left)
        corners = np.array([_cross(sides[k - 1], sides[k]) for k in range(4)])
        if sum(side.rim for side in sides) < 3 and _may_be_opening(corners, size):
            whole.append((corners, sides))
    return whole


def _cross(a: _Line, b: _Line) -> Point:
    determinant = math.sin(b.angle - a.angle)
    x = (a.distance * math.sin(b.angle) - b.distance * math.sin(a.angle)) / determinant
    y = (b.distance * math.cos(a.angle) - a.distance * math.cos(b.angle)) / determinant
    return x, y


def _may_be_opening(corners: NDArray[np.float64], size: tuple[int, int]) -> bool:
    margin = _OUTSIDE * size[0]
    if corners.min() < -margin or (corners > np.array(size) + margin).any():
        return False
    return bool(
        cv2.isContourConvex(corners.astype(np.float32))
        and cv2.contourArea(corners.astype(np.float32)) >= _SMALLEST * size[0] * size[1]
    )


def _edges(smooth: NDArray[np.uint8], canny: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return for each direction where an edge runs so: `(_DIRECTIONS, height, width)`, some pixels wide."""
    slopes = np.stack([cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)])
    steepest = np.hypot(*slopes).argmax(axis=2)[None, :, :, None]
    dx, dy = np.take_along_axis(slopes, np.repeat(steepest, 2, axis=0), axis=3)[..., 0]
    normal = np.mod(np.arctan2(dy, dx), math.pi)
    bins = np.rint(normal / math.pi * _DIRECTIONS).astype(int) % _DIRECTIONS
    kernel = np.ones((5, 5), np.uint8)
    return np.stack(
        [
            cv2.dilate(((canny > 0) & (bins == direction)).astype(np.uint8), kernel)
            for direction in range(_DIRECTIONS)
        ]
    )


def _worth(
    corners: NDArray[np.float64], sides: tuple[_Line, ...], edges: NDArray[np.uint8], seen: Survey
) -> tuple[float, float]:
    """Return what a quadrangle is worth against others, and how well it is borne out, 0..1."""
    supports = [
        _RIM_WORTH if side.rim else _support(corners[k], corners[(k + 1) % 4], side, edges)
        for k, side in enumerate(sides)
    ]
    support = (1 - _WEAKEST_WEIGHT) * float(np.mean(supports)) + _WEAKEST_WEIGHT * min(supports)
    height, width = edges.shape[1:]
    share = cv2.contourArea(corners.astype(np.float32)) / (width * height)
    support *= _inside(corners / (width, height), seen)
    return support + _SIZE_WORTH * math.sqrt(share) * support, support


def _support(
    start: NDArray[np.float64], end: NDArray[np.float64], line: _Line, edges: NDArray[np.uint8]
) -> float:
    """Return the share of a side along which an edge runs its way."""
    direction = round(math.fmod(line.angle + 2 * math.pi, math.pi) / math.pi * _DIRECTIONS)
    points = start + np.linspace(0.02, 0.98, _SAMPLES)[:, None] * (end - start)
    columns, rows = np.rint(points).astype(int).T
    height, width = edges.shape[1:]
    within = (columns >= 0) & (rows >= 0) & (columns < width) & (rows < height)
    seen = np.zeros(_SAMPLES, bool)
    for near in (-1, 0, 1):
        seen[within] |= edges[(direction + near) % _DIRECTIONS, rows[within], columns[within]] > 0
    return float(seen.mean())


def _inside(corners: NDArray[np.float64], seen: Survey) -> float:
    """Return the share of the items that stand in the quadrangle; 1 where no item was seen."""
    if not seen.items:
        return 1.0
    contour = corners.astype(np.float32)
    feet = [((left + right) / 2, top + _FOOT * (bottom - top)) for left, top, right, bottom in seen.items]
    return sum(cv2.pointPolygonTest(contour, foot, measureDist=False) >= 0 for foot in feet) / len(feet)
