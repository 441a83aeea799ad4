import pytest

from cart.errors import InputError
from cart.vision.calibration.corners import CornerDrag, corners_text, parse_corners

SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


def test_corners_are_read_as_they_are_written() -> None:
    assert parse_corners("0.1,0.1 0.9,0.1 0.9,0.9 0.1,0.9") == SQUARE
    assert parse_corners(corners_text(SQUARE)) == SQUARE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "--polygon: write the corners like"),
        ("0.1 0.2", "--polygon: write the corners like"),
        ("0.1,a 0.2,0.3 0.4,0.5", "--polygon: write the corners like"),
        ("0.1,0.2,0.3 0.2,0.3 0.4,0.5", "--polygon: write the corners like"),
        ("0.1,0.2 0.2,0.3", "--polygon: the opening has 2 points"),
        ("10,20 200,20 200,300", r"--polygon: the point \[10, 20\] lies outside the picture"),
        ("0,0 1,1 1,0 0,1", "--polygon: the opening's edges cross"),
        ("0.1,nan 0.2,0.3 0.4,0.5", "--polygon: needs"),
    ],
)
def test_what_is_no_polygon_is_told(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_corners(text)


def test_the_corner_under_the_pointer_is_dragged() -> None:
    drag = CornerDrag(SQUARE, (1000, 500))
    drag.move(500, 250)
    assert drag.polygon == SQUARE
    drag.press(905, 45)
    drag.move(950, 25)
    drag.release()
    drag.move(100, 100)
    assert drag.polygon == (SQUARE[0], (0.95, 0.05), SQUARE[2], SQUARE[3])


def test_a_corner_stays_in_the_picture_and_one_far_away_is_left() -> None:
    drag = CornerDrag(SQUARE, (1000, 500))
    drag.press(500, 250)
    drag.move(600, 300)
    assert drag.polygon == SQUARE
    drag.press(100, 50)
    drag.move(-40, 900)
    assert drag.polygon[0] == (0.0, 1.0)
