"""Draws what the pipeline saw onto a copy of the frame: for a person to check, never for the pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from cart.vision.boxes import Box
from cart.vision.footage import Image

Color = tuple[int, int, int]

HAND: Color = (60, 150, 255)
KNOWN: Color = (90, 220, 90)
UNKNOWN: Color = (255, 110, 220)
OPENING: Color = (255, 220, 60)
TEXT: Color = (255, 255, 255)
BACKDROP = 0.35
"""What is left of the picture's brightness behind text."""

FONT = cv2.FONT_HERSHEY_SIMPLEX
LAST_EVENTS = 4
"""How many events are drawn."""

TALLY_LINES = 12
"""How many lines of the tally are drawn at most."""


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """An item in the picture: what it is taken for (None where unknown) and how sure that is, 0..1."""

    box: Box
    name: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known at one moment, ready to be drawn.

    Attributes:
        time: Media time in seconds; None where it plays no part.
        hands: Boxes of hands in pixels.
        items: Boxes of items with what they are taken for.
        opening: Corners of the opening in pixels; none where it is the whole picture.
        events: All events so far as lines of text, the latest last; the last few are drawn.
        tally: The running tally as lines of text.
    """

    time: float | None = None
    hands: Sequence[Box] = ()
    items: Sequence[LabelledBox] = ()
    opening: Sequence[tuple[float, float]] = ()
    events: Sequence[str] = ()
    tally: Sequence[str] = ()


def draw(image: Image, scene: Scene) -> Image:
    """Return a copy of the frame, `(height, width, 3)`, with the scene drawn on it."""
    canvas = image.copy()
    pen = _Pen(canvas)
    pen.polygon(scene.opening, OPENING)
    for hand in scene.hands:
        pen.box(hand, HAND, "hand")
    for item in scene.items:
        color = UNKNOWN if item.name is None else KNOWN
        pen.box(item.box, color, f"{item.name or '?'} {item.confidence:.2f}")
    pen.panel(scene.events[-LAST_EVENTS:], right=False, bottom=True)
    pen.panel(_shortened(scene.tally), right=True, bottom=False)
    if scene.time is not None:
        pen.panel([f"{scene.time:.2f} s"], right=True, bottom=True)
    return canvas


def _shortened(tally: Sequence[str]) -> list[str]:
    """Return the tally's last lines, below a line that says how many there are before them."""
    if len(tally) <= TALLY_LINES:
        return list(tally)
    hidden = len(tally) - TALLY_LINES + 1
    return [f"... {hidden} more", *tally[hidden:]]


class _Pen:
    """Draws in sizes that fit the picture: made for 640x480, scaled from there."""

    def __init__(self, canvas: Image) -> None:
        self._canvas = canvas
        self._height: int = canvas.shape[0]
        self._width: int = canvas.shape[1]
        scale: float = max(min(self._width / 640, self._height / 480), 0.85)
        self._thickness = max(round(2 * scale), 1)
        self._font_scale = 0.5 * scale
        self._row = round(19 * scale)
        self._pad: int = round(4 * scale)

    def polygon(self, points: Sequence[tuple[float, float]], color: Color) -> None:
        if points:
            corners = np.rint(np.array(points)).astype(np.int32)
            cv2.polylines(self._canvas, [corners], isClosed=True, color=color, thickness=self._thickness)

    def box(self, box: Box, color: Color, label: str) -> None:
        left, top, right, bottom = (round(value) for value in box)
        cv2.rectangle(self._canvas, (left, top), (right, bottom), color, self._thickness)
        above = top - self._row if top >= self._row else top
        self._text(label, (left, above, self._text_width(label)), color)

    def panel(self, lines: Sequence[str], *, right: bool, bottom: bool) -> None:
        """Write lines of text below one another into a corner of the picture."""
        if not lines:
            return
        width = max(self._text_width(line) for line in lines)
        left = self._width - width - self._pad if right else self._pad
        top = self._height - self._row * len(lines) - self._pad if bottom else self._pad
        for number, line in enumerate(lines):
            self._text(line, (left, top + number * self._row, width), TEXT)

    def _text(self, text: str, place: tuple[int, int, int], color: Color) -> None:
        """Write one line on a darkened patch at left, top and of a width, moved into the picture."""
        width = place[2]
        left = max(min(place[0], self._width - width), 0)
        top = max(min(place[1], self._height - self._row), 0)
        patch = self._canvas[top : top + self._row, left : left + width]
        patch[:] = (patch * BACKDROP).astype(np.uint8)
        base = (left + self._pad, top + round(0.75 * self._row))
        cv2.putText(self._canvas, text, base, FONT, self._font_scale, color, 1, cv2.LINE_AA)

    def _text_width(self, text: str) -> int:
        width: int = cv2.getTextSize(text, FONT, self._font_scale, 1)[0][0]
        return width + 2 * self._pad
