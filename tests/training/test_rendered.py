"""Rendered stills in a data set: named by their seed, trained on where they lie."""

import json
from pathlib import Path

import pytest

from cart.errors import InputError
from cart.scenes import storage
from cart.settings import settings
from cart.training.dataset import build_dataset, rendered_stills
from cart.training.recipe import Recipe, Rendered, Scenes, Sources, Training


@pytest.fixture
def stills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CART_DATA", str(tmp_path))
    settings.cache_clear()
    images = storage.stills_folder(7, (480, 360)) / "images"
    images.mkdir()
    for k in range(3):
        (images / f"{k:05d}_0.jpg").touch()
    yield images
    settings.cache_clear()


@pytest.mark.usefixtures("stills")
def test_the_first_so_many_are_taken() -> None:
    found = rendered_stills([Rendered(seed=7, count=2, range_seed=1)])
    assert [file.name for file in found] == ["00000_0.jpg", "00001_0.jpg"]
    assert all(file.is_absolute() for file in found)


@pytest.mark.usefixtures("stills")
def test_what_is_missing_is_told_with_the_command_that_renders_it() -> None:
    with pytest.raises(
        InputError, match=r"only 3 of 9 .* cart scenes stills --count 9 --seed 7 --range-seed 1"
    ):
        rendered_stills([Rendered(seed=7, count=9, range_seed=1)])
    with pytest.raises(InputError, match=r"--gloves 0\.5"):
        rendered_stills([Rendered(seed=7, count=9, range_seed=1, gloves=0.5)])


def test_stills_held_out_are_validated_on_beside_the_composed_scenes(stills: Path, tmp_path: Path) -> None:
    sources = Sources(stills=[], held_out=[], rendered_held_out=[Rendered(seed=7, count=2, range_seed=1)])
    scenes = Scenes(train=1, validation=1, items=1, hands=1, grips=1)
    training = Training(epochs=1, imgsz=64)
    recipe = Recipe(
        start="none", detection_size=64, workers=1, sources=sources, scenes=scenes, training=training
    )

    lines = build_dataset(recipe, tmp_path).read_text().splitlines()
    description = {name: json.loads(value) for name, value in (line.split(": ", 1) for line in lines)}

    folder = Path(description["path"])
    assert description["train"] == ["images/train"]
    assert description["val"] == ["images/val", "rendered_held_out.txt"]
    listed = (folder / "rendered_held_out.txt").read_text().split()
    assert listed == [str(stills.resolve() / f"0000{k}_0.jpg") for k in range(2)]
