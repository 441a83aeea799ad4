"""The opening's file: the polygon, and beside it the fingerprint of the view that it was made for."""

import tomllib
from pathlib import Path

from cart.errors import InputError
from cart.vision.calibration.fingerprint import Fingerprint
from cart.vision.opening import Point


def write_opening(
    file: Path, polygon: tuple[Point, ...], fingerprint: Fingerprint | None, *, force: bool
) -> None:
    """Write a `.opening.toml`.

    Raises:
        InputError: the file is there already and `force` is not given, or it cannot be written.
    """
    corners = ", ".join(f"[{x:g}, {y:g}]" for x, y in polygon)
    lines = ["[opening]", f"polygon = [{corners}]"]
    if fingerprint is not None:
        points, descriptors = fingerprint.to_text()
        lines += ["", "[fingerprint]", f"points = {points}", f'descriptors = "{descriptors}"']
    try:
        with file.open("w" if force else "x", encoding="utf-8") as output:
            output.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise InputError(f"{file} is there already: give --force to replace it, or --write FILE") from None
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror or error}") from None


def load_fingerprint(file: Path) -> Fingerprint:
    """Read the fingerprint of an opening's file.

    Raises:
        InputError: the file cannot be read, or holds no fingerprint.
    """
    try:
        section = tomllib.loads(file.read_text("utf-8")).get("fingerprint")
    except FileNotFoundError:
        raise InputError(f"{file}: no such opening file; calibrate first, without --check") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise InputError(f"{file}: cannot be read as TOML: {reason}") from None
    if not isinstance(section, dict):
        raise InputError(f"{file} holds no fingerprint of the view: calibrate again with --force")
    try:
        return Fingerprint.from_text(section.get("points"), section.get("descriptors"))
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
