"""Where an item can be put, and how it lies there."""

import numpy as np

from cart.scenes.geometry import Floats, Pose, about, product, rotation
from cart.scenes.stage.carts import CartShape, Wall

_CLEARANCE = 0.006  # metres above what it is put on
_ROOF = 0.04  # metres above the floor from which on a wall is something that things could lie under
_TRIES = 60


def resting_turn(shape_size: Floats, rng: np.random.Generator) -> Floats:
    """Draw how an item of a size (3,) is put down: mostly standing as on a shelf, tall ones often lying."""
    yaw = about((0, 0, 1), float(rng.uniform(-np.pi, np.pi)))
    tall = shape_size[2] > 1.6 * max(shape_size[0], shape_size[1])
    flat = shape_size[1] < 0.5 * shape_size[0]
    share = 0.5 if tall else 0.35 if flat else 0.15
    if rng.random() >= share:
        return yaw
    axis = (1, 0, 0) if tall or flat else ((1, 0, 0), (0, 1, 0))[int(rng.integers(2))]
    tipped = about(axis, float(rng.choice([-1, 1])) * np.pi / 2)
    return product(yaw, tipped)


def free_place(
    cart: CartShape, points: Floats, turn: Floats, others: Floats, rng: np.random.Generator
) -> Pose | None:
    """Return a pose at which an item stands on the floor or on what lies there, as low as may be.

    Args:
        cart: what it is put into.
        points: (P, 3) of the item, in its own frame.
        turn: how it is to lie.
        others: (N, 3) points of all that lies inside.
        rng: draws among the places.

    Returns:
        The pose; None where nothing of its size fits between the walls, beside the child seat.
    """
    turned = Pose(np.zeros(3), turn).apply(points)
    low, high = turned.min(0), turned.max(0)
    half = (high[:2] - low[:2]) / 2
    centre = (high[:2] + low[:2]) / 2
    rim, taper = cart.rim, cart.spec.taper
    middle = (rim[:, :2].min(0) + rim[:, :2].max(0)) / 2
    reach = (rim[:, :2].max(0) - rim[:, :2].min(0)) / 2 * taper - half - 0.01
    if (reach < 0).any():
        return None
    roofs = [(low, high) for low, high in map(_extent, cart.walls) if low[2] > cart.spec.floor_height + _ROOF]
    best: tuple[float, Pose] | None = None
    for _ in range(_TRIES):
        at = middle + rng.uniform(-reach, reach)
        if any(((at + half > low[:2]) & (at - half < high[:2])).all() for low, high in roofs):
            continue
        under = others[(np.abs(others[:, :2] - at) < half + 0.008).all(1)]
        support = max(cart.spec.floor_height, float(under[:, 2].max()) if len(under) else 0.0)
        place = np.array([*(at - centre), support - low[2] + _CLEARANCE])
        if best is None or support < best[0] - 0.01:
            best = (support, Pose(place, turn))
    return None if best is None else best[1]


def _extent(wall: Wall) -> tuple[Floats, Floats]:
    """Return the lowest and the highest x, y, z of a wall."""
    half = np.abs(rotation(wall.turn)) @ wall.half
    return wall.centre - half, wall.centre + half
