"""Live cameras to cart events: several cameras, one detector, a session for each camera."""

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Condition
from time import monotonic
from types import TracebackType
from typing import Self

from cart.catalog import load_catalog
from cart.errors import InputError
from cart.settings import settings
from cart.vision.announce import Announcer
from cart.vision.detection import load_detector
from cart.vision.evidence import EvidenceFolder, Pictures
from cart.vision.footage import Warn, log_warning
from cart.vision.gallery import Progress
from cart.vision.live.camera import LiveCamera, Turn
from cart.vision.live.places import SILENCE, camera_at
from cart.vision.live.player import FileReader
from cart.vision.live.reader import Arrival, Reader, StreamReader
from cart.vision.live.rollout import Models, Source, Trial, Watcher, make_ready
from cart.vision.opening import Opening, opening_for
from cart.vision.recorded import Options, check_ids, find_opening, load_recogniser

IDLE = 0.2
"""Seconds after which iterating yields None where nothing new came."""

_CLOSE_SECONDS = 1.0
_log_note: Warn = logging.getLogger(__name__).info


class Live:
    """One run over live cameras: iterate for their turns, then `finish`.

    Iterating yields a `Turn` for each frame that is looked at, the cameras with new frames one after the
    other, and None where nothing new has come for a moment, so that keys and Ctrl-C are never waited for.
    It ends when every camera has come to its end, which only files do.

    Attributes:
        cameras: in the order of the sources.
        catalog: the products, or None.
        pictures: of the events.
    """

    def __init__(
        self,
        sources: Sequence[str],
        options: Options,
        *,
        openings: Sequence[Path | None] = (),
        loop: bool = False,
        speed: float = 1.0,
        silence: float = SILENCE,
        new_models: Source | None = None,
        warn: Warn = log_warning,
        note: Warn = _log_note,
        progress: Progress | None = None,
    ) -> None:
        """Open the cameras and all that the run needs, and start to read.

        Args:
            sources: number of a camera, RTSP or HTTP URL, or video file, one for each camera.
            options: as for recorded footage; `fps` and `every` play no part. With several cameras the ids of
                cart and session get the camera's number, as in `7-1` and `7-2`.
            openings: files with the cameras' openings; where there is none, the options' counts.
            loop: play files again and again.
            speed: of files, times their own; infinite plays them as fast as they are looked at.
            silence: seconds without a picture after which a camera counts as lost.
            new_models: where new models may come from while the cameras run; None: from nowhere.
            warn: takes a line for each thing that is odd; called by the caller's own thread only.
            note: takes a line for each new model; called likewise.
            progress: told how many of how many pictures of the catalog are embedded.

        Raises:
            InputError: a camera or an option cannot be used.
        """
        check_ids(options)
        if len(openings) > len(sources):
            raise InputError("there are more openings than cameras: give --opening once for each camera")
        self._warn, self._note = warn, note
        self._watcher: Watcher | None = None
        self._lines: SimpleQueue[str] = SimpleQueue()
        self._news = Condition()
        given = [*openings, *[None] * len(sources)]
        found = [
            find_opening(source, opening or options.opening)
            for source, opening in zip(sources, given, strict=False)
        ]
        self.catalog = load_catalog(options.catalog) if options.catalog is not None else None
        folder = EvidenceFolder(options.evidence) if options.evidence is not None else None
        self.pictures = Pictures(folder, held=options.hold_pictures, warn=warn)
        self._readers = [self._reader(source, loop, speed, silence) for source in sources]
        try:
            sizes = self._open()
            detector = load_detector(options.detector, threads=settings().threads)
            self._models = Models(detector, load_recogniser(self.catalog, warn, progress))
            make_ready(detector, sizes)
        except BaseException:
            self.close()
            raise
        self.cameras = [
            self._camera(reader, file, opening_for(polygon, size), _numbered(options, place, len(sources)))
            for place, (reader, (file, polygon), size) in enumerate(
                zip(self._readers, found, sizes, strict=True), 1
            )
        ]
        self._order = deque(self.cameras)
        if new_models is not None:
            trial = Trial(self.catalog, sizes, self._lines.put)
            self._watcher = Watcher(new_models, self._models, trial, self._lines.put)
            self._watcher.start()

    def __iter__(self) -> Iterator[Turn | None]:
        """Yield what each look at a camera gave, None where nothing new came for a moment.

        Raises:
            FootageBroken: a file broke off; call `finish` for what was seen until then.
        """
        while True:
            self._pass_on_warnings()
            self._raise_failures()
            yield from self._gaps()
            turn = self._next_turn()
            if turn is None and self._is_over():
                return
            yield turn

    def finish(self) -> list[Turn]:
        """Return the events that the end of the run leaves open, for each camera."""
        return [Turn(camera, None, camera.finish()) for camera in self.cameras]

    def close(self) -> None:
        """Stop reading; takes a second at most, though a camera hangs."""
        threads: list[Reader | Watcher] = [*self._readers]
        if self._watcher is not None:
            threads.append(self._watcher)
        for thread in threads:
            thread.stop()
        deadline = monotonic() + _CLOSE_SECONDS
        for thread in threads:
            thread.join(deadline - monotonic())
        self._pass_on_warnings()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Opening.

    def _reader(self, source: str, loop: bool, speed: float, silence: float) -> Reader:
        camera = camera_at(source, silence)
        if camera is not None:
            return StreamReader(camera, self._lines.put, self._news, silence)
        return FileReader(Path(source), self._lines.put, self._news, speed=speed, loop=loop)

    def _open(self) -> list[tuple[int, int]]:
        """Start to read and wait for every camera's first frame; return the sizes of the frames."""
        for reader in self._readers:
            reader.start_reading()
        for reader in self._readers:
            with self._news:
                while reader.size is None and not reader.over:
                    self._news.wait(IDLE)
            self._raise_failure(reader)
        self._pass_on_warnings()
        return [reader.size for reader in self._readers if reader.size is not None]

    def _camera(
        self,
        reader: Reader,
        opening_file: Path | None,
        opening: Opening,
        options: Options,
    ) -> LiveCamera:
        start = options.start or reader.start or datetime.now(UTC)
        announcer = Announcer(
            cart=options.cart,
            session=options.session or f"live-{start.astimezone(UTC):%Y%m%dT%H%M%SZ}-{options.cart}",
            start=start,
            digest=None,
            model=self._models.version,
            review_below=settings().review_below,
            pictures=self.pictures,
        )
        return LiveCamera(
            reader, self._models, opening, announcer, opening_file=opening_file, gated=options.gated
        )

    # Running.

    def _next_turn(self) -> Turn | None:
        """Return the turn of the next camera with a new frame; None where none has one for a moment."""
        deadline = monotonic() + IDLE
        with self._news:
            while (next_ := self._take_next()) is None:
                remaining = deadline - monotonic()
                if remaining <= 0 or self._is_over():
                    return None
                self._news.wait(remaining)
        camera, arrival = next_
        self._renew(camera)
        return camera.see(arrival)

    def _renew(self, camera: LiveCamera) -> None:
        """Let a camera look with the newest models, once it can; the first to do so is told."""
        if self._watcher is None:
            return
        newest = self._watcher.models
        if camera.models is newest or not camera.renew(newest):
            return
        for line in newest.changes_since(self._models):
            self._note(line)
        self._models = newest

    def _take_next(self) -> tuple[LiveCamera, Arrival] | None:
        """Take a frame of the camera that has waited longest for its turn."""
        for camera in self._order:
            arrival = camera.reader.mailbox.take()
            if arrival is not None:
                self._order.remove(camera)
                self._order.append(camera)
                return camera, arrival
        return None

    def _gaps(self) -> Iterator[Turn]:
        for camera in self.cameras:
            turn = camera.notice_gap()
            if turn is not None:
                yield turn

    def _is_over(self) -> bool:
        """Return whether no camera will send any more."""
        with self._news:
            return all(reader.over and not reader.mailbox.full for reader in self._readers)

    def _raise_failures(self) -> None:
        """Raise what ended a camera's thread, once all that it sent before has been looked at."""
        for reader in self._readers:
            if reader.over and not reader.mailbox.full:
                self._raise_failure(reader)

    def _raise_failure(self, reader: Reader) -> None:
        failure, reader.failure = reader.failure, None
        if failure is not None:
            raise failure

    def _pass_on_warnings(self) -> None:
        while True:
            try:
                self._warn(self._lines.get_nowait())
            except Empty:
                return


def _numbered(options: Options, place: int, cameras: int) -> Options:
    """Return the options of one camera of several: cart and session get its number."""
    if cameras == 1:
        return options
    session = f"{options.session}-{place}" if options.session is not None else None
    return replace(options, cart=f"{options.cart}-{place}", session=session)
