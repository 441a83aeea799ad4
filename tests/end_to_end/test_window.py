"""The window of `cart webcam` and the corners of `cart calibrate`, on a display without a screen."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cart.vision.opening import load_polygon
from tests.end_to_end.webcams import CART, DISPLAY_TOOLS, Display, display, start

Film = Callable[..., Path]

pytestmark = [
    pytest.mark.skipif(not DISPLAY_TOOLS, reason="needs Xvfb and xdotool"),
    pytest.mark.xdist_group("display"),
]

KEYS = "note: keys: p pause, u undo the last event, c set the opening anew, q quit with the receipt"
CORNERS = "drag the corners"
LARGER = 6
"""Times that the film's pictures are enlarged in the window with the corners."""
TOP_LEFT = (0, 36 * LARGER)


@pytest.fixture(scope="module")
def screen() -> Iterator[Display]:
    with display() as shown:
        yield shown


def test_a_window_shows_the_camera_and_takes_keys(film: Film, colours: Path, screen: Display) -> None:
    with start(film(seconds=60), "--detector", colours, DISPLAY=screen.name) as cart:
        assert cart.stdout is not None
        cart.stdout.readline()
        screen.press("cart: ", "q", lambda: cart.poll() is not None)
        out, err = cart.communicate(timeout=30)

    assert (cart.returncode, err) == (0, f"{KEYS}\n")
    assert "Receipt of" in out


def test_the_opening_is_set_anew_by_dragging_a_corner(film: Film, colours: Path, screen: Display) -> None:
    with start(film(seconds=60), "--detector", colours, DISPLAY=screen.name) as cart:
        assert cart.stdout is not None
        cart.stdout.readline()
        screen.press("cart: ", "c", lambda: screen.shows(CORNERS))
        screen.drag(CORNERS, TOP_LEFT, (16 * LARGER, 60 * LARGER))
        screen.press(CORNERS, "Return", lambda: not screen.shows(CORNERS))
        screen.press("cart: ", "c", lambda: screen.shows(CORNERS))
        screen.press(CORNERS, "Escape", lambda: not screen.shows(CORNERS))
        screen.press("cart: ", "q", lambda: cart.poll() is not None)
        _, err = cart.communicate(timeout=30)

    told = [line for line in err.splitlines() if "opening" in line and "keys" not in line]
    assert cart.returncode == 0
    assert len(told) == 2
    assert "the opening is set anew for this run; to keep it: cart calibrate" in told[0]
    moved = re.search(r"--polygon '([0-9.]+),([0-9.]+) 1,0.3 1,1 0,1'$", told[0])
    assert moved is not None, told[0]
    assert [float(part) for part in moved.groups()] == pytest.approx([0.1, 0.5], abs=0.02)
    assert told[1].endswith("the opening stays as it was")


def test_a_proposal_is_corrected_in_a_window(film: Film, tmp_path: Path, screen: Display) -> None:
    opening = tmp_path / "cart.opening.toml"
    words = [*CART, "calibrate", str(film(seconds=2)), "--edit", "--write", str(opening)]
    with subprocess.Popen(words, env=screen.environment, stdout=subprocess.PIPE, text=True) as calibrate:
        screen.press(CORNERS, "Return", lambda: calibrate.poll() is not None)
        out, _ = calibrate.communicate(timeout=60)

    assert calibrate.returncode == 0
    assert out.splitlines()[-1].startswith(f"wrote {opening}: ")
    assert len(load_polygon(opening)) == 4
