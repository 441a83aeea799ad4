"""The test camera as its user sees it: makes reels, starts the server, kills it and starts it again."""

import json
import signal
import subprocess
import sys
import time
import zipfile
from bisect import bisect_right
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

MJPEG, RTSP = (Path(__file__).with_name(f"{kind}_server.py") for kind in ("mjpeg", "rtsp"))
KEY_EVERY = 12
"""Pictures from key frame to key frame of H.264."""

Image = NDArray[np.uint8]


def small_picture(number: int, size: tuple[int, int] = (64, 48)) -> Image:
    """A grey picture with a white square that moves."""
    picture = np.full((size[1], size[0], 3), 90, np.uint8)
    left = number * 3 % (size[0] - 10)
    picture[10:20, left : left + 10] = 255
    return picture


def write_reel(path: Path, pictures: Iterable[Image], times: Iterable[tuple[float, int]]) -> Path:
    """Write a reel: its pictures, and for each moment in seconds the number of the picture to see."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, picture in enumerate(pictures):
            archive.writestr(f"{number}.jpg", cv2.imencode(".jpg", picture)[1].tobytes())
        archive.writestr("timeline.json", json.dumps([(at, f"{number}.jpg") for at, number in times]))
    return path


def write_h264_reel(path: Path, pictures: Iterable[Image], times: Iterable[tuple[float, int]]) -> Path:
    """Write a reel for RTSP: each moment's picture, coded one after the other as a camera does."""
    kept, timeline = list(pictures), list[tuple[float, str]]()
    encoder = av.CodecContext.create("libx264", "w")
    encoder.height, encoder.width = kept[0].shape[:2]
    encoder.pix_fmt, encoder.time_base = "yuv420p", Fraction(1, 1000)
    encoder.options = {"preset": "veryfast", "tune": "zerolatency", "g": str(KEY_EVERY), "crf": "20"}
    with zipfile.ZipFile(path, "w") as archive:
        for place, (at, number) in enumerate(times):
            frame = av.VideoFrame.from_ndarray(kept[number], format="bgr24")
            frame.pts = place
            archive.writestr(f"{place}.h264", b"".join(map(bytes, encoder.encode(frame))))
            timeline.append((at, f"{place}.h264"))
        archive.writestr("timeline.json", json.dumps(timeline))
    return path


def reel_of_video(
    path: Path,
    video: Path,
    stretch: Callable[[float], float] = lambda seconds: seconds,
    fps: float = 12,
    write: Callable[..., Path] = write_reel,
) -> Path:
    """Write a reel of a video, seen at `fps` pictures a second; `stretch` says when a moment of it is seen.

    Where that leaves out a time, the picture before is shown all the while, as a camera does.
    """
    with av.open(str(video)) as container:
        frames = [
            (float(frame.time or 0), np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
            for frame in container.decode(video=0)
        ]
    seen_from = [stretch(seconds) for seconds, _ in frames]
    moments = [number / fps for number in range(int(seen_from[-1] * fps) + 1)]
    times = [(at, max(0, bisect_right(seen_from, at + 1e-6) - 1)) for at in moments]
    return write(path, (picture for _, picture in frames), times)


class TestCamera:
    """A server in a process of its own, on one port for as long as it lives."""

    __test__ = False

    def __init__(self, reel: Path, *options: str, server: Path = MJPEG) -> None:
        """Start to play now."""
        self.epoch = time.time()
        self._scheme = "rtsp" if server == RTSP else "http"
        self._command = [sys.executable, str(server), str(reel), "--epoch", repr(self.epoch), *options]
        self._process: subprocess.Popen[str] | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        """Where it plays."""
        return f"{self._scheme}://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Be there again, on the same port; the scene has gone on."""
        self._process = subprocess.Popen(
            [*self._command, "--port", str(self.port)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def stall(self, stalled: bool) -> None:
        """Send nothing more though the connections are open, or go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if stalled else signal.SIGCONT)

    def kill(self) -> None:
        """Be gone in the middle of a picture."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
