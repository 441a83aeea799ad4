"""The corners of a cart's inside: a floor, a rim, and flat sides between them."""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.take import CartSpec

FRONT_SHARE = 0.9
"""A wire cart's front is this share as wide as its back, so that carts slide into each other."""
REAR_SHARE = 0.25
"""Of a wire cart's taper along its length, this share is at the back, which stands steeper."""


@dataclass(frozen=True)
class Tub:
    """Corners counter-clockwise from above, first the one at negative x and y (the handle's left)."""

    floor: Floats
    """(4, 3)."""
    rim: Floats
    """(4, 3)."""

    @classmethod
    def of(cls, spec: CartSpec) -> "Tub":
        """Return the corners of a cart."""
        width, length, deep = spec.size
        front = FRONT_SHARE if spec.kind == "wire" else 1.0
        back_gap = (1 - spec.taper) * length * (REAR_SHARE if spec.kind == "wire" else 0.5)
        outline = np.array([[-0.5, 0.0], [0.5, 0.0], [0.5 * front, 1.0], [-0.5 * front, 1.0]]) * [
            width,
            length,
        ]
        start = np.array([0.0, -length / 2])
        rim = np.column_stack([outline + start, np.full(4, spec.floor_height + deep)])
        floor = np.column_stack(
            [outline * spec.taper + start + [0.0, back_gap], np.full(4, spec.floor_height)]
        )
        return cls(floor, rim)

    def side(self, number: int) -> Floats:
        """Return the corners (4, 3) of a side as seen from inside.

        0 back (handle), 1 right, 2 front, 3 left.
        """
        here, there = number, (number + 1) % 4
        return np.stack([self.floor[there], self.floor[here], self.rim[here], self.rim[there]])

    def level(self, share: float) -> Floats:
        """Return the corners (4, 3) at a share of the height: 0 floor, 1 rim."""
        return self.floor * (1 - share) + self.rim * share

    def half_width(self, y: float, share: float) -> float:
        """Return half the inside's width at a place along the cart and a share of the height."""
        corners = self.level(share)
        return float(np.interp(y, corners[1:3, 1], corners[1:3, 0]))
