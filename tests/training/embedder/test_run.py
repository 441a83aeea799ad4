from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from cart.errors import InputError
from cart.settings import settings
from cart.training.embedder import calibration
from cart.training.embedder.network import Network
from cart.training.embedder.recipe import PACKAGED, read_recipe
from cart.training.embedder.run import run_folder, train_embedder
from cart.training.history import read_run
from cart.training.photos import KINDS
from cart.vision.embedding import load_embedder

RECIPE = """
start = "{start}"
threads = 1
workers = 0
[sources]
photos = "{photos}"
drawn = 1
[training]
steps = {steps}
families = 0
drawn = 1
kinds = 3
views = 2
whitening_batches = 2
"""

KEPT = """
[calibration]
stills = [{ seed = 1, count = 4, range_seed = 7 }]
references = [{ range_seed = 7, count = 1 }]
"""


@pytest.fixture
def nothing_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CART_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two small photographs of each kind of grocery, one to train on and one to validate on."""
    folder = tmp_path / "photos"
    folder.mkdir()
    random = np.random.default_rng(0)
    for split in ("train", "val"):
        lines = []
        for kind in range(KINDS):
            name = f"{split}{kind}.jpg"
            cv2.imwrite(str(folder / name), random.integers(0, 255, (40, 40, 3)).astype(np.uint8))
            lines.append(f"{name}, {kind}, 0\n")
        (folder / f"{split}.txt").write_text("".join(lines))
    return folder


@pytest.fixture
def recipe(photos: Path, tmp_path: Path) -> Path:
    """A recipe of two steps that starts from weights drawn at random."""
    trunk = {f"features.{name}": value for name, value in Network().features.state_dict().items()}
    torch.save(trunk, tmp_path / "trunk.pt")
    file = tmp_path / "first.toml"
    start = (tmp_path / "trunk.pt").as_posix()
    file.write_text(RECIPE.format(start=start, photos=photos.as_posix(), steps=2))
    return file


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_a_recipe_that_starts_from_another_trains_that_first_and_once(
    recipe: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "_DRAWN", 2)
    second = tmp_path / "second.toml"
    second.write_text(RECIPE.format(start=recipe.as_posix(), photos=photos.as_posix(), steps=1))
    out, work, told = tmp_path / "made.onnx", tmp_path / "work", []

    def train() -> None:
        train_embedder(
            read_recipe(second), out, work=work, device="cpu", report=lambda *one: told.append(one[:2])
        )

    train()

    assert told == [(0, 2), (2, 2), (0, 1), (1, 1)]
    assert read_run(run_folder(read_recipe(recipe), work)).ended is not None
    assert load_embedder(out).embed([np.zeros((20, 20, 3), np.uint8)]).shape == (1, 256)

    (run_folder(read_recipe(second), work) / "last.pt").unlink()
    told.clear()
    train()

    assert told == [(0, 1), (1, 1)]


@pytest.mark.usefixtures("nothing_rendered")
def test_the_range_kept_for_the_constants_is_asked_for_before_the_training(
    recipe: Path, tmp_path: Path
) -> None:
    recipe.write_text(recipe.read_text() + KEPT)
    told: list[int] = []

    with pytest.raises(InputError, match="not rendered"):
        train_embedder(
            read_recipe(recipe),
            tmp_path / "made.onnx",
            work=tmp_path / "work",
            device="cpu",
            report=lambda step, *_: told.append(step),
        )

    assert told == []


def test_the_packaged_recipe_goes_on_from_two_others() -> None:
    stages, recipe = [], read_recipe(PACKAGED)
    while recipe.start is not None:
        stages.append(recipe.start.name)
        recipe = read_recipe(PACKAGED.with_name(recipe.start.name))

    assert stages == ["embedder_second.toml", "embedder_first.toml"]
