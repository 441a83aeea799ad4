"""Pictures of skins and of what is seen through glass: (h, w, 3), round the thing and from pole to pole."""

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats
from cart.scenes.products.labels import motifs
from cart.scenes.products.labels.ink import color
from cart.scenes.products.range import Product

_HEIGHT, _WIDTH = 256, 384

# Of each kind: colour, second colour and its share, freckles' colour and number, strength of streaks.
_SKINS: dict[str, tuple[str, str, float, str, int, float]] = {
    "red apple": ("#8f2a26", "#c9a24a", 0.38, "#d9b98a", 500, 0.55),
    "green apple": ("#8fa83f", "#b5bd5c", 0.5, "#d3d39a", 600, 0.15),
    "pear": ("#a9a044", "#8a7a3a", 0.5, "#6a5530", 1500, 0.1),
    "banana": ("#d9b53a", "#c2b04a", 0.25, "#5a4020", 160, 0.2),
    "orange": ("#d9812a", "#dd9038", 0.4, "#c2701f", 900, 0.0),
    "lemon": ("#dcc23a", "#d3bd4a", 0.4, "#c2a52a", 700, 0.0),
    "lime": ("#5f8a35", "#86a544", 0.5, "#4a7028", 700, 0.05),
    "tomato": ("#b0301f", "#c24a26", 0.3, "#c96a3a", 60, 0.1),
    "cucumber": ("#35552a", "#5a7a3a", 0.3, "#7d8f5a", 250, 0.45),
    "courgette": ("#2f4f2a", "#56733f", 0.3, "#8fa06a", 1800, 0.5),
    "potato": ("#b3935c", "#a07d48", 0.5, "#6a5030", 500, 0.0),
    "red pepper": ("#9f1f1a", "#b5321f", 0.4, "#c25a3a", 0, 0.1),
    "yellow pepper": ("#d9a827", "#d3b035", 0.4, "#d9c05a", 0, 0.1),
    "avocado": ("#2f3a24", "#3f4a2a", 0.5, "#5a6038", 1500, 0.0),
    "onion": ("#b07a3a", "#96602a", 0.5, "#7a4a20", 0, 0.8),
    "kiwi": ("#7a6238", "#6a5530", 0.5, "#4a3a20", 3000, 0.3),
}


def skin(product: Product) -> Bytes:
    """Return the skin of a piece of produce."""
    first, second, share, freckle, count, streaks = _SKINS[product.style]
    rng = np.random.default_rng(product.seed)
    blotch = _noise(rng, 0.16) + streaks * _streaks(rng)
    share_there = _soft_step(blotch - np.quantile(blotch, 1 - share), 0.7)[..., None]
    picture = _color(first) * (1 - share_there) + _color(second) * share_there
    picture *= 1 + 0.05 * _noise(rng, 0.05)[..., None] + 0.03 * rng.normal(size=(_HEIGHT, _WIDTH, 1))
    picture += (_color(freckle) - picture) * _freckles(rng, count)[..., None] * 0.6
    picture = np.clip(_poles(picture, product.style), 0, 1)
    return (picture * 255).astype(np.uint8)


def contents(product: Product) -> Bytes:
    """Return what is seen through the glass of a jar or the film of a tray."""
    rng = np.random.default_rng(product.seed)
    food = _color(product.food)
    heaped = product.motif in ("pickles", "berries", "pulses")
    uneven = 0.04 if product.motif == "punnet" else 0.10
    picture = food * (1 + uneven * _noise(rng, 0.04)[..., None] + uneven / 2 * _noise(rng, 0.012)[..., None])
    if heaped:
        pile = motifs.motif(
            product.motif, _HEIGHT, _WIDTH, color(product.food), color(product.food), rng, full=True
        )
        picture = picture * 0.75 * (1 - pile[..., 3:]) + pile[..., :3]
    elif product.motif == "mince":
        fat = _soft_step(_noise(rng, 0.02) + 0.5 * _noise(rng, 0.008) - 1.05, 0.25)[..., None]
        picture = picture * (1 - fat) + np.array([0.88, 0.78, 0.72]) * fat
    return (np.clip(picture, 0, 1) * 255).astype(np.uint8)


def _color(text: str) -> Floats:
    return np.array(color(text)) / 255


def _noise(rng: np.random.Generator, length: float) -> Floats:
    """Return smooth noise of unit spread, its length a share of the width; its left and right edges fit."""
    sigma = length * _WIDTH / 2
    pad = int(3 * sigma) + 1
    raw = rng.normal(size=(_HEIGHT, _WIDTH)).astype(np.float32)
    smooth = cv2.GaussianBlur(np.pad(raw, ((0, 0), (pad, pad)), mode="wrap"), (0, 0), sigma)[:, pad:-pad]
    return np.asarray((smooth - smooth.mean()) / max(float(smooth.std()), 1e-6), float)


def _streaks(rng: np.random.Generator) -> Floats:
    """Return noise drawn out from pole to pole."""
    pad = 24
    raw = rng.normal(size=(1, _WIDTH)).astype(np.float32)
    line = cv2.GaussianBlur(np.pad(raw, ((0, 0), (pad, pad)), mode="wrap"), (0, 0), 2.2)[:, pad:-pad]
    wavering = 0.6 + 0.4 * _noise(rng, 0.2)
    return np.asarray(line / max(float(line.std()), 1e-6) * wavering, float)


def _soft_step(values: Floats, width: float) -> Floats:
    return np.asarray(np.clip(values / width + 0.5, 0, 1))


def _freckles(rng: np.random.Generator, count: int) -> Floats:
    spots = np.zeros((_HEIGHT, _WIDTH), np.float32)
    for x, y in zip(
        rng.uniform(0, _WIDTH, count),
        np.arccos(rng.uniform(-0.97, 0.97, count)) / np.pi * _HEIGHT,
        strict=True,
    ):
        cv2.circle(spots, (int(x), int(y)), int(rng.integers(0, 2)), (float(rng.uniform(0.2, 1.0)),), -1)
    return np.asarray(cv2.GaussianBlur(spots, (0, 0), 0.8), float)


def _poles(picture: Floats, style: str) -> Floats:
    """Return a skin with what is special at its poles: the stalk's hollow, a banana's ends."""
    v = np.linspace(1, 0, _HEIGHT)[:, None, None]
    if style == "banana":
        ends = _soft_step(np.maximum(0.05 - v, v - 0.93), 0.03)
        green = np.exp(-(((v - 0.86) / 0.09) ** 2)) * 0.55
        picture = picture * (1 - green) + np.array([0.60, 0.62, 0.25]) * green
        return np.asarray(picture * (1 - ends) + np.array([0.20, 0.15, 0.09]) * ends)
    if style.endswith("apple") or style == "pear":
        hollow = np.exp(-(((1 - v) / 0.09) ** 2)) * 0.8
        return np.asarray(picture * (1 - hollow) + np.array([0.62, 0.58, 0.28]) * hollow)
    if style in ("cucumber", "courgette"):
        ends = np.exp(-((np.minimum(v, 1 - v) / 0.05) ** 2)) * 0.7
        return np.asarray(picture * (1 - ends) + np.array([0.62, 0.66, 0.40]) * ends)
    if style == "onion":
        tip = np.maximum(_soft_step(v - 0.9, 0.06), np.exp(-((v / 0.04) ** 2)))
        return np.asarray(picture * (1 - tip) + np.array([0.60, 0.48, 0.30]) * tip)
    return picture
