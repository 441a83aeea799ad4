import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cart.vision import boxes
from cart.vision.boxes import Box, area, center, covered, intersection, iou

examples = settings(max_examples=50, deadline=None, derandomize=True)
_corners = st.integers(-50, 50).map(float)
_sides = st.integers(1, 50).map(float)
some_boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), _corners, _corners, _sides, _sides)


def test_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(boxes) == (0, 6)


@examples
@given(some_boxes, some_boxes)
def test_shares_are_shares_and_the_same_both_ways(a: Box, b: Box) -> None:
    assert intersection(a, b) == intersection(b, a) <= min(area(a), area(b))
    assert 0 <= iou(a, b) == iou(b, a) <= min(1, covered(a, by=b))
    assert covered(a, by=b) == pytest.approx(intersection(a, b) / area(a))


@examples
@given(some_boxes)
def test_a_box_is_all_of_itself_and_holds_its_middle(box: Box) -> None:
    assert iou(box, box) == covered(box, by=box) == 1
    x, y = center(box)
    assert box[0] < x < box[2]
    assert box[1] < y < box[3]


@pytest.mark.parametrize(
    "other", [(4, 0, 8, 4), (0, 4, 4, 8), (9, 9, 12, 12)], ids=["beside", "below", "far"]
)
def test_boxes_that_only_meet_share_nothing(other: Box) -> None:
    assert intersection((0, 0, 4, 4), other) == iou((0, 0, 4, 4), other) == 0


@pytest.mark.parametrize("flat", [(2, 2, 2, 6), (6, 6, 2, 2)], ids=["a line", "inside out"])
def test_a_box_without_area_is_covered_by_nothing(flat: Box) -> None:
    assert area(flat) == covered(flat, by=(0, 0, 9, 9)) == iou(flat, (0, 0, 9, 9)) == 0
