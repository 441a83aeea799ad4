"""The models that a camera looks with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cart.vision.detection import Detector
from cart.vision.live.rollout.offer import Part
from cart.vision.recognition import Recogniser
from cart.vision.recorded import model_version


@dataclass(frozen=True, eq=False)
class Models:
    """What finds hands and items, and what names items (None without a catalog)."""

    detector: Detector
    recogniser: Recogniser | None

    @property
    def version(self) -> str:
        """Versions of all that looks, for the events."""
        return model_version(self.detector, self.recogniser)

    def version_of(self, part: Part) -> str | None:
        """Return the version of one network; None where it is not needed."""
        if part == "detector":
            return self.detector.version
        return self.recogniser.version if self.recogniser is not None else None

    def changes_since(self, before: "Models") -> Iterator[str]:
        """Yield a line for each network that is another one than before."""
        parts: tuple[Part, ...] = ("detector", "embedder")
        for part in parts:
            new, old = self.version_of(part), before.version_of(part)
            if new != old:
                yield f"{part} {new} from now on (was {old})"


def make_ready(detector: Detector, sizes: Iterable[tuple[int, int]]) -> None:
    """Let a detector be compiled for frames of some sizes, width and height, before the first one comes."""
    for width, height in set(sizes):
        detector.detect(np.zeros((height, width, 3), np.uint8))
