"""A disk that fills while `cart webcam` runs: the run goes on, it is told once, and the events are kept."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cart.events import CartEvent
from tests.end_to_end.webcams import CART, start

Film = Callable[..., Path]
Told = Callable[[Path], list[CartEvent]]


def small_disk(folder: Path, size: str) -> list[str]:
    """Return the begin of a command that sees a small disk of its own at a folder."""
    mount = f"mount -t tmpfs -o size={size} tmpfs '{folder}' && exec \"$@\""
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]


@pytest.fixture(scope="module")
def _can_mount(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("disk")
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare, to mount a small disk")
    tried = subprocess.run([*small_disk(folder, "64k"), "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("may not mount a small disk here")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is full")
def test_events_that_cannot_be_written_are_shown_all_the_same(film: Film, colours: Path) -> None:
    with start(film(seconds=6), "--detector", colours, "--events", "/dev/full", "--no-window") as cart:
        out, err = cart.communicate()

    assert (cart.returncode, err) == (1, "error: --events /dev/full: No space left on device\n")
    assert sum(word in line for line in out.splitlines() for word in ("added", "removed")) == 2


@pytest.mark.usefixtures("_can_mount")
@pytest.mark.parametrize(
    ("flag", "name", "size", "code", "line"),
    [
        ("--annotate", "seen.mp4", "4k", 1, "error: --annotate: "),
        ("--evidence", "pictures", "4k", 0, "; no more pictures are kept"),
    ],
)
def test_events_are_kept_though_pictures_find_no_room(
    flag: str, name: str, size: str, code: int, line: str,
    film: Film, colours: Path, tmp_path: Path, told: Told,
) -> None:  # fmt: skip
    disk, events = tmp_path / "disk", tmp_path / "e.jsonl"
    disk.mkdir()
    flags = ["--no-window", "--detector", colours, "--events", events, flag, disk / name]
    command = [*small_disk(disk, size), *CART, "webcam", film(seconds=6), *flags]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)

    assert done.returncode == code
    (said,) = done.stderr.splitlines()
    assert line in said
    assert "No space left on device" in said
    assert [event.action for event in told(events)] == ["add", "add"]
    assert "Receipt of" in done.stdout
