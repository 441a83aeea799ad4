"""Cameras plugged into the machine, through OpenCV."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from cart.errors import InputError
from cart.vision.live.shot import Shot, StreamLost


class DeviceSource:
    """A camera by its number, 0 for the first."""

    def __init__(self, index: int) -> None:
        """Name the camera; it is opened later.

        Raises:
            InputError: there is no such camera, as far as can be told without opening it.
        """
        self.name = f"camera {index}"
        self._index = index
        if index < 0 or (_lists_devices() and index not in _devices()):
            raise InputError(_missing(index))

    def open(self) -> "DeviceConnection":
        """Open the camera.

        Raises:
            InputError: it cannot be opened; another program may have it.
        """
        with _quiet():
            capture = cv2.VideoCapture(self._index)
        if not capture.isOpened():
            capture.release()
            gone = _lists_devices() and self._index not in _devices()
            in_use = f"{self.name} cannot be opened: close the program that uses it, and check your rights"
            raise InputError(_missing(self._index) if gone else in_use)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return DeviceConnection(capture)


class DeviceConnection:
    """A camera that OpenCV has opened; OpenCV waits some ten seconds for a picture."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        """Read from `capture`."""
        self._capture = capture

    def shots(self) -> Iterator[Shot]:
        """Yield the pictures as they arrive.

        Raises:
            StreamLost: no more will come.
        """
        while True:
            arrived, image = self._capture.read()
            if not arrived:
                raise StreamLost("it gives no picture: it is unplugged, or another program uses it")
            stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            yield Shot(stamp if stamp > 0 else None, np.asarray(image, np.uint8))

    def close(self) -> None:
        """Let go of the camera."""
        self._capture.release()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep OpenCV from telling on stderr what is told in one line here."""
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


def _lists_devices() -> bool:
    """Return whether this system shows its cameras as files, as Linux does."""
    return Path("/sys/class").is_dir()


def _devices() -> list[int]:
    names = (path.name.removeprefix("video") for path in Path("/dev").glob("video*"))
    return sorted(int(name) for name in names if name.isdecimal())


def _missing(index: int) -> str:
    there = ", ".join(map(str, _devices()))
    return f"no camera {index}: " + (
        f"there are {there}" if there else "plug one in, or give a URL or a file"
    )
