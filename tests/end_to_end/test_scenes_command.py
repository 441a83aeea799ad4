"""`cart scenes` with input that cannot be used: one line, exit code 2, nothing rendered."""

from pathlib import Path

import pytest

from cart.settings import settings


@pytest.fixture(autouse=True)
def nothing_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Let there be no render environment and no data."""
    monkeypatch.setenv("CART_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("CART_SCENES_PYTHON", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def script(folder: Path, text: str) -> Path:
    file = folder / "trip.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[steps]]\ndo = "add"\nproduct = "unicorn"\n', "there is no product 'unicorn'"),
        ('[[steps]]\ndo = "remove"\n', "the cart is empty then"),
        (f"initial = {['apple'] * 500}\n[[steps]]\ndo = 'hand'\n", "500 items; a trip has at most 60"),
        ('seed = -4\n[[steps]]\ndo = "add"\n', "seed"),
        ('[[steps]]\ndo = "fly"\n', "steps.0.do"),
    ],
)
def test_a_script_that_cannot_be(cart, tmp_path: Path, text: str, problem: str) -> None:
    run = cart("scenes", "trip", script(tmp_path, text), "--out", tmp_path)
    assert run.code == 2
    (line,) = run.err
    assert line.startswith("error: ")
    assert problem in line


@pytest.mark.parametrize(
    "arguments",
    [
        ("trip", "--seed", "-1"),
        ("trip", "--width", "5"),
        ("trip", "--seconds", "0"),
        ("stills", "--count", "0"),
        ("stills", "--height", "99999"),
        ("catalog", "x", "--range-seed", "10000"),
    ],
)
def test_numbers_that_make_no_sense(cart, arguments: tuple[str, ...]) -> None:
    run = cart("scenes", *arguments)
    assert run.code == 2
    assert len(run.err) == 1


def test_a_missing_environment_names_the_command_that_makes_it(cart, tmp_path: Path) -> None:
    text = '[[steps]]\ndo = "hand"\n'
    run = cart("scenes", "trip", script(tmp_path, text), "--out", tmp_path)
    assert run.code == 2
    assert run.err[-1].endswith("make it with: cart scenes setup")


def test_a_sheet_of_nothing(cart, tmp_path: Path) -> None:
    run = cart("scenes", "sheet", tmp_path)
    assert run.code == 2
    assert "there are no pictures" in run.err[0]
