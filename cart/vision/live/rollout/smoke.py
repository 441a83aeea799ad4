"""The smoke test of a network: what any that is worth using can do, tried on pictures that come with it.

The pictures are from a trip that we rendered: a hand in a cart with a can and a bottle beside it, and the
two products by themselves.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cart.errors import InputError
from cart.vision.boxes import Box, Detection, Kind, iou
from cart.vision.detection import Detector
from cart.vision.embedding import Embedder
from cart.vision.references import crop, read_picture

HAND: Box = (185, 88, 243, 183)
CAN: Box = (244, 126, 286, 185)
BOTTLE: Box = (297, 191, 355, 264)
"""Where they are in the picture of the cart, in its pixels."""

_FOLDER = Path(__file__).parent / "smoke"
_OVERLAP = 0.4  # IoU from which a box is one of these: what belongs to a hand is a matter of taste
_MOST = 30  # boxes on a picture with four things; more is noise
_SAME = 1e-4  # greatest difference of numbers that are to be the same


class SmokeFailure(InputError):
    """A network fails its smoke test; the text says what it does, after "it"."""


def check_detector(detector: Detector) -> None:
    """Look for the hand and the items in the picture of the cart.

    Raises:
        SmokeFailure: they are not found, or what is found makes no sense.
    """
    image = _picture("cart")
    found = detector.detect(image)
    height, width = image.shape[:2]
    if not all(_makes_sense(one, width, height) for one in found):
        raise SmokeFailure("it gives boxes outside the picture, or scores that are none")
    if not _finds(found, "hand", HAND):
        raise SmokeFailure("it finds no hand where there is one")
    if not (_finds(found, "item", CAN) or _finds(found, "item", BOTTLE)):
        raise SmokeFailure("it finds no item where there are two")
    if len(found) > _MOST:
        raise SmokeFailure(f"it finds {len(found)} things where there are four")


def check_embedder(embedder: Embedder) -> None:
    """Compare a can and a bottle in the cart with pictures of each by itself.

    Raises:
        SmokeFailure: the vectors are none, or do not tell the two products apart.
    """
    cart = _picture("cart")
    sights = [crop(cart, CAN), crop(cart, BOTTLE)]
    vectors = embedder.embed([*sights, _picture("can"), _picture("bottle")])
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=_SAME * 10):
        raise SmokeFailure("it gives vectors that have not length 1")
    if not np.allclose(embedder.embed(sights), vectors[:2], atol=_SAME):
        raise SmokeFailure("it gives one picture another vector the second time")
    alike = vectors[:2] @ vectors[2:].T
    if not min(alike[0, 0], alike[1, 1]) > max(alike[0, 1], alike[1, 0]):
        raise SmokeFailure("it takes two products to be more alike than two sights of one")


def _picture(name: str) -> NDArray[np.uint8]:
    picture = read_picture(_FOLDER / f"{name}.jpg")
    if picture is None:
        raise InputError(f"the smoke test's picture {name}.jpg is missing: install smart-cart again")
    return picture


def _makes_sense(found: Detection, width: int, height: int) -> bool:
    left, top, right, bottom = found.box
    return 0 <= left < right <= width and 0 <= top < bottom <= height and 0 <= found.score <= 1


def _finds(found: list[Detection], kind: Kind, box: Box) -> bool:
    return any(one.kind == kind and iou(one.box, box) >= _OVERLAP for one in found)
