"""Print whether the events stay the same when the detector runs in 8-bit integers, and what that saves.

Run: pip install -c constraints.txt nncf, then python benchmarks/int8.py [--stills FOLDER] [--out FILE.xml]

NNCF quantises the packaged detector after training, by the range of values that stills lead to; the head
stays in floats. Both run over every clip at hand, in turn, without a catalog. Events are the same where their
actions and order are, and their times within 0.1 s. Exit 1 where they are not.
"""

import argparse
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import nncf
import openvino
from accuracy_parts.clips import CLIPS, RENDERED, Clip
from rich.console import Console
from rich.table import Table

from cart.scenes.storage import stills_folder
from cart.training.photos import read_image
from cart.vision import weights, yolo
from cart.vision.detection import PACKAGED, Detector, OpenVinoDetector
from cart.vision.footage import open_footage
from cart.vision.opening import WHOLE_PICTURE, load_polygon, opening_for
from cart.vision.pipeline import Camera

PICTURES, SIZE, THREADS = 300, 416, 2
HEAD = r".*/model\.23/.*"
"""Names of the layers of YOLO11's head; its outputs are box sides and chances, too fine for 256 steps."""


class QuantisedDetector(OpenVinoDetector):
    """The packaged detector in 8-bit integers."""

    def __init__(self, pictures: list[Path]) -> None:
        """Quantise by the values that pictures lead to."""
        super().__init__(weights.packaged(PACKAGED), threads=THREADS)
        self._model = nncf.quantize(
            self._model,
            nncf.Dataset(pictures, _planes),
            preset=nncf.QuantizationPreset.MIXED,
            subset_size=len(pictures),
            ignored_scope=nncf.IgnoredScope(patterns=[HEAD], validate=False),
        )

    def save(self, file: Path) -> None:
        """Write the network as OpenVINO reads it."""
        openvino.save_model(self._model, file)


def _planes(file: Path) -> Any:
    picture, _ = yolo.letterbox(read_image(file), SIZE, SIZE)
    return cv2.dnn.blobFromImage(picture, 1 / 255, swapRB=True)


@dataclass(frozen=True)
class Run:
    """What came out of a clip, and how long a detection took on average, seconds."""

    events: list[tuple[str, float]]
    seconds: float


def run(clip: Clip, detector: Detector) -> Run:
    """Run the pipeline over a clip."""
    opening = clip.video.with_suffix(".opening.toml")
    with open_footage(clip.video) as footage:
        polygon = load_polygon(opening) if opening.exists() else WHOLE_PICTURE
        timed = _Timed(detector)
        camera = Camera(timed, opening_for(polygon, footage.size))
        noticed = [one for frame in footage for one in camera.see(frame).noticed] + list(camera.finish())
    events = [(one.event.action, round(one.event.time, 3)) for one in noticed]
    return Run(events, timed.seconds / max(1, timed.count))


class _Timed:
    def __init__(self, detector: Detector) -> None:
        self.version, self._detect = detector.version, detector.detect
        self.seconds, self.count = 0.0, 0

    def detect(self, image: yolo.Picture) -> Any:
        began = time.perf_counter()
        found = self._detect(image)
        self.seconds += time.perf_counter() - began
        self.count += 1
        return found


def shown(events: list[tuple[str, float]]) -> str:
    """Return events as `+ 3.40  - 7.21`."""
    return "  ".join(f"{'+' if action == 'add' else '-'} {at:.2f}" for action, at in events)


def main() -> int:
    """Print the table; return whether anything changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stills", type=Path, default=stills_folder(1, (480, 360)) / "images")
    parser.add_argument("--out", type=Path, help="also write the network there")
    given = parser.parse_args()
    pictures = sorted(given.stills.glob("*.jpg"))
    if not pictures:
        sys.exit(f"no .jpg in {given.stills}: render some with `cart scenes stills --seed 1 --range-seed 1`")
    pictures = random.Random(1).sample(pictures, min(PICTURES, len(pictures)))
    floats = OpenVinoDetector(weights.packaged(PACKAGED), threads=THREADS)
    integers = QuantisedDetector(pictures)
    if given.out:
        integers.save(given.out)
    table = Table("clip", "in floats", "in integers", "time", "events")
    clips = [clip for clip in (*CLIPS, *RENDERED) if clip.video.is_file()]
    changed = 0
    for clip in clips:
        before, after = run(clip, floats), run(clip, integers)
        same = [a for a, _ in before.events] == [a for a, _ in after.events] and all(
            abs(a - b) <= 0.1 for (_, a), (_, b) in zip(before.events, after.events, strict=True)
        )
        changed += not same
        share = f"x {after.seconds / before.seconds:.2f}"
        table.add_row(
            clip.name, shown(before.events), shown(after.events), share, "same" if same else "changed"
        )
    Console(width=160).print(table)
    print(f"{changed} of {len(clips)} clips have other events in integers")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
