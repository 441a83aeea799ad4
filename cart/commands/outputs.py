"""The files that a run writes: checked before it starts, and kept whatever happens after."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from cart.errors import CartError, InputError
from cart.events import CartEvent


class OutputFailed(CartError):
    """A file could not be written any further (a full disk, say); what was written before is kept."""

    exit_code = 1


def check_output(path: Path | None, flag: str) -> None:
    """Make sure that a file can be written at `path`.

    Raises:
        InputError: its folder is missing or not writable, or the path is a folder.
    """
    if path is None:
        return
    folder = path.parent
    if not folder.is_dir():
        raise InputError(f"{flag} {path}: there is no folder {folder}; make it first")
    if path.is_dir():
        raise InputError(f"{flag} {path}: is a folder; give the name of a file")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise InputError(f"{flag} {path}: cannot be written; choose another place")


class EventsFile:
    """The events of a run as a file of one JSON object a line, each on disk as soon as it is known.

    Args:
        path: replaced at once; None writes nothing.

    Raises:
        InputError: the file cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        check_output(path, "--events")
        self._file: TextIO | None = path.open("w", encoding="utf-8", newline="\n") if path else None

    def write(self, event: CartEvent) -> None:
        """Append an event.

        Raises:
            OutputFailed: the disk is full, or the file has gone.
        """
        if self._file is None:
            return
        try:
            self._file.write(event.to_json() + "\n")
            self._file.flush()
        except OSError as reason:
            raise OutputFailed(f"--events {self._file.name}: {reason.strerror}") from reason

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()


def write_text(path: Path, text: str, flag: str) -> None:
    """Replace a file's content.

    Raises:
        OutputFailed: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as reason:
        raise OutputFailed(f"{flag} {path}: {reason.strerror}") from reason
