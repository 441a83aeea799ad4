"""Print what cheaper forms of the packaged detector save, and what they change: 320 pixels, 8-bit integers.

Run: python benchmarks/detector_forms.py [--stills FOLDER] [--json FILE]

Each form runs over every clip at hand, without a catalog: errors by action, and whether the events are the
same as at full size in floats (actions and order, and times within 0.1 s). Then over labelled stills. The
time is that of a detection, full size in floats = 1, in the same run. NNCF quantises after training, by the
range of values that stills lead to, all but the head; it comes with the extra `bench`.
"""

import argparse
import importlib.util
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
from accuracy_parts.clips import BASKET_SPLIT_S, CLIPS, FOOTAGE, RENDERED, Clip
from rich.console import Console
from rich.progress import track
from rich.table import Table

from cart.evaluation import load_truth
from cart.evaluation.matching import UnitEvent, match
from cart.evaluation.units import units_true
from cart.scenes.storage import stills_folder
from cart.training.labelled import Labelled, read_stills
from cart.training.measure import measure
from cart.training.photos import read_image
from cart.vision import weights, yolo
from cart.vision.detection import PACKAGED, OpenVinoDetector
from cart.vision.footage import open_footage
from cart.vision.opening import WHOLE_PICTURE, load_polygon, opening_for
from cart.vision.pipeline import Camera

FULL, SMALL, INTEGERS = "416 pixels", "320 pixels", "8-bit integers"
SIZES = {FULL: 416, SMALL: 320}
PICTURES, THREADS, SAME_SECONDS, SCORE = 300, 2, 0.1, 0.4
HEAD = r".*/model\.23/.*"
"""Names of the layers of YOLO11's head: its outputs are too fine for 256 steps."""


class Form(OpenVinoDetector):
    """The packaged detector in one form, which counts what its detections take."""

    def __init__(self, size: int, pictures: Sequence[Path] = ()) -> None:
        """Take the longer side of a frame in pixels and, to quantise, pictures to do it by."""
        super().__init__(weights.packaged(PACKAGED), threads=THREADS)
        self._longest, self.seconds, self.count = size, 0.0, 0
        if pictures:
            self._model = quantised(self._model, pictures, size)

    def detect(self, image: yolo.Picture) -> Any:
        """Detect, and count the time."""
        began = time.perf_counter()
        found = super().detect(image)
        self.seconds += time.perf_counter() - began
        self.count += 1
        return found


def quantised(model: Any, pictures: Sequence[Path], size: int) -> Any:
    """Return a network whose layers, but for the head, count in 8-bit integers."""
    import nncf  # noqa: PLC0415  (the other forms do without)

    def planes(file: Path) -> Any:
        return cv2.dnn.blobFromImage(yolo.letterbox(read_image(file), size, size)[0], 1 / 255, swapRB=True)

    return nncf.quantize(
        model,
        nncf.Dataset(pictures, planes),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(pictures),
        ignored_scope=nncf.IgnoredScope(patterns=[HEAD], validate=False),
    )


@dataclass(frozen=True)
class Outcome:
    """What a form made of a clip: events, and errors by action."""

    events: list[UnitEvent]
    errors: int

    def is_same(self, other: "Outcome") -> bool:
        """Tell whether two forms told the same."""
        return [e.action for e in self.events] == [e.action for e in other.events] and all(
            abs(a.t - b.t) <= SAME_SECONDS for a, b in zip(self.events, other.events, strict=True)
        )


def run(clip: Clip, detector: Form) -> Outcome:
    """Run the pipeline over a clip and count its errors."""
    opening = clip.video.with_suffix(".opening.toml")
    with open_footage(clip.video) as footage:
        polygon = load_polygon(opening) if opening.exists() else WHOLE_PICTURE
        camera = Camera(detector, opening_for(polygon, footage.size))
        noticed = [one.event for frame in footage for one in camera.see(frame).noticed]
        noticed += [one.event for one in camera.finish()]
    truth = load_truth(clip.video.with_suffix(".truth.json"))
    found = sorted((UnitEvent(e.time, e.action, None, "") for e in noticed), key=lambda e: e.t)
    true = units_true(truth, None)
    pairs = match(found, true, truth.tolerance_s, by_product=False)
    false = [one for i, one in enumerate(found) if i not in {i for i, _ in pairs}]
    missed = [one for j, one in enumerate(true) if j not in {j for _, j in pairs}]
    return Outcome(found, sum(one.t >= clip.since for one in (*false, *missed)))


def forms(stills: Path) -> dict[str, Form]:
    """Return the forms that can be made here."""
    made = {name: Form(size) for name, size in SIZES.items()}
    pictures = sorted(stills.glob("*.jpg"))
    if importlib.util.find_spec("nncf") and pictures:
        chosen = random.Random(1).sample(pictures, min(PICTURES, len(pictures)))
        made[INTEGERS] = Form(SIZES[FULL], chosen)
    return made


def labelled() -> dict[str, list[Labelled]]:
    """Return the labelled stills at hand that no detector was trained on."""
    if not FOOTAGE.is_dir():
        return {}
    return {
        f"basket from {BASKET_SPLIT_S:.0f} s": read_stills(FOOTAGE / "basket", int(BASKET_SPLIT_S)),
        "tray": read_stills(FOOTAGE / "tray-stills", 94),
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stills", type=Path, default=stills_folder(1, (480, 360)) / "images")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    given = parser.parse_args()
    made = forms(given.stills)
    clips = [clip for clip in (*CLIPS, *RENDERED) if clip.video.is_file()]
    outcomes = {
        clip.name: {name: run(clip, form) for name, form in made.items()} for clip in track(clips, "clips")
    }
    console = Console(width=120)
    table = Table("errors by action", *made)
    for clip_name, by_form in outcomes.items():
        same = {name: one.is_same(by_form[FULL]) for name, one in by_form.items()}
        table.add_row(clip_name, *(f"{by_form[n].errors}{'' if same[n] else ', other events'}" for n in made))
    table.add_row("all", *(str(sum(by_form[name].errors for by_form in outcomes.values())) for name in made))
    per_detection = {name: form.seconds / form.count for name, form in made.items()}
    shares = {name: seconds / per_detection[FULL] for name, seconds in per_detection.items()}
    table.add_row("time of a detection", *(f"x {shares[name]:.2f}" for name in made))
    console.print(table)
    stills = Table("stills", "kind", *(f"{name}: found, wrong" for name in made))
    for name, pictures in labelled().items():
        found = {form: measure(detector, pictures, SCORE) for form, detector in made.items()}
        for kind, full in found[FULL].items():
            counts = (f"{found[form][kind].found}, {found[form][kind].wrong}" for form in made)
            stills.add_row(name, f"{kind} ({full.labelled})", *counts)
    console.print(stills)
    if given.json:
        errors = {name: {n: one.errors for n, one in by_form.items()} for name, by_form in outcomes.items()}
        given.json.write_text(json.dumps({"errors": errors, "time": shares}, indent=1))


if __name__ == "__main__":
    main()
