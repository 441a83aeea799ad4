"""The footage to measure on, made once into a folder: every contender reads the same files."""

from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from cart.vision.footage import VideoWriter, open_footage
from cart.vision.footage.base import fitted

SIZE = (640, 480)
IDLE_SECONDS = 20.0
_IDLE_FPS = 30

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Source:
    """Footage to make clips of.

    Attributes:
        file: the video.
        still: begin and end, in seconds, of a stretch in which nothing moves, found by eye.
    """

    file: Path
    still: tuple[float, float]


SOURCES = (
    Source(_ROOT.parent / "shared" / "footage" / "bottles.mp4", (7.7, 10.4)),
    Source(_ROOT / "tests" / "footage" / "starter_trip.mp4", (0.0, 2.5)),
)
"""The first that is there is measured on."""


def find_source() -> Source:
    """Return the first of `SOURCES` that is there."""
    return next(source for source in SOURCES if source.file.is_file())


def make_trip(source: Source, target: Path, most: int | None) -> Path:
    """Write the footage, at most `most` frames, as H.264 of `SIZE`, each at its own time; return the file."""
    with open_footage(source.file) as footage, VideoWriter(target, SIZE, footage.fps) as writer:
        for frame in islice(footage, most):
            writer.write(fitted(frame.image, SIZE), frame.time)
    return target


def make_idle(source: Source, target: Path) -> Path:
    """Write the stretch in which nothing moves, played to and fro for `IDLE_SECONDS`; return the file.

    The camera's noise and the flicker of the light stay in it, as they would not in a repeated still.
    """
    begin, end = source.still
    with open_footage(source.file) as footage:
        still = [fitted(frame.image, SIZE) for frame in footage if begin <= frame.time <= end]
    to_and_fro = cycle(still + still[-2:0:-1])
    with VideoWriter(target, SIZE, _IDLE_FPS) as writer:
        for number, image in enumerate(islice(to_and_fro, round(IDLE_SECONDS * _IDLE_FPS))):
            writer.write(image, number / _IDLE_FPS)
    return target
