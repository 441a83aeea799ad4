"""Scripts: what is read, what is refused, and in which words."""

from pathlib import Path

import pytest

from cart.errors import InputError
from cart.scenes.trips.script import BAG, MOST_ITEMS, Script, Step, items_of, read_script


def written(folder: Path, text: str) -> Path:
    file = folder / "trip.toml"
    file.write_text(text)
    return file


def test_a_script_says_only_what_matters(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, '[[steps]]\ndo = "add"\n'))
    assert script.steps == (Step(do="add"),)
    assert (script.fps, script.size, script.cart) == (12, (480, 360), "wire")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "steps: Field required"),
        ("steps = []", "at least 1"),
        ('[[steps]]\ndo = "steal"\n', "steps.0.do"),
        ('colour = "red"\n[[steps]]\ndo = "add"\n', "colour: Extra inputs"),
        ('seed = -1\n[[steps]]\ndo = "add"\n', "seed"),
        ('size = [481, 360]\n[[steps]]\ndo = "add"\n', "must be even"),
        ('size = [4, 4]\n[[steps]]\ndo = "add"\n', "size.0"),
        ('fps = nan\n[[steps]]\ndo = "add"\n', "fps"),
        ('name = "../up"\n[[steps]]\ndo = "add"\n', "name"),
        ("this is no toml", "is not TOML"),
    ],
)
def test_a_bad_script_is_refused_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InputError) as error:
        read_script(written(tmp_path, text))
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_five_hundred_items_are_too_many(tmp_path: Path) -> None:
    names = ", ".join(['"apple"'] * 500)
    with pytest.raises(InputError, match=f"500 items; a trip has at most {MOST_ITEMS}"):
        read_script(written(tmp_path, f'initial = [{names}]\n[[steps]]\ndo = "hand"\n'))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the script .*none\.toml"):
        read_script(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("step", "items"),
    [
        (Step(do="add_two", product="a", second="b"), ("a", "b")),
        (Step(do="swap", product="a", second="b"), ("a",)),
        (Step(do="remove", product="a"), ()),
        (Step(do="hand"), ()),
        (Step(do="bag"), (BAG,)),
    ],
)
def test_what_a_step_brings(step: Step, items: tuple[str, ...]) -> None:
    assert items_of(step) == items


def test_a_script_survives_its_own_json() -> None:
    script = Script(steps=(Step(do="add", product="a"),), initial=("b",))
    assert Script.model_validate_json(script.model_dump_json()) == script


def test_a_camera_is_named_in_metres_and_degrees(tmp_path: Path) -> None:
    text = '[camera]\nplace = [0.0, -0.55, 1.35]\nfield_of_view = 75\n[[steps]]\ndo = "add"\n'
    camera = read_script(written(tmp_path, text)).camera
    assert camera is not None
    assert (camera.place, camera.target, camera.field_of_view) == ((0.0, -0.55, 1.35), None, 75)
    with pytest.raises(InputError, match=r"camera\.place\.2"):
        read_script(written(tmp_path, text.replace("1.35", "-1")))


def test_too_many_items_are_told_without_a_librarys_words(tmp_path: Path) -> None:
    names = ", ".join(['"apple"'] * 61)
    with pytest.raises(InputError) as error:
        read_script(written(tmp_path, f'initial = [{names}]\n[[steps]]\ndo = "hand"\n'))
    assert str(error.value).endswith("trip.toml: 61 items; a trip has at most 60")
