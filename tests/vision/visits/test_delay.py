"""How long after the moment an event is told: nothing that is sure waits for what does not concern it."""

import pytest
from scene import PICTURE, Scene
from traces import Camera, film
from trips import START, TRIPS, Trip

from cart.vision.opening import opening_for
from cart.vision.visits import Visits

MOST_SECONDS = 0.9


def delays(scene: Scene, camera: Camera) -> list[float]:
    """Return, for each event, the seconds from its time to the frame with which it was told."""
    visits = Visits(opening_for(scene.opening, PICTURE))
    return [seen.time - event.time for seen in film(scene, camera) for event in visits.update(seen)]


@pytest.mark.parametrize("camera", [Camera(), Camera(lag=0.2), Camera(miss=0.1, jitter=1, seed=1)])
@pytest.mark.parametrize("trip", TRIPS.values(), ids=TRIPS)
def test_events_of_a_trip_are_told_soon(trip: Trip, camera: Camera) -> None:
    scene, due = trip()

    told = delays(scene, camera)

    assert len(told) == len(due)
    assert max(told, default=0.0) < MOST_SECONDS


def test_an_add_does_not_wait_for_something_unlike_it_that_a_hand_covers() -> None:
    scene = Scene()
    scene.item("milk", (460, 320))
    hand = scene.hand(START, (240, 320), carrying="tea", size=160)  # hides it until it lies there
    hand.put((240, 320))
    hand.go((460, 320))
    hand.wait(2.5)
    hand.leave()

    (delay,) = delays(scene, Camera())

    assert delay < MOST_SECONDS
