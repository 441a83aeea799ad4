import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cart.errors import InputError
from cart.vision.boxes import Box
from cart.vision.opening import WHOLE_PICTURE, Opening, Point, check_polygon, load_polygon, opening_for

SIZE = (640, 480)
SQUARE = Opening(((100, 100), (300, 100), (300, 300), (100, 300)), SIZE)
NOTCHED = Opening(((100, 100), (300, 100), (300, 300), (200, 200), (100, 300)), SIZE)
"""A square with a wedge cut out of its lower side: its middle lies on the rim."""

examples = settings(max_examples=50, deadline=None, derandomize=True)
coordinates = st.integers(0, 600).map(float)
sides = st.integers(1, 300).map(float)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), coordinates, coordinates, sides, sides)


def flipped(opening: Opening) -> Opening:
    return Opening(tuple((SIZE[0] - x, y) for x, y in opening.polygon), SIZE)


@pytest.mark.parametrize(
    ("box", "share"),
    [
        ((150, 150, 200, 200), 1),
        ((50, 150, 150, 200), 0.5),
        ((50, 50, 150, 150), 0.25),
        ((0, 0, 400, 400), 0.25),
        ((400, 100, 500, 200), 0),
        ((300, 100, 400, 200), 0),
        ((150, 150, 150, 200), 0),
    ],
    ids=["inside", "over an edge", "over a corner", "around it", "beside it", "at its edge", "of no area"],
)
def test_share_inside(box: Box, share: float) -> None:
    assert SQUARE.share_inside(box) == pytest.approx(share)
    assert SQUARE.touches(box) == (share > 0)


def test_share_inside_a_concave_opening() -> None:
    assert NOTCHED.share_inside((100, 100, 300, 300)) == pytest.approx(0.75)
    assert not NOTCHED.touches((190, 250, 210, 300))
    assert NOTCHED.touches((100, 250, 300, 300))


@examples
@given(boxes, st.sampled_from([SQUARE, NOTCHED, opening_for(WHOLE_PICTURE, SIZE)]))
def test_a_mirrored_picture_mirrors_share_depth_and_rim(box: Box, opening: Opening) -> None:
    x1, y1, x2, y2 = box
    other, twin = flipped(opening), (SIZE[0] - x2, y1, SIZE[0] - x1, y2)
    assert 0 <= opening.share_inside(box) <= 1 + 1e-9
    assert other.share_inside(twin) == pytest.approx(opening.share_inside(box))
    assert other.depth_of(twin) == pytest.approx(opening.depth_of(box))
    assert other.at_picture_rim(twin) == opening.at_picture_rim(box)


@pytest.mark.parametrize(
    ("point", "depth"),
    [((200, 200), 100), ((110, 200), 10), ((90, 200), -10), ((70, 60), -50), ((100, 200), 0)],
    ids=["middle", "inside", "outside", "off a corner", "on the rim"],
)
def test_depth_is_the_distance_to_the_rim(point: Point, depth: float) -> None:
    assert SQUARE.depth(point) == pytest.approx(depth)


def test_depth_in_a_notch_is_outside() -> None:
    assert NOTCHED.depth((200, 250)) == pytest.approx(-50 / math.sqrt(2))


def test_depth_of_a_box_is_in_its_sizes() -> None:
    assert SQUARE.depth_of((150, 180, 190, 220)) == pytest.approx(70 / 40)
    assert SQUARE.depth_of((150, 150, 150, 150)) == 0


@pytest.mark.parametrize(
    ("box", "reaches"),
    [
        ((0, 200, 60, 260), True),
        ((580, 200, 640, 260), True),
        ((300, 420, 360, 480), True),
        ((300, 415, 360, 471), True),
        ((300, 0, 360, 60), False),
        ((300, 200, 360, 260), False),
    ],
    ids=["left", "right", "bottom", "nearly at the bottom", "top, which is no rim", "in the middle"],
)
def test_picture_edges_are_the_rim_where_the_opening_reaches_them(box: Box, reaches: bool) -> None:
    below = opening_for(((0, 0.3), (1, 0.3), (1, 1), (0, 1)), SIZE)
    assert below.at_picture_rim(box) == reaches
    assert not SQUARE.at_picture_rim(box)


def test_a_corner_near_the_pictures_edge_makes_no_rim_of_it() -> None:
    trapezoid = opening_for(((0.02, 0.77), (0.98, 0.77), (0.81, 0.11), (0.19, 0.11)), SIZE)
    assert not trapezoid.at_picture_rim((0, 20, 60, 80))
    along = opening_for(((0, 0.5), (1, 0.5), (1, 1), (0, 1)), SIZE)
    assert not along.at_picture_rim((0, 20, 60, 80))
    assert along.at_picture_rim((0, 200, 60, 300))


def test_an_opening_scales_to_every_size_of_picture() -> None:
    corners = ((0.25, 0.5), (1.0, 0.5), (1.0, 1.0))
    assert opening_for(corners, (64, 48)).polygon == ((16, 24), (64, 24), (64, 48))


# Files.


def written(folder: Path, text: str) -> Path:
    path = folder / "trip.opening.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "corners",
    [
        [[0, 0.3], [1, 0.3], [1, 1], [0, 1]],
        [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]],
        [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.5, 0.5], [0.1, 0.9]],
    ],
    ids=["a rectangle", "a triangle", "a concave one"],
)
def test_a_polygon_is_read_as_written(tmp_path: Path, corners: list[list[float]]) -> None:
    path = written(tmp_path, f"[opening]\npolygon = {corners}\n")
    assert load_polygon(path) == tuple((x, y) for x, y in corners)


@pytest.mark.parametrize(
    ("polygon", "says"),
    [
        ("[]", "has 0 points"),
        ("[[0, 0], [1, 1]]", "has 2 points"),
        ("[[0, 0], [1.5, 0], [1, 1]]", "[1.5, 0] lies outside the picture"),
        ("[[0, 0], [1, -0.1], [1, 1]]", "[1, -0.1] lies outside the picture"),
        ("[[64, 48], [320, 48], [320, 240]]", "fractions 0..1"),
        ("[[0, 0], [1, 1], [1, 0], [0, 1]]", "edges cross"),
        ("[[0, 0], [0.5, 0.5], [1, 1]]", "no area"),
        ("[[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]", "no area"),
        ("[[nan, 0], [1, 0], [1, 1]]", "fractions 0..1"),
        ("[[inf, 0], [1, 0], [1, 1]]", "fractions 0..1"),
        ('[["0", "0"], ["1", "0"], ["1", "1"]]', "fractions 0..1"),
        ("[[true, false], [true, true], [false, true]]", "fractions 0..1"),
        ("[[0, 0, 0], [1, 0, 0], [1, 1, 0]]", "fractions 0..1"),
        ("[0, 0, 1, 0, 1, 1]", "fractions 0..1"),
        ('"0,0 1,0 1,1"', "fractions 0..1"),
        ("{ x = 1 }", "fractions 0..1"),
    ],
)
def test_a_polygon_that_makes_no_sense_is_refused(tmp_path: Path, polygon: str, says: str) -> None:
    path = written(tmp_path, f"[opening]\npolygon = {polygon}\n")
    with pytest.raises(InputError) as refusal:
        load_polygon(path)
    message = str(refusal.value)
    assert says in message
    assert message.startswith(f"{path}: ")
    assert "\n" not in message


@pytest.mark.parametrize(
    "text",
    ["", "polygon = [[0, 0], [1, 0], [1, 1]]", "opening = 1", "[opening]", "[opening]\ncorners = []"],
    ids=["empty", "no section", "no table", "no polygon", "another name"],
)
def test_a_file_without_an_opening_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"needs \[opening\] with polygon"):
        load_polygon(written(tmp_path, text))


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as TOML"):
        load_polygon(written(tmp_path, '{"opening": 1}'))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trip.opening.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as TOML"):
        load_polygon(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such opening file"):
        load_polygon(tmp_path / "none.opening.toml")
    with pytest.raises(InputError, match="cannot be read"):
        load_polygon(tmp_path)


@examples
@given(st.lists(st.tuples(st.floats(-0.5, 1.5), st.floats(-0.5, 1.5)), max_size=6))
def test_any_corners_are_accepted_or_refused_in_words(corners: list[Point]) -> None:
    try:
        polygon = check_polygon([list(corner) for corner in corners], "here")
    except InputError:
        return
    assert polygon == tuple(corners)
