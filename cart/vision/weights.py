"""Where the exported weights lie: inside the installed wheel, or at the root of the repository."""

import hashlib
from pathlib import Path

from cart.errors import InputError

_PACKAGE = Path(__file__).resolve().parents[1]
_FOLDERS = (_PACKAGE / "models", _PACKAGE.parent / "models")


def packaged(name: str) -> Path:
    """Return the path of a weights file that comes with the package.

    Args:
        name: the file's name in `models/`, such as `detector.onnx`.

    Raises:
        InputError: the file is in none of the places.
    """
    for folder in _FOLDERS:
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"the packaged weights {name} are missing: install smart-cart again")


def existing(path: str | Path) -> Path:
    """Return weights given by the user: a file, or a folder for formats that need one.

    Raises:
        InputError: there is nothing of that name.
    """
    found = Path(path).expanduser()
    if not found.exists():
        raise InputError(f"no weights at {found}: give the path of a weights file")
    return found


def version_of(path: Path) -> str:
    """Return the name and the first eight hex digits of the content's SHA-256, as `detector-1f3a9c02`."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return f"{path.stem}-{digest.hexdigest()[:8]}"
