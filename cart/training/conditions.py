"""Rendered stills by what they were rendered under: kind of cart, light, gloves."""

from collections.abc import Sequence
from pathlib import Path

from cart.errors import InputError
from cart.scenes.storage import Manifest
from cart.training.labelled import Labelled, read_rendered


def read_by_condition(
    folder: Path, condition: str, first: int = 0, last: int | None = None
) -> dict[str, list[Labelled]]:
    """Return the stills of a folder that `cart scenes stills` made, by the values of a condition.

    Args:
        folder: with the set's `manifest.jsonl`.
        condition: a field of a scene's script, such as "light".
        first: index of the first still taken, in order of the names.
        last: index of the first still not taken; None for all.

    Raises:
        InputError: it is no such folder, or a still cannot be read.
    """
    scripts = {int(line["seed"]): line["script"] for line in Manifest(folder)}
    files: Sequence[Path] = sorted((folder / "images").glob("*.jpg"))[first:last]
    if not scripts or not files:
        raise InputError(
            f"{folder} holds no rendered stills: give a folder of cart scenes stills, or no --by"
        )
    found: dict[str, list[Labelled]] = {}
    for file in files:
        script = scripts.get(int(file.stem.partition("_")[0]))
        if script is not None:
            found.setdefault(str(script[condition]), []).append(read_rendered(file))
    return dict(sorted(found.items()))
