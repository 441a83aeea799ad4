"""Reference pictures of a catalog: read, cut down to the item, and turned as a camera may see it."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.vision.boxes import Box

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

TURNS = 4
"""Quarter turns: an item lies any way up in a cart."""

_WORKING_SIDE = 128  # pixels; the item is looked for in the picture made this small
_RING = 0.05  # width of the picture's border that is taken for background, share of the shorter side
_LAB_WEIGHTS = np.array([0.5, 1, 1], np.float32)  # a shadow differs from its background in lightness only
_MARGIN = 0.04  # kept around the item, share of its sides
_SMALLEST_AREA = 0.03  # share of the picture; less is dirt, not the item
_SAME_ITEM = 0.15  # parts of at least this share of the largest part belong to the item too


def read_picture(path: Path) -> Image | None:
    """Return a picture, BGR; None where the file cannot be read or is damaged."""
    try:
        data = np.fromfile(path, np.uint8)
    except OSError:
        return None
    return cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None  # type: ignore[return-value]


def views(picture: Image) -> list[Image]:
    """Return the item of a reference picture in `TURNS` quarter turns, cut out of a plain background."""
    cut = crop(picture, item_box(picture))
    return [np.ascontiguousarray(np.rot90(cut, turn)) for turn in range(TURNS)]


def crop(picture: Image, box: Box) -> Image:
    """Return what is in a box, with a small margin where the picture has it."""
    height, width = picture.shape[:2]
    x, y = (box[2] - box[0]) * _MARGIN, (box[3] - box[1]) * _MARGIN
    left, top = max(0, round(box[0] - x)), max(0, round(box[1] - y))
    return picture[top : min(height, round(box[3] + y)), left : min(width, round(box[2] + x))]


def item_box(picture: Image) -> Box:
    """Return where the item is in a picture with a plain background; the whole picture where none is plain.

    The background is a smooth surface of colour fitted to the picture's border; the item is what differs
    from it or has edges, filled up to its convex outline.

    Args:
        picture: BGR, uint8, (H, W, 3).
    """
    height, width = picture.shape[:2]
    outline, size = _find_outline(picture)
    if outline is None:
        return 0, 0, width, height
    left, top, columns, rows = cv2.boundingRect(outline)
    x, y = width / size[0], height / size[1]
    return left * x, top * y, (left + columns) * x, (top + rows) * y


def item_mask(picture: Image) -> Image:
    """Return where the item is, as 255 in (H, W): the outline whose box `item_box` returns."""
    height, width = picture.shape[:2]
    outline, size = _find_outline(picture)
    if outline is None:
        return np.full((height, width), 255, np.uint8)
    scaled = outline * np.array([width / size[0], height / size[1]])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, scaled.round().astype(np.int32), 255)
    return mask


def _find_outline(picture: Image) -> tuple[NDArray[np.int32] | None, tuple[int, int]]:
    """Return the item's convex outline in a picture made small, and that picture's width and height."""
    height, width = picture.shape[:2]
    scale = _WORKING_SIDE / max(height, width)
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2LAB) * _LAB_WEIGHTS, dtype=np.float32)
    border = _border(size[1], size[0])
    distance, edges = _distance_from_background(lab, border), _edges(lab)
    far = distance > np.clip(2 * np.percentile(distance[border], 75), 8, 25)
    sharp = edges > np.clip(3 * np.percentile(edges[border], 75), 1.2, 4)
    return _outline(far | sharp), size


def _border(rows: int, columns: int) -> NDArray[np.bool_]:
    ring = max(2, round(_RING * min(rows, columns)))
    border = np.ones((rows, columns), bool)
    border[ring:-ring, ring:-ring] = False
    return border


def _distance_from_background(lab: Floats, border: NDArray[np.bool_]) -> Floats:
    """Return each pixel's distance in Lab from a quadratic surface through the border (Cauchy weights)."""
    rows, columns = border.shape
    y, x = (np.mgrid[0:rows, 0:columns] / np.array([rows, columns])[:, None, None] - 0.5).reshape(2, -1)
    surface = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    colours, on_border = lab.reshape(-1, 3), border.ravel()
    known, wanted = surface[on_border], colours[on_border]
    weights = np.ones(len(known))
    for _ in range(5):
        weighted = (known * weights[:, None]).T
        coefficients = np.linalg.solve(weighted @ known, weighted @ wanted)
        missed = np.linalg.norm(wanted - known @ coefficients, axis=1)
        weights = 1 / (1 + (missed / (2 * max(float(np.median(missed)), 0.5))) ** 2)
    distance = np.linalg.norm(colours - surface @ coefficients, axis=1)
    return np.asarray(distance.reshape(rows, columns), dtype=np.float32)


def _edges(lab: Floats) -> Floats:
    """Return how fast the colour changes, in Lab a pixel."""
    smooth = cv2.GaussianBlur(lab, (0, 0), 1)
    x, y = cv2.Sobel(smooth, -1, 1, 0) / 8, cv2.Sobel(smooth, -1, 0, 1) / 8
    return np.asarray(np.sqrt((x * x + y * y).sum(axis=2)), dtype=np.float32)


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.int32] | None:
    """Return the convex outline of a mask's large parts, None where nothing is large enough."""
    solid = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, _ellipse(7))
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _ellipse(5))
    _, labels, parts, _ = cv2.connectedComponentsWithStats(solid)
    areas = parts[1:, cv2.CC_STAT_AREA]
    if areas.sum() < _SMALLEST_AREA * mask.size:
        return None
    large = np.flatnonzero(areas >= _SAME_ITEM * areas.max()) + 1
    points = cv2.findNonZero(np.isin(labels, large).astype(np.uint8))
    return np.asarray(cv2.convexHull(points), dtype=np.int32)


def _ellipse(side: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), dtype=np.uint8)
