"""What is seen of the items of a frame, from its id mask."""

import numpy as np

from cart.scenes.trips.boxes import VisibleItem, visible_boxes, visible_items

FULL = {"items": [[20, 10, 40, 50], None, [50, 0, 60, 40]], "hands": [], "held": [-1, -1, 0]}


def _mask() -> np.ndarray:
    ids = np.zeros((60, 80), np.uint8)
    ids[10:30, 20:40] = 1
    ids[0:40, 50:60] = 3
    return ids


def test_an_item_half_hidden_is_half_seen_and_the_one_in_a_hand_is_held() -> None:
    seen = visible_items(_mask(), FULL)
    assert seen == [
        VisibleItem(0, [20.0, 10.0, 40.0, 30.0], 0.5, 1.0, held=False),
        VisibleItem(2, [50.0, 0.0, 60.0, 40.0], 1.0, 1.0, held=True),
    ]


def test_the_detectors_labels_are_of_the_same_items() -> None:
    assert [box for _, box in visible_boxes(_mask(), FULL)] == [
        one.box for one in visible_items(_mask(), FULL)
    ]
