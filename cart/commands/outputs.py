"""The files that a run writes: checked before it starts, and kept whatever happens after."""

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cart.errors import CartError, InputError
from cart.events import CameraEvent, CartEvent


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
    try:
        _check_place(path, flag)
    except OSError as reason:
        raise InputError(f"{flag} {path}: {reason.strerror}; choose another place") from reason


def _check_place(path: Path, flag: str) -> None:
    folder = path.parent
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{flag} {path}: {folder} is a file, not a folder; choose another place")
    if not folder.is_dir():
        raise InputError(f"{flag} {path}: there is no folder {folder}; make it first")
    if path.is_dir():
        raise InputError(f"{flag} {path}: is a folder; give the name of a file")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise InputError(f"{flag} {path}: cannot be written; choose another place")


def check_apart(outputs: Mapping[str, Path | None], inputs: Collection[Path]) -> None:
    """Make sure that no output replaces what the run reads, nor another output.

    Args:
        outputs: paths by the flag that gave them.
        inputs: files and folders that the run reads.

    Raises:
        InputError: two of them are one; names the flags.
    """
    given = [(flag, path) for flag, path in outputs.items() if path is not None and not _is_device(path)]
    for place, (flag, path) in enumerate(given):
        if any(_is_same(path, other) for other in inputs):
            raise InputError(f"{flag} {path}: would replace what is to be read; choose another place")
        for other_flag, other in given[:place]:
            if _is_same(path, other):
                raise InputError(f"{other_flag} and {flag} are both {path}; choose another place for one")


def _is_device(path: Path) -> bool:
    return path.is_char_device() or path.is_fifo()


def _is_same(path: Path, other: Path) -> bool:
    if path.exists() and other.exists():
        return path.samefile(other)
    return path.resolve() == other.resolve()


class EventsFile:
    """The events of a run as a file of one JSON object a line, each on disk as soon as it is known.

    Args:
        path: replaced at once; None writes nothing.

    Raises:
        InputError: the file cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        check_output(path, "--events")
        try:
            self._file = path.open("w", encoding="utf-8", newline="\n") if path is not None else None
        except OSError as reason:
            raise InputError(f"--events {path}: {reason.strerror}; choose another place") from reason

    def write(self, event: CartEvent | CameraEvent) -> None:
        """Append an event; once that has failed, no further one is written.

        Raises:
            OutputFailed: the disk is full, or the file has gone.
        """
        if self._file is None:
            return
        try:
            self._file.write(event.to_json() + "\n")
            self._file.flush()
        except OSError as reason:
            name = self._file.name
            self.close()
            raise OutputFailed(f"--events {name}: {reason.strerror}") from reason

    def close(self) -> None:
        """Close the file; every event that could be written is on disk already."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_text(path: Path, text: str, flag: str) -> None:
    """Replace a file's content.

    Raises:
        OutputFailed: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as reason:
        raise OutputFailed(f"{flag} {path}: {reason.strerror}") from reason
