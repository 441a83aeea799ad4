"""Where new models come from: the files in use, a folder, or the network only where it is asked for."""

from pathlib import Path

import pytest

from cart.errors import InputError
from cart.vision import weights
from cart.vision.live.rollout import source_of
from cart.vision.live.rollout.files import Files
from cart.vision.live.rollout.manifest import Manifest


def never() -> None:
    """Nothing is to be broken off."""


def offered(source: object) -> dict[str, str]:
    assert isinstance(source, Files)
    source.offers(never)
    return {offer.part: offer.name for offer in source.offers(never)}


def test_the_packaged_files_are_watched_unless_others_are_named() -> None:
    packaged = {part: str(weights.packaged(f"{part}.onnx")) for part in ("detector", "embedder")}

    assert offered(source_of(None)) == packaged


def test_a_detector_of_ones_own_is_watched_where_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "mine.onnx"
    mine.write_bytes(b"content")

    assert offered(source_of(None, mine))["detector"] == str(mine)


def test_a_folder_is_watched_for_both_networks(tmp_path: Path) -> None:
    for part in ("detector", "embedder"):
        (tmp_path / f"{part}.onnx").write_bytes(b"content")

    source = source_of(str(tmp_path), Path("mine.onnx"))
    assert offered(source) == {part: str(tmp_path / f"{part}.onnx") for part in ("detector", "embedder")}


def test_a_url_is_that_of_a_manifest() -> None:
    source = source_of("https://user:secret@models/m.json")

    assert isinstance(source, Manifest)
    assert source.name == "https://models/m.json"


@pytest.mark.parametrize(
    ("place", "message"),
    [("no/folder", "^no folder no/folder: give --models"), ("ftp://models/", "^ftp://models/ is no address")],
)
def test_a_place_that_is_none_is_refused(place: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        source_of(place)
