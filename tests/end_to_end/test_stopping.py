"""Runs that are stopped from outside: Ctrl-C, a full disk, a closed pipe, a library that is missing.

Each in a process of its own, as a shell would start it.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from cart.events import CartEvent

Command = Callable[..., "Result"]  # noqa: F821  (conftest's)
Film = Callable[..., Path]
Told = Callable[[Path], list[CartEvent]]

CART = (sys.executable, "-m", "cart")
FULL = Path("/dev/full")
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full, a disk that is full")


def start(
    *words: object, stdout: int = subprocess.PIPE, env: dict[str, str] | None = None
) -> "subprocess.Popen[str]":
    command = [*CART, *map(str, words)]
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True, env=env)


def test_an_error_and_a_success_as_a_shell_sees_them(film: Film, colours: Path, tmp_path: Path) -> None:
    with start("process", tmp_path / "none.mp4") as bad:
        out, err = bad.communicate()
    assert (bad.returncode, out) == (2, "")
    assert err == f"error: no such file or folder: {tmp_path}/none.mp4\n"

    with start("process", film(), "--detector", colours, "--json") as good:
        out, err = good.communicate()
    assert (good.returncode, err) == (0, "")
    assert json.loads(out)["lines"][0]["quantity"] == 1


def test_ctrl_c_ends_with_the_receipt(film: Film, colours: Path, tmp_path: Path, told: Told) -> None:
    events, drawn = tmp_path / "events.jsonl", tmp_path / "drawn.mp4"
    footage = film(seconds=90)
    cart = start(
        "process", footage, "--detector", colours, "--no-gate", "--events", events, "--annotate", drawn
    )
    assert cart.stdout is not None

    first = cart.stdout.readline()
    cart.send_signal(signal.SIGINT)
    out, err = cart.communicate(timeout=60)

    assert "added" in first
    assert cart.returncode == 130
    assert err == "warning: stopped by Ctrl-C; what was seen until then follows\n"
    assert "Receipt of" in out
    assert (first + out).count("added") == sum(event.action == "add" for event in told(events)) >= 1
    with av.open(str(drawn)) as video:
        assert 20 < len(list(video.decode(video=0))) < 90 * 15


@needs_full_device
@pytest.mark.parametrize("flag", ["--events", "--receipt"])
def test_a_full_disk_is_told_once_and_the_receipt_is_printed(
    cart: Command, film: Film, colours: Path, flag: str
) -> None:
    result = cart("process", film(), "--detector", colours, flag, FULL)

    assert result.code == 1
    assert result.err == [f"error: {flag} /dev/full: No space left on device"]
    assert any("Receipt of" in line for line in result.out)


@needs_full_device
def test_a_full_disk_behind_stdout(film: Film, colours: Path, tmp_path: Path, told: Told) -> None:
    command = ["process", film(), "--detector", colours, "--events", tmp_path / "events.jsonl"]
    with FULL.open("wb", buffering=0) as full, start(*command, stdout=full.fileno()) as cart:
        _, err = cart.communicate()

    assert (cart.returncode, err) == (1, "error: the output: No space left on device\n")
    assert [event.action for event in told(tmp_path / "events.jsonl")] == ["add"]


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_reader_that_has_gone_ends_it_quietly(film: Film, colours: Path, flags: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with start("process", film(), "--detector", colours, *flags, stdout=writing) as cart:
        os.close(writing)
        _, err = cart.communicate()

    assert (cart.returncode, err) == (1, "")


def test_opencv_that_cannot_load_names_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "cv2").mkdir()
    reason = "libGL.so.1: cannot open shared object file: No such file or directory"
    (tmp_path / "cv2" / "__init__.py").write_text(f"raise ImportError({reason!r}, name='cv2')\n")
    root = str(Path(__file__).parents[2])

    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"}
    with start("process", "trip.mp4", env=environment) as cart:
        out, err = cart.communicate()

    assert (cart.returncode, out) == (2, "")
    assert err == (
        f"error: OpenCV cannot load ({reason}); type: sudo apt-get install -y libgl1 libglib2.0-0\n"
    )
