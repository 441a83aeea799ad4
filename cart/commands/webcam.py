"""`cart webcam`: the pipeline over live cameras, in a window where there is a display."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from cart.commands.display import Windows, has_display
from cart.commands.dragging import drag_corners
from cart.commands.interrupt import CtrlC, take_steps
from cart.commands.keys import TerminalKeys
from cart.commands.screen import Screen
from cart.commands.session import Outputs, Session, open_session
from cart.metrics import HOST, Metrics
from cart.settings import settings
from cart.vision.calibration.corners import corners_text
from cart.vision.footage import Frame
from cart.vision.live import Live, LiveCamera, Turn
from cart.vision.live.rollout import source_of
from cart.vision.opening import opening_for
from cart.vision.recorded import Options
from cart.vision.visits.world import World

_STATUS_SECONDS = 1.0
_PAUSED_SECONDS = 0.05
_ESCAPE = "\x1b"
KEYS = "p pause, u undo the last event, c set the opening anew, q quit with the receipt"


@dataclass(frozen=True, kw_only=True)
class Watching:
    """How live cameras are watched.

    Attributes:
        openings: file of each camera's opening, in their order.
        models: folder or URL that new models come from; None: from the files in use, when they are replaced.
        window: show a window; None: where there is a display.
        metrics: port to serve figures at; None: serve none.
        loop: play files again and again.
        seconds: stop after so long; None: go on.
    """

    openings: tuple[Path, ...] = ()
    models: str | None = None
    window: bool | None = None
    metrics: int | None = None
    loop: bool = False
    seconds: float | None = None


def run(
    sources: Sequence[str],
    options: Options,
    outputs: Outputs,
    watching: Watching,
    *,
    quiet: bool,
    as_json: bool,
) -> int:
    """Watch live cameras until somebody quits, and return the exit code.

    Raises:
        InputError: a camera, an option or an output cannot be used.
    """
    outputs.check(options, sources)
    new_models = source_of(watching.models or settings().models, options.detector)
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(quiet=quiet, as_json=as_json))
        live = stack.enter_context(
            Live(
                sources,
                options,
                openings=watching.openings,
                loop=watching.loop,
                new_models=new_models,
                warn=screen.warn,
                note=screen.note,
                progress=screen.embedding_progress,
            )
        )
        watch = _Watch(live, screen, _open_sessions(live, outputs, screen, stack))
        watch.windows = _open_windows(watching.window, live, screen, stack)
        if watching.metrics is not None:
            watch.metrics = _metrics_of(live)
            port = stack.enter_context(watch.metrics.serve(watching.metrics))
            screen.note(f"figures at http://{HOST}:{port}/metrics")
        watch.keys = stack.enter_context(TerminalKeys())
        if watch.windows is not None or watch.keys.heard:
            screen.note(f"keys: {KEYS}")
        if watching.seconds is not None:
            watch.until = monotonic() + watching.seconds
        code = watch.to_the_end()
        for session in watch.sessions.values():
            session.end()
    return code or int(any(session.failed for session in watch.sessions.values()))


def _open_sessions(
    live: Live, outputs: Outputs, screen: Screen, stack: ExitStack
) -> dict[LiveCamera, Session]:
    several = len(live.cameras) > 1
    sessions = {}
    for place, camera in enumerate(live.cameras, 1):
        screen.begin(camera.reader.name, None, camera.opening_file)
        sessions[camera] = stack.enter_context(
            open_session(
                camera,
                outputs.numbered(place) if several else outputs,
                screen,
                catalog=live.catalog,
                pictures=live.pictures,
                cart=camera.cart,
                size=camera.camera.opening.size,
                label=f"camera {place} " if several else "",
            )
        )
    return sessions


def _open_windows(wanted: bool | None, live: Live, screen: Screen, stack: ExitStack) -> Windows | None:
    """Open windows where they are wanted and can be shown; say so where they cannot."""
    if wanted is False:
        return None
    if not has_display():
        screen.note("no display, so no window is shown; all else goes on")
        return None
    return stack.enter_context(Windows([f"cart: {camera.reader.name}" for camera in live.cameras]))


def _metrics_of(live: Live) -> Metrics:
    metrics = Metrics()
    for place, camera in enumerate(live.cameras, 1):
        visits = camera.camera.visits.world
        metrics.watch(str(place), camera.figures, partial(_dropped, camera), partial(_visits, visits))
    return metrics


def _dropped(camera: LiveCamera) -> int:
    return camera.reader.dropped


def _visits(world: World) -> int:
    return world.visit.number if world.visit is not None else 0


@dataclass
class _Watch:
    """The run: turns of the cameras in, events and pictures out, keys heard in between."""

    live: Live
    screen: Screen
    sessions: dict[LiveCamera, Session]
    windows: Windows | None = None
    keys: TerminalKeys = field(default_factory=TerminalKeys)
    metrics: Metrics | None = None
    until: float | None = None
    paused: bool = False
    latest: LiveCamera | None = None
    frames: dict[LiveCamera, Frame] = field(default_factory=dict)
    told: float = field(default_factory=monotonic)
    counted: int = 0

    def to_the_end(self) -> int:
        """Watch, and tell what is left open at the end; whatever ends it, return the exit code."""
        return take_steps(self.screen, self._watch, self._finish, self._finish_sending)

    def _watch(self) -> None:
        with CtrlC() as ctrl_c:
            for turn in self.live:
                if turn is not None:
                    self._take(turn)
                ctrl_c.check()
                self._tell_status()
                if self._is_to_end():
                    return
                while self.paused:
                    sleep(_PAUSED_SECONDS)
                    ctrl_c.check()
                    if self._is_to_end():
                        return

    def _take(self, turn: Turn) -> None:
        self._count(turn)
        session = self.sessions[turn.camera]
        session.tell(turn.events)
        session.tell_condition(turn.condition)
        if turn.events:
            self.latest = turn.camera
        if turn.sight is None:
            return
        self.frames[turn.camera] = turn.sight.frame
        image = session.show(turn.sight, drawn=self.windows is not None)
        if image is not None and self.windows is not None:
            self.windows.show(self.live.cameras.index(turn.camera), image)

    def _count(self, turn: Turn) -> None:
        if self.metrics is None:
            return
        place = str(self.live.cameras.index(turn.camera) + 1)
        for event in turn.events:
            self.metrics.count(place, event)
        for change in turn.condition:
            self.metrics.count(place, change)

    def _finish(self) -> None:
        for turn in self.live.finish():
            self._take(turn)

    def _finish_sending(self) -> None:
        for session in self.sessions.values():
            session.finish_sending()

    def _is_to_end(self) -> bool:
        """Do what the keys say; return whether it is time to end."""
        if self.until is not None and monotonic() >= self.until:
            return True
        for source in (self.windows, self.keys):
            while source is not None and (key := source.key()) is not None:
                if key in ("q", _ESCAPE):
                    return True
                self._press(key)
        return False

    def _press(self, key: str) -> None:
        if key in ("p", " "):
            self._pause()
        elif key == "u":
            self._undo()
        elif key == "c":
            self._recalibrate()

    def _pause(self) -> None:
        """Stop looking, or go on: what was changed in between is not guessed at."""
        self.paused = not self.paused
        self.screen.note("paused: p goes on" if self.paused else "going on")
        if self.paused:
            self._look_away()

    def _look_away(self) -> None:
        for camera in self.live.cameras:
            self._take(Turn(camera, None, camera.pause()))

    def _undo(self) -> None:
        event = self.latest.take_back() if self.latest is not None else None
        if event is None or self.latest is None:
            self.screen.note("nothing to undo: the last event was undone, waits for review or cost nothing")
            return
        self._take(Turn(self.latest, None, [event]))

    def _recalibrate(self) -> None:
        """Let each camera's opening be dragged on its newest picture; nothing is looked at meanwhile."""
        if self.windows is None:
            self.screen.note("there is no window to drag corners in: set the opening by cart calibrate")
            return
        self._look_away()
        for camera, frame in list(self.frames.items()):
            name, opening = camera.reader.name, camera.camera.opening
            polygon = drag_corners(frame.image, opening.fractions)
            if polygon is None:
                self.screen.note(f"{name}: the opening stays as it was")
                continue
            self._take(Turn(camera, None, camera.recalibrate(opening_for(polygon, opening.size))))
            self.screen.note(
                f"{name}: the opening is set anew for this run; to keep it: "
                f"cart calibrate {name} --force --polygon '{corners_text(polygon)}'"
            )

    def _tell_status(self) -> None:
        """Say every second how many frames are looked at, and how many had to be dropped."""
        elapsed = monotonic() - self.told
        if elapsed < _STATUS_SECONDS:
            return
        processed = sum(camera.figures.processed for camera in self.live.cameras)
        dropped = sum(camera.reader.dropped for camera in self.live.cameras)
        self.screen.status(f"{(processed - self.counted) / elapsed:.1f} frames/s, {dropped} dropped")
        self.told, self.counted = monotonic(), processed
