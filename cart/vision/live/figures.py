"""What is counted of one camera, for a page of figures."""

from dataclasses import dataclass

from cart.vision.boxes import Detection
from cart.vision.detection import Detector
from cart.vision.footage import Image
from cart.vision.live.clock import now


@dataclass
class Figures:
    """Counts and times of one camera; may be read from any thread.

    Every field is written by one thread only: those of arriving frames by the camera's own, the others by
    the pipeline's. Frames dropped are counted by the mailbox, see `Reader.dropped`.

    Attributes:
        read: frames that arrived and could be decoded.
        reconnects: how often the stream came back after it was lost.
        last_arrival: when the newest frame arrived, by `clock.now`; None before the first.
        processed: frames that the pipeline saw.
        inferences: how often the detector looked.
        inference_seconds: for how long it looked in all.
        gaps: how often the pipeline was interrupted by a gap.
        age: seconds since its arrival when the last frame was handed to the pipeline.
    """

    read: int = 0
    reconnects: int = 0
    last_arrival: float | None = None
    processed: int = 0
    inferences: int = 0
    inference_seconds: float = 0.0
    gaps: int = 0
    age: float = 0.0

    @property
    def seconds_since_frame(self) -> float | None:
        """Seconds since the newest frame arrived, None before the first."""
        return None if self.last_arrival is None else now() - self.last_arrival


class TimedDetector:
    """A detector whose time is counted for one camera."""

    def __init__(self, detector: Detector, figures: Figures) -> None:
        """Count the work that `detector` does into `figures`."""
        self._detector = detector
        self._figures = figures

    @property
    def version(self) -> str:
        """Name and short hash of the weights."""
        return self._detector.version

    def detect(self, image: Image) -> list[Detection]:
        """Return hands and items, best first; `image` is BGR, uint8, (H, W, 3)."""
        begun = now()
        try:
            return self._detector.detect(image)
        finally:
            self._figures.inferences += 1
            self._figures.inference_seconds += now() - begun
