"""Where the render environment is looked for, and what is said where it is not."""

from pathlib import Path

import pytest

from cart.errors import InputError
from cart.scenes.environment import body_assets, folder, python
from cart.settings import settings


@pytest.fixture(autouse=True)
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Let there be no environment."""
    monkeypatch.setenv("CART_DATA", str(tmp_path))
    monkeypatch.delenv("CART_SCENES_PYTHON", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def made_before() -> Path:
    interpreter = folder() / "venv" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.touch()
    return interpreter


def test_none() -> None:
    with pytest.raises(InputError, match="is missing; make it with: cart scenes setup"):
        python()
    with pytest.raises(
        InputError, match="the render environment is missing, or was not made to its end; make it with"
    ):
        body_assets()


def test_one_that_was_made_for_other_packages() -> None:
    made_before()
    (folder() / "version").write_text("older")
    with pytest.raises(InputError, match="is of another version; make it with: cart scenes setup"):
        python()


def test_one_that_was_broken_off() -> None:
    made_before()
    with pytest.raises(InputError, match="cart scenes setup"):
        python()


def test_one_made_by_hand_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    monkeypatch.setenv("CART_SCENES_PYTHON", str(mine))
    settings.cache_clear()
    with pytest.raises(InputError, match=r"CART_SCENES_PYTHON: there is no .*mine"):
        python()
    mine.touch()
    assert python() == mine
