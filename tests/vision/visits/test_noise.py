"""What a detector and an end of footage do to the evidence: none of it may make or lose an event."""

import pytest
from scene import WHOLE, Scene
from traces import Camera, add, check, remove
from trips import START, TRIPS, initial_taken_out, one_added, shown_and_taken_back

SEEDS = range(3)
RATES = [1, 5, 15]


@pytest.mark.parametrize("phase", [0.6, 0.7, 0.8])
@pytest.mark.parametrize("motion", [True, False])
def test_a_fast_add_between_two_frames_without_a_hand_seen(phase: float, motion: bool) -> None:
    scene = Scene()
    scene.item("milk", (200, 320))
    hand = scene.hand(3.7 + (phase - 0.6), (400, 220), carrying="tea")
    hand.go((400, 220), 0.3)
    let_go = hand.now
    hand.held = None
    hand.leave()
    camera = Camera(fps=1, phase=phase, motion=motion)
    check(scene, camera, add(scene.freed("tea", let_go), "tea"), tolerance=1.2)


@pytest.mark.parametrize("phase", [0.0, 0.25, 0.5, 0.75])
def test_a_hand_over_a_whole_tray_at_one_frame_a_second(phase: float) -> None:
    scene = Scene(WHOLE)
    for name, x, y in [("milk", 200, 160), ("rice", 320, 160), ("soap", 440, 300)]:
        scene.item(name, (x, y))
    hand = scene.hand(START, (320, 300), carrying="tea", size=480)
    let_go = hand.put((200, 300))
    hand.leave()
    freed = scene.freed("tea", let_go)
    hand = scene.hand(scene.end + 3, (320, 160), size=480)
    taken = hand.grab("rice")
    hand.leave()
    check(
        scene,
        Camera(fps=1, phase=phase),
        add(freed, "tea"),
        remove(scene.left("rice", taken), "rice", 2, initial=True),
    )


def test_an_item_let_go_long_enough_before_the_end_is_added() -> None:
    scene, due = one_added()
    check(scene, Camera(), *due, tail=due[0].time + 0.45 - scene.end)


def test_an_item_in_the_hand_at_the_end_is_not_added() -> None:
    scene, due = one_added()
    check(scene, Camera(), tail=due[0].time - 0.2 - scene.end)


def test_an_item_that_just_left_at_the_end_is_removed() -> None:
    scene, due = initial_taken_out()
    check(scene, Camera(), *due, tail=due[0].time + 0.4 - scene.end)


def test_an_item_in_the_hand_inside_at_the_end_is_not_removed() -> None:
    scene, due = initial_taken_out()
    check(scene, Camera(), tail=due[0].time - 0.4 - scene.end)


def test_an_item_shown_at_the_end_is_not_added() -> None:
    scene, _ = shown_and_taken_back()
    check(scene, Camera(), tail=-1.0)


@pytest.mark.parametrize(
    ("trip", "fps", "seed"),
    [
        ("shown_and_taken_back", 15, 0),
        ("shown_and_taken_back", 15, 3),
        ("bottles_on_a_table", 15, 2),
        ("two_added_in_one_visit", 30, 1),
    ],
)
def test_trip_of_which_the_telling_frames_are_lost(trip: str, fps: float, seed: int) -> None:
    scene, due = TRIPS[trip]()
    check(scene, Camera(fps=fps, drop=0.5, seed=seed), *due)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_contents_that_flicker_give_no_event(fps: float, seed: int) -> None:
    scene = Scene()
    for name, x in [("tea", 160), ("milk", 260), ("rice", 360), ("soap", 460)]:
        scene.item(name, (x, 300))
    check(scene, Camera(fps=fps, miss=0.2, jitter=1, seed=seed), tail=15)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("seed", SEEDS)
def test_contents_that_flicker_beside_a_passing_hand_give_no_event(fps: float, seed: int) -> None:
    scene = Scene()
    for name, x in [("tea", 160), ("milk", 260), ("rice", 360), ("soap", 460)]:
        scene.item(name, (x, 300))
    hand = scene.hand(START, (100, 300), edge="left")
    hand.go((480, 300))
    hand.leave()
    miss = 0.1 if fps == 1 else 0.2  # there, two misses in a row are all the evidence of a removal
    check(scene, Camera(fps=fps, miss=miss, jitter=1, seed=seed), tail=8)


@pytest.mark.parametrize("fps", [1, 5, 30])
def test_an_item_under_a_hand_at_the_start_is_initial(fps: float) -> None:
    scene = Scene()
    scene.item("milk", (200, 320))
    scene.item("soap", (420, 320))
    hand = scene.hand(-1, (200, 292))
    hand.go((200, 320))
    hand.wait(2)
    hand.leave()
    hand = scene.hand(scene.end + 4, (200, 320))
    taken = hand.grab("milk")
    hand.leave()
    check(scene, Camera(fps=fps), remove(scene.left("milk", taken), "milk", 2, initial=True))
