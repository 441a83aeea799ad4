import numpy as np
import pytest

from cart.errors import InputError
from cart.vision.calibration import Fingerprint, Survey, compare, take_fingerprint
from cart.vision.opening import WHOLE_PICTURE
from tests.vision.calibration.carts import SIZE, draw_cart
from tests.vision.calibration.conftest import Surveyed

POLYGON = draw_cart(1).polygon


def test_the_same_view_has_not_moved(surveyed: Surveyed) -> None:
    drift = compare(take_fingerprint(surveyed(1), POLYGON), surveyed(1, noise=5), POLYGON)
    assert not drift.moved
    assert drift.widths == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize(
    ("shift", "degrees", "widths"), [(12, 0.0, 0.025), (60, 0.0, 0.125), (0, 6.0, 0.052)]
)
def test_how_far_the_camera_moved_is_measured(
    surveyed: Surveyed, shift: float, degrees: float, widths: float
) -> None:
    before = take_fingerprint(surveyed(1), POLYGON)
    drift = compare(before, surveyed(1, shift=shift, degrees=degrees, noise=5), POLYGON)
    assert drift.moved
    assert drift.widths == pytest.approx(widths, abs=0.006)


def test_another_view_has_moved(surveyed: Surveyed) -> None:
    drift = compare(take_fingerprint(surveyed(1), POLYGON), surveyed(7), POLYGON)
    assert drift.moved
    assert drift.widths is None


def test_what_lies_in_the_opening_plays_no_part(surveyed: Surveyed) -> None:
    fingerprint = take_fingerprint(surveyed(1), POLYGON)
    other = surveyed(1, noise=3)
    middle = np.s_[110:230, 150:330]
    other.picture[middle] = np.random.default_rng(0).integers(0, 255, other.picture[middle].shape, np.uint8)
    assert not compare(fingerprint, other, POLYGON).moved


def test_what_changes_in_the_footage_is_left_out(surveyed: Surveyed) -> None:
    seen = surveyed(1)
    all_changing = Survey(seen.picture, np.full(SIZE[::-1], 255, np.uint8))
    assert len(take_fingerprint(all_changing, POLYGON).points) == 0


def test_it_is_too_small_to_be_a_picture(surveyed: Surveyed) -> None:
    fingerprint = take_fingerprint(surveyed(1), WHOLE_PICTURE)
    assert 8 <= len(fingerprint.points) <= 64
    assert fingerprint.points.min() >= 0
    assert fingerprint.points.max() <= 1


def test_text_holds_all_of_it(surveyed: Surveyed) -> None:
    fingerprint = take_fingerprint(surveyed(1), POLYGON)
    again = Fingerprint.from_text(*fingerprint.to_text())
    assert np.allclose(again.points, fingerprint.points, atol=1e-4)
    assert (again.descriptors == fingerprint.descriptors).all()


@pytest.mark.parametrize(
    ("points", "descriptors"), [(None, None), ([[0.5, 0.5]], "!"), ([[0.5, 0.5]], "AAAA"), ([["a", 1]], "")]
)
def test_damage_is_told(points: object, descriptors: object) -> None:
    with pytest.raises(InputError, match="its fingerprint is damaged: calibrate again"):
        Fingerprint.from_text(points, descriptors)


def test_a_view_without_corners_cannot_be_told_from_another() -> None:
    blank = Survey(np.full((*SIZE[::-1], 3), 120, np.uint8), np.zeros(SIZE[::-1], np.uint8))
    with pytest.raises(InputError, match="too little stands still in this view"):
        compare(take_fingerprint(blank, WHOLE_PICTURE), blank, WHOLE_PICTURE)
