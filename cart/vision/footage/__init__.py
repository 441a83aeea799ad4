"""Footage in: a video file, a stream or a folder of stills becomes timed frames; and footage out."""

from pathlib import Path

from cart.errors import InputError
from cart.vision.footage.base import FASTEST, Footage, Frame, Image, Warn, log_warning, sample
from cart.vision.footage.stills import StillsFootage
from cart.vision.footage.video import VideoFootage
from cart.vision.footage.writer import VideoWriter

__all__ = ["Footage", "Frame", "Image", "VideoWriter", "Warn", "log_warning", "open_footage", "sample"]


def open_footage(source: str | Path, fps: float | None = None, warn: Warn = log_warning) -> Footage:
    """Open a video file, a folder of stills or a stream.

    Args:
        source: A path, or a URL such as `rtsp://camera/1`.
        fps: Frames a second, at most 1000. A folder needs it, and so does raw video without timestamps; given
            for other video it replaces the timestamps.
        warn: Called with one line about each thing that is wrong with footage which can be read all the same.

    Raises:
        InputError: The source cannot be used; the message says what to do.
    """
    if fps is not None and not 0 < fps <= FASTEST:
        raise InputError(f"--fps must be more than 0 and at most {FASTEST}, not {fps:g}")
    if Path(source).is_dir():
        return StillsFootage(Path(source), fps, warn)
    return VideoFootage(source, fps, warn)
