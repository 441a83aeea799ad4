"""`cart webcam` in a process of its own, a terminal to press keys at, and a display without a screen."""

import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CART = (sys.executable, "-m", "cart")


@contextmanager
def start(
    *words: object, stdin: int = subprocess.DEVNULL, **environment: str
) -> "Iterator[subprocess.Popen[str]]":
    """Start `cart webcam`; whatever becomes of the block, the process ends with it."""
    process = subprocess.Popen(
        [*CART, "webcam", *map(str, words)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "DISPLAY"} | environment,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


class Terminal:
    """A terminal whose keys are pressed by the test."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()

    def press(self, key: str) -> None:
        os.write(self._ours, key.encode())

    def close(self) -> None:
        os.close(self._ours)
        os.close(self.theirs)


_PATIENCE_SECONDS = 60
DISPLAY_TOOLS = all(shutil.which(tool) for tool in ("Xvfb", "xdotool"))


class Display:
    """A display without a screen, whose windows are found, clicked and typed in by xdotool."""

    def __init__(self, name: str) -> None:
        self.name = name

    def press(self, window: str, key: str, done: Callable[[], bool]) -> None:
        """Press a key in a window, named by a part of its title, until what it does is done.

        A window that has just opened may not take keys yet, and tells nobody when it does.
        """
        end = time.monotonic() + _PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < end, f"the window '{window}' does not take the key {key}"
            if self.shows(window):
                self._do("search", "--name", window, "windowfocus", "key", key, check=False)
            time.sleep(0.4)

    def shows(self, window: str) -> bool:
        """Tell whether there is a window with this in its title."""
        return bool(self._do("search", "--name", window, check=False).strip())

    def drag(self, window: str, before: tuple[int, int], after: tuple[int, int]) -> None:
        """Drag the mouse in a window from one place to another, in its pixels."""
        found = self._do("search", "--sync", "--name", window).split()[-1]
        for place, button in ((before, "mousedown"), (after, "mouseup")):
            self._do("mousemove", "--window", found, *map(str, place))
            self._do("sleep", "0.2", button, "1", "sleep", "0.2")

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to show its windows here."""
        return os.environ | {"DISPLAY": self.name}

    def _do(self, *words: str, check: bool = True) -> str:
        command = ["xdotool", *words]
        done = subprocess.run(
            command, env=self.environment, check=check, capture_output=True, text=True, timeout=60
        )
        return done.stdout


@contextmanager
def display() -> Iterator[Display]:
    """Start a display; it ends with the block."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x960x24"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        try:
            yield Display(f":{os.read(reading, 16).decode().strip()}")
        finally:
            server.terminate()
            os.close(reading)
            os.close(writing)
