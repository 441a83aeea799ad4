"""What a camera does to a picture: light, colour, blur, noise, compression."""

import cv2
import numpy as np

from cart.training.labelled import Picture
from cart.training.splat import Floats


def photograph(rng: np.random.Generator, picture: Picture) -> Picture:
    """Return the picture as a camera sees it, better or worse; nothing in it moves."""
    seen = picture.astype(np.float32)
    seen = _expose(rng, seen)
    if rng.random() < 0.3:
        seen = cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.3, 1.6))).astype(np.float32)
    if rng.random() < 0.08:
        seen = cv2.filter2D(seen, -1, motion_kernel(rng, float(rng.uniform(3, 9)))).astype(np.float32)
    if rng.random() < 0.6:
        seen += rng.normal(0, rng.uniform(1, 11), (*seen.shape[:2], int(rng.choice([1, 3])))).astype(
            np.float32
        )
    return _compress(rng, seen.clip(0, 255).astype(np.uint8))


def _expose(rng: np.random.Generator, picture: Floats) -> Floats:
    gain = rng.uniform(0.75, 1.25) if rng.random() < 0.7 else rng.uniform(0.3, 1.6)
    tint = rng.uniform(0.93, 1.07, 3) if rng.random() < 0.7 else rng.uniform(0.75, 1.25, 3)
    lifted = 255 * (picture / 255).clip(0, 1) ** rng.uniform(0.75, 1.3) * (gain * tint)
    if rng.random() < 0.25:
        grey = lifted.mean(axis=2, keepdims=True)
        lifted = grey + (lifted - grey) * rng.uniform(0.2, 1.4)
    if rng.random() < 0.3:
        lifted = lifted * _vignette(picture.shape[0], float(rng.uniform(0.1, 0.5)))
    result: Floats = (lifted + rng.uniform(-8, 8)).astype(np.float32)
    return result


def _vignette(size: int, depth: float) -> Floats:
    across = np.linspace(-1, 1, size, dtype=np.float32)
    result: Floats = (1 - depth * (across[:, None] ** 2 + across[None] ** 2) / 2)[..., None]
    return result


def _compress(rng: np.random.Generator, picture: Picture) -> Picture:
    if rng.random() < 0.35:
        size, small = picture.shape[0], int(picture.shape[0] * rng.uniform(0.5, 0.9))
        picture = cv2.resize(cv2.resize(picture, (small, small)), (size, size)).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 96))])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def motion_kernel(rng: np.random.Generator, length: float) -> Floats:
    """Return a kernel that smears along a straight line of `length` pixels in a random direction."""
    side = int(length) // 2 * 2 + 3
    angle, middle = rng.uniform(0, np.pi), (side - 1) / 2
    reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    kernel = np.zeros((side, side), np.float32)
    start, end = np.rint([middle - reach, middle + reach]).astype(int).tolist()
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA)
    result: Floats = kernel / kernel.sum()
    return result
