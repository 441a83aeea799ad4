"""`cart webcam` in a process of its own, a terminal to press keys at, and a display without a screen."""

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CART = (sys.executable, "-m", "cart")


def start(*words: object, stdin: int = subprocess.DEVNULL, **environment: str) -> "subprocess.Popen[str]":
    command = [*CART, "webcam", *map(str, words)]
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "DISPLAY"} | environment,
    )


class Terminal:
    """A terminal whose keys are pressed by the test."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()

    def press(self, key: str) -> None:
        os.write(self._ours, key.encode())

    def close(self) -> None:
        os.close(self._ours)
        os.close(self.theirs)


DISPLAY_TOOLS = all(shutil.which(tool) for tool in ("Xvfb", "xdotool"))


class Display:
    """A display without a screen, whose windows are found, clicked and typed in by xdotool."""

    def __init__(self, name: str) -> None:
        self.name = name

    def press(self, window: str, key: str) -> None:
        """Wait for a window, by a part of its title, and press a key in it."""
        self._do("search", "--sync", "--name", window, "windowfocus", "--sync")
        self._do("key", key)

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

    def _do(self, *words: str) -> str:
        command = ["xdotool", *words]
        done = subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=30
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
