"""The cart's opening in the picture: a polygon, and how boxes lie to it.

The polygon is kept in fractions of width and height, so that one file serves every size of the same
camera's footage. Where it reaches the picture's edge, that edge is the rim.
"""

import math
import tomllib
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from cart.errors import InputError
from cart.vision.boxes import Box, area, center

Point = tuple[float, float]

_SMALLEST_AREA = 1e-4  # of the picture
_SHORTEST_RIM = 0.1  # of the picture's side that a polygon runs along; less is a corner that comes near it


@dataclass(frozen=True)
class Opening:
    """The polygon of the cart's mouth in pixels of one picture size.

    Attributes:
        polygon: corners in order, at least three, in pixels.
        size: width and height of the picture in pixels.
    """

    polygon: tuple[Point, ...]
    size: tuple[int, int]

    @property
    def fractions(self) -> tuple[Point, ...]:
        """The corners in fractions 0..1 of width and height, rounded to a ten-thousandth."""
        width, height = self.size
        return tuple((round(x / width, 4), round(y / height, 4)) for x, y in self.polygon)

    @property
    def whole(self) -> bool:
        """Whether it is the whole picture."""
        return self.fractions == WHOLE_PICTURE

    def share_inside(self, box: Box) -> float:
        """Return the share of the box's area, 0..1, that lies over the opening."""
        return _polygon_area(_clip(self.polygon, box)) / area(box) if area(box) else 0.0

    def touches(self, box: Box) -> bool:
        """Tell whether any of the box lies over the opening."""
        return self.share_inside(box) > 0

    def depth(self, point: Point) -> float:
        """Return the distance in pixels from a point to the rim: above zero inside, below outside."""
        edges = _edges(self.polygon)
        distance = min(_distance_to_segment(point, a, b) for a, b in edges)
        return distance if _contains(self.polygon, point) else -distance

    def depth_of(self, box: Box) -> float:
        """Return the depth of the box's middle, in units of the box's mean side."""
        return self.depth(center(box)) / math.sqrt(area(box)) if area(box) else 0.0

    def at_picture_rim(self, box: Box, margin: float = 0.02) -> bool:
        """Tell whether the box reaches a picture's edge where that edge is the rim.

        Args:
            box: in pixels.
            margin: how near counts as reaching it, as a share of the picture's width or height.
        """
        width, height = self.size
        dx, dy = margin * width, margin * height
        strips: tuple[tuple[bool, Box, int], ...] = (
            (box[0] <= dx, (0, 0, dx, height), 1),
            (box[1] <= dy, (0, 0, width, dy), 0),
            (box[2] >= width - dx, (width - dx, 0, width, height), 1),
            (box[3] >= height - dy, (0, height - dy, width, height), 0),
        )
        return any(reaches and self._is_rim(box, strip, along) for reaches, strip, along in strips)

    def _is_rim(self, box: Box, strip: Box, along: int) -> bool:
        """Tell whether the rim runs along a picture's edge, a strip of it, where the box reaches it."""
        places = [corner[along] for corner in _clip(self.polygon, strip)]
        if not places or max(places) - min(places) < _SHORTEST_RIM * self.size[along]:
            return False
        return min(max(places), box[along + 2]) > max(min(places), box[along])


WHOLE_PICTURE: tuple[Point, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def opening_for(polygon: tuple[Point, ...], size: tuple[int, int]) -> Opening:
    """Scale a polygon of fractions 0..1 to a picture of `size` (width, height) in pixels."""
    return Opening(tuple((x * size[0], y * size[1]) for x, y in polygon), size)


def load_polygon(path: Path) -> tuple[Point, ...]:
    """Read the polygon, as fractions 0..1, from a `.opening.toml` file.

    Raises:
        InputError: the file is missing, is not TOML, or its polygon makes no sense.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path}: no such opening file; write one or leave out --opening") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise InputError(f"{path}: cannot be read as TOML: {reason}") from None
    section = data.get("opening")
    corners = section.get("polygon") if isinstance(section, dict) else None
    return check_polygon(corners, str(path))


def check_polygon(corners: object, where: str) -> tuple[Point, ...]:
    """Return the corners as points, or say what is wrong with them.

    Raises:
        InputError: fewer than three corners, corners outside 0..1, edges that cross, or no area.
    """
    if not isinstance(corners, list) or not all(_is_pair(corner) for corner in corners):
        raise InputError(f"{where}: needs [opening] with polygon = [[x, y], ...], fractions 0..1")
    polygon = tuple((float(x), float(y)) for x, y in corners)
    if len(polygon) < 3:
        raise InputError(f"{where}: the opening has {len(polygon)} points; a polygon needs at least 3")
    for x, y in polygon:
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise InputError(
                f"{where}: the point [{x:g}, {y:g}] lies outside the picture; "
                "give fractions 0..1 of its width and height"
            )
    if _crosses_itself(polygon):
        raise InputError(f"{where}: the opening's edges cross; list its corners in order around it")
    if _polygon_area(polygon) < _SMALLEST_AREA:
        raise InputError(f"{where}: the opening has no area; its points lie on one line")
    return polygon


def _is_pair(corner: object) -> bool:
    return (
        isinstance(corner, list)
        and len(corner) == 2
        and all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in corner)
    )


def _edges(polygon: tuple[Point, ...]) -> list[tuple[Point, Point]]:
    return list(pairwise((*polygon, polygon[0])))


def _polygon_area(polygon: tuple[Point, ...]) -> float:
    """Shoelace formula."""
    if len(polygon) < 3:
        return 0.0
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(polygon))) / 2


def _clip(polygon: tuple[Point, ...], box: Box) -> tuple[Point, ...]:
    """Cut the polygon to a box: Sutherland and Hodgman, Reentrant polygon clipping, CACM 17 (1974)."""
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        kept: list[Point] = []
        if not polygon:
            break
        for a, b in _edges(polygon):
            a_in, b_in = sign * (a[axis] - limit) >= 0, sign * (b[axis] - limit) >= 0
            if a_in:
                kept.append(a)
            if a_in != b_in:
                along = (limit - a[axis]) / (b[axis] - a[axis])
                kept.append((a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])))
        polygon = tuple(kept)
    return polygon


def _contains(polygon: tuple[Point, ...], point: Point) -> bool:
    """Even-odd rule along a ray to the right."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in _edges(polygon):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def _distance_to_segment(point: Point, a: Point, b: Point) -> float:
    (x, y), (ax, ay), (bx, by) = point, a, b
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length2)) if length2 else 0.0
    return math.hypot(x - ax - along * dx, y - ay - along * dy)


def _crosses_itself(polygon: tuple[Point, ...]) -> bool:
    edges = _edges(polygon)
    last = len(edges) - 1
    return any(
        _segments_cross(*edges[i], *edges[j])
        for i, j in combinations(range(len(edges)), 2)
        if j - i > 1 and (i, j) != (0, last)
    )


def _segments_cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return (
        all(max(min(a[k], b[k]), min(c[k], d[k])) <= min(max(a[k], b[k]), max(c[k], d[k])) for k in (0, 1))
        and side(a, b, c) * side(a, b, d) <= 0
        and side(c, d, a) * side(c, d, b) <= 0
    )
