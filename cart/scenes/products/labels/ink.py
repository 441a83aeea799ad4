"""Putting colour on paper: type, patches, pictures and the unevenness of print."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats

Color = tuple[int, int, int]
"""RGB, 0..255."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom as shares 0..1 of a face's width and height."""

OVERSAMPLING = 2
"""A face is drawn this many times larger and then shrunk."""


@dataclass(frozen=True)
class Type:
    """A way to set words."""

    weight: int = 500
    """100 thin .. 900 black."""
    italic: bool = False
    capitals: bool = False
    spaced: bool = False
    narrow: float = 1.0
    """Width as a share of the font's own."""


def color(text: str) -> Color:
    """Return the colour of #rrggbb."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(one: Color, other: Color, share: float) -> Color:
    """Return a colour a share (0..1) of the way from one to the other."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(one, other, strict=True))
    return r, g, b


def brightness(ink: Color) -> float:
    """Return how bright a colour is, 0..1."""
    return (0.30 * ink[0] + 0.59 * ink[1] + 0.11 * ink[2]) / 255


def muted(ink: Color, share: float = 0.15) -> Color:
    """Return a colour as print shows it: less saturated."""
    gray = round(brightness(ink) * 255)
    return mix(ink, (gray, gray, gray), share)


def vivid(ink: Color, share: float) -> Color:
    """Return a colour more saturated by a share of its distance from gray."""
    gray = brightness(ink) * 255
    r, g, b = (int(np.clip(c + (c - gray) * share, 0, 255)) for c in ink)
    return r, g, b


def readable_on(ground: Color, dark: Color = (38, 34, 32), light: Color = (250, 248, 242)) -> Color:
    """Return the ink, dark or light, that reads well on a ground."""
    return dark if brightness(ground) > 0.62 else light


@lru_cache(maxsize=4)
def _face(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)


def words(text: str, kind: Type, height: int) -> Bytes:
    """Return words as a mask (h, w), 255 where the ink is, trimmed; capitals are about 0.7 `height` tall."""
    text = text.upper() if kind.capitals else text
    text = " ".join(text) if kind.spaced else text
    em = max(6, height)
    mask = np.zeros((em * 2, em * (len(text) + 2)), np.uint8)
    face = _face("italic" if kind.italic else "sans")
    cv2.putText(mask, text, (em // 2, int(em * 1.4)), (255,), face, em, kind.weight)
    x, y, w, h = cv2.boundingRect(mask)
    mask = mask[y : y + max(h, 1), x : x + max(w, 1)]
    if kind.narrow != 1.0:
        size = (max(1, round(mask.shape[1] * kind.narrow)), mask.shape[0])
        mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(mask)


class Face:
    """One face of a package while it is drawn: a picture `OVERSAMPLING` times as large as it will be."""

    def __init__(self, width: int, height: int, ground: Color) -> None:
        self.width, self.height = width * OVERSAMPLING, height * OVERSAMPLING
        self.pixels = np.empty((self.height, self.width, 3), np.uint8)
        cv2.rectangle(self.pixels, (0, 0), (self.width, self.height), ground, -1)

    def corners(self, box: Box) -> tuple[int, int, int, int]:
        """Return a box in pixels of the drawing."""
        left, top, right, bottom = box
        return (
            round(left * self.width),
            round(top * self.height),
            round(right * self.width),
            round(bottom * self.height),
        )

    def lay(self, mask: Bytes, left: int, top: int, ink: Color, strength: float = 1.0) -> None:
        """Put ink where a mask (h, w) says, its corner at pixels of the drawing; what sticks out is lost."""
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + mask.shape[1], self.width), min(top + mask.shape[0], self.height)
        if x0 >= x1 or y0 >= y1:
            return
        share = mask[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) * (strength / 255)
        below = self.pixels[y0:y1, x0:x1]
        self.pixels[y0:y1, x0:x1] = (below + (np.array(ink, np.float32) - below) * share).astype(np.uint8)

    def patch(self, box: Box, ink: Color, round_share: float = 0.0, strength: float = 1.0) -> None:
        """Fill a box, its corners rounded by a share of its smaller side."""
        x0, y0, x1, y1 = self.corners(box)
        w, h = max(x1 - x0, 1), max(y1 - y0, 1)
        mask = np.zeros((h, w), np.uint8)
        r = int(min(w, h) * round_share)
        cv2.rectangle(mask, (r, 0), (w - 1 - r, h - 1), (255,), -1)
        cv2.rectangle(mask, (0, r), (w - 1, h - 1 - r), (255,), -1)
        for x, y in ((r, r), (w - 1 - r, r), (r, h - 1 - r), (w - 1 - r, h - 1 - r)):
            cv2.circle(mask, (x, y), r, (255,), -1, cv2.LINE_AA)
        self.lay(mask, x0, y0, ink, strength)

    def oval(self, box: Box, ink: Color, strength: float = 1.0) -> None:
        """Fill the ellipse in a box."""
        x0, y0, x1, y1 = self.corners(box)
        mask = np.zeros((max(y1 - y0, 2), max(x1 - x0, 2)), np.uint8)
        centre, axes = (
            (mask.shape[1] // 2, mask.shape[0] // 2),
            (mask.shape[1] // 2 - 1, mask.shape[0] // 2 - 1),
        )
        cv2.ellipse(mask, centre, axes, 0, 0, 360, (255,), -1, cv2.LINE_AA)
        self.lay(mask, x0, y0, ink, strength)

    def fade(self, box: Box, above: Color, below: Color) -> None:
        """Fill a box with a gradient from top to bottom."""
        x0, y0, x1, y1 = self.corners(box)
        share = np.linspace(0, 1, max(y1 - y0, 1), dtype=np.float32)[:, None, None]
        blend = np.array(above, np.float32) * (1 - share) + np.array(below, np.float32) * share
        self.pixels[y0:y1, x0:x1] = blend.astype(np.uint8)

    def write(
        self, text: str, box: Box, ink: Color, kind: Type, align: float = 0.5, outline: Color | None = None
    ) -> None:
        """Set a line of words as large as fits into a box; `align` 0 left, 0.5 centred, 1 right."""
        x0, y0, x1, y1 = self.corners(box)
        if not text or x1 - x0 < 4 or y1 - y0 < 4:
            return
        mask = words(text, kind, int((y1 - y0) * 1.35))
        scale = min((x1 - x0) / mask.shape[1], (y1 - y0) / mask.shape[0], 1.0)
        size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
        mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA))
        left, top = round(x0 + (x1 - x0 - size[0]) * align), round(y0 + (y1 - y0 - size[1]) / 2)
        if outline is not None:
            edge = max(2, size[1] // 12)
            wide = cv2.copyMakeBorder(mask, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=0)
            around = cv2.dilate(
                wide, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (edge * 2 + 1, edge * 2 + 1))
            )
            self.lay(np.asarray(around), left - edge, top - edge, outline)
        self.lay(mask, left, top, ink)

    def paste(self, picture: Floats, box: Box) -> None:
        """Lay a picture (h, w, 4) into a box: RGB times coverage, and coverage, 0..1."""
        x0, y0, x1, y1 = self.corners(box)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, self.width), min(y1, self.height)
        if x1 <= x0 or y1 <= y0:
            return
        scaled = cv2.resize(picture.astype(np.float32), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        below = self.pixels[y0:y1, x0:x1].astype(np.float32)
        mixed = below * (1 - scaled[..., 3:]) + scaled[..., :3] * 255
        self.pixels[y0:y1, x0:x1] = np.clip(mixed, 0, 255).astype(np.uint8)

    def finished(self) -> Bytes:
        """Return the face in its own size."""
        size = (self.width // OVERSAMPLING, self.height // OVERSAMPLING)
        return np.asarray(cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def printed(picture: Bytes, rng: np.random.Generator) -> Bytes:
    """Return a picture as a press lays it down: no pure black or white, fine grain and mottling."""
    h, w, _ = picture.shape
    grain = rng.standard_normal((h, w), np.float32) * 2.2
    mottle = rng.standard_normal((h // 24 + 2, w // 24 + 2), np.float32) * 2.0
    grain += cv2.resize(mottle, (w, h))
    contrast = np.array([1.0, 0.995, 0.983], np.float32) * ((244 - 14) / 255)
    values = picture * contrast
    values += 14 + grain[..., None]
    return np.clip(values, 0, 255, out=values).astype(np.uint8)
