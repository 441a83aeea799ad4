"""The footage with what the pipeline saw drawn on it, for `--annotate` and for the window."""

from collections.abc import Callable, Sequence
from typing import Protocol

from cart.events import CartEvent
from cart.vision.boxes import Box
from cart.vision.footage import Image
from cart.vision.overlay import LAST_EVENTS, LabelledBox, Scene, draw
from cart.vision.pipeline import Camera, Sight


class Viewed(Protocol):
    """A camera whose pictures are drawn on."""

    @property
    def camera(self) -> Camera:
        """Its pipeline."""


class Drawing:
    """Draws frame after frame of one camera; while the detector sleeps, what it saw last stands.

    Args:
        viewed: the camera.
        name_of: what to call a product.
    """

    def __init__(self, viewed: Viewed, name_of: Callable[[str | None], str]) -> None:
        self._viewed = viewed
        self._name_of = name_of
        self._sight: Sight | None = None
        self._lines: list[str] = []
        self._tally: list[str] = []

    def note(self, events: Sequence[CartEvent], tally: Sequence[str]) -> None:
        """Take in new events, and the lines of the tally after them."""
        for event in events:
            sign = "+" if event.action == "add" else "-"
            self._lines.append(f"{event.media_time:.1f} s {sign} {self._name_of(event.gtin)}")
        self._lines = self._lines[-LAST_EVENTS:]
        self._tally = list(tally)

    def draw(self, sight: Sight) -> Image:
        """Return a frame, `(height, width, 3)`, with what was seen in it."""
        if sight.detected or self._sight is None:
            self._sight = sight
        return draw(sight.frame.image, self._scene(sight.frame.time, self._sight))

    def _scene(self, time: float, sight: Sight) -> Scene:
        opening = self._viewed.camera.opening
        return Scene(
            time=time,
            hands=[found.box for found in sight.detections if found.kind == "hand"],
            items=[self._label(item, box, score) for item, box, score in sight.items],
            opening=() if opening.whole else opening.polygon,
            events=self._lines,
            tally=self._tally,
        )

    def _label(self, item: int | None, box: Box, score: float) -> LabelledBox:
        product = self._viewed.camera.known_product(item) if item is not None else None
        name = self._name_of(product.gtin) if product is not None and product.gtin is not None else None
        return LabelledBox(box, name, product.confidence if product is not None else score)
