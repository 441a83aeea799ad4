"""One live camera: its reader, its pipeline and its session, and what a gap between frames does to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cart.events import CameraEvent, CartEvent
from cart.vision.announce import Announcer
from cart.vision.live.clock import now
from cart.vision.live.condition import Condition
from cart.vision.live.figures import Figures, TimedDetector
from cart.vision.live.reader import Arrival, Reader
from cart.vision.live.rollout import Models
from cart.vision.opening import Opening
from cart.vision.pipeline import Camera, Noticed, Sight


class LiveCamera:
    """One camera of a run: its reader, its pipeline, its session.

    Attributes:
        reader: reads the camera, and counts what it reads.
        camera: the pipeline.
        opening_file: where the opening was read from; None: the whole picture.
        models: what it looks with.
        condition: whether the camera can be believed.
    """

    def __init__(
        self,
        reader: Reader,
        models: Models,
        opening: Opening,
        announcer: Announcer,
        *,
        opening_file: Path | None = None,
        gated: bool = True,
    ) -> None:
        self.reader = reader
        self.models = models
        self.camera = Camera(self._timed(models), opening, models.recogniser, gated=gated)
        self.condition = Condition(announcer.cart, announcer.session, announcer.start, live=reader.live)
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

    def renew(self, models: Models) -> bool:
        """Look with other models from the next frame on, unless a visit goes on; return whether it does."""
        if not self.camera.visits.idle:
            return False
        self.camera.look_with(self._timed(models), models.recogniser)
        self._announcer.model = models.version
        self.models = models
        return True

    def see(self, arrival: Arrival) -> "Turn":
        """Let the pipeline see a frame, unless the camera is degraded; a gap before it interrupts first."""
        frame = arrival.frame
        events = []
        if arrival.stretch != self._stretch:
            events = self.interrupt()
            self.condition.resume()
        self._stretch = arrival.stretch
        condition = self.condition.look(frame)
        if self.condition.fault is not None:
            events += self.interrupt(moved=_has_moved(condition))
            return Turn(self, Sight(frame), events, condition)
        self._last_time, self._seeing = frame.time, True
        self.figures.age = now() - arrival.arrived
        sight = self.camera.see(frame, doubtful=self.condition.doubtful)
        self.figures.processed += 1
        return Turn(self, sight, events + self._announce(sight.noticed), condition)

    def notice_gap(self) -> "Turn | None":
        """Interrupt the pipeline if no frames come any more; return what that makes sure, if anything."""
        gone = self.reader.silent  # asked first: a frame that comes in between waits in the mailbox
        if not gone or self.reader.mailbox.full or self.condition.fault == "lost":
            return None
        return Turn(self, None, self.interrupt(), self.condition.lose(self._last_time))

    def pause(self) -> list[CartEvent]:
        """Take in that nobody looks for a while; return what that leaves open."""
        self._stretch = None
        return self.interrupt()

    def interrupt(self, *, moved: bool = False, opening: Opening | None = None) -> list[CartEvent]:
        """End an open visit at the last frame seen, for a gap or a new opening.

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

    def recalibrate(self, opening: Opening) -> list[CartEvent]:
        """Go on with an opening as it lies in the picture now, in pixels; return what that leaves open."""
        self.condition.calibrated()
        return self.interrupt(moved=True, opening=opening)

    def take_back(self) -> CartEvent | None:
        """Return an event that undoes the last one; None where there is nothing to undo."""
        return self._announcer.take_back(self._last_time)

    def finish(self) -> list[CartEvent]:
        """Return the events that the end of the run leaves open."""
        return self._announce(self.camera.finish())

    def initial(self) -> list[str | None]:
        """Return the GTIN of each item that lay in the cart at the start; None for an unknown one."""
        return [product.gtin if product is not None else None for product in self.camera.initial_products()]

    def _timed(self, models: Models) -> TimedDetector:
        return TimedDetector(models.detector, self.reader.figures)

    def _announce(self, noticed: Sequence[Noticed]) -> list[CartEvent]:
        return [self._announcer.announce(each) for each in noticed]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look at one camera gave.

    Attributes:
        camera: the camera looked at.
        sight: what its newest frame showed; None where frames stopped coming.
        events: the events that became sure.
        condition: what changed with the camera itself.
    """

    camera: LiveCamera
    sight: Sight | None
    events: list[CartEvent]
    condition: list[CameraEvent] = field(default_factory=list)


def _has_moved(condition: Sequence[CameraEvent]) -> bool:
    """Tell whether the camera has just moved."""
    return any(event.data.reason == "moved" for event in condition if event.type == "cart.camera.degraded")
