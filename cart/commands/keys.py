"""Single keys from the terminal, where somebody sits at one."""

import select
import sys
from types import TracebackType
from typing import Any, Self

if sys.platform != "win32":
    import termios
    import tty


class TerminalKeys:
    """Takes keys from the terminal without waiting for Enter; none where standard input is no terminal."""

    def __init__(self) -> None:
        self._before: list[Any] | None = None

    @property
    def heard(self) -> bool:
        """Whether there is a terminal to take keys from."""
        return self._before is not None

    def key(self) -> str | None:
        """Return a key that was pressed, None for none; never waits."""
        if self._before is None or not select.select([sys.stdin], [], [], 0)[0]:
            return None
        return sys.stdin.read(1) or None

    def __enter__(self) -> Self:
        if sys.platform != "win32" and sys.stdin is not None and sys.stdin.isatty():
            self._before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if sys.platform != "win32" and self._before is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._before)
