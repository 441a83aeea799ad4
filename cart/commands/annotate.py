"""`--annotate`: a video of what the pipeline saw."""

from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cart.commands.outputs import OutputFailed
from cart.errors import InputError
from cart.vision.footage import Image, VideoWriter


class Annotator:
    """Writes drawn frames into a video.

    Args:
        path: the video; None writes nothing.
        size: width and height of the frames in pixels.
        fps: nominal frames a second, where known.

    Raises:
        InputError: the video cannot be written.
    """

    def __init__(self, path: Path | None, size: tuple[int, int], fps: float | None = None) -> None:
        self._writer = VideoWriter(path, size, fps) if path is not None else None

    @property
    def wanted(self) -> bool:
        """Whether frames are still written."""
        return self._writer is not None

    def write(self, image: Image, time: float) -> None:
        """Append a frame to be shown from `time` seconds on; once that has failed, no further one is.

        Raises:
            OutputFailed: the disk is full.
        """
        if self._writer is None:
            return
        try:
            self._writer.write(image, time)
        except InputError as reason:
            with suppress(InputError):
                self._writer.close()
            self._writer = None
            raise OutputFailed(f"--annotate: {reason}") from reason

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is None:
            return
        try:
            self._writer.close()
        except InputError as reason:
            raise OutputFailed(f"--annotate: {reason}") from reason
