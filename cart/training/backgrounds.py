"""Places without items: floors, walls, tables, wire baskets; what lies in them is clutter, never an item."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from cart.training.label_art import random_color
from cart.training.labelled import Picture
from cart.training.splat import Floats


def random_background(rng: np.random.Generator, size: int, places: Sequence[Picture]) -> Picture:
    """Return a square picture, BGR uint8 (size, size, 3), in which there is no item and no hand.

    Args:
        rng: source of all of it.
        size: in pixels.
        places: photographs of empty places; a third of the backgrounds are parts of these.
    """
    if places and rng.random() < 0.3:
        return _photographed(rng, size, places[int(rng.integers(len(places)))])
    makers: list[Callable[[np.random.Generator, int], Picture]] = [_floor, _table, _plain, _basket]
    drawn = makers[rng.choice(4, p=[0.2, 0.25, 0.2, 0.35])](rng, size)
    for _ in range(int(rng.integers(0, 4))):
        _clutter(rng, drawn)
    return drawn


def _photographed(rng: np.random.Generator, size: int, place: Picture) -> Picture:
    """Return a part of a photograph, mirrored, turned and tinted."""
    side = int(min(place.shape[:2]) * rng.uniform(0.5, 1))
    y, x = (int(rng.integers(limit - side + 1)) for limit in place.shape[:2])
    crop = np.rot90(place[y : y + side, x : x + side], int(rng.integers(4)))
    crop = crop[:, ::-1] if rng.random() < 0.5 else crop
    resized = cv2.resize(np.ascontiguousarray(crop), (size, size), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.6:
        hsv = cv2.cvtColor(resized, cv2.COLOR_BGR2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(int) + rng.integers(180)) % 180
        hsv[..., 1] = (hsv[..., 1] * rng.uniform(0, 1)).astype(np.uint8)
        resized = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    return resized.astype(np.uint8, copy=False)


def clouds(rng: np.random.Generator, height: int, width: int, coarsest: int = 3, octaves: int = 5) -> Floats:
    """Return smooth noise (height, width) of mean 0 and deviation about 1."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        cells = coarsest * 2**octave
        noise = rng.normal(0, 0.6**octave, (cells, cells)).astype(np.float32)
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    result: Floats = total / (total.std() + 1e-6)
    return result


def _muted(rng: np.random.Generator) -> Floats:
    """Return a colour of rooms: mostly grey or beige."""
    grey = rng.uniform(40, 240)
    strength = 0.15 if rng.random() < 0.75 else 0.7
    color = np.array(random_color(rng), np.float32)
    result: Floats = grey + (color - color.mean()) * np.float32(strength)
    return result


def _textured(rng: np.random.Generator, height: int, width: int) -> Floats:
    """Return one material: a colour with stains, grain or wood's streaks."""
    depth = rng.uniform(1, 16)
    noise = clouds(rng, height, width, int(rng.integers(2, 12)), int(rng.integers(3, 7)))
    if rng.random() < 0.3:
        streaks = clouds(rng, height, max(2, width // 24), 4)
        noise = cv2.resize(streaks, (width, height), interpolation=cv2.INTER_LINEAR)
        noise = np.ascontiguousarray(noise.T) if rng.random() < 0.5 and height == width else noise
    grain = rng.normal(0, rng.uniform(0, 6), (height, width, 1)).astype(np.float32)
    return (_muted(rng) + depth * noise[..., None] + grain).astype(np.float32)


def _lit(rng: np.random.Generator, picture: Floats) -> Picture:
    """Light it unevenly."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(height, width) - 0.5
    slope = x * rng.uniform(-0.6, 0.6) + y * rng.uniform(-0.6, 0.6)
    lit: Picture = (picture * (1 + slope[..., None])).clip(0, 255).astype(np.uint8)
    return lit


def _plain(rng: np.random.Generator, size: int) -> Picture:
    return _lit(rng, _textured(rng, size, size))


def _table(rng: np.random.Generator, size: int) -> Picture:
    """A wall and a table, shelf or tray before it, seen from the side or from above at an angle."""
    picture = _textured(rng, size, size)
    edge, tilt = rng.uniform(0.15, 0.85) * size, rng.uniform(-0.12, 0.12) * size
    below = np.array([[0, edge], [size, edge + tilt], [size, size], [0, size]]).astype(np.int32)
    mask = cv2.fillPoly(np.zeros((size, size), np.uint8), [below], 255, cv2.LINE_AA)[..., None] / np.float32(
        255
    )
    picture = picture * (1 - mask) + _textured(rng, size, size) * mask
    if rng.random() < 0.5:
        ends = (0, int(edge)), (size, int(edge + tilt))
        cv2.line(picture, *ends, _muted(rng).tolist(), int(rng.integers(1, 8)), cv2.LINE_AA)
    return _lit(rng, picture.astype(np.float32))


def _floor(rng: np.random.Generator, size: int) -> Picture:
    """Tiles in perspective."""
    wide = 2 * size
    floor = _textured(rng, wide, wide)
    step, joint = int(rng.integers(size // 12, size)), _muted(rng).tolist()
    thick = int(rng.integers(1, 6))
    for at in range(0, wide, step):
        cv2.line(floor, (at, 0), (at, wide), joint, thick)
        cv2.line(floor, (0, at), (wide, at), joint, thick)
    if rng.random() < 0.3:
        other = _textured(rng, wide, wide)
        rows, columns = np.indices((wide, wide)) // step
        floor = np.where(((rows + columns) % 2 == 0)[..., None], floor, other)
    return _lit(rng, _seen_from_above(rng, floor.astype(np.float32), size))


def _seen_from_above(rng: np.random.Generator, plane: Floats, size: int) -> Floats:
    side = plane.shape[0]
    source = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    far, sway = rng.uniform(0, 0.9) * size, rng.uniform(-0.3, 0.3, (4, 2)) * size
    target = np.array(
        [
            [far - size, -size / 2],
            [2 * size - far, -size / 2],
            [2.5 * size, 1.5 * size],
            [-1.5 * size, 1.5 * size],
        ]
    )
    matrix = cv2.getPerspectiveTransform(source, (target + sway).astype(np.float32))
    return cv2.warpPerspective(
        plane, matrix, (size, size), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
    ).astype(np.float32)


def _basket(rng: np.random.Generator, size: int) -> Picture:
    """A cart or basket from its rim: floor below, walls and bottom of wire or of plastic."""
    picture = _floor(rng, size) if rng.random() < 0.7 else _plain(rng, size)
    bottom = _corners(rng, size, 0.16, 0.34)
    top = _corners(rng, size, -0.15, 0.12)
    color = _muted(rng).tolist()
    if rng.random() < 0.35:
        _solid_walls(rng, picture, top, bottom)
    thick = int(rng.choice([1, 1, 2, 3]))
    cells = rng.integers(4, 22, 2)
    for index in range(4):
        pair = [index, (index + 1) % 4]
        _wires(picture, (top[pair], bottom[pair]), cells, color, thick)
    _wires(picture, (bottom[[0, 1]], bottom[[3, 2]]), cells, color, thick)
    cv2.polylines(picture, [np.rint(top).astype(np.int32)], True, color, thick * 2 + 2, cv2.LINE_AA)
    return picture


def _corners(rng: np.random.Generator, size: int, least: float, most: float) -> Floats:
    inset = rng.uniform(least, most, (4, 2)) * size
    return np.array([[0, 0], [size, 0], [size, size], [0, size]]) + inset * [
        [1, 1],
        [-1, 1],
        [-1, -1],
        [1, -1],
    ]


def _wires(
    picture: Picture, edges: tuple[Floats, Floats], cells: Floats, color: list[float], thick: int
) -> None:
    """Draw a mesh over a four-sided face between two opposite edges."""
    first, last = edges
    along = [first + (last - first) * share for share in np.linspace(0, 1, int(cells[0]))]
    shares = np.linspace(0, 1, int(cells[1]))
    across = [np.stack([end[0] + (end[1] - end[0]) * share for end in edges]) for share in shares]
    for line in along + across:
        start, end = np.rint(line).astype(int).tolist()
        cv2.line(picture, start, end, color, thick, cv2.LINE_AA)


def _solid_walls(rng: np.random.Generator, picture: Picture, top: Floats, bottom: Floats) -> None:
    color = np.array(random_color(rng), np.float32)
    for index in range(4):
        after = (index + 1) % 4
        wall = np.stack([top[index], top[after], bottom[after], bottom[index]])
        cv2.fillPoly(
            picture, [np.rint(wall).astype(np.int32)], (color * rng.uniform(0.6, 1)).tolist(), cv2.LINE_AA
        )
    floor = _muted(rng) if rng.random() < 0.5 else color * rng.uniform(0.6, 1)
    cv2.fillPoly(picture, [np.rint(bottom).astype(np.int32)], floor.tolist(), cv2.LINE_AA)


def _clutter(rng: np.random.Generator, picture: Picture) -> None:
    """Draw something flat that is no item: a bar, a stain of light or shadow, a slip of paper."""
    size = picture.shape[0]
    layer = picture.copy()
    style, color = rng.random(), _muted(rng).tolist()
    place = rng.integers(0, size, 2)
    if style < 0.4:
        start, end = rng.integers(-size // 3, size + size // 3, (2, 2)).tolist()
        cv2.line(layer, start, end, color, int(rng.integers(1, 30)), cv2.LINE_AA)
    elif style < 0.8:
        axes = rng.integers(size // 12, size // 2, 2).tolist()
        shade = 0 if rng.random() < 0.6 else 255
        cv2.ellipse(
            layer, tuple(place.tolist()), tuple(axes), float(rng.uniform(0, 180)), 0, 360, (shade,) * 3, -1
        )
        layer = cv2.GaussianBlur(layer, (0, 0), float(rng.uniform(3, 25))).astype(np.uint8)
    else:
        corners = rng.normal(0, size / rng.uniform(3, 14), (4, 2)) + place
        cv2.fillConvexPoly(layer, cv2.convexHull(corners.astype(np.int32)), color, cv2.LINE_AA)
        layer = cv2.GaussianBlur(layer, (0, 0), float(rng.uniform(0.3, 4))).astype(np.uint8)
    cv2.addWeighted(layer, float(share := rng.uniform(0.2, 0.8)), picture, 1 - share, 0, dst=picture)
