"""The shape of a cart, basket or tray.

Its mouth, its walls for physics and its look, all from one set of corners.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from cart.scenes.geometry import Floats, Model, pose
from cart.scenes.stage import basket, tray, wire
from cart.scenes.stage.mesh import facing
from cart.scenes.stage.tub import Tub
from cart.scenes.take import CartSpec

WALL = 0.03
"""Thickness of the walls for physics, metres; it grows outward, so that the inside is as in the picture."""


class Wall(NamedTuple):
    """A box that things bump into."""

    centre: Floats
    """(3,) metres."""
    half: Floats
    """(3,) half sizes, metres."""
    turn: Floats
    """(4,) quaternion."""


@dataclass(frozen=True)
class CartShape:
    """What a `CartSpec` looks like and is made of.

    Raises:
        ValueError: The kind is unknown, or a size makes no sense.
    """

    spec: CartSpec

    def __post_init__(self) -> None:
        if self.spec.kind not in ("wire", "basket", "tray"):
            raise ValueError(f"no cart is called {self.spec.kind!r}; choose wire, basket or tray")
        if min(self.spec.size[:2]) < 0.1 or self.spec.size[2] < 0 or not 0.3 <= self.spec.taper <= 1:
            raise ValueError("a cart is at least 0.1 m wide and long, and its taper is between 0.3 and 1")

    @cached_property
    def tub(self) -> Tub:
        """The corners of floor and rim."""
        return Tub.of(self.spec)

    @property
    def rim(self) -> Floats:
        """The corners (4, 3) of the mouth, counter-clockwise from above, first the handle's left."""
        return self.tub.rim

    @cached_property
    def walls(self) -> tuple[Wall, ...]:
        """The floor, the four sides and what a child seat is made of."""
        quads = [self.tub.side(n) for n in range(4)] if self.spec.size[2] > 0.005 else []
        if self.spec.kind == "wire" and self.spec.seat:
            quads += [wire.seat_plate(self.tub), wire.seat_back(self.tub)]
        return (self._floor(), *(_wall(quad) for quad in quads))

    @cached_property
    def model(self) -> Model:
        """The cart as it stands in the world."""
        build = {"wire": wire.model, "basket": basket.model, "tray": tray.model}[self.spec.kind]
        return build(self.spec, self.tub)

    def _floor(self) -> Wall:
        beyond = 0.4 if self.spec.size[2] <= 0.005 else 0.05
        low, high = self.tub.floor.min(axis=0), self.tub.floor.max(axis=0)
        half = np.array([(high[0] - low[0]) / 2 + beyond, (high[1] - low[1]) / 2 + beyond, WALL / 2])
        return Wall((low + high) / 2 - [0, 0, WALL / 2], half, pose((0, 0, 0)).turn)


def _wall(quad: Floats) -> Wall:
    """Return the box behind a sheet (4, 3) whose first and third edge are level.

    It covers the wider of the two.
    """
    along, up = quad[1] - quad[0], quad[3] - quad[0]
    turn = facing(along, up)
    x = along / np.linalg.norm(along)
    z = np.cross(x, up)
    z /= np.linalg.norm(z)
    y = np.cross(z, x)
    places = np.stack([quad @ x, quad @ y], axis=1)
    low, high = places.min(axis=0), places.max(axis=0)
    middle = (low + high) / 2
    centre = middle[0] * x + middle[1] * y + (float(quad[0] @ z) - WALL / 2) * z
    return Wall(centre, np.array([*(high - low) / 2, WALL / 2]), turn)
