"""supervision's LineZone over ByteTrack of the package `trackers`, fed by our detector."""

from pathlib import Path

import numpy as np
import supervision as sv
import trackers
from contenders import Setup, frames_of

from cart.vision.boxes import Detection
from cart.vision.detection import load_detector


class LineZone:
    """Counts what crosses a line across the middle."""

    precision = "f32"

    def __init__(self, setup: Setup) -> None:
        width, height = setup.size
        self._detector = load_detector(setup.weights, threads=setup.threads)
        self._ends = sv.Point(0, height // 2), sv.Point(width, height // 2)

    def run(self, clip: Path, most: int | None) -> tuple[int, int]:
        """Return how many frames were taken in, and 0."""
        tracker, zone = trackers.ByteTrackTracker(), sv.LineZone(*self._ends)
        count = 0
        for frame in frames_of(clip, most):
            zone.trigger(tracker.update(_to_supervision(self._detector.detect(frame.image))))
            count += 1
        return count, 0


def _to_supervision(found: list[Detection]) -> sv.Detections:
    items = [detection for detection in found if detection.kind == "item"]
    return sv.Detections(
        xyxy=np.array([item.box for item in items], np.float32).reshape(-1, 4),
        confidence=np.array([item.score for item in items], np.float32),
        class_id=np.ones(len(items), int),
    )
