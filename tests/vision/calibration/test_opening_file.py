from pathlib import Path

import pytest

from cart.errors import InputError
from cart.vision.calibration import load_fingerprint, take_fingerprint, write_opening
from cart.vision.opening import load_polygon
from tests.vision.calibration.carts import draw_cart
from tests.vision.calibration.conftest import Surveyed

POLYGON = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


def test_the_file_is_an_opening_like_any_other(tmp_path: Path, surveyed: Surveyed) -> None:
    file = tmp_path / "trip.opening.toml"
    fingerprint = take_fingerprint(surveyed(1), draw_cart(1).polygon)
    write_opening(file, POLYGON, fingerprint, force=False)
    assert load_polygon(file) == POLYGON
    assert (load_fingerprint(file).descriptors == fingerprint.descriptors).all()
    assert file.stat().st_size < 6000


def test_a_file_that_is_there_is_only_replaced_by_force(tmp_path: Path) -> None:
    file = tmp_path / "trip.opening.toml"
    file.write_text("by hand")
    with pytest.raises(InputError, match="is there already: give --force to replace it"):
        write_opening(file, POLYGON, None, force=False)
    assert file.read_text() == "by hand"
    write_opening(file, POLYGON, None, force=True)
    assert load_polygon(file) == POLYGON


def test_what_cannot_be_written_or_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot write .*: No such file or directory"):
        write_opening(tmp_path / "none" / "a.toml", POLYGON, None, force=False)
    with pytest.raises(InputError, match="no such opening file; calibrate first"):
        load_fingerprint(tmp_path / "a.toml")
    (tmp_path / "a.toml").write_text("[opening\n")
    with pytest.raises(InputError, match="cannot be read as TOML"):
        load_fingerprint(tmp_path / "a.toml")
    write_opening(tmp_path / "a.toml", POLYGON, None, force=True)
    with pytest.raises(InputError, match="holds no fingerprint of the view: calibrate again with --force"):
        load_fingerprint(tmp_path / "a.toml")
