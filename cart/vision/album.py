"""The crops of each item that are worth recognising it by: a few, of different moments, the best first."""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cart.vision.boxes import Box, covered
from cart.vision.recognition import Crop

_CROPS = 6
_APART_SECONDS = 0.25
_IN_HAND_COVERED = 0.5  # share of a moving item taken to be under fingers
_MARGIN = 0.1  # of the box's sides, kept around it


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One sight of an item.

    Attributes:
        time: media seconds.
        image: the item with a margin around it, BGR, a copy.
        box: the item's own box in that image, pixels.
        crop: what recognition is given.
    """

    time: float
    image: NDArray[np.uint8]
    box: Box
    crop: Crop


class Album:
    """Keeps at most six snapshots an item, by the item's number, replacing the poorest."""

    def __init__(self) -> None:
        self._snapshots: dict[int, list[Snapshot]] = {}

    def keep(
        self,
        item: int,
        time: float,
        image: NDArray[np.uint8],
        box: Box,
        hands: tuple[Box, ...],
        *,
        at_rest: bool = True,
    ) -> None:
        """Take a snapshot of an item where it is worth it.

        Args:
            item: the item's number.
            time: media seconds of the frame.
            image: the whole frame, BGR.
            box: the item's box in it.
            hands: boxes of the hands in it.
            at_rest: whether it lies still and free; else fingers may cover it that no box tells of.
        """
        kept = self._snapshots.setdefault(item, [])
        shot = _snapshot(time, image, box, hands, at_rest)
        rival = next((old for old in kept if abs(old.time - time) < _APART_SECONDS), None)
        if rival is None and len(kept) == _CROPS:
            rival = min(kept, key=lambda old: old.crop.quality)
        if rival is None:
            kept.append(shot)
        elif shot.crop.quality > rival.crop.quality:
            kept[kept.index(rival)] = shot

    def crops(self, item: int) -> list[Crop]:
        """Return the crops of an item."""
        return [shot.crop for shot in self._snapshots.get(item, [])]

    def best(self, item: int) -> Snapshot | None:
        """Return the best snapshot of an item."""
        return max(self._snapshots.get(item, []), key=lambda shot: shot.crop.quality, default=None)

    def forget_all_but(self, items: Collection[int]) -> None:
        """Drop the snapshots of items that are no longer known."""
        for item in self._snapshots.keys() - set(items):
            del self._snapshots[item]


def _snapshot(
    time: float, image: NDArray[np.uint8], box: Box, hands: tuple[Box, ...], at_rest: bool
) -> Snapshot:
    height, width = image.shape[:2]
    left, top, right, bottom = _pixels(box, 0, width, height)
    outer = _pixels(box, _MARGIN, width, height)
    tight = image[top:bottom, left:right].copy()
    at_edge = left <= 1 or top <= 1 or right >= width - 1 or bottom >= height - 1
    under_hands = max((covered(box, by=hand) for hand in hands), default=0.0)
    crop = Crop(tight, under_hands if at_rest else max(under_hands, _IN_HAND_COVERED), at_edge)
    inner = (left - outer[0], top - outer[1], right - outer[0], bottom - outer[1])
    return Snapshot(time, image[outer[1] : outer[3], outer[0] : outer[2]].copy(), inner, crop)


def _pixels(box: Box, margin: float, width: int, height: int) -> tuple[int, int, int, int]:
    """Return the box with a margin, a share of its sides, in whole pixels of the picture, never empty."""
    dx, dy = margin * (box[2] - box[0]), margin * (box[3] - box[1])
    left, top = min(width - 1, max(0, int(box[0] - dx))), min(height - 1, max(0, int(box[1] - dy)))
    right, bottom = math.ceil(box[2] + dx), math.ceil(box[3] + dy)
    return left, top, max(left + 1, min(width, right)), max(top + 1, min(height, bottom))
