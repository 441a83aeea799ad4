"""The benchmarks are scripts beside the package: what they are made of is imported from their folder."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Import a module of the benchmarks by its name."""
    monkeypatch.syspath_prepend(FOLDER)
    return import_module


@pytest.fixture(scope="session")
def vision_script() -> Path:
    return FOLDER / "vision.py"
