"""Cut-outs from pictures: items and hands of labelled stills, and products photographed on white."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from cart.training.labelled import Labelled, Picture
from cart.training.splat import PART_ARM, PART_HAND, PART_ITEM, Bytes, Sprite
from cart.vision.boxes import Box, covered

_ROUNDS = 3
_LEAST_SHARE, _MOST_SHARE = 0.45, 0.97


def packshots(folder: Path) -> list[Sprite]:
    """Cut products out of pictures on white, anywhere below the folder; what cannot be cut is left out."""
    cut = []
    for file in sorted(folder.rglob("*.jpg")):
        picture = cv2.imread(str(file))
        if picture is not None:
            cut.append(_off_white(picture.astype(np.uint8, copy=False)))
    return [one for one in cut if one is not None]


def _off_white(picture: Picture) -> Sprite | None:
    """Cut out whatever a flood of near-white from the border does not reach."""
    height, width = picture.shape[:2]
    framed = cv2.copyMakeBorder(picture, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    flooded = np.zeros((height + 4, width + 4), np.uint8)
    cv2.floodFill(
        framed, flooded, (0, 0), (0, 0, 0), (6,) * 3, (6,) * 3, 4 | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    )
    mask = (flooded[2:-2, 2:-2] == 0).astype(np.uint8)
    mask = cv2.erode(
        cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.ones((3, 3), np.uint8)
    )
    return _sprite(picture, mask * np.uint8(PART_ITEM)) if mask.mean() > 0.04 else None


def items(stills: Iterable[Labelled]) -> list[Sprite]:
    """Cut the items out of stills, but for those behind another thing or cut by the picture's edge."""
    cut = []
    for still in stills:
        for label in still.labels:
            others = [other.box for other in still.labels if other is not label]
            if label.kind == "item" and _is_free(label.box, others, still.picture.shape):
                cut.append(_cut_item(still.picture, label.box))
    return [one for one in cut if one is not None]


def _is_free(box: Box, others: Sequence[Box], shape: Sequence[int]) -> bool:
    """Whether nothing that is nearer (its box ends lower) overlaps, and the picture holds it whole."""
    x1, y1, x2, y2 = box
    grown = x1 - 8, y1 - 8, x2 + 8, y2 + 8
    whole = x1 > 4 and y1 > 4 and x2 < shape[1] - 4 and y2 < shape[0] - 4
    return (
        whole
        and all(covered(grown, by=other) < 0.04 or other[3] < y2 - 20 for other in others)
        and x2 - x1 > 30
    )


def _cut_item(picture: Picture, box: Box) -> Sprite | None:
    x1, y1, x2, y2 = (round(side) for side in box)
    margin = max(8, (x2 - x1) // 6)
    left, top = max(0, x1 - margin), max(0, y1 - margin)
    crop = picture[top : y2 + margin, left : x2 + margin]
    mask = np.full(crop.shape[:2], cv2.GC_BGD, np.uint8)
    inner = slice(y1 - top, y2 - top), slice(x1 - left, x2 - left)
    mask[inner] = cv2.GC_PR_FGD
    middle = mask[inner]
    rows, columns = middle.shape
    middle[rows // 5 : -rows // 5, columns // 4 : -columns // 4] = cv2.GC_FGD
    found = _grab(crop, mask)
    share = float(found[inner].mean())
    return _sprite(crop, found * np.uint8(PART_ITEM)) if _LEAST_SHARE < share < _MOST_SHARE else None


def hands(stills: Iterable[Labelled]) -> list[Sprite]:
    """Cut hands with their arms out of stills.

    The part of a pixel is `PART_HAND` inside the labelled box and `PART_ARM` outside it.
    """
    cut = [
        _cut_hand(still.picture, label.box)
        for still in stills
        for label in still.labels
        if label.kind == "hand"
    ]
    return [one for one in cut if one is not None]


def _cut_hand(picture: Picture, box: Box) -> Sprite | None:
    x1, y1, x2, y2 = (round(side) for side in box)
    skin = _is_skin(picture, box)
    mask = np.where(skin, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    core = cv2.erode(skin.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    mask[core] = cv2.GC_FGD
    if core[y1:y2, x1:x2].mean() < 0.2:
        return None
    found = _connected(_grab(picture, mask), (x1, y1, x2, y2))
    if not _looks_like_skin(picture, found):
        return None
    inside = np.zeros_like(found)
    inside[y1:y2, x1:x2] = 1
    if (found & inside).sum() < 0.35 * (x2 - x1) * (y2 - y1):
        return None
    return _sprite(picture, np.where(inside > 0, found * PART_HAND, found * PART_ARM).astype(np.uint8))


def _is_skin(picture: Picture, box: Box) -> Bytes:
    """Return where the colour is near that of the middle of the hand's box and like skin at all."""
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (5, 5), 0), cv2.COLOR_BGR2LAB).astype(np.float32)
    x1, y1, x2, y2 = box
    rows = slice(round(y1 * 0.7 + y2 * 0.3), round(y1 * 0.3 + y2 * 0.7))
    columns = slice(round(x1 * 0.7 + x2 * 0.3), round(x1 * 0.3 + x2 * 0.7))
    tone = np.median(lab[rows, columns].reshape(-1, 3), axis=0)
    away = np.abs(lab - tone)
    result: Bytes = ((away[..., 0] < 75) & (away[..., 1] < 11) & (away[..., 2] < 13)).astype(np.uint8)
    return cv2.morphologyEx(result, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(np.uint8) > 0


def _looks_like_skin(picture: Picture, found: Bytes) -> bool:
    """Whether the colour leans to red and yellow, as skin does in any light but a strongly coloured one."""
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB)[found > 0]
    if not len(lab):
        return False
    light, red, yellow = np.median(lab, axis=0)
    return bool(light > 60 and red > 128 and yellow > 130 and red + yellow > 268)


def _connected(mask: Bytes, box: tuple[int, int, int, int]) -> Bytes:
    """Keep the one patch that fills most of the box, without what hangs on it by a thread."""
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (15, 15)))
    count, patches = cv2.connectedComponents(mask)
    x1, y1, x2, y2 = box
    sizes = np.bincount(patches[y1:y2, x1:x2].ravel(), minlength=count)
    sizes[0] = 0
    result: Bytes = (patches == int(sizes.argmax())).astype(np.uint8)
    return cv2.morphologyEx(result, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)).astype(np.uint8)


def _grab(picture: Picture, mask: Bytes) -> Bytes:
    """Cut at half the size, for speed; the mask holds cv2's GC values."""
    cv2.setRNGSeed(0)
    height, width = mask.shape
    half = max(1, width // 2), max(1, height // 2)
    small = cv2.resize(mask, half, interpolation=cv2.INTER_NEAREST)
    colors = cv2.resize(picture, half, interpolation=cv2.INTER_AREA)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(colors, small, [0, 0, 1, 1], background, foreground, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = ((small == cv2.GC_FGD) | (small == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    grown = cv2.resize(found * np.uint8(255), (width, height), interpolation=cv2.INTER_LINEAR)
    return (grown > 127).astype(np.uint8)


def _sprite(picture: Picture, parts: Bytes) -> Sprite:
    """Crop to the parts, with soft edges."""
    x, y, width, height = cv2.boundingRect((parts > 0).astype(np.uint8))
    crop = slice(y, y + height), slice(x, x + width)
    opacity = cv2.GaussianBlur((parts[crop] > 0).astype(np.float32) * 255, (3, 3), 0)
    return Sprite(np.dstack([picture[crop], opacity.astype(np.uint8)]), parts[crop])
