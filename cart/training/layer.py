"""A cut-out scaled, turned and recoloured, ready to be laid over a picture, and sleeves for short arms."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.training.camera import motion_kernel
from cart.training.label_art import random_color
from cart.training.splat import PART_ARM, PART_HAND, Bytes, Floats, Sprite


@dataclass(frozen=True, slots=True)
class Layer:
    """A cut-out at its final size.

    Attributes:
        color: BGR 0..255 times opacity, (H, W, 3).
        opacity: 0..1, (H, W).
        parts: (H, W), the part at each pixel, 0 where empty.
        anchor: x, y of the middle of the part that it was placed by.
    """

    color: Floats
    opacity: Floats
    parts: Bytes
    anchor: tuple[float, float]

    @property
    def has_arm(self) -> bool:
        """Whether there is more than a trace of an arm."""
        return int((self.parts == PART_ARM).sum()) > 0.05 * int((self.parts == PART_HAND).sum())

    @property
    def arm_width(self) -> float:
        """About how wide the arm is, in pixels."""
        return 0.55 * float(np.sqrt((self.parts == PART_HAND).sum()))

    def smeared(self, rng: np.random.Generator, length: float) -> "Layer":
        """Return the layer as if it moved by `length` pixels while the shutter was open."""
        margin = int(length) // 2 + 2
        kernel = motion_kernel(rng, length)
        color, opacity, parts = (
            cv2.copyMakeBorder(plane, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
            for plane in (self.color, self.opacity, self.parts)
        )
        anchor = self.anchor[0] + margin, self.anchor[1] + margin
        return Layer(
            cv2.filter2D(color, -1, kernel), cv2.filter2D(opacity, -1, kernel), parts.astype(np.uint8), anchor
        )


def make_layer(
    rng: np.random.Generator, sprite: Sprite, length: float, turn: float, anchor_part: int
) -> Layer:
    """Scale, turn and recolour a cut-out.

    Args:
        rng: source of mirroring and colour.
        sprite: the cut-out.
        length: of the longer side of its `anchor_part`, in pixels.
        turn: in degrees, counter-clockwise.
        anchor_part: the part that `length` measures and whose middle becomes the anchor.
    """
    _, _, wide, high = cv2.boundingRect((sprite.parts == anchor_part).astype(np.uint8))
    scale = length / max(wide, high, 1)
    opacity = sprite.pixels[..., 3:].astype(np.float32) / 255
    planes: Floats = np.dstack([_recolored(rng, sprite, anchor_part) * opacity, opacity])
    if scale < 1:
        size = tuple(max(2, round(side * scale)) for side in planes.shape[1::-1])
        planes = cv2.resize(planes, size, interpolation=cv2.INTER_AREA)
        parts = cv2.resize(sprite.parts, size, interpolation=cv2.INTER_NEAREST)
        scale = 1.0
    else:
        parts = sprite.parts
    return _turned(planes, parts.astype(np.uint8), scale, turn, anchor_part)


def _turned(planes: Floats, parts: Bytes, scale: float, turn: float, anchor_part: int) -> Layer:
    height, width = parts.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, scale)
    reach = np.abs(matrix[:, :2]) @ [width, height]
    matrix[:, 2] += reach / 2 - [width / 2, height / 2]
    size = int(np.ceil(reach[0])) + 2, int(np.ceil(reach[1])) + 2
    turned = cv2.warpAffine(planes, matrix, size, flags=cv2.INTER_LINEAR)
    kept = cv2.warpAffine(parts, matrix, size, flags=cv2.INTER_NEAREST).astype(np.uint8)
    x, y, wide, high = cv2.boundingRect((kept == anchor_part).astype(np.uint8))
    return Layer(turned[..., :3], turned[..., 3], kept, (x + wide / 2, y + high / 2))


def _recolored(rng: np.random.Generator, sprite: Sprite, anchor_part: int) -> Floats:
    """Change hue and strength of items a lot, of hands a little, and the light on both."""
    colors = sprite.pixels[..., :3]
    if anchor_part != PART_HAND and rng.random() < 0.4:
        hsv = cv2.cvtColor(colors, cv2.COLOR_BGR2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(np.int16) + rng.integers(180)) % 180
        colors = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR).astype(np.uint8)
    gain = rng.uniform(0.6, 1.3) * rng.uniform(0.92, 1.08, 3)
    result: Floats = (colors * gain).clip(0, 255).astype(np.float32)
    return result


def arm_end(layer: Layer) -> Floats:
    """Return the vector (x, y) from the anchor to where the arm ends, or the hand where there is no arm."""
    rows, columns = np.nonzero(layer.parts == PART_ARM)
    if not layer.has_arm:
        rows, columns = np.nonzero(layer.parts == PART_HAND)
    away = np.stack([columns, rows], axis=1) - np.array(layer.anchor)
    distance = np.linalg.norm(away, axis=1)
    far = away[distance >= np.quantile(distance, 0.97)]
    result: Floats = far.mean(axis=0)
    return result


def draw_sleeve(
    rng: np.random.Generator,
    canvas: tuple[Floats, NDArray[np.int16]],
    end: Floats,
    along: Floats,
    width: float,
) -> None:
    """Draw a clothed arm over what is there.

    Args:
        rng: source of its look.
        canvas: the picture and the owners of its pixels.
        end: x, y where the bare arm ends.
        along: the direction that the sleeve takes, to beyond the picture's border.
        width: of the bare arm, in pixels.
    """
    picture, owners = canvas
    size = owners.shape[0]
    direction = along / (np.linalg.norm(along) + 1e-6)
    across = np.array([-direction[1], direction[0]])
    start = end - direction * width * rng.uniform(0.3, 1.5)
    near, far = width * rng.uniform(0.6, 0.8), width * rng.uniform(0.7, 1.2)
    tip = start + direction * size * 1.5
    corners = np.stack([start - across * near, start + across * near, tip + across * far, tip - across * far])
    mask = cv2.fillConvexPoly(
        np.zeros((size, size), np.uint8), np.rint(corners).astype(np.int32), 255, cv2.LINE_AA
    )
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    beside = ((x - start[0]) * across[0] + (y - start[1]) * across[1]) / far
    length = ((x - start[0]) * direction[0] + (y - start[1]) * direction[1]) / width
    folds = 0.12 * np.sin(length * rng.uniform(2, 8) + 2 * np.sin(beside * 3 + rng.uniform(0, 6)))
    shade = (0.45 + 0.55 * np.sqrt((1 - (beside * 0.9 + rng.uniform(-0.2, 0.2)) ** 2).clip(0, 1)) + folds)[
        ..., None
    ]
    share = cv2.GaussianBlur(mask, (3, 3), 0)[..., None].astype(np.float32) / 255
    cloth = np.array(random_color(rng), np.float32) * shade
    picture[:] = picture * (1 - share) + cloth * share
    owners[mask > 100] = 0
