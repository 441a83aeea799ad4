"""A test camera that can be killed, small reels for it, and a look at what a reader has read."""

import socket
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Condition

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from real_cameras import MJPEG, RTSP, TestCamera, small_picture, write_h264_reel, write_reel

FPS = 25


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    """A minute at 25 pictures a second."""
    times = ((number / FPS, number % 20) for number in range(60 * FPS))
    return write_reel(tmp_path / "reel.zip", map(small_picture, range(20)), times)


@pytest.fixture
def start_camera() -> Iterator[Callable[..., TestCamera]]:
    """Start test cameras that end with the test."""
    cameras = []

    def start(reel: Path, *options: str, server: Path = MJPEG) -> TestCamera:
        cameras.append(TestCamera(reel, *options, server=server))
        return cameras[-1]

    yield start
    for camera in cameras:
        camera.kill()


@pytest.fixture(params=["http", "rtsp"])
def start_any(
    request: pytest.FixtureRequest, reel: Path, tmp_path: Path, start_camera: Callable[..., TestCamera]
) -> Callable[..., TestCamera]:
    """Start cameras of either kind: MJPEG over HTTP, H.264 over RTSP."""
    if request.param == "http":
        return partial(start_camera, reel)
    times = ((number / FPS, number % 20) for number in range(20 * FPS))
    coded = write_h264_reel(tmp_path / "coded.zip", map(small_picture, range(20)), times)
    return partial(start_camera, coded, server=RTSP)


@pytest.fixture
def dumb_port() -> Iterator[int]:
    """A port where everybody is let in and nobody is answered."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def news() -> Condition:
    return Condition()


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait until something is true; fail where it is not within ten seconds."""

    def wait(true: Callable[[], object], seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.005)

    return wait
