"""Video that is written plays, whatever ended the run."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from cart.errors import InputError
from cart.vision.footage import VideoWriter, open_footage


def picture(index: int, size: tuple[int, int] = (64, 48)) -> NDArray[np.uint8]:
    return np.random.default_rng(index).integers(0, 255, (size[1], size[0], 3), np.uint8)


@pytest.mark.parametrize("times", [[0.0, 0.033, 0.5, 0.51, 2.0], [0.0, 1.0, 2.0], [0.0]])
def test_each_picture_keeps_its_time(tmp_path: Path, times: list[float]) -> None:
    with VideoWriter(tmp_path / "out.mp4", (64, 48), fps=30) as writer:
        for index, time in enumerate(times):
            writer.write(picture(index), time)

    with open_footage(tmp_path / "out.mp4") as footage:
        assert [frame.time for frame in footage] == pytest.approx(times, abs=1e-4)
    assert footage.duration is not None
    assert footage.duration >= times[-1]


def test_the_file_suits_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, (65, 49)) as writer:
        writer.write(picture(0, (65, 49)), 0.0)

    content = path.read_bytes()
    assert content.find(b"moov") < content.find(b"mdat")
    with av.open(str(path)) as written:
        context = written.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.width, context.height) == (64, 48)
        assert not written.streams.audio


def test_colours_stay(tmp_path: Path) -> None:
    image = np.full((48, 64, 3), (40, 180, 220), np.uint8)
    with VideoWriter(tmp_path / "out.mp4", (64, 48)) as writer:
        writer.write(image, 0.0)

    with open_footage(tmp_path / "out.mp4") as footage:
        assert np.abs(next(iter(footage)).image.astype(int) - image).max() < 8


def write(path: Path, size: tuple[int, int], count: int, ending: BaseException | None = None) -> None:
    """Write pictures, ten a second, until something ends the run."""
    with VideoWriter(path, size) as writer:
        for index in range(count):
            writer.write(picture(index, size), index / 10)
        if ending:
            raise ending


@pytest.mark.parametrize("ending", [KeyboardInterrupt(), ZeroDivisionError()])
def test_what_was_written_before_an_end_plays(tmp_path: Path, ending: BaseException) -> None:
    with pytest.raises(type(ending)):
        write(tmp_path / "out.mp4", (64, 48), 7, ending)

    with open_footage(tmp_path / "out.mp4") as footage:
        assert len(list(footage)) == 7


def test_a_picture_that_is_not_later_is_left_out(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", (64, 48)) as writer:
        for time in (0.0, 0.1, 0.1, 0.05, 0.2):
            writer.write(picture(0), time)

    with open_footage(tmp_path / "out.mp4") as footage:
        assert [frame.time for frame in footage] == pytest.approx([0.0, 0.1, 0.2])


def test_what_was_there_is_replaced_and_nothing_is_left_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("old")

    with VideoWriter(path, (64, 48)):
        pass

    assert not path.exists()


@pytest.mark.parametrize("name", ["none/out.mp4", "."])
def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot write"):
        VideoWriter(tmp_path / name, (64, 48))


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Let no file grow beyond 20 kB."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot write .*out\.mp4"):
        write(tmp_path / "out.mp4", (320, 240), 30)
