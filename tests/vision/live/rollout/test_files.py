"""Networks in files: offered when they have been written to their end, told apart by what is in them."""

import os
from pathlib import Path

import pytest

from cart.vision import weights
from cart.vision.live.rollout.files import Files
from cart.vision.live.rollout.offer import Offer, Unavailable


def never() -> None:
    """Nothing is to be broken off."""


def look(files: Files) -> list[tuple[str, str]]:
    return [(offer.part, offer.version) for offer in files.offers(never)]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    paths = {"detector": tmp_path / "detector.onnx", "embedder": tmp_path / "embedder.onnx"}
    return Files("here", paths)  # type: ignore[arg-type]


def test_nothing_is_offered_where_there_is_nothing(files: Files) -> None:
    assert look(files) == look(files) == []


def test_a_file_is_offered_once_it_does_not_change_any_more(files: Files, tmp_path: Path) -> None:
    file = tmp_path / "detector.onnx"
    for content in (b"a", b"ab", b"abc"):
        file.write_bytes(content)
        assert look(files) == []

    assert look(files) == look(files) == [("detector", weights.version_of(file))]


def test_a_replaced_file_is_another_offer(files: Files, tmp_path: Path) -> None:
    file, new = tmp_path / "embedder.onnx", tmp_path / "new"
    file.write_bytes(b"old")
    look(files)
    before = look(files)
    new.write_bytes(b"new")
    os.utime(new, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    new.replace(file)

    assert look(files) == []
    assert look(files) == [("embedder", weights.version_of(file))] != before


def test_a_file_that_is_taken_away_is_offered_no_more(files: Files, tmp_path: Path) -> None:
    file = tmp_path / "detector.onnx"
    file.write_bytes(b"content")
    look(files)
    assert look(files)
    file.unlink()

    assert look(files) == []


def test_what_is_offered_is_the_file_itself(files: Files, tmp_path: Path) -> None:
    file = tmp_path / "detector.onnx"
    file.write_bytes(b"content")
    files.offers(never)
    (offer,) = files.offers(never)

    assert isinstance(offer, Offer)
    assert offer.name == str(file)
    assert offer.fetch(never) == file


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="needs a file that nobody can read")
def test_a_file_that_cannot_be_read_is_told() -> None:
    files = Files("here", {"detector": Path("/proc/self/mem")})
    files.offers(never)

    with pytest.raises(Unavailable, match=r"^/proc/self/mem cannot be read"):
        files.offers(never)
