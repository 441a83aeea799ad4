"""Opening a video's container with PyAV: what cannot be used is refused in one plain line."""

import re
from datetime import UTC, datetime
from pathlib import Path

import av
from av.container import InputContainer
from av.format import Flags
from av.stream import Disposition
from av.video.stream import VideoStream

from cart.errors import InputError

TIMEOUT = 10.0
"""Seconds to wait for a stream to answer, when opening it and for each packet."""

TEXT_ART = {"adf", "bin", "idf", "tty", "xbin"}
"""Formats by which FFmpeg would show a text file as if it were video."""


def open_container(source: str | Path) -> InputContainer:
    """Open a video file, or a stream if `source` is a URL.

    Raises:
        InputError: There is no such file, it is no video, or the stream does not answer.
    """
    name = shown(source)
    try:
        if is_url(source):
            options = {"rtsp_transport": "tcp"} if str(source).startswith("rtsp") else {}
            container = av.open(str(source), timeout=TIMEOUT, options=options)
        else:
            _check_file(Path(source))
            container = av.open(f"file:{source}")
    except av.InvalidDataError as error:
        raise InputError(f"{name} cannot be read as a video{_cut_off(source)}") from error
    except (av.FFmpegError, OSError) as error:
        raise InputError(f"cannot open {name}: {error.strerror or error}") from error
    return container


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """Return the container's main video stream.

    Raises:
        InputError: It holds a single picture, text, only sound, or a codec that is not supported.
    """
    kind = container.format.name
    if kind == "image2" or kind.endswith("_pipe"):
        raise InputError(f"{name} is a single picture: give a video, or the folder of pictures with --fps N")
    stream = container.streams.best("video")
    if kind in TEXT_ART or not isinstance(stream, VideoStream) or _is_cover(stream):
        raise InputError(f"no video in {name}")
    if stream.codec_context is None:
        raise InputError(f"the video in {name} is in a codec that is not supported: convert it to H.264")
    return stream


def has_timestamps(container: InputContainer) -> bool:
    """Return whether the format stores times at all; raw .h264 and .mjpeg do not."""
    return Flags.no_timestamps not in Flags(container.format.flags)


def creation_time(container: InputContainer) -> datetime | None:
    """Return when the recording was made, aware UTC, if the container says so."""
    try:
        created = datetime.fromisoformat(container.metadata.get("creation_time", ""))
    except ValueError:
        return None
    return created.astimezone(UTC) if created.tzinfo else created.replace(tzinfo=UTC)


def announced_duration(container: InputContainer, stream: VideoStream) -> float | None:
    """Return the length in seconds that the header announces, None if it does not.

    FFmpeg shortens the duration of a cut AVI to what is left of it, so there the number of frames counts.
    """
    if container.format.name == "avi" and stream.frames and stream.average_rate:
        return float(stream.frames / stream.average_rate)
    return None if container.duration is None else container.duration / av.time_base


def is_url(source: str | Path) -> bool:
    """Return whether the source names a stream instead of a path.

    >>> is_url("rtsp://camera/1"), is_url("clips/trip.mp4")
    (True, False)
    """
    return "://" in str(source)


def shown(source: str | Path) -> str:
    """Return the source as it may be printed: a URL without user and password, and without its query.

    >>> shown("rtsp://user:secret@camera/1?user=me&pwd=secret")
    'rtsp://camera/1'
    >>> shown("rtsp://user:with/slash@camera/1")
    'rtsp://camera/1'
    """
    if not is_url(source):
        return str(source)
    return re.sub(r"(?<=://)([^/]*|[^/]*:.*)@", "", str(source)).partition("?")[0]


def _is_cover(stream: VideoStream) -> bool:
    """Return whether the stream is the one picture that comes with a piece of music."""
    return bool(stream.disposition & Disposition.attached_pic)


def _check_file(path: Path) -> None:
    if not path.exists():
        raise InputError(f"no such file or folder: {path}")
    if path.is_file() and not path.stat().st_size:
        raise InputError(f"{path} is empty")


def _cut_off(source: str | Path) -> str:
    """Return a hint for an MP4 whose index, written last, is missing."""
    if is_url(source):
        return ""
    with Path(source).open("rb") as file:
        is_mp4 = file.read(8)[4:] == b"ftyp"
    return ": its end, with the index, is missing; record or copy it again" if is_mp4 else ""
