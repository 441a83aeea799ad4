"""How the fingers of a hand are bent."""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats

THUMB, INDEX, MIDDLE, RING, LITTLE = range(5)
LEAST = np.array([[-0.45, -0.30, -0.30], *[[-0.45, -0.30, -0.20]] * 4])
"""Least bend (5, 3) of thumb and fingers, from the knuckle to the tip; 0 is the hand at rest."""
MOST = np.array([[0.80, 0.95, 1.20], *[[1.30, 1.60, 0.95]] * 4])
"""Most bend (5, 3)."""


@dataclass(frozen=True)
class Fingers:
    """The bend of thumb, index, middle, ring and little finger; radians, 0 is the hand at rest."""

    bend: Floats
    """(5, 3): of each joint from the knuckle to the tip, towards the palm."""
    spread: Floats
    """(5,): at the knuckle, away from the middle finger."""
    opposition: float
    """Turn of the thumb's root to face the fingers: -1 beside the hand, 1 in front of the palm."""


RELAXED = Fingers(
    np.array([[0.05, 0.1, 0.1], [0.12, 0.15, 0.1], [0.2, 0.2, 0.12], [0.26, 0.24, 0.14], [0.3, 0.25, 0.15]]),
    np.array([0.0, -0.18, 0.0, -0.15, -0.28]),
    0.35,
)
"""A hand that carries nothing."""


def blend_fingers(one: Fingers, other: Fingers, share: float) -> Fingers:
    """Return the fingers a share (0..1) of the way from one to the other."""
    return Fingers(
        one.bend + share * (other.bend - one.bend),
        one.spread + share * (other.spread - one.spread),
        one.opposition + share * (other.opposition - one.opposition),
    )


def opened(fingers: Fingers, amount: float, aside: float = 0.0) -> Fingers:
    """Return fingers less bent by an amount (radians at the knuckle), and the thumb's root turned aside."""
    back = amount * np.array([[0.9, 0.7, 0.5], *[[1.0, 0.75, 0.4]] * 4])
    return Fingers(np.maximum(fingers.bend - back, LEAST), fingers.spread, fingers.opposition - aside)
