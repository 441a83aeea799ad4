"""Streams by URL: RTSP, and MJPEG or any other video over HTTP, through PyAV."""

import errno
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import av
from av.codec.context import Flags
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from cart.errors import InputError
from cart.vision.footage.container import shown, video_stream
from cart.vision.footage.decoding import HOPELESS, stamp
from cart.vision.live.shot import Shot, StreamLost

SCHEMES = ("rtsp", "rtsps", "http", "https")

OPEN_SECONDS = 10.0
"""How long a camera may take to answer."""

RTSP = {"rtsp_transport": "tcp", "probesize": "32768", "analyzeduration": "0", "fpsprobesize": "0"}
"""Start at once: by default FFmpeg first watches for some two seconds.

Not `fflags=nobuffer`: it throws away the packets by which the stream was recognised, the first key frame
among them, so that pictures come only with the next one. What comes in a burst at the start is dropped.
"""

_WHO = "{name} refuses: give the right user and password, as in ://USER:PASSWORD@{host}"
_REFUSALS: dict[type[Exception], str] = {
    av.HTTPUnauthorizedError: _WHO,
    av.HTTPForbiddenError: _WHO,
    av.HTTPNotFoundError: "there is no stream at {name} (404): check the path",
    ConnectionRefusedError: "{name} refuses the connection: check the address, and that the camera is on",
}


class UrlSource:
    """A stream by its URL."""

    def __init__(self, url: str, silence: float) -> None:
        """Name the stream; it is opened later.

        Args:
            url: may hold a user name and a password, which are never shown.
            silence: seconds to wait for the next packet.

        Raises:
            InputError: it is no URL of a kind that cameras have.
        """
        self.name = shown(url)
        self._url = url
        self._silence = silence
        try:
            scheme, self._host = urlsplit(url).scheme.lower(), urlsplit(url).hostname
        except ValueError:
            scheme, self._host = "", None
        if scheme not in SCHEMES or not self._host:
            raise InputError(f"{self.name} is no camera's address: it starts with rtsp:// or http://")

    def open(self) -> "AvConnection":
        """Open the stream.

        Raises:
            InputError: it does not answer, refuses, or is no video; says what to do.
        """
        options = RTSP if self._url.lower().startswith("rtsp") else {}
        begun = time.monotonic()
        try:
            container = av.open(self._url, timeout=(OPEN_SECONDS, self._silence), options=options)
        except (av.FFmpegError, OSError, ValueError) as error:
            waited = time.monotonic() - begun
            raise InputError(self._refusal(error, timed_out=waited >= OPEN_SECONDS)) from None
        try:
            if container.duration is not None and not options:
                raise InputError(
                    f"{self.name} is a recording, not a live stream: download it, or give it to cart process"
                )
            return AvConnection(container, video_stream(container, self.name), self._silence)
        except BaseException:
            container.close()
            raise

    def _refusal(self, error: Exception, *, timed_out: bool) -> str:
        """Say what to do; never with the error's own text, which holds the URL and its password."""
        name, host = self.name, self._host
        if timed_out or isinstance(error, av.ExitError):
            return f"{name} does not answer: check the address, and that the camera is on"
        for kind, advice in _REFUSALS.items():
            if isinstance(error, kind):
                return advice.format(name=name, host=host)
        if not _is_known(host):
            return f"no such host: {host}; check the address {name}"
        if isinstance(error, av.InvalidDataError) or getattr(error, "errno", None) == errno.EIO:
            return f"no video comes from {name}: give the address of the stream itself, not of a web page"
        return f"cannot open {name}: {getattr(error, 'strerror', None) or 'not a usable address'}"


class AvConnection:
    """A stream that PyAV has opened."""

    def __init__(self, container: InputContainer, stream: VideoStream, silence: float) -> None:
        """Read `stream` of `container`; a read takes at most `silence` seconds."""
        self._container = container
        self._stream = stream
        self._silence = silence
        self._nothing = f"nothing came for {silence:g} s"
        stream.thread_type = "SLICE"  # threads that decode frames side by side would hold frames back
        if stream.codec_context is not None:
            stream.codec_context.flags |= Flags.low_delay

    def shots(self) -> Iterator[Shot | None]:
        """Yield the pictures as they arrive, None for each packet that holds none.

        Raises:
            StreamLost: no more will come.
        """
        for packet in self._packets():
            try:
                decoded = self._stream.decode(packet)
            except av.FFmpegError:
                decoded = []
            yield from (Shot(stamp(picture), picture) for picture in decoded)
            if not decoded:
                yield None

    def close(self) -> None:
        """Close the connection."""
        self._container.close()

    def _packets(self) -> "Iterator[Packet[VideoStream]]":
        failures = 0
        asked = time.monotonic()
        while failures < HOPELESS:
            try:
                for packet in self._container.demux(self._stream):
                    if time.monotonic() - asked >= self._silence:
                        raise StreamLost(self._nothing)  # only what a parser still held has come
                    failures = 0
                    yield packet
                    asked = time.monotonic()
                raise StreamLost("the stream ended")
            except av.InvalidDataError:
                failures += 1
            except av.ExitError:
                raise StreamLost(self._nothing) from None
            except (av.FFmpegError, OSError) as error:
                broke = error.errno == errno.EIO or not error.strerror
                raise StreamLost("the connection broke" if broke else error.strerror) from None
        raise StreamLost("it is damaged")


def _is_known(host: str | None) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False
