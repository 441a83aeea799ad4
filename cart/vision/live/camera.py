"""One live camera: its reader, its pipeline and its session, and what a gap between frames does to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cart.events import CartEvent
from cart.vision.announce import Announcer
from cart.vision.live.clock import now
from cart.vision.live.figures import Figures
from cart.vision.live.reader import Arrival, Reader
from cart.vision.opening import Opening
from cart.vision.pipeline import Camera, Noticed, Sight


class LiveCamera:
    """One camera of a run: its reader, its pipeline, its session.

    Attributes:
        reader: reads the camera, and counts what it reads.
        camera: the pipeline.
        opening_file: where the opening was read from; None: the whole picture.
    """

    def __init__(
        self, reader: Reader, camera: Camera, announcer: Announcer, opening_file: Path | None
    ) -> None:
        self.reader = reader
        self.camera = camera
        self.opening_file = opening_file
        self._announcer = announcer
        self._stretch: int | None = None
        self._last_time = 0.0
        self._seeing = False

    @property
    def figures(self) -> Figures:
        """What is counted of the camera."""
        return self.reader.figures

    @property
    def session(self) -> str:
        """The session's id."""
        return self._announcer.session

    @property
    def cart(self) -> str:
        """The cart's id."""
        return self._announcer.cart

    @property
    def start(self) -> datetime:
        """Aware time of the first frame, media time 0."""
        return self._announcer.start

    def see(self, arrival: Arrival) -> "Turn":
        """Let the pipeline see a frame; a gap before it interrupts first."""
        events = self.interrupt() if arrival.stretch != self._stretch else []
        self._stretch, self._last_time, self._seeing = arrival.stretch, arrival.frame.time, True
        self.figures.age = now() - arrival.arrived
        sight = self.camera.see(arrival.frame)
        self.figures.processed += 1
        return Turn(self, sight, events + self._announce(sight.noticed))

    def notice_gap(self) -> list[CartEvent]:
        """Interrupt the pipeline if no frames come any more; return the events that this makes sure."""
        gone = self.reader.silent  # asked first: a frame that comes in between waits in the mailbox
        return self.interrupt() if gone and not self.reader.mailbox.full else []

    def interrupt(self, *, moved: bool = False, opening: Opening | None = None) -> list[CartEvent]:
        """End an open visit at the last frame seen, for a gap, a pause or a new opening.

        A gap counts once, until the next frame.

        Args:
            moved: the camera has moved.
            opening: where the opening lies from now on, in pixels; None: where it did.
        """
        if not (self._seeing or moved or opening):
            return []
        self.figures.gaps += self._seeing
        self._seeing = False
        return self._announce(self.camera.interrupt(self._last_time, moved=moved, opening=opening))

    def take_back(self) -> CartEvent | None:
        """Return an event that undoes the last one; None where there is nothing to undo."""
        return self._announcer.take_back(self._last_time)

    def finish(self) -> list[CartEvent]:
        """Return the events that the end of the run leaves open."""
        return self._announce(self.camera.finish())

    def initial(self) -> list[str | None]:
        """Return the GTIN of each item that lay in the cart at the start; None for an unknown one."""
        return [product.gtin if product is not None else None for product in self.camera.initial_products()]

    def _announce(self, noticed: Sequence[Noticed]) -> list[CartEvent]:
        return [self._announcer.announce(each) for each in noticed]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look at one camera gave.

    Attributes:
        camera: the camera looked at.
        sight: what its newest frame showed; None where frames stopped coming.
        events: the events that became sure.
    """

    camera: LiveCamera
    sight: Sight | None
    events: list[CartEvent]
