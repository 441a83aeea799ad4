"""A YOLO network's input and output: letterbox, decoding, suppression and what its classes mean here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.vision.boxes import Detection, Kind

SCORE_THRESHOLD = 0.25
"""Lowest score returned: low, because the tracker uses weak detections to carry on a track."""

NMS_IOU = 0.6
"""Boxes of one kind that overlap more are one object; high, so that two cans side by side stay two."""

STRIDE = 32
_PADDING = 114

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a frame was laid into the network's input: scaled, then moved by `left`, `top` (input pixels)."""

    scale: float
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """N boxes (N, 4) as left, top, right, bottom, with their scores (N,) and class numbers (N,)."""

    boxes: Floats
    scores: Floats
    classes: NDArray[np.intp]


def kind_of_class(name: str) -> Kind | None:
    """Return what a class of the network means here; None for a class that is dropped.

    `hand` is a hand. `person` is dropped: a shopper in the picture is neither a hand nor an item.
    Every other class is an item, so weights of COCO's classes can be used as they are.

    >>> kind_of_class("bottle")
    'item'
    """
    if name == "person":
        return None
    return "hand" if name == "hand" else "item"


def input_size(width: int, height: int, longest: int) -> tuple[int, int]:
    """Return width and height of the smallest network input that holds a frame scaled to `longest`.

    >>> input_size(640, 480, 416)
    (416, 320)
    """
    scale = longest / max(width, height)
    return _multiple_of_stride(width * scale), _multiple_of_stride(height * scale)


def _multiple_of_stride(length: float) -> int:
    return max(STRIDE, -(-round(length) // STRIDE) * STRIDE)


def letterbox(image: Picture, width: int, height: int) -> tuple[Picture, Fit]:
    """Scale a frame into the middle of a grey input of `width` x `height`, keeping its shape.

    Args:
        image: uint8, (H, W, 3).
        width: of the input, in pixels.
        height: of the input, in pixels.

    Returns:
        The input, uint8 (height, width, 3), and how to get back from its pixels to the frame's.
    """
    rows, columns = image.shape[:2]
    scale = min(width / columns, height / rows)
    inner = max(1, round(columns * scale)), max(1, round(rows * scale))
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    laid = np.full((height, width, 3), _PADDING, np.uint8)
    how = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    cv2.resize(image, inner, dst=laid[top : top + inner[1], left : left + inner[0]], interpolation=how)
    return laid, Fit(scale, left, top)


def decode_grid(output: Floats, threshold: float = SCORE_THRESHOLD) -> Candidates:
    """Read the output of YOLOv8, 11 and alike: (4 + classes, cells), boxes as centre and size, before NMS."""
    scores = output[4:].max(axis=0)
    kept = np.flatnonzero(scores >= threshold)
    chosen = output[:, kept]
    middle, half = chosen[:2], chosen[2:4] / 2
    boxes = np.concatenate([middle - half, middle + half]).T
    return Candidates(boxes, scores[kept], chosen[4:].argmax(axis=0))


def decode_list(output: Floats, threshold: float = SCORE_THRESHOLD) -> Candidates:
    """Read the output of networks that need no NMS: (boxes, 6), each two corners, score and class."""
    chosen = output[output[:, 4] >= threshold]
    return Candidates(chosen[:, :4], chosen[:, 4], chosen[:, 5].astype(np.intp))


def to_detections(
    found: Candidates, kinds: Sequence[Kind | None], fit: Fit, width: int, height: int
) -> list[Detection]:
    """Drop doubles and return what is left as detections in the frame's pixels, best first.

    Args:
        found: candidates in pixels of the network's input.
        kinds: what each class number means, None to drop it.
        fit: the letterbox of the frame.
        width: of the frame; boxes are clipped to it.
        height: of the frame.
    """
    moved = (found.boxes - np.array([fit.left, fit.top] * 2, np.float32)) / fit.scale
    boxes = moved.clip(0, np.array([width, height] * 2, np.float32))
    detections = [
        Detection(kind, (box[0], box[1], box[2], box[3]), score)
        for box, score, number in zip(
            boxes.tolist(), found.scores.tolist(), found.classes.tolist(), strict=True
        )
        if (kind := kinds[number]) and box[2] > box[0] and box[3] > box[1]
    ]
    return suppress(detections)


def suppress(detections: Iterable[Detection], overlap: float = NMS_IOU) -> list[Detection]:
    """Keep, of boxes of one kind that overlap by more than `overlap` (IoU), the one of the highest score.

    Returns:
        The detections kept, highest score first; equal scores are ordered by kind and box, so that the
        result does not depend on the order given.
    """
    ordered = sorted(detections, key=lambda found: (-found.score, found.kind, found.box))
    if len(ordered) < 2:
        return ordered
    boxes = np.array([found.box for found in ordered])
    is_hand = np.array([found.kind == "hand" for found in ordered])
    rivals = (_overlaps(boxes) > overlap) & (is_hand[:, None] == is_hand)
    kept = np.ones(len(ordered), bool)
    for index in range(len(ordered)):
        if kept[index]:
            kept[index + 1 :] &= ~rivals[index, index + 1 :]
    return [found for found, keep in zip(ordered, kept.tolist(), strict=True) if keep]


def _overlaps(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the IoU (N, N) of each box of (N, 4) with each."""
    low = np.maximum(boxes[:, None, :2], boxes[:, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[:, 2:])
    shared = (high - low).clip(0).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    result: NDArray[np.float64] = shared / (areas[:, None] + areas - shared)
    return result
