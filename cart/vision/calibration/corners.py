"""Corners of an opening, as they are typed and as they are dragged."""

import math
import re

from cart.errors import InputError
from cart.vision.opening import Point, check_polygon

_GRAB_PIXELS = 18.0


def parse_corners(text: str) -> tuple[Point, ...]:
    """Read corners in fractions 0..1, such as `0.1,0.2 0.9,0.2 0.9,0.8`, in order around the opening.

    Raises:
        InputError: what stands there makes no polygon in the picture.
    """
    words = text.replace(";", " ").split()
    if not words or not all(re.fullmatch(r"[^,\s]+,[^,\s]+", word) for word in words):
        raise InputError("--polygon: write the corners like 0.1,0.2 0.9,0.2 0.9,0.8 0.1,0.8")
    try:
        corners = [[float(number) for number in word.split(",")] for word in words]
    except ValueError:
        raise InputError("--polygon: write the corners like 0.1,0.2 0.9,0.2 0.9,0.8 0.1,0.8") from None
    return check_polygon(corners, "--polygon")


def corners_text(polygon: tuple[Point, ...]) -> str:
    """Return corners as they are typed.

    >>> corners_text(((0.1, 0.25), (0.9, 0.25), (0.5, 1.0)))
    '0.1,0.25 0.9,0.25 0.5,1'
    """
    return " ".join(f"{x:g},{y:g}" for x, y in polygon)


class CornerDrag:
    """Corners that a pointer grabs, drags and lets go.

    Args:
        polygon: corners in fractions 0..1.
        size: width and height in pixels of the picture that they are shown on.
    """

    def __init__(self, polygon: tuple[Point, ...], size: tuple[int, int]) -> None:
        self.polygon = polygon
        self._size = size
        self._held: int | None = None

    def press(self, x: float, y: float) -> None:
        """Grab the corner nearest to a place in pixels, if one is near."""
        width, height = self._size
        away = [math.dist((x, y), (corner[0] * width, corner[1] * height)) for corner in self.polygon]
        nearest = min(range(len(away)), key=away.__getitem__)
        self._held = nearest if away[nearest] <= _GRAB_PIXELS else None

    def move(self, x: float, y: float) -> None:
        """Take the corner that is held to a place in pixels, no further than the picture's edge."""
        if self._held is None:
            return
        width, height = self._size
        place = (
            round(min(max(x / width, 0.0), 1.0), 4),
            round(min(max(y / height, 0.0), 1.0), 4),
        )
        self.polygon = (*self.polygon[: self._held], place, *self.polygon[self._held + 1 :])

    def release(self) -> None:
        """Let go."""
        self._held = None
