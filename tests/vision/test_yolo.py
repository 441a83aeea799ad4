import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.vision import yolo
from cart.vision.boxes import Detection, iou

SIDES = st.integers(8, 400)


def detections() -> st.SearchStrategy[list[Detection]]:
    box = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40))
    one = st.builds(
        lambda kind, b, score: Detection(kind, (b[0], b[1], b[0] + b[2], b[1] + b[3]), score),
        st.sampled_from(["hand", "item"]),
        box,
        st.floats(0.25, 1),
    )
    return st.lists(one, max_size=12)


@pytest.mark.parametrize(
    ("name", "kind"), [("hand", "hand"), ("item", "item"), ("bottle", "item"), ("person", None)]
)
def test_a_class_is_a_hand_an_item_or_dropped(name, kind):
    assert yolo.kind_of_class(name) == kind


@given(SIDES, SIDES, st.sampled_from([64, 160, 416]))
def test_the_input_is_the_smallest_multiple_of_the_stride_that_holds_the_frame(width, height, longest):
    wide, high = yolo.input_size(width, height, longest)
    assert wide % yolo.STRIDE == high % yolo.STRIDE == 0
    assert max(wide, high) == longest
    scale = longest / max(width, height)
    assert 0 <= wide - round(width * scale) < yolo.STRIDE or wide == yolo.STRIDE
    assert 0 <= high - round(height * scale) < yolo.STRIDE or high == yolo.STRIDE


@given(SIDES, SIDES)
def test_a_letterboxed_frame_keeps_its_shape_and_can_be_found_again(width, height):
    laid, fit = yolo.letterbox(np.full((height, width, 3), 255, np.uint8), 96, 64)
    assert laid.shape == (64, 96, 3)
    rows, columns = np.nonzero(laid[..., 0] == 255)
    found = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    back = (found - np.array([fit.left, fit.top] * 2)) / fit.scale
    assert np.abs(back - [0, 0, width, height]).max() <= 0.51 / fit.scale


def test_a_grid_is_decoded_to_corners_and_best_class():
    output = np.array([[50, 20], [40, 20], [20, 8], [10, 8], [0.1, 0.2], [0.9, 0.1]], np.float32)
    found = yolo.decode_grid(output)
    assert found.boxes.tolist() == [[40, 35, 60, 45]]
    assert found.scores.tolist() == pytest.approx([0.9])
    assert found.classes.tolist() == [1]


def test_a_list_is_decoded_by_its_columns():
    output = np.array([[1, 2, 3, 4, 0.8, 1], [5, 6, 7, 8, 0.1, 0]], np.float32)
    found = yolo.decode_list(output)
    assert found.boxes.tolist() == [[1, 2, 3, 4]]
    assert found.classes.tolist() == [1]


def test_detections_are_in_pixels_of_the_frame_clipped_to_it():
    candidates = yolo.Candidates(np.array([[-5, 4, 30, 24]], np.float32), np.array([0.5]), np.array([0]))
    found = yolo.to_detections(candidates, ["item"], yolo.Fit(0.5, 0, 4), 50, 30)
    assert found == [Detection("item", (0, 0, 50, 30), 0.5)]


def test_dropped_classes_and_empty_boxes_give_no_detection():
    boxes = np.array([[0, 0, 9, 9], [70, 70, 80, 80]], np.float32)
    candidates = yolo.Candidates(boxes, np.array([0.5, 0.6]), np.array([1, 0]))
    assert yolo.to_detections(candidates, ["item", None], yolo.Fit(1, 0, 0), 50, 50) == []


def test_two_cans_side_by_side_stay_two():
    cans = [Detection("item", (0, 0, 40, 60), 0.9), Detection("item", (12, 0, 52, 60), 0.8)]
    assert yolo.suppress(cans) == cans


def test_a_hand_over_an_item_hides_neither():
    both = [Detection("hand", (0, 0, 40, 60), 0.9), Detection("item", (1, 0, 40, 60), 0.8)]
    assert yolo.suppress(both) == both


@given(detections(), st.randoms(use_true_random=False))
def test_suppression_ignores_the_order_and_leaves_no_doubles(found, random):
    kept = yolo.suppress(found)
    shuffled = list(found)
    random.shuffle(shuffled)
    assert yolo.suppress(shuffled) == kept
    for index, one in enumerate(kept):
        assert all(
            iou(one.box, other.box) <= yolo.NMS_IOU for other in kept[:index] if other.kind == one.kind
        )
    for dropped in set(found) - set(kept):
        assert any(
            iou(dropped.box, one.box) > yolo.NMS_IOU
            and one.score >= dropped.score
            and one.kind == dropped.kind
            for one in kept
        )
