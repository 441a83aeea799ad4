"""Where new models come from, as it is written on the command line."""

from pathlib import Path

from cart.errors import InputError
from cart.settings import settings
from cart.vision import detection, embedding, weights
from cart.vision.footage.container import is_url
from cart.vision.live.rollout.files import Files
from cart.vision.live.rollout.manifest import Manifest
from cart.vision.live.rollout.offer import Part, Source


def source_of(place: str | None, detector: Path | None = None) -> Source:
    """Return the source of new models.

    Args:
        place: a folder with `detector.onnx` and `embedder.onnx`, or the URL of a manifest; None watches the
            files that are in use.
        detector: weights in use; None: the packaged ones.

    Raises:
        InputError: there is no such folder, or the URL is of another kind.
    """
    if place is None:
        used = detector if detector is not None else weights.packaged(detection.PACKAGED)
        named = weights.packaged(embedding.PACKAGED)
        return Files(str(used.parent), {"detector": used, "embedder": named})
    if is_url(place):
        return Manifest(place, settings().cache / "models")
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise InputError(f"no folder {folder}: give --models a folder, or the URL of a manifest")
    paths: dict[Part, Path] = {
        "detector": folder / detection.PACKAGED,
        "embedder": folder / embedding.PACKAGED,
    }
    return Files(str(folder), paths)
