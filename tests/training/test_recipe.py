from pathlib import Path

import pytest

from cart.errors import InputError
from cart.training.recipe import PACKAGED, read_recipe


def test_the_packaged_recipe_and_the_one_it_starts_from_are_sound():
    recipe = read_recipe(PACKAGED)
    assert recipe.training.imgsz % 32 == 0
    first = read_recipe(PACKAGED.with_name(Path(recipe.start).name))
    assert first.start.endswith(".pt")


def test_the_digest_changes_with_the_fields_that_count():
    recipe = read_recipe(PACKAGED)
    other = recipe.model_copy(update={"start": "yolo11n.pt"})
    assert recipe.digest() != other.digest()
    assert recipe.digest("start") == other.digest("start")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("\nseed = ", "\nsead = ", "sead"),
        ("imgsz = 416", "imgsz = 400", "training.imgsz"),
        ("[scenes]", "[scenes", "no TOML"),
    ],
)
def test_a_wrong_recipe_is_told_by_its_field(tmp_path, before, after, message):
    (tmp_path / "wrong.toml").write_text(PACKAGED.read_text().replace(before, after))
    with pytest.raises(InputError, match=message):
        read_recipe(tmp_path / "wrong.toml")


def test_no_recipe(tmp_path):
    with pytest.raises(InputError, match="no recipe at"):
        read_recipe(tmp_path / "none.toml")
