"""`--annotate`: the footage again, with what the pipeline saw drawn on it."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cart.checkout.domain import Receipt
from cart.commands.outputs import OutputFailed
from cart.errors import InputError
from cart.events import CartEvent
from cart.vision.footage import VideoWriter
from cart.vision.overlay import LabelledBox, Scene, draw
from cart.vision.pipeline import Sight
from cart.vision.recorded import Run


class Annotator:
    """Draws every frame of a run into a video.

    Args:
        path: the video; None draws nothing.
        run: the run whose frames are shown.
        name_of: what to call a product.

    Raises:
        InputError: the video cannot be written.
    """

    def __init__(self, path: Path | None, run: Run, name_of: Callable[[str | None], str]) -> None:
        self._writer = VideoWriter(path, run.footage.size, run.footage.fps) if path is not None else None
        self._run = run
        self._name_of = name_of
        self._sight: Sight | None = None
        self._lines: list[str] = []
        self._tally: list[str] = []

    def show(self, sight: Sight, events: list[CartEvent], receipt: Callable[[], Receipt]) -> None:
        """Append a frame; while the detector sleeps, what it saw last stands.

        Raises:
            OutputFailed: the disk is full; no further frame is written.
        """
        if self._writer is None:
            return
        if sight.detected or self._sight is None:
            self._sight = sight
        for event in events:
            sign = "+" if event.action == "add" else "-"
            self._lines.append(f"{event.media_time:.1f} s {sign} {self._name_of(event.gtin)}")
        if events:
            self._tally = [
                f"{line.quantity} {line.name}" for line in receipt().lines if not line.needs_review
            ]
        picture = draw(sight.frame.image, self._scene(sight.frame.time, self._sight))
        try:
            self._writer.write(picture, sight.frame.time)
        except InputError as reason:
            self._give_up()
            raise OutputFailed(f"--annotate: {reason}") from reason

    def _scene(self, time: float, sight: Sight) -> Scene:
        return Scene(
            time=time,
            hands=[found.box for found in sight.detections if found.kind == "hand"],
            items=[self._label(item, box, score) for item, box, score in sight.items],
            opening=self._run.camera.opening.polygon if self._run.opening_file is not None else (),
            events=self._lines,
            tally=self._tally,
        )

    def _label(self, item: int | None, box: tuple[float, float, float, float], score: float) -> LabelledBox:
        product = self._run.camera.known_product(item) if item is not None else None
        name = self._name_of(product.gtin) if product is not None and product.gtin is not None else None
        return LabelledBox(box, name, product.confidence if product is not None else score)

    def _give_up(self) -> None:
        """Leave the video as it is."""
        if self._writer is not None:
            with suppress(InputError):
                self._writer.close()
            self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is None:
            return
        try:
            self._writer.close()
        except InputError as reason:
            raise OutputFailed(f"--annotate: {reason}") from reason
