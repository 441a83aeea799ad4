"""What tests of scenes need of the render environment; where it is missing they skip, saying why."""

from pathlib import Path

import pytest

from cart.errors import InputError
from cart.scenes.environment import body_assets, python


@pytest.fixture(scope="session")
def render_python() -> Path:
    """Return the Python of the render environment."""
    try:
        return python()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def body_folder() -> Path:
    """Return the folder of the body's data."""
    try:
        return body_assets()
    except InputError as error:
        pytest.skip(str(error))
