"""Who shops: shoppers drawn from a seed, where they stand and where their hands wait."""

from dataclasses import dataclass, replace

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.stage.cameras import depth, seen_from
from cart.scenes.take import ArmSpec, CameraSpec, CartSpec

_SKINS = (
    (0.87, 0.70, 0.61),
    (0.80, 0.60, 0.49),
    (0.72, 0.51, 0.40),
    (0.60, 0.40, 0.29),
    (0.45, 0.29, 0.20),
    (0.30, 0.19, 0.14),
)
_SLEEVES, _SLEEVE_SHARES = ("none", "short", "rolled", "long", "jacket"), (0.15, 0.2, 0.15, 0.35, 0.15)
_PATTERNS, _PATTERN_SHARES = ("plain", "stripes", "checks", "knit", "denim"), (0.4, 0.15, 0.15, 0.2, 0.1)
_GLOVES, _GLOVE_SHARES = ("none", "wool", "latex", "leather"), (0.85, 0.06, 0.05, 0.04)


Place = tuple[Floats, Floats, float]
"""Where one stands (2,), which way one looks (3,), and how high the shoulders are."""
_CARRIED = 0.22
"""Metres about a palm in which hand and item are."""


@dataclass(frozen=True)
class Shopper:
    """One person: two arms, and shoulders at a place."""

    arms: tuple[ArmSpec, ArmSpec]
    """Left and right."""
    shoulders: tuple[Floats, Floats]
    """(3,) each, metres."""
    facing: Floats
    """(3,) unit vector, level, towards the cart."""

    def home(self, side: int, camera: CameraSpec) -> Floats:
        """Return where a palm waits, out of the picture with all it may hold; 0 is left, 1 right."""
        beside = self.shoulders[side] + self.facing * 0.1 + np.array([0, 0, -0.42])
        outward = (self.shoulders[side] - self.shoulders[1 - side]) / 0.38
        for step in np.arange(0, 1.3, 0.1):
            for direction in (-self.facing, 0.7 * (outward - self.facing)):
                place = beside + step * direction
                if not is_seen(camera, place, _CARRIED):
                    return place
        return beside - 1.3 * self.facing


def draw_shopper(
    rng: np.random.Generator,
    camera: CameraSpec,
    cart: CartSpec,
    away_from: Floats | None,
    gloves: str | None = None,
) -> Shopper:
    """Draw a shopper who stands at the cart, out of the camera's sight where that can be.

    Args:
        rng: where from.
        camera: the camera that should not see the shoulders.
        cart: the cart at which to stand.
        away_from: where somebody stands already.
        gloves: as in `Script`.
    """
    base = ArmSpec(
        build=(
            float(rng.random()),
            float(rng.uniform(0.3, 0.9)),
            float(rng.uniform(0.2, 0.8)),
            float(rng.uniform(0.2, 0.8)),
        ),
        skin=_between(_SKINS, rng),
        sleeve=str(rng.choice(_SLEEVES, p=_SLEEVE_SHARES)),
        cloth=_cloth(rng),
        pattern=str(rng.choice(_PATTERNS, p=_PATTERN_SHARES)),
        glove=str(rng.choice(_GLOVES, p=_GLOVE_SHARES)),
        ring=bool(rng.random() < 0.3),
        watch=bool(rng.random() < 0.3),
        other_hangs=False,
        seed=int(rng.integers(2**31)),
    )
    base = replace(base, glove=gloves or base.glove)
    left = ArmSpec(**{**vars(base), "side": "left", "watch": base.watch})
    right = ArmSpec(**{**vars(base), "side": "right", "watch": False})
    places = _places(rng, cart)
    costs = [_exposure(camera, place, away_from) + 0.3 * rng.random() for place in places]
    place, facing, height = places[int(np.argmin(costs))]
    return Shopper((left, right), _shoulders(place, facing, height), facing)


def _places(rng: np.random.Generator, cart: CartSpec) -> list[Place]:
    height = cart.floor_height + cart.size[2] + float(rng.uniform(0.35, 0.6))
    gap = float(rng.uniform(0.2, 0.32))
    x, y = cart.size[0] / 2 + gap, cart.size[1] / 2 + gap
    slide = float(rng.uniform(-0.12, 0.12))
    return [
        (np.array([slide, -y]), np.array([0.0, 1, 0]), height),
        (np.array([slide, y]), np.array([0.0, -1, 0]), height),
        (np.array([-x, slide]), np.array([1.0, 0, 0]), height),
        (np.array([x, slide]), np.array([-1.0, 0, 0]), height),
    ]


def _exposure(camera: CameraSpec, place: Place, away_from: Floats | None) -> float:
    """Return how wrong a place is: in the camera's way, in another's, or with the neck in sight."""
    at, facing, height = place
    neck = np.array([*(at - 0.1 * facing[:2]), height + 0.1])
    cost = 3.0 * is_seen(camera, neck, 0.15)
    cost += sum(is_seen(camera, shoulder, 0.12) for shoulder in _shoulders(*place))
    cost += 10.0 * (np.linalg.norm(at - camera.place[:2]) < 0.4 and camera.place[2] < height + 0.3)
    if away_from is not None:
        cost += 10.0 * (np.linalg.norm(at - away_from[:2]) < 0.6)
    return float(cost)


def _shoulders(place: Floats, facing: Floats, height: float) -> tuple[Floats, Floats]:
    to_left = np.array([-facing[1], facing[0], 0.0]) * 0.19
    middle = np.array([place[0], place[1], height])
    return middle + to_left, middle - to_left


def is_seen(camera: CameraSpec, point: Floats, radius: float) -> bool:
    """Tell whether any of a ball about a point (3,) may be in the picture."""
    ahead = float(depth(camera, point[None])[0])
    if ahead < -radius:
        return False
    width, height = camera.size
    focal = width / 2 / np.tan(camera.field_of_view / 2)
    right, down, _ = seen_from(camera, point[None])[0]
    near = max(ahead, 0.15)
    margin = radius / near * focal
    x, y = right / near * focal + width / 2, down / near * focal + height / 2
    return bool(-margin < x < width + margin and -margin < y < height + margin)


def _between(
    colors: tuple[tuple[float, float, float], ...], rng: np.random.Generator
) -> tuple[float, float, float]:
    k = int(rng.integers(len(colors) - 1))
    share = rng.random()
    mixed = (1 - share) * np.array(colors[k]) + share * np.array(colors[k + 1]) + rng.normal(0, 0.015, 3)
    r, g, b = np.clip(mixed, 0.05, 0.95)
    return float(r), float(g), float(b)


def _cloth(rng: np.random.Generator) -> tuple[float, float, float]:
    value, amount = rng.uniform(0.06, 0.75), rng.uniform(0, 0.55)
    tint = rng.random(3)
    r, g, b = value * (1 - amount * (1 - tint / tint.max()))
    return float(r), float(g), float(b)
