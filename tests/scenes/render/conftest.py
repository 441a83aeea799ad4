import os

import pytest


@pytest.fixture(scope="session")
def render_python() -> str:
    """The Python of the render environment."""
    python = os.environ.get("CART_SCENES_PYTHON")
    if not python:
        pytest.skip("set CART_SCENES_PYTHON to the Python of a render environment (cart scenes setup)")
    return python
