"""A folder of stills, played at a rate that the user gives."""

import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from pathlib import Path

import cv2
import numpy as np

from cart.errors import InputError
from cart.vision.footage.base import Footage, Frame, Image, Warn, fitted, log_warning, size_warning

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}


class StillsFootage(Footage):
    """The pictures of one folder in natural order of their names: `2.jpg` comes before `10.jpg`.

    A still that cannot be read is left out with a warning and leaves a gap in time. One whose size differs is
    scaled to the first one's, with a warning the first time.
    """

    def __init__(self, folder: Path, fps: float | None, warn: Warn = log_warning) -> None:
        """Find the stills and read the first.

        Raises:
            InputError: No `fps`, or no picture in the folder that can be read.
        """
        if fps is None:
            raise InputError(f"{folder} is a folder of stills: say how many a second with --fps N")
        self._paths = sorted((path for path in folder.iterdir() if _is_still(path)), key=_natural)
        if not self._paths:
            raise InputError(f"no pictures in {folder}: it needs {', '.join(sorted(SUFFIXES))} files")
        self._warn = warn
        images = self._read()
        first = next(images, None)
        if first is None:
            raise InputError(f"none of the {len(self._paths)} pictures in {folder} can be read")
        height, width = first[1].shape[:2]
        self.size = (width, height)
        self.fps = fps
        self.frame_count = len(self._paths)
        self.duration = self.frame_count / fps
        self._frames = self._timed(chain([first], images), fps)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the SHA-256 of each file in order, as 64 hex digits."""
        whole = hashlib.sha256()
        for path in self._paths:
            whole.update(hashlib.sha256(path.read_bytes()).digest())
        return whole.hexdigest()

    def __iter__(self) -> Iterator[Frame]:
        """Return the frames that were not read yet."""
        return self._frames

    def _read(self) -> Iterator[tuple[int, Image]]:
        for index, path in enumerate(self._paths):
            image = read_picture(path)
            if image is None:
                self._warn(f"{path.name} cannot be read as a picture: left out")
            else:
                yield index, image

    def _timed(self, images: Iterator[tuple[int, Image]], fps: float) -> Iterator[Frame]:
        warned = False
        for index, image in images:
            if image.shape[1::-1] != self.size and not warned:
                warned = True
                self._warn(size_warning(f"at {self._paths[index].name}", self.size))
            yield Frame.from_image(index, index / fps, fitted(image, self.size))


def read_picture(path: Path) -> Image | None:
    """Return a picture file's pixels, `(height, width, 3)` blue, green, red, or None if it cannot be read."""
    try:
        content = np.fromfile(path, np.uint8)
        image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):
        return None
    return None if image is None else np.asarray(image, np.uint8)


def _is_still(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file()


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort key in which runs of digits count as numbers."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), part) if part.isdecimal() else (-1, part) for part in parts]
