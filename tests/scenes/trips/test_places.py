"""Items are put where there is room: between the walls, on what lies there, never under the child seat."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.scenes.geometry import about
from cart.scenes.stage.carts import CartShape
from cart.scenes.take import CartSpec
from cart.scenes.trips.places import free_place, resting_turn

EMPTY = np.zeros((0, 3))
SEAT = CartShape(CartSpec(seat=True))
PLAIN = CartShape(CartSpec(seat=False))


def box(x: float, y: float, z: float) -> np.ndarray:
    return np.array([[a, b, c] for a in (-x / 2, x / 2) for b in (-y / 2, y / 2) for c in (-z / 2, z / 2)])


@given(st.integers(0, 10_000), st.floats(0.03, 0.2), st.floats(0.03, 0.15), st.floats(0.03, 0.2))
def test_it_lies_on_the_floor_within_the_walls(seed: int, x: float, y: float, z: float) -> None:
    rng = np.random.default_rng(seed)
    points = box(x, y, z)
    turn = resting_turn(np.array([x, y, z]), rng)
    found = free_place(PLAIN, points, turn, EMPTY, rng)
    assert found is not None
    lying = found.apply(points)
    floor = PLAIN.spec.floor_height
    assert floor < lying[:, 2].min() < floor + 0.02
    assert (lying[:, :2] > PLAIN.rim[:, :2].min(0)).all()
    assert (lying[:, :2] < PLAIN.rim[:, :2].max(0)).all()


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_put_under_the_child_seat(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = free_place(SEAT, box(0.1, 0.1, 0.1), about((0, 0, 1), 0.0), EMPTY, rng)
    assert found is not None
    seat = [w for w in SEAT.walls if w.centre[2] > SEAT.spec.floor_height + 0.1 and abs(w.centre[0]) < 0.05]
    edge = max(w.centre[1] for w in seat if w.centre[1] < -0.05)
    assert found.place[1] - 0.05 > edge - 0.05


def test_it_stands_on_what_lies_there_already() -> None:
    rng = np.random.default_rng(0)
    floor = PLAIN.spec.floor_height
    grid = np.stack(np.meshgrid(np.linspace(-0.3, 0.3, 60), np.linspace(-0.4, 0.4, 80)), -1).reshape(-1, 2)
    lying = np.column_stack([grid, np.full(len(grid), floor + 0.1)])
    found = free_place(PLAIN, box(0.1, 0.1, 0.1), about((0, 0, 1), 0.0), lying, rng)
    assert found is not None
    assert found.place[2] == pytest.approx(floor + 0.15, abs=0.02)


def test_what_is_larger_than_the_cart_has_no_place() -> None:
    rng = np.random.default_rng(0)
    assert free_place(PLAIN, box(1.0, 0.1, 0.1), about((0, 0, 1), 0.0), EMPTY, rng) is None
