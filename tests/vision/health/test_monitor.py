"""A made camera: a textured scene with a sensor's noise, and what can befall it."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from cart.vision.footage import open_footage
from cart.vision.health import Health, HealthMonitor
from cart.vision.health.monitor import HOLD_SECONDS, LOST_SECONDS

Grey = NDArray[np.uint8]
Picture = Callable[[float], Grey]

SIZE = (240, 320)
BEGIN = 10.0
"""Seconds of sound pictures before whatever happens."""


def _scene(seed: int = 0) -> Grey:
    """A shelf of grey boxes of many sizes: corners all over the picture."""
    random = np.random.default_rng(seed)
    scene = np.full(SIZE, 110, np.uint8)
    for _ in range(70):
        left, top = (int(random.integers(0, side)) for side in (SIZE[1], SIZE[0]))
        right, bottom = left + int(random.integers(12, 50)), top + int(random.integers(12, 50))
        cv2.rectangle(scene, (left, top), (right, bottom), int(random.integers(30, 220)), -1)
    return scene


SCENE = _scene()
NOISE = np.random.default_rng(0).normal(0, 2, (7, *SIZE)).astype(np.int16)


def _noisy(scene: Grey, time: float) -> Grey:
    return np.clip(scene + NOISE[round(time * 20) % 7], 0, 255).astype(np.uint8)


def _shifted(scene: Grey, pixels: float, degrees: float = 0.0) -> Grey:
    turn = cv2.getRotationMatrix2D((SIZE[1] / 2, SIZE[0] / 2), degrees, 1.0)
    turn[0, 2] += pixels
    return np.asarray(cv2.warpAffine(scene, turn, SIZE[::-1], borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _times(seconds: float, fps: float = 4.0) -> Iterator[float]:
    return (number / fps for number in range(round(seconds * fps)))


def _changes(monitor: HealthMonitor, picture: Picture, times: Iterator[float]) -> list[tuple[float, Health]]:
    seen = [(time, monitor.look(time, picture(time))) for time in times]
    return [(time, health) for time, health in seen if health is not None]


def _befallen(fault: Callable[[float], Grey], until: float = 1e9) -> Picture:
    def picture(time: float) -> Grey:
        return fault(time) if BEGIN <= time < until else _noisy(SCENE, time)

    return picture


FAULTS: dict[str, Callable[[float], Grey]] = {
    "covered": lambda time: _noisy(np.full(SIZE, 90, np.uint8), time),
    "blurred": lambda time: _noisy(np.asarray(cv2.GaussianBlur(SCENE, (0, 0), 2.5), np.uint8), time),
    "dark": lambda time: _noisy((SCENE * 0.1).astype(np.uint8), time),
    "moved": lambda time: _noisy(_shifted(SCENE, 12), time),
}


@pytest.mark.parametrize("state", FAULTS)
@pytest.mark.parametrize("fps", [1.0, 4.0])
def test_a_fault_is_told_in_time_and_so_is_its_end(state: str, fps: float) -> None:
    end = BEGIN + 12
    times = _times(end + 10, fps)
    told, over = _changes(HealthMonitor(), _befallen(FAULTS[state], until=end), times)
    assert (told[1].state, over[1].state) == (state, "ok")
    assert HOLD_SECONDS - 1e-6 <= told[0] - BEGIN <= HOLD_SECONDS + 2
    assert HOLD_SECONDS - 1e-6 <= over[0] - end <= HOLD_SECONDS + 2
    assert told[1].since == pytest.approx(BEGIN, abs=1.25)
    assert told[1].degraded
    assert not over[1].degraded


def test_what_is_over_soon_is_not_told() -> None:
    picture = _befallen(FAULTS["covered"], until=BEGIN + HOLD_SECONDS - 0.5)
    assert _changes(HealthMonitor(), picture, _times(25)) == []


def test_a_camera_covered_or_in_the_dark_from_the_start_is_told() -> None:
    for state in ("covered", "dark"):
        ((_, health),) = _changes(HealthMonitor(), FAULTS[state], _times(5))
        assert health.state == state


def test_a_part_of_the_lens_covered_is_told_by_the_background_that_it_hides() -> None:
    def mostly_painted(time: float) -> Grey:
        painted = SCENE.copy()
        painted[:, :280] = 120
        return _noisy(painted, time)

    ((_, health),) = _changes(HealthMonitor(), _befallen(mostly_painted), _times(20))
    assert (health.state, health.measure > 0.7) == ("covered", True)


@pytest.mark.parametrize(("pixels", "degrees"), [(8, 0.0), (30, 0.0), (0, 6.0)])
def test_how_far_the_picture_moved_is_measured(pixels: float, degrees: float) -> None:
    moved = _shifted(SCENE, pixels, degrees)
    ((_, health),) = _changes(HealthMonitor(), _befallen(lambda time: _noisy(moved, time)), _times(16))
    angle = np.radians(degrees)
    turned = 0.8 * 2 * np.sin(angle / 2) * np.hypot(*SIZE) / 2 / SIZE[1]
    assert health.state == "moved"
    assert health.measure == pytest.approx(pixels / SIZE[1] + turned, abs=0.006)


def test_a_camera_that_looks_elsewhere_has_moved() -> None:
    other = _scene(seed=9)
    told = _changes(HealthMonitor(), _befallen(lambda time: _noisy(other, time)), _times(25))
    assert [(health.state, health.measure) for _, health in told] == [("moved", 1.0)]
    assert told[0][0] <= BEGIN + LOST_SECONDS + 3


def test_after_recalibration_the_new_place_is_the_reference() -> None:
    monitor = HealthMonitor()
    picture = _befallen(FAULTS["moved"])
    _changes(monitor, picture, _times(16))
    assert monitor.health.state == "moved"
    monitor.take_reference()
    later = (time for time in _times(30) if time >= 16)
    assert [health.state for _, health in _changes(monitor, picture, later)] == ["ok"]


def test_hands_and_items_that_move_and_stay_do_not_move_the_camera() -> None:
    item = _scene(seed=5)[:90, :110]

    def shopping(time: float) -> Grey:
        scene = SCENE.copy()
        for number in range(int(time / 6) + 1):
            left = 20 + 60 * (number % 4)
            slide = round(40 * max(0.0, 2 - (time - 6 * number))) if number else 0
            top = min(SIZE[0] - 1, 60 + slide)
            shown = item[: SIZE[0] - top]
            scene[top : top + 90, left : left + 110] = shown[:, : SIZE[1] - left]
        return _noisy(scene, time)

    assert _changes(HealthMonitor(), shopping, _times(40)) == []


def test_a_noisy_camera_that_repeats_itself_is_frozen() -> None:
    stuck = _noisy(SCENE, 0.0)
    told, over = _changes(HealthMonitor(), _befallen(lambda _: stuck, until=30.0), _times(40))
    assert told[1].state == "frozen"
    assert 5.0 <= told[0] - BEGIN <= 5.5
    assert over[0] <= 30 + HOLD_SECONDS + 1


def test_a_stretch_in_which_nobody_looked_is_no_frozen_picture() -> None:
    monitor = HealthMonitor()
    assert _changes(monitor, lambda time: _noisy(SCENE, time), _times(10)) == []
    monitor.resume()
    later = (100 + time for time in _times(10))
    assert _changes(monitor, lambda time: _noisy(SCENE, time), later) == []


def test_what_was_doubted_before_nobody_looked_is_not_told_at_the_next_look() -> None:
    monitor = HealthMonitor()
    _changes(monitor, _befallen(FAULTS["dark"]), _times(BEGIN + 1))
    assert monitor.doubtful
    monitor.resume()
    assert monitor.look(100.0, FAULTS["dark"](0.0)) is None


def test_a_still_picture_without_noise_is_no_frozen_camera() -> None:
    def rendered(time: float) -> Grey:
        scene = SCENE.copy()
        if time % 8 < 1:
            scene[40:80, 50 + round(100 * (time % 8)) :][:, :40] = 240
        return scene

    assert _changes(HealthMonitor(), rendered, _times(60, fps=5)) == []


def test_a_live_camera_that_never_changed_at_all_is_frozen_after_a_minute() -> None:
    ((at, health),) = _changes(HealthMonitor(live=True), lambda _: SCENE, _times(70, fps=4))
    assert (health.state, 60 <= at <= 61) == ("frozen", True)
    assert _changes(HealthMonitor(live=False), lambda _: SCENE, _times(70, fps=4)) == []


def test_light_that_changes_a_little_is_nothing() -> None:
    def clouds(time: float) -> Grey:
        return _noisy((SCENE * (0.8 + 0.2 * np.cos(time / 2))).astype(np.uint8), time)

    assert _changes(HealthMonitor(), clouds, _times(40)) == []


def test_four_looks_a_second_are_made_at_most() -> None:
    monitor = HealthMonitor()
    monitor.look(0.0, SCENE)
    before = monitor.health
    assert monitor.look(0.1, np.zeros(SIZE, np.uint8)) is None
    assert monitor.health is before


def test_the_sample_trip_is_sound(sample_trip_file: str) -> None:
    with open_footage(sample_trip_file) as footage:
        monitor = HealthMonitor()
        assert [health for frame in footage if (health := monitor.look(frame.time, frame.luma))] == []
