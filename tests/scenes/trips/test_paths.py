"""Hands move smoothly, reach every place, and rest at both ends."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cart.scenes.geometry import Pose, about, pose
from cart.scenes.trips.paths import path

PLACES = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 2)), min_size=2, max_size=6, unique=True
)


def poses(places: list[tuple[float, float, float]]) -> list[Pose]:
    return [pose(place, about((1, 2, 3), k)) for k, place in enumerate(places)]


@given(PLACES, st.floats(0.3, 3))
def test_every_place_is_reached(places: list[tuple[float, float, float]], speed: float) -> None:
    way = path(2.0, poses(places), speed)
    assert way.times[0] == 2.0
    for time, place in zip(way.times, places, strict=True):
        assert np.allclose(way.at(float(time)).place, place, atol=1e-9)


@given(PLACES)
def test_turns_stay_turns_and_nothing_jumps(places: list[tuple[float, float, float]]) -> None:
    way = path(0.0, poses(places), 0.8)
    seen = [way.at(t) for t in np.arange(0, way.end, 0.005)]
    assert np.allclose([np.linalg.norm(p.turn) for p in seen], 1)
    steps = [np.linalg.norm(b.place - a.place) for a, b in pairwise(seen)]
    assert max(steps, default=0.0) < 0.06


def test_it_rests_at_both_ends() -> None:
    way = path(0.0, poses([(0, 0, 0), (1, 0, 0), (1, 1, 0)]), 1.0)
    assert np.linalg.norm(way.at(0.001).place) < 1e-4
    assert np.linalg.norm(way.at(way.end - 0.001).place - [1, 1, 0]) < 1e-4
