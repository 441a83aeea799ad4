"""The thread that reads a camera: it keeps the newest frame, and comes back when the camera is lost."""

import random
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from threading import Condition, Event, Thread

from cart.errors import InputError
from cart.vision.footage import Frame, Warn
from cart.vision.footage.base import size_warning
from cart.vision.live.backoff import waits
from cart.vision.live.clock import StreamClock, now
from cart.vision.live.figures import Figures
from cart.vision.live.mailbox import Latest
from cart.vision.live.shot import Connection, Shot, Source, StreamLost

GAP = 1.0
"""Seconds without a frame that make a gap, if they are three times the usual too."""

STEADY = 2.0
"""Seconds of frames after which a camera counts as back for good, and the next loss is a new one."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame that has arrived.

    Attributes:
        frame: the frame.
        arrived: when, by `clock.now`.
        stretch: number of the stretch without a gap that the frame belongs to.
    """

    frame: Frame
    arrived: float
    stretch: int


class Reader(ABC):
    """Reads one camera in a thread of its own and keeps its newest frame.

    What a method of the thread raises is kept in `failure`, for the pipeline to raise.

    Attributes:
        name: what to call the camera.
        mailbox: where the newest frame waits.
        figures: what is counted.
        size: width and height of every frame; None before the first.
        start: aware UTC time of the first frame; None before it.
        over: whether no more frames will come.
        failure: what ended the thread, where it was not the end of the footage.
    """

    def __init__(self, name: str, warn: Warn, news: Condition) -> None:
        """Make the thread; `start_reading` starts it.

        Args:
            name: what to call the camera.
            warn: told of what goes wrong, from the reader's thread.
            news: notified of each frame and of the end.
        """
        self.name = name
        self.figures = Figures()
        self.mailbox = Latest[Arrival](news)
        self.size: tuple[int, int] | None = None
        self.start: datetime | None = None
        self.over = False
        self.failure: BaseException | None = None
        self._warn = warn
        self._news = news
        self._stretch = 0
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=f"reader of {name}", daemon=True)

    @property
    def dropped(self) -> int:
        """Frames that were replaced by newer ones before the pipeline came to them."""
        return self.mailbox.dropped

    @property
    def live(self) -> bool:
        """Whether the frames come from a camera at work, not from a recording."""
        return False

    @property
    def silent(self) -> bool:
        """Whether the camera is lost, or no frame has come for so long that it is a gap."""
        return False

    def start_reading(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it may be anywhere, and does so soon."""
        self._stopping.set()
        with self._news:
            self._news.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait for the thread's end, at most so many seconds; return whether it has ended.

        One that hangs in a connection ends when the connection's time limit is up, and harms nobody.
        """
        if self._thread.ident is not None:
            self._thread.join(max(0.0, timeout))
        return not self._thread.is_alive()

    @abstractmethod
    def _read(self) -> None:
        """Read until the end or until asked to stop."""

    def _run(self) -> None:
        try:
            self._read()
        except BaseException as error:
            self.failure = error
        finally:
            with self._news:
                self.over = True
                self._news.notify_all()

    def _begin(self, size: tuple[int, int], arrived: float) -> None:
        """Note the first frame."""
        self.size = size
        self.start = datetime.now(UTC) - timedelta(seconds=now() - arrived)

    def _hand_on(self, frame: Frame, arrived: float) -> None:
        self.figures.read += 1
        self.figures.last_arrival = arrived
        self.mailbox.put(Arrival(frame, arrived, self._stretch))


class StreamReader(Reader):
    """Reads a stream or a device, and opens it again whenever it is lost, for ever.

    The first opening has to succeed. Afterwards one line tells that the camera is lost, and one that it is
    back; frames of another size are scaled to the first one's, so that an opening in fractions stays right.
    """

    def __init__(self, source: Source, warn: Warn, news: Condition, silence: float) -> None:
        """Read `source`; it is lost when no picture has come for `silence` seconds."""
        super().__init__(source.name, warn, news)
        self._source = source
        self._silence = silence
        self._clock = StreamClock()
        self._lost = False
        self._waits = waits(random.Random())  # noqa: S311  (to spread the carts' tries, not to keep a secret)
        self._intervals: deque[float] = deque(maxlen=9)
        self._sizes: set[tuple[int, int]] = set()

    @property
    def gap(self) -> float:
        """Seconds without a frame that make a gap."""
        return max(GAP, 3 * median(self._intervals or [0.0]))

    @property
    def live(self) -> bool:
        """Always: a stream's frames come from a camera at work."""
        return True

    @property
    def silent(self) -> bool:
        """Whether the camera is lost, or no frame has come for so long that it is a gap."""
        since = self.figures.seconds_since_frame
        return self._lost or (since is not None and since > self.gap)

    def _read(self) -> None:
        why = self._follow(self._source.open())
        if self.size is None and not self._stopping.is_set():
            raise InputError(f"no picture comes from {self.name}: {why}")
        while not self._stopping.is_set():
            self._lost = True
            self._warn(f"{self.name} is lost ({why}): trying to reach it until it is back")
            why = self._come_back()

    def _come_back(self) -> str:
        """Try until the camera has come back and is lost again; return why it is."""
        for wait in self._waits:
            if self._stopping.wait(wait):
                break
            try:
                connection = self._source.open()
            except InputError:
                continue
            why = self._follow(connection)
            if not self._lost:
                return why
        return ""

    def _follow(self, connection: Connection) -> str:
        """Hand on what comes over a connection until it is lost; return why it is."""
        self._break()
        begun = last = now()
        try:
            for shot in connection.shots():
                if self._stopping.is_set():
                    return ""
                if shot is not None:
                    last = now()
                    self._take(shot, last)
                elif now() - last > self._silence:
                    return f"no picture for {self._silence:g} s"
        except StreamLost as reason:
            return str(reason)
        finally:
            connection.close()
            if last - begun > STEADY:
                self._waits = waits(random.Random())  # noqa: S311  (as above)
        return "it ended"

    def _take(self, shot: Shot, arrived: float) -> None:
        if self.size is None:
            self._begin(shot.size, arrived)
        if self._ends_gap(arrived):
            self._break()
            return  # a parser gives a picture when the next one comes: this one may be from before the gap
        self._note_size(shot.size)
        time = self._clock.read(shot.stamp, arrived)
        assert self.size is not None
        if self._lost:
            self._be_back()
        self._hand_on(Frame(self.figures.read, time, shot.picture(self.size)), arrived)

    def _be_back(self) -> None:
        self.figures.reconnects += 1
        self._lost = False
        self._warn(f"{self.name} is back")

    def _break(self) -> None:
        """Begin another stretch: what came before and what comes now have a gap between them."""
        self._stretch += 1
        self._clock.forget()

    def _ends_gap(self, arrived: float) -> bool:
        """Note the time since the picture before, and return whether it was a gap in an open connection."""
        before, self.figures.last_arrival = self.figures.last_arrival, arrived
        if before is None:
            return False
        is_gap = not self._lost and arrived - before > self.gap
        self._intervals.append(arrived - before)
        return is_gap

    def _note_size(self, size: tuple[int, int]) -> None:
        """Tell of another size, once."""
        if self._sizes and size not in self._sizes and self.size is not None:
            self._warn(size_warning(f"of {self.name} to {size[0]}x{size[1]}", self.size))
        self._sizes.add(size)
