"""An item cut out of its picture, as a reference picture or as a camera over a cart would show it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from cart.training import solids
from cart.training.splat import Sprite, random_light, render, rotation, transform
from cart.vision.boxes import Box

Image = NDArray[np.uint8]
Cutout = NDArray[np.uint8]
"""An item alone: BGR and opacity, (H, W, 4)."""


@dataclass(frozen=True)
class Boxed:
    """An item in a part of a picture (BGR), its box there in pixels, and the scene that it was part of."""

    picture: Image
    box: Box
    scene: str = ""

    def tight(self) -> Image:
        """Return the item as its box cuts it out."""
        left, top, right, bottom = self.box
        return self.picture[round(top) : round(bottom), round(left) : round(right)]


_LEAST_COLOUR = 45  # mean of the greatest less the least channel of a pixel, 0..255
_DRAWN_PIXELS = 150  # height of a drawn product


def drawn_product(seed: int, views: int) -> list[Cutout]:
    """Return views of a made-up product, standing or lying, from above at 8 to 80 degrees.

    Args:
        seed: same seed, same product, same views.
        views: how many.
    """
    random = np.random.default_rng(seed)
    product = solids.random_product(random)
    cutouts = []
    for _ in range(views):
        around, upon_its_side = random.uniform(0, 2 * math.pi, 2)
        tipped = rotation(z=math.pi / 2) if random.random() < 0.4 else rotation()
        pose = rotation(x=math.radians(random.uniform(8, 80)))
        pose = pose @ rotation(y=around) @ tipped @ rotation(y=upon_its_side)
        cutouts.append(alone(render(transform(product, pose), random_light(random), _DRAWN_PIXELS)))
    return cutouts


def alone(sprite: Sprite) -> Cutout:
    """Crop a sprite to what is drawn of it."""
    rows, columns = (np.flatnonzero((sprite.parts > 0).any(axis=axis)) for axis in (1, 0))
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return _pixels(sprite.pixels[part])


def as_reference(item: Cutout, random: np.random.Generator) -> Image:
    """Return an item as a catalog shows it: clean, large or small, before a plain background."""
    margin = int(random.uniform(0, 0.12) * max(item.shape))
    framed = np.pad(item, ((margin, margin), (margin, margin), (0, 0)))
    light = random.uniform(0.85, 1.15) * random.uniform(0.95, 1.05, 3)
    background = np.full((*framed.shape[:2], 3), random.uniform(120, 255) + random.normal(0, 8, 3))
    picture = _over(framed[..., :3] * light, framed[..., 3], background)
    turned = np.rot90(_pixels(picture), int(random.integers(4)) if random.random() < 0.5 else 0)
    side = random.uniform(32, 100) if random.random() < 0.4 else math.inf
    return _shrink(np.ascontiguousarray(turned), side)


def as_seen(
    item: Cutout,
    backgrounds: Sequence[Image],
    random: np.random.Generator,
    *,
    side: tuple[float, float] = (25, 120),
) -> Image:
    """Return an item as the crop of a box that a detector found in a cart.

    It is turned any way, lies before something, in another light, sometimes under a hand, in a box that is
    a little off, small, blurred, noisy and compressed.

    Args:
        item: the item alone.
        backgrounds: pictures of which a part is laid behind it.
        random: decides all of it.
        side: least and greatest length in pixels of the crop's longer side.
    """
    turned = _loose_box(_turn(item, random.uniform(-180, 180)), random)
    height, width = turned.shape[:2]
    behind = _part(backgrounds[int(random.integers(len(backgrounds)))], width, height, random)
    lit = turned[..., :3] * random.uniform(0.88, 1.12, 3) * random.uniform(0.65, 1.25)
    lit = lit * (1 + np.linspace(-1, 1, width) * random.uniform(-0.15, 0.15))[:, None]
    picture = _over(lit, turned[..., 3], behind * random.uniform(0.7, 1.2))
    if random.random() < 0.6:
        picture = _under_a_hand(picture, random.uniform(0, 0.4), random)
    return _through_a_camera(_shrink(_pixels(picture), random.uniform(*side)), random)


def as_boxed(item: Boxed, random: np.random.Generator) -> Image:
    """Return an item of a picture as a detector may box it: a little off, any way up, in another light.

    Args:
        item: the item with what is around it.
        random: decides all of it.
    """
    left, top, right, bottom = item.box
    width, height = right - left, bottom - top
    x1, y1, x2, y2 = (
        round(edge + off * side)
        for edge, off, side in zip(
            (left, top, right, bottom),
            random.uniform(-0.08, 0.08, 4),
            (width, height, width, height),
            strict=True,
        )
    )
    part = item.picture[max(0, y1) : max(y1 + 4, y2), max(0, x1) : max(x1 + 4, x2)]
    turned = np.rot90(part, int(random.integers(4)))
    lit = turned * random.uniform(0.92, 1.08, 3) * random.uniform(0.7, 1.25)
    return _through_a_camera(_shrink(_pixels(lit), random.uniform(25, 120)), random)


def as_photographed(picture: Image, random: np.random.Generator) -> Image:
    """Return a reference picture turned a quarter at times, in another light, large or small."""
    turned = np.rot90(picture, int(random.integers(4)))
    lit = turned * random.uniform(0.95, 1.05, 3) * random.uniform(0.85, 1.15)
    side = random.uniform(32, 100) if random.random() < 0.4 else math.inf
    return _shrink(_pixels(lit), side)


def part_of_photo(photo: Image, random: np.random.Generator) -> Cutout:
    """Return a large part of a photograph, taken as an item with rounded corners."""
    height, width = photo.shape[:2]
    share = random.uniform(0.6, 1)
    rows, columns = int(share * height), int(share * width)
    top, left = random.integers(height - rows + 1), random.integers(width - columns + 1)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    opacity = np.where(x**4 + y**4 < 1, 255, 0).astype(np.uint8)
    return np.dstack([photo[top : top + rows, left : left + columns], opacity])


def recoloured(item: Cutout, degrees: float) -> Cutout:
    """Return an item with all its hues turned by so many degrees; what has no colour stays as it is."""
    if not degrees:
        return item
    hsv = cv2.cvtColor(item[..., :3], cv2.COLOR_BGR2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.intp) + round(degrees / 2)) % 180
    return np.dstack([cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), item[..., 3]])


def colourful(picture: Image) -> bool:
    """Return whether a picture (H, W, 3 or 4) has enough colour to look another one with its hues turned."""
    shown = picture[picture[..., 3] > 0] if picture.shape[2] == 4 else picture.reshape(-1, 3)
    return float(np.ptp(shown[:, :3].astype(np.float32), axis=1).mean()) > _LEAST_COLOUR


def wire_floor(random: np.random.Generator, side: int = 160) -> Image:
    """Return a floor with wires before it, as a cart's bottom looks."""
    floor = np.full((side, side, 3), random.integers(60, 230, 3), np.uint8)
    for place in range(0, side, int(random.integers(6, 24))):
        end = int(place + random.uniform(-40, 40)), side
        cv2.line(floor, (place, 0), end, random.integers(30, 240, 3).tolist(), int(random.integers(1, 3)))
    for place in range(0, side, int(random.integers(6, 40))):
        end = side, int(place + random.uniform(-20, 20))
        cv2.line(floor, (0, place), end, random.integers(30, 240, 3).tolist(), int(random.integers(1, 3)))
    return floor


def _turn(item: Cutout, degrees: float) -> Cutout:
    height, width = item.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cosine, sine = np.abs(matrix[0, :2])
    size = math.ceil(height * sine + width * cosine), math.ceil(height * cosine + width * sine)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return _pixels(cv2.warpAffine(item, matrix, size))


def _loose_box(item: Cutout, random: np.random.Generator) -> Cutout:
    """Cut an item to its box, with each side up to 8 % off; it may be cut or have a margin."""
    rows, columns = (_loose_span(item[..., 3], axis, random) for axis in (1, 0))
    return item[rows, columns]


def _loose_span(opacity: Image, axis: int, random: np.random.Generator) -> slice:
    found = np.flatnonzero(opacity.any(axis=axis))
    start, end = random.uniform(-0.08, 0.08, 2) * len(found)
    return slice(max(0, round(found[0] + start)), round(found[-1] + 1 + end))


def _over(picture: NDArray[np.floating], opacity: Image, behind: NDArray[np.floating]) -> NDArray[np.float32]:
    share = opacity[..., None] / 255
    return np.asarray(picture * share + behind * (1 - share), dtype=np.float32)


def _part(picture: Image, width: int, height: int, random: np.random.Generator) -> Image:
    """Return a random part of a picture, scaled to `width` x `height`."""
    scale = random.uniform(0.3, 0.9) * min(picture.shape[:2]) / max(width, height)
    columns, rows = max(4, int(scale * width)), max(4, int(scale * height))
    top = random.integers(max(1, picture.shape[0] - rows + 1))
    left = random.integers(max(1, picture.shape[1] - columns + 1))
    return _pixels(cv2.resize(picture[top : top + rows, left : left + columns], (width, height)))


def _under_a_hand(
    picture: NDArray[np.float32], share: float, random: np.random.Generator
) -> NDArray[np.float32]:
    """Cover a share of a picture, from one side, with the colour of skin."""
    height, width = picture.shape[:2]
    angle = random.uniform(0, 2 * math.pi)
    y, x = np.mgrid[-0.5 : 0.5 : height * 1j, -0.5 : 0.5 : width * 1j]
    along = x * math.cos(angle) + y * math.sin(angle)
    covered = along < np.quantile(along, share)
    skin = [random.uniform(90, 140), random.uniform(120, 170), random.uniform(160, 220)]
    return np.where(covered[..., None], np.array(skin, np.float32), picture)


def _through_a_camera(picture: Image, random: np.random.Generator) -> Image:
    if random.random() < 0.6:
        picture = _pixels(cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.3)))
    if random.random() < 0.3:
        picture = _smear(picture, int(random.integers(3, 7)), random.uniform(0, 180))
    noisy = _pixels(picture + random.normal(0, random.uniform(0, 5), picture.shape))
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(60, 95))]
    compressed = cv2.imencode(".jpg", noisy, quality)[1]
    return np.asarray(cv2.imdecode(compressed, cv2.IMREAD_COLOR), dtype=np.uint8)


def _smear(picture: Image, length: int, degrees: float) -> Image:
    """Blur a picture as a motion of `length` pixels does."""
    level = np.zeros((length, length), np.float32)
    level[length // 2] = 1
    middle = (length - 1) / 2
    line = cv2.warpAffine(level, cv2.getRotationMatrix2D((middle, middle), degrees, 1), (length, length))
    return _pixels(cv2.filter2D(picture, -1, line / line.sum()))


def _shrink(picture: Image, side: float) -> Image:
    """Scale a picture down to a longer side of at most `side` pixels."""
    scale = side / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = max(6, round(picture.shape[1] * scale)), max(6, round(picture.shape[0] * scale))
    return _pixels(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _pixels(picture: NDArray[np.generic]) -> Image:
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)
