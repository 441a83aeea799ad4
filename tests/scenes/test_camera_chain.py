"""A cheap camera: what it adds is what was asked for, and the same each time."""

import numpy as np

from cart.scenes.camera_chain import CameraChain, Sensor, draw_sensor

GREY = np.full((120, 160, 3), 128, np.uint8)
PERFECT = Sensor(shot=0, read=0, blur=0, vignette=0, drift=0, sharpening=0)


def test_a_perfect_camera_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (120, 160, 3), dtype=np.uint8)
    out = CameraChain(PERFECT, (160, 120))(picture, 3, 0.25)
    assert np.abs(out.astype(int) - picture).max() <= 1


def test_the_same_frame_gets_the_same_noise_and_another_frame_another() -> None:
    chain = CameraChain(draw_sensor(np.random.default_rng(1), 2.0), (160, 120))
    assert np.array_equal(chain(GREY, 4, 0.3), chain(GREY, 4, 0.3))
    assert not np.array_equal(chain(GREY, 4, 0.3), chain(GREY, 5, 0.3))


def test_noise_grows_with_what_is_asked() -> None:
    spread = [
        CameraChain(Sensor(shot=s, read=0.002, blur=0, vignette=0, sharpening=0), (160, 120))(
            GREY, 0, 0
        ).std()
        for s in (0.0, 0.01, 0.04)
    ]
    assert spread[0] < spread[1] < spread[2]


def test_corners_are_darker() -> None:
    out = CameraChain(Sensor(shot=0, read=0, vignette=0.4), (160, 120))(GREY, 0, 0)
    assert out[:5, :5].mean() < out[55:65, 75:85].mean() - 15
