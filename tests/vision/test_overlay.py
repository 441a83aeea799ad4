"""The overlay: everything of the scene can be seen, on a picture of any size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cart.vision.overlay import HAND, KNOWN, OPENING, TEXT, UNKNOWN, LabelledBox, Scene, draw


def grey(size: tuple[int, int] = (640, 480)) -> NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), 100, np.uint8)


def count(image: NDArray[np.uint8], color: tuple[int, int, int]) -> int:
    """Return how many pixels have exactly this colour."""
    return int((image == color).all(axis=-1).sum())


def test_the_picture_itself_is_left_alone() -> None:
    image = grey()

    drawn = draw(image, Scene(1.0, hands=[(10, 10, 50, 50)]))

    assert (image == 100).all()
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8


@pytest.mark.parametrize("size", [(480, 360), (640, 480), (1920, 1080)])
def test_each_kind_of_thing_has_its_colour(size: tuple[int, int]) -> None:
    width, height = size
    scene = Scene(
        time=3.5,
        hands=[(0.1 * width, 0.1 * height, 0.3 * width, 0.4 * height)],
        items=[
            LabelledBox((0.4 * width, 0.4 * height, 0.6 * width, 0.7 * height), "Müsli", 0.97),
            LabelledBox((0.7 * width, 0.4 * height, 0.8 * width, 0.7 * height), None, 0.31),
        ],
        opening=[(0.05 * width, 0.05 * height), (0.95 * width, 0.05 * height), (0.5 * width, 0.95 * height)],
    )

    drawn = draw(grey(size), scene)

    around = 2 * (0.2 * width + 0.3 * height)
    assert count(drawn, HAND) > around
    assert count(drawn, KNOWN) > around
    assert count(drawn, UNKNOWN) > around / 2
    assert count(drawn, OPENING) > width


def corner(image: NDArray[np.uint8], *, right: bool, bottom: bool) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    rows = slice(height // 2, None) if bottom else slice(height // 2)
    columns = slice(width // 2, None) if right else slice(width // 2)
    return image[rows, columns]


def test_events_the_tally_and_the_time_stand_in_corners() -> None:
    nothing = draw(grey(), Scene(0.0))
    drawn = draw(grey(), Scene(0.0, events=["3.40 +1 Milk"], tally=["1 x Milk 1.09"]))

    assert count(corner(nothing, right=True, bottom=True), TEXT) > 10
    assert count(corner(nothing, right=False, bottom=True), TEXT) == 0
    assert count(corner(drawn, right=False, bottom=True), TEXT) > 20
    assert count(corner(drawn, right=True, bottom=False), TEXT) > 20


def test_only_the_last_events_and_lines_are_drawn() -> None:
    few = draw(grey(), Scene(0.0, events=list("defg"), tally=["... 9 more", *"abcdefghijk"]))
    many = draw(grey(), Scene(0.0, events=list("abcdefg"), tally=[*"987654321", *"abcdefghijk"]))

    assert (few == many).all()


def test_letters_beyond_ascii_differ() -> None:
    plain, accented = (draw(grey(), Scene(0.0, tally=[name])) for name in ("Lodz", "Łódź"))

    assert (plain != accented).any()


anywhere = st.floats(-300, 1000)


@given(
    box=st.tuples(anywhere, anywhere, anywhere, anywhere),
    name=st.none() | st.text(max_size=200),
    size=st.sampled_from([(32, 24), (480, 360), (641, 479)]),
)
def test_nothing_is_too_large_or_too_far_out(
    box: tuple[float, float, float, float], name: str | None, size: tuple[int, int]
) -> None:
    scene = Scene(0.0, hands=[box], items=[LabelledBox(box, name, 0.5)], opening=[box[:2], box[2:]])

    assert draw(grey(size), scene).shape == (size[1], size[0], 3)
