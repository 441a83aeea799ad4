"""The motion gate: awake while something moves and for a moment after, asleep else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cart.vision.gate import GRID, Motion, MotionGate

HEIGHT, WIDTH = 240, 320  # 5 pixels a cell


def still(level: int = 100) -> NDArray[np.uint8]:
    """A picture with edges, so that a shift of it would show."""
    luma = np.full((HEIGHT, WIDTH), level, np.uint8)
    luma[::40, :] += 30
    return luma


def with_square(left: int, top: int = 100, side: int = 30, level: int = 200) -> NDArray[np.uint8]:
    luma = still()
    luma[top : top + side, left : left + side] = level
    return luma


def watch(pictures: list[NDArray[np.uint8]], fps: float = 10.0) -> list[Motion]:
    gate = MotionGate()
    return [gate.look(number / fps, luma) for number, luma in enumerate(pictures)]


def test_it_is_awake_at_first_and_sleeps_when_nothing_moves() -> None:
    seen = watch([still()] * 30)

    assert not any(motion.moving or motion.grid.any() for motion in seen)
    assert [motion.awake for motion in seen] == [number / 10 <= 1.2 for number in range(30)]


def test_it_wakes_with_motion_and_stays_awake_for_a_moment_after() -> None:
    seen = watch([still()] * 30 + [with_square(100 + 4 * n) for n in range(5)] + [with_square(116)] * 30)

    awake = [number for number, motion in enumerate(seen) if motion.awake and number > 12]
    assert awake[0] == 30
    assert 34 + 12 <= awake[-1] <= 34 + 14
    assert awake == list(range(awake[0], awake[-1] + 1))


def test_the_grid_shows_where() -> None:
    *_, motion = watch([still(), with_square(left=200, top=50, side=20)])

    rows, columns = np.nonzero(motion.grid)
    assert motion.moving
    assert (rows.min(), rows.max() + 1) == (50 // 5, 70 // 5)
    assert (columns.min(), columns.max() + 1) == (200 // 5, 220 // 5)


def test_a_light_that_changes_evenly_is_no_motion() -> None:
    seen = watch([still(level) for level in range(60, 160, 5)])

    assert not any(motion.moving for motion in seen)


def test_noise_is_no_motion() -> None:
    noise = np.random.default_rng(0)
    pictures = [
        (still() + noise.normal(0, 3, (HEIGHT, WIDTH))).clip(0, 255).astype(np.uint8) for _ in range(20)
    ]

    assert not any(motion.moving for motion in watch(pictures))


def test_a_single_cell_is_no_motion() -> None:
    *_, motion = watch([still(), with_square(left=100, top=100, side=5)])

    assert motion.grid.sum() == 1
    assert not motion.moving


def test_a_slow_hand_moves_at_a_high_frame_rate_too() -> None:
    """Five pixels in a tenth of a second are none in a sixtieth; the picture compared with is older."""
    seen = watch([with_square(100 + n // 2) for n in range(120)], fps=60)

    assert sum(motion.moving for motion in seen) > 60


def test_one_picture_a_second_shows_what_has_changed_since_the_last() -> None:
    seen = watch([still(), with_square(100), with_square(100), still()], fps=1)

    assert [motion.moving for motion in seen] == [False, True, False, True]


@pytest.mark.parametrize("shape", [(48, 64), (1, 1), (7, 900), (1080, 1920)])
def test_any_size_of_picture_is_taken(shape: tuple[int, int]) -> None:
    seen = watch([np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)])

    assert {motion.grid.shape for motion in seen} == {GRID}


@given(left=st.integers(0, WIDTH - 30), top=st.integers(0, HEIGHT - 30))
def test_a_mirrored_picture_gives_the_mirrored_grid(left: int, top: int) -> None:
    pictures = [still(), with_square(left, top)]
    *_, motion = watch(pictures)
    *_, mirrored = watch([np.ascontiguousarray(luma[:, ::-1]) for luma in pictures])

    assert (mirrored.grid == motion.grid[:, ::-1]).all()
    assert mirrored.moving == motion.moving
