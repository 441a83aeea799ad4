"""Ctrl-C between frames, so that nothing seen is lost in the middle of a step, nor by what ends one."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from cart.commands.screen import Screen
from cart.errors import CartError


def take_steps(screen: Screen, *steps: Callable[[], None]) -> int:
    """Take the steps of a run, each whatever ended the one before; tell what did, return the exit code."""
    code = 0
    for step in steps:
        try:
            step()
        except KeyboardInterrupt:
            screen.warn("stopped by Ctrl-C; what was seen until then follows")
            code = 130
        except CartError as error:
            screen.error(str(error))
            code = error.exit_code
    return code


class CtrlC:
    """Notes the first Ctrl-C while its block runs, for `check`; the second one breaks in as usual.

    An error after the first Ctrl-C, such as a camera that has stopped, ends the block as Ctrl-C does. A
    process that was started with Ctrl-C ignored (in the background, say) goes on ignoring it.
    """

    def __init__(self) -> None:
        self._pressed = False
        self._before = signal.getsignal(signal.SIGINT)

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if Ctrl-C was pressed."""
        if self._pressed:
            raise KeyboardInterrupt

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._pressed = True
        signal.signal(signal.SIGINT, self._before)

    def __enter__(self) -> Self:
        if self._before is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)
        self.check()
