"""Programs of the render environment: what they tell, and how their end is told."""

import sys

import pytest

from cart.scenes.environment import RenderFailed
from cart.scenes.workers import Workers
from cart.settings import settings


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch):
    """Let this Python stand for that of the render environment, and give it a module that runs a text."""
    monkeypatch.setenv("CART_SCENES_PYTHON", sys.executable)
    settings.cache_clear()

    def write(text: str) -> tuple[str, list[str]]:
        return "timeit", ["-n1", "-r1", text]

    yield write
    settings.cache_clear()


def test_lines_of_json_are_told_and_others_are_not(program) -> None:
    told: list[dict[str, object]] = []
    Workers(2, told.append).run([program('print("Blender 5.0")\nprint(\'{"frame": 3}\')')] * 2)
    assert told == [{"frame": 3}, {"frame": 3}]


@pytest.mark.parametrize(
    ("text", "error", "problem"),
    [
        ('print(\'{"error": "no room"}\')', RenderFailed, "no room"),
        ('raise ValueError("odd")', RenderFailed, "ended with code 1: ValueError: odd"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", RenderFailed, "was killed"),
    ],
)
def test_a_program_that_fails_is_told_in_one_line(
    program, text: str, error: type[Exception], problem: str
) -> None:
    with pytest.raises(error, match=problem) as raised:
        Workers(2, lambda _: None).run([program(text)])
    assert "\n" not in str(raised.value)
