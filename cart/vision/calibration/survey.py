"""Footage to what stands still in it, and where its hands and items were."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from cart.vision.boxes import Box
from cart.vision.detection import Detector
from cart.vision.footage import Frame, Image

WIDTH = 480
"""Width in pixels of the picture that is calibrated on."""

_LOOKS = 40
_MOVED_LEVELS = 20.0


@dataclass(frozen=True)
class Survey:
    """What some frames of one camera show together.

    Attributes:
        picture: the median of the frames, `WIDTH` wide, blue, green, red: hands are gone from it.
        changing: shape of the picture, 255 where the frames differ from it, else 0.
        hands: boxes of all hands, in fractions of width and height.
        items: boxes of all items, likewise.
    """

    picture: Image
    changing: Image
    hands: tuple[Box, ...] = ()
    items: tuple[Box, ...] = ()


def survey(frames: Iterable[Frame], detector: Detector | None) -> Survey:
    """Look at up to 40 frames spread evenly over the footage.

    Args:
        frames: at least one, of one camera.
        detector: finds hands and items; None leaves them out.
    """
    looked = _spread(frames)
    pictures = np.stack([_scaled(frame) for frame in looked])
    picture = np.median(pictures, axis=0).astype(np.uint8)
    difference = np.abs(pictures.astype(np.int16) - picture).max(axis=3)
    changing = np.where(np.percentile(difference, 90, axis=0) > _MOVED_LEVELS, 255, 0).astype(np.uint8)
    hands, items = list[Box](), list[Box]()
    for shown in pictures if detector is not None else ():
        height, width = shown.shape[:2]
        for found in detector.detect(shown) if detector is not None else ():
            left, top, right, bottom = found.box
            box = (left / width, top / height, right / width, bottom / height)
            (hands if found.kind == "hand" else items).append(box)
    return Survey(picture, changing, tuple(hands), tuple(items))


def _spread(frames: Iterable[Frame]) -> list[Frame]:
    """Return frames spread evenly over footage of unknown length: too many are halved, each time."""
    kept, step = list[Frame](), 1
    for place, frame in enumerate(frames):
        if place % step == 0:
            kept.append(Frame.from_image(frame.index, frame.time, _scaled(frame)))
        if len(kept) > _LOOKS:
            kept, step = kept[::2], 2 * step
    return kept


def _scaled(frame: Frame) -> Image:
    height, width = frame.image.shape[:2]
    if width == WIDTH:
        return frame.image
    size = WIDTH, max(1, round(height * WIDTH / width))
    return np.asarray(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), np.uint8)
