"""Pictures that repeat without a seam: floors, table tops, and the fronts of what stands on shelves."""

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats

SIZE = 768
"""Pixels across a floor's picture."""
PERIOD = 2.4
"""Metres across a floor's picture."""
FRONTS = (8, 5)
"""Columns and rows of the picture of fronts."""


def cloud(rng: np.random.Generator, scale: float, stretch: float = 1.0, size: int = SIZE) -> Floats:
    """Return noise (size, size) without a seam, mean 0, deviation 1.

    Args:
        rng: Random numbers.
        scale: Size of its lumps as a share of the picture.
        stretch: How many times longer they are down the picture than across.
        size: Pixels.
    """
    frequency = np.fft.fftfreq(size, 1 / size).astype(np.float32)
    across, down = np.meshgrid(frequency, frequency)
    share = np.exp(-((np.hypot(across, down * stretch) * scale) ** 2))
    spectrum = cv2.dft(rng.standard_normal((size, size), np.float32), flags=cv2.DFT_COMPLEX_OUTPUT)
    noise = cv2.idft(spectrum * share[..., None], flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
    return np.asarray((noise - noise.mean()) / noise.std())


def floor_picture(rng: np.random.Generator, kind: str) -> Bytes:
    """Return the picture (SIZE, SIZE, 3) of a floor, worn and not quite clean, `PERIOD` metres across.

    Raises:
        ValueError: There is no such kind.
    """
    makers = {"tiles": _tiles, "vinyl": _vinyl, "concrete": _concrete, "wood": _wood, "checker": _checker}
    if kind not in makers:
        raise ValueError(f"no floor is called {kind!r}; choose one of {', '.join(makers)}")
    clean = makers[kind](rng)
    worn = clean * (1 - _dirt(rng))[..., None]
    return np.asarray(np.rint(255 * np.clip(worn, 0, 1)), np.uint8)


def fronts_picture(rng: np.random.Generator, size: int = 96) -> Bytes:
    """Return the fronts of products (rows * size, columns * size, 3), as seen from afar."""
    columns, rows = FRONTS
    picture = np.zeros((rows * size, columns * size, 3), np.uint8)
    for n in range(columns * rows):
        x, y = n % columns * size, n // columns * size
        picture[y : y + size, x : x + size] = _front(rng, size)
    return picture


def _tiles(rng: np.random.Generator) -> Floats:
    count = int(rng.choice([4, 6, 8]))
    tint = _pale(rng, 0.38, 0.8)
    shade = 1 + 0.03 * rng.normal(size=(count, count))
    color = np.repeat(np.repeat(shade, SIZE // count, 0), SIZE // count, 1)[..., None] * tint
    color = color * (1 + 0.05 * cloud(rng, 0.02) + 0.025 * cloud(rng, 0.003))[..., None]
    return _grouted(color, count, tint * float(rng.uniform(0.45, 0.75)))


def _vinyl(rng: np.random.Generator) -> Floats:
    tint = _pale(rng, 0.35, 0.75)
    color = np.ones((SIZE, SIZE, 3)) * tint
    for _ in range(3):
        chips = cloud(rng, float(rng.uniform(0.004, 0.008))) > 1.3
        color[chips] = tint * rng.uniform(0.6, 1.25)
    return color


def _concrete(rng: np.random.Generator) -> Floats:
    tint = _pale(rng, 0.3, 0.6)
    light = 1 + 0.07 * cloud(rng, 0.15) + 0.05 * cloud(rng, 0.03) + 0.04 * cloud(rng, 0.002)
    color = light[..., None] * tint
    return _grouted(color, 1, tint * 0.5)


def _wood(rng: np.random.Generator) -> Floats:
    planks = int(rng.choice([12, 16, 24]))
    tint = np.array([1.0, float(rng.uniform(0.68, 0.8)), float(rng.uniform(0.42, 0.6))]) * rng.uniform(
        0.35, 0.75
    )
    width = SIZE // planks
    grain = 0.06 * cloud(rng, 0.004, 0.03) + 0.05 * cloud(rng, 0.012, 0.08)
    light = np.ones((SIZE, SIZE))
    for n in range(planks):
        cut = int(rng.integers(SIZE))
        strip = slice(n * width, (n + 1) * width)
        light[strip] = 1 + 0.09 * rng.normal()
        light[strip, cut : cut + 2] = 0.5
        light[n * width] = 0.55
        grain[strip] = np.roll(grain[strip], int(rng.integers(SIZE)), axis=1)
    return np.asarray((light + grain)[..., None] * tint)


def _checker(rng: np.random.Generator) -> Floats:
    count = int(rng.choice([6, 8]))
    one, other = _pale(rng, 0.55, 0.8), _pale(rng, 0.12, 0.4)
    odd = np.indices((count, count)).sum(axis=0) % 2
    shade = (1 + 0.04 * rng.normal(size=(count, count)))[..., None] * np.where(
        odd[..., None] == 1, one, other
    )
    color = np.repeat(np.repeat(shade, SIZE // count, 0), SIZE // count, 1)
    color = color * (1 + 0.05 * cloud(rng, 0.01))[..., None]
    return _grouted(color, count, other * 0.7, width=1)


def _pale(rng: np.random.Generator, low: float, high: float) -> Floats:
    """Draw a nearly grey colour."""
    return np.asarray(
        rng.uniform(low, high) * np.array([1.0, rng.uniform(0.93, 1.0), rng.uniform(0.82, 1.02)])
    )


def _grouted(color: Floats, count: int, joint: Floats, width: int = 2) -> Floats:
    """Return a floor with joints between its count x count tiles."""
    step = SIZE // count
    for n in range(width):
        color[n::step] = joint
        color[:, n::step] = joint
    return color


def _dirt(rng: np.random.Generator) -> Floats:
    """Return how much darker (SIZE, SIZE) scuffs, stains and wear make a floor."""
    dirt = np.clip(0.04 * cloud(rng, 0.1) + 0.02, 0, 0.2)
    marks = np.zeros((SIZE, SIZE), np.float32)
    for _ in range(int(rng.integers(6, 26))):
        start = rng.uniform(0.08, 0.92, 2) * SIZE
        way = start + np.cumsum(rng.normal(0, 7, (6, 2)) + rng.normal(0, 9, 2), axis=0)
        cv2.polylines(
            marks, [np.rint(way).astype(np.int32)], False, float(rng.uniform(0.1, 0.5)), 1, cv2.LINE_AA
        )
    return np.asarray(dirt + cv2.GaussianBlur(marks, (0, 0), 1.0))


def _front(rng: np.random.Generator, size: int) -> Bytes:
    """Return one package's front (size, size, 3): ground, band, name and a picture's blot."""
    ground, band, blot = (rng.uniform(0, 1, 3) ** 0.8 * 235 for _ in range(3))
    if rng.random() < 0.35:
        ground = np.full(3, 225.0)
    front = np.ones((size, size, 3)) * ground
    low = int(rng.uniform(0.1, 0.5) * size)
    cv2.rectangle(front, (0, low), (size, low + int(size * rng.uniform(0.15, 0.35))), band.tolist(), -1)
    middle = (int(rng.uniform(0.3, 0.7) * size), int(rng.uniform(0.6, 0.85) * size))
    axes = (int(rng.uniform(0.12, 0.3) * size), int(rng.uniform(0.08, 0.18) * size))
    cv2.ellipse(front, middle, axes, float(rng.uniform(0, 180)), 0, 360, blot.tolist(), -1, cv2.LINE_AA)
    ink = [240.0] * 3 if band.mean() < 130 else [30.0] * 3
    y = low + int(0.12 * size)
    for _ in range(int(rng.integers(1, 4))):
        x = int(rng.uniform(0.08, 0.25) * size)
        cv2.line(front, (x, y), (int(rng.uniform(0.5, 0.92) * size), y), ink, int(rng.integers(2, 8)))
        y += int(0.09 * size)
    return np.asarray(np.clip(front, 0, 255), np.uint8)
