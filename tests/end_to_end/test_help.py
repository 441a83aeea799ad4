"""Every command and flag says what it is for, and asking for help is quick: it loads no vision."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import typer

from cart.cli import app

Command = Callable[..., "Result"]  # noqa: F821  (conftest's)


def commands() -> Iterator[tuple[str, object]]:
    """Yield every command with the words that call it, groups and what is in them included."""
    todo = [("cart", typer.main.get_command(app))]
    while todo:
        words, command = todo.pop()
        yield words, command
        todo += [(f"{words} {name}", inner) for name, inner in getattr(command, "commands", {}).items()]


ALL = dict(commands())


def test_the_commands_are_those_that_scripts_depend_on() -> None:
    names = ("process", "webcam", "serve", "enrol", "evaluate", "train")
    assert {f"cart {name}" for name in names} <= set(ALL)


@pytest.mark.parametrize("words", ALL)
def test_every_command_and_flag_has_help(words: str) -> None:
    command = ALL[words]

    assert command.help
    silent = [parameter.name for parameter in command.params if not getattr(parameter, "help", None)]
    assert silent == []


@pytest.mark.parametrize("words", ALL)
def test_help_can_be_asked_for(cart: Command, words: str) -> None:
    result = cart(*words.split()[1:], "--help")

    assert (result.code, result.err) == (0, [])
    assert f"Usage: {words}" in "\n".join(result.out)


def test_the_flags_of_process_are_those_that_scripts_depend_on() -> None:
    flags = {flag for parameter in ALL["cart process"].params for flag in parameter.opts}
    flags |= {flag for parameter in ALL["cart process"].params for flag in parameter.secondary_opts}

    assert flags >= {
        "--opening", "--catalog", "--detector", "--events", "--receipt", "--annotate", "--evidence", "--fps",
        "--to", "--store", "--cart", "--session", "--start", "--every", "--no-gate", "--quiet", "--json",
    }  # fmt: skip


def test_the_flags_of_webcam_are_those_of_process() -> None:
    flags = {flag for parameter in ALL["cart webcam"].params for flag in parameter.opts}

    assert flags >= {
        "--opening", "--catalog", "--detector", "--events", "--receipt", "--annotate", "--evidence", "--to",
        "--cart", "--session", "--store", "--quiet", "--json",
    }  # fmt: skip


def test_cart_alone_shows_its_help(cart: Command) -> None:
    assert cart() == cart("--help")


def test_the_version_is_printed(cart: Command) -> None:
    assert cart("--version").out[0].startswith("smart-cart ")


def modules_after(code: str) -> set[str]:
    """Return the modules that a fresh Python has loaded after running some code."""
    code += "\nimport sys\nprint(*sys.modules, file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stderr.split()}


HELP = """
import sys
from cart.cli import run
sys.argv = ["cart", "--help"]
try:
    run()
except SystemExit:
    pass
"""


@pytest.mark.parametrize("code", ["from cart import process", HELP], ids=["import cart", "cart --help"])
def test_neither_the_package_nor_its_help_loads_torch(code: str) -> None:
    assert {"torch", "torchvision", "ultralytics"}.isdisjoint(modules_after(code))


def test_help_loads_no_vision() -> None:
    assert {"cv2", "openvino", "av", "numpy"}.isdisjoint(modules_after(HELP))
