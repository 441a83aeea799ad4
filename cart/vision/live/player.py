"""A video file as if it were a camera: played at its own speed, or as fast as it is looked at."""

import gc
import math
from pathlib import Path
from threading import Condition

from cart.vision.footage import Frame, Warn, open_footage
from cart.vision.live.clock import now
from cart.vision.live.reader import Reader

_LOOK_SECONDS = 0.1  # how often a thread that waits for the pipeline looks whether it is to stop


class FileReader(Reader):
    """Plays a file; media time is the file's own, going on from round to round where it is looped.

    The file starts to play when its first frame is taken. From one round to the next there is a gap: the cart
    is not the one of the round's end.
    """

    def __init__(self, path: Path, warn: Warn, news: Condition, *, speed: float = 1.0, loop: bool = False):
        """Play the file.

        Args:
            path: a video file.
            warn: told of what goes wrong, from the reader's thread.
            news: notified of each frame and of the end.
            speed: times its own speed; infinite plays it as fast as frames are taken, and drops none.
            loop: play it again and again.
        """
        super().__init__(str(path), warn, news)
        self._path = path
        self._speed = speed
        self._loop = loop
        self._begun: float | None = None

    def _read(self) -> None:
        offset = 0.0
        while not self._stopping.is_set():
            self._stretch += 1
            offset = self._play_round(offset)
            if not self._loop or self._stopping.is_set():
                return
            gc.collect()  # decoder and decoded frames refer to one another, and would pile up round by round

    def _play_round(self, offset: float) -> float:
        """Play the file once, from a media time on; return the media time at which the next round starts."""
        time = offset
        warn = self._warn if self._stretch == 1 else _ignore  # what is odd is odd in every round
        with open_footage(self._path, warn=warn) as footage:
            for frame in footage:
                time = offset + frame.time
                if self.size is None:
                    self._begin(footage.size, now())
                elif not self._wait_for(time):
                    break
                self._hand_on(Frame(self.figures.read, time, frame.picture), now())
            return time + 1 / (footage.fps or 25)

    def _wait_for(self, time: float) -> bool:
        """Wait until a media time is due; return whether to go on."""
        if self._begun is None or math.isinf(self._speed):
            while not self.mailbox.wait_until_taken(_LOOK_SECONDS) and not self._stopping.is_set():
                pass
        if self._begun is None:
            self._begun = now()
        due = self._begun + time / self._speed
        return not self._stopping.wait(max(0.0, due - now()))


def _ignore(_: str) -> None:
    """Take a line and say nothing."""
