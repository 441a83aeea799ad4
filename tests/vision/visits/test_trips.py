"""Every trip through every camera: frame rates, lost frames, shake, misses, no looks, no motion, no hands."""

import pytest
from cameras import CAMERAS, FAST, NO_HANDS
from traces import Camera, check
from trips import TRIPS, Trip


@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
@pytest.mark.parametrize("trip", TRIPS.values(), ids=TRIPS)
def test_trip(trip: Trip, camera: Camera) -> None:
    scene, due = trip()
    visits = check(scene, camera, *due)
    assert len(visits.contents) == len(scene.lying)


@pytest.mark.parametrize(
    "trip",
    ["initial_taken_out", "put_down_moved_then_taken_out", "shown_and_taken_back", "bottles_on_a_table"],
)
def test_trip_at_sixty_frames_a_second(trip: str) -> None:
    scene, due = TRIPS[trip]()
    check(scene, FAST, *due)


# An item held still, by a hand that nobody sees, looks like one let go.
WITHOUT_HANDS = [name for name in TRIPS if name != "shown_and_taken_back"]


@pytest.mark.parametrize("trip", WITHOUT_HANDS)
def test_trip_of_hands_that_are_not_found(trip: str) -> None:
    scene, due = TRIPS[trip]()
    check(scene, NO_HANDS, *due)


# What lies free for less than a second at a time is not known at one frame a second.
SLOW = [name for name in TRIPS if not name.startswith("put_down_") and name != "swap_in_place"]

# Without looks and crossings, one for another is the same as one moved, or one let go again.
SLOW_WITHOUT_LOOKS = [name for name in SLOW if not name.startswith("swap_")]


@pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.75])
@pytest.mark.parametrize("trip", SLOW)
def test_trip_at_one_frame_a_second(trip: str, phase: float) -> None:
    scene, due = TRIPS[trip]()
    check(scene, Camera(fps=1, phase=phase), *due)


@pytest.mark.parametrize("trip", SLOW_WITHOUT_LOOKS)
def test_trip_at_one_frame_a_second_without_looks(trip: str) -> None:
    scene, due = TRIPS[trip]()
    check(scene, Camera(fps=1, looks=False), *due)
