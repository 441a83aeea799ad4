"""Evidence: for each event one picture, cropped to the item so that it shows as little else as can be."""

import math
import os
import re
import tempfile
from pathlib import Path

import cv2

from cart.errors import InputError
from cart.vision.boxes import Box
from cart.vision.footage import Image, Warn, log_warning

MARGIN = 0.1
"""Space kept on each side of the box, as a share of its width or height."""

QUALITY = 92
"""JPEG quality, 0..100."""


class EvidenceFolder:
    """A folder of clean crops, one JPEG file for each event."""

    def __init__(self, path: str | Path) -> None:
        """Take the folder, or create it if the folder above it exists.

        Raises:
            InputError: It is a file, cannot be created or cannot be written to.
        """
        self._folder = Path(path)
        if self._folder.exists() and not self._folder.is_dir():
            raise InputError(f"{self._folder} is a file: --evidence needs a folder")
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot create the folder {self._folder}: {error.strerror}") from error
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise InputError(f"cannot write into the folder {self._folder}")

    def save(self, event_id: str, jpeg: bytes) -> str:
        """Keep a picture; return the file's name in the folder.

        The file appears whole or not at all, and only its owner may read it.

        Args:
            event_id: The event's id, which names the file.
            jpeg: The picture.

        Raises:
            InputError: The disk is full, or the folder cannot be written to any more.
        """
        name = re.sub(r"[^\w-]", "_", event_id) + ".jpg"
        try:
            _write_whole(self._folder / name, jpeg)
        except OSError as error:
            raise InputError(f"cannot write {self._folder / name}: {error.strerror}") from error
        return name


class Pictures:
    """The pictures of a run's events: kept in a folder, held until they are sent, or both.

    Args:
        folder: Where to keep them; None keeps none.
        held: Whether to hold them for `take`.
        warn: Told once when the folder cannot be written any more; the events go on.
    """

    def __init__(
        self, folder: EvidenceFolder | None = None, *, held: bool = False, warn: Warn = log_warning
    ) -> None:
        self._folder = folder
        self._held: dict[str, bytes] | None = {} if held else None
        self._warn = warn

    def keep(self, event_id: str, image: Image, box: Box) -> str | None:
        """Keep the part of a clean frame that shows the item; return the file's name, None without a folder.

        Args:
            event_id: The event's id.
            image: The frame, `(height, width, 3)` blue, green, red, without anything drawn on it.
            box: The item's box in pixels.
        """
        if self._folder is None and self._held is None:
            return None
        jpeg = cropped_jpeg(image, box)
        if self._held is not None:
            self._held[event_id] = jpeg
        return self._save(event_id, jpeg)

    def take(self, event_id: str) -> bytes | None:
        """Hand over the picture held of an event, once; None where there is none."""
        return self._held.pop(event_id, None) if self._held is not None else None

    def _save(self, event_id: str, jpeg: bytes) -> str | None:
        if self._folder is None:
            return None
        try:
            return self._folder.save(event_id, jpeg)
        except InputError as reason:
            self._folder = None
            self._warn(f"{reason}; no more pictures are kept")
            return None


def cropped_jpeg(image: Image, box: Box) -> bytes:
    """Return the part of a picture that shows the item, as JPEG."""
    _, jpeg = cv2.imencode(".jpg", crop(image, box), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(jpeg.tobytes())


def crop(image: Image, box: Box, margin: float = MARGIN) -> Image:
    """Return the box and a margin around it, clipped to the picture; at least one pixel.

    >>> import numpy as np
    >>> crop(np.zeros((100, 200, 3), np.uint8), (50, 20, 70, 30)).shape
    (12, 24, 3)
    """
    height, width = image.shape[:2]
    left, right = _widened(box[0], box[2], margin, width)
    top, bottom = _widened(box[1], box[3], margin, height)
    return image[top:bottom, left:right]


def _widened(low: float, high: float, margin: float, limit: int) -> tuple[int, int]:
    space = (high - low) * margin
    start = min(max(math.floor(low - space), 0), limit - 1)
    return start, max(min(math.ceil(high + space), limit), start + 1)


def _write_whole(path: Path, content: bytes) -> None:
    """Write beside the file and move it in place."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
