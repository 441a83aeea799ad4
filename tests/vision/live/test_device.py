"""Cameras plugged in, as far as a machine without one can tell; a video file stands in for its pictures."""

from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from cart.errors import InputError
from cart.vision.live import device
from cart.vision.live.device import DeviceConnection, DeviceSource
from cart.vision.live.shot import Shot, StreamLost

MISSING = 87


def test_a_camera_that_is_not_there_is_told_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match=r"^no camera 87: (there are \d|plug one in, or give a URL)"):
        DeviceSource(MISSING).open()

    assert capfd.readouterr().err == ""


def test_a_camera_that_cannot_be_opened_may_be_in_use_and_opencv_says_nothing_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(device, "_devices", lambda: [MISSING])
    with pytest.raises(InputError, match=r"^camera 87 cannot be opened: close the program that uses it"):
        DeviceSource(MISSING).open()

    assert capfd.readouterr().err == ""


def test_pictures_come_with_their_times_until_there_are_no_more(make_video: Callable[..., Path]) -> None:
    connection = DeviceConnection(cv2.VideoCapture(str(make_video(count=5, fps=10))))
    shots: list[Shot] = []
    with pytest.raises(
        StreamLost, match=r"^it gives no picture: it is unplugged, or another program uses it$"
    ):
        shots.extend(connection.shots())
    connection.close()

    assert [shot.size for shot in shots] == [(64, 48)] * 5
    assert shots[0].stamp is None
    assert [shot.stamp for shot in shots[1:]] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert shots[0].picture((32, 24)).image().shape == (24, 32, 3)
