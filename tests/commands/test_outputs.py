import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cart.commands.outputs import EventsFile, OutputFailed, check_apart, check_output, write_text
from cart.errors import InputError
from cart.events import CartEvent, read_events

MakeEvent = Callable[..., CartEvent]
FULL = Path("/dev/full")
needs_full_device = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full, a disk that is full")


def test_a_place_that_can_be_written_is_fine(tmp_path: Path) -> None:
    (tmp_path / "old").touch()

    check_output(None, "--events")
    check_output(tmp_path / "new", "--events")
    check_output(tmp_path / "old", "--events")
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_writable(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(InputError, match="cannot be written; choose another place"):
        check_output(tmp_path / "new", "--events")
    tmp_path.chmod(0o700)


def test_what_cannot_be_asked_beforehand_is_found_on_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InputError, match=r"--events a.*: File name too long; choose another place"):
        EventsFile(Path("a" * 300))


def test_each_event_is_on_disk_at_once(tmp_path: Path, make_event: MakeEvent) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("what was there before\n")
    first, second = make_event("add"), make_event("remove")

    with EventsFile(path) as file:
        assert path.read_bytes() == b""
        file.write(first)
        assert read_events(path) == [first]
        file.write(second)
        assert read_events(path) == [first, second]


def test_no_file_takes_every_event(make_event: MakeEvent) -> None:
    with EventsFile(None) as file:
        file.write(make_event("add"))


@needs_full_device
def test_a_full_disk_is_told_once(make_event: MakeEvent) -> None:
    with EventsFile(FULL) as file:
        with pytest.raises(OutputFailed, match=r"^--events /dev/full: No space left on device$"):
            file.write(make_event("add"))
        file.write(make_event("add"))


@needs_full_device
def test_a_text_that_finds_no_space() -> None:
    with pytest.raises(OutputFailed, match=r"^--receipt /dev/full: No space left on device$"):
        write_text(FULL, "{}", "--receipt")


def test_outputs_apart_from_inputs_and_one_another(tmp_path: Path) -> None:
    footage, other = tmp_path / "trip.mp4", tmp_path / "out"
    footage.touch()

    check_apart({"--events": other, "--receipt": None}, [footage])
    check_apart({"--events": Path("/dev/null"), "--receipt": Path("/dev/null")}, [footage])
    with pytest.raises(InputError, match=r"--events .*trip\.mp4: would replace what is to be read"):
        check_apart({"--events": tmp_path / "x" / ".." / "trip.mp4"}, [footage])
    with pytest.raises(InputError, match=r"--events and --receipt are both"):
        check_apart({"--events": other, "--receipt": tmp_path / "." / "out"}, [footage])


def test_pictures_do_not_go_among_the_stills_they_come_from(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--evidence .* would replace what is to be read"):
        check_apart({"--evidence": tmp_path}, [tmp_path])
