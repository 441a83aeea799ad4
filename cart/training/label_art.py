"""Draws what is printed on packages: colours, stripes, shapes, words, bar codes."""

import string

import cv2
import numpy as np

from cart.training.splat import Bytes

_LETTERS = list(string.ascii_uppercase + string.ascii_lowercase + string.digits + "&%")
_FONTS = [
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
]

Color = tuple[int, int, int]


def random_color(rng: np.random.Generator) -> Color:
    """Return a BGR colour as packages have them: mostly strong, now and then white, grey or black."""
    if rng.random() < 0.3:
        grey = int(rng.choice([25, 60, 200, 235, 250]))
        return grey, grey, grey
    hsv = np.array([[[rng.integers(180), rng.integers(60, 256), rng.integers(60, 256)]]], np.uint8)
    blue, green, red = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0].tolist()
    return blue, green, red


def label_art(rng: np.random.Generator, width: int, height: int) -> Bytes:
    """Return a printed face, BGR uint8 (height, width, 3)."""
    art = _ground(rng, width, height)
    for _ in range(int(rng.integers(1, 6))):
        _shape(rng, art)
    for _ in range(int(rng.integers(1, 6))):
        _words(rng, art)
    if rng.random() < 0.3:
        _bars(rng, art)
    return art


def _ground(rng: np.random.Generator, width: int, height: int) -> Bytes:
    first, second = (np.array(random_color(rng), np.float32) for _ in range(2))
    along = np.linspace(0, 1, height if rng.random() < 0.6 else width, dtype=np.float32)
    style = rng.random()
    if style < 0.4:
        along = (along > rng.uniform(0.2, 0.8)).astype(np.float32)
    elif style < 0.55:
        along = ((along * rng.integers(4, 16)) % 1 > 0.5).astype(np.float32)
    elif style < 0.75:
        along = along * 0
    blend = along[:, None, None] if len(along) == height else along[None, :, None]
    ground = first + (second - first) * blend
    return np.broadcast_to(ground, (height, width, 3)).astype(np.uint8, order="C")


def _shape(rng: np.random.Generator, art: Bytes) -> None:
    height, width = art.shape[:2]
    color, x, y = random_color(rng), int(rng.integers(width)), int(rng.integers(height))
    reach = max(3, int(rng.uniform(0.05, 0.4) * min(width, height)))
    style = rng.random()
    if style < 0.35:
        cv2.ellipse(
            art,
            (x, y),
            (reach, int(reach * rng.uniform(0.5, 1))),
            float(rng.uniform(0, 180)),
            0,
            360,
            color,
            -1,
        )
    elif style < 0.7:
        cv2.rectangle(art, (x - reach, y - reach // 2), (x + reach, y + reach // 2), color, -1)
    else:
        corners = rng.integers(-reach, reach + 1, (int(rng.integers(3, 7)), 2)) + np.array([x, y])
        cv2.fillPoly(art, [corners.astype(np.int32)], color)


def _words(rng: np.random.Generator, art: Bytes) -> None:
    height, width = art.shape[:2]
    word = "".join(rng.choice(_LETTERS, int(rng.integers(3, 10))))
    scale = float(rng.uniform(0.25, 1.6) * width / 150)
    place = int(rng.uniform(-0.1, 0.6) * width), int(rng.uniform(0.15, 0.95) * height)
    font = _FONTS[rng.integers(len(_FONTS))]
    cv2.putText(art, word, place, font, scale, random_color(rng), max(1, int(scale * rng.uniform(1, 4))))


def _bars(rng: np.random.Generator, art: Bytes) -> None:
    height, width = art.shape[:2]
    wide, tall = max(8, width // 4), max(6, height // 8)
    x, y = int(rng.integers(max(1, width - wide))), int(rng.integers(max(1, height - tall)))
    bars = np.where(rng.random(wide) < 0.5, 20, 245).astype(np.uint8)
    target = art[y : y + tall, x : x + wide]
    target[:] = bars[None, : target.shape[1], None]
