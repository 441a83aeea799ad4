import numpy as np
import pytest

from cart.scenes.stage.cameras import MOUNTS, depth, draw_camera, pinhole, project, seen_from
from cart.scenes.stage.lens import bend, distort, overscan, rendered_size, straighten
from cart.scenes.take import CameraSpec, CartSpec

BARREL = CameraSpec((0.0, -0.6, 1.5), (0.0, 0.1, 0.5), 0.1, 1.3, (-0.08, 0.01), (160, 120))


def test_straightening_undoes_the_bend():
    rays = np.random.default_rng(0).uniform(-0.8, 0.8, (200, 2))
    assert np.allclose(straighten(BARREL, bend(BARREL, rays)), rays, atol=1e-9)


def test_a_lens_that_folds_the_picture_is_refused():
    with pytest.raises(ValueError, match="folds the picture"):
        overscan(CameraSpec((0, -1, 1), (0, 0, 0), 0, 1.7, (-0.4, 0.0)))


def test_a_straight_lens_needs_no_overscan_and_changes_nothing():
    camera = CameraSpec((0, -1, 1), (0, 0, 0))
    picture = np.random.default_rng(0).integers(0, 255, (360, 480, 3)).astype(np.uint8)
    assert overscan(camera) == (0, 0)
    assert np.array_equal(distort(camera, picture), picture)


def test_a_projected_point_lands_on_its_mark_in_the_bent_picture():
    width, height = rendered_size(BARREL)
    assert width > 160
    assert height > 120
    rng = np.random.default_rng(1)
    for point in rng.uniform([-0.4, -0.2, 0.4], [0.4, 0.5, 0.7], (12, 3)):
        x, y = pinhole(BARREL, point[None], overscan(BARREL))[0]
        rows, columns = np.indices((height, width)) + 0.5
        picture = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 8)
        bent = distort(BARREL, np.rint(picture).astype(np.uint8)).astype(float)
        rows, columns = np.indices(bent.shape) + 0.5
        found = np.array([(bent * columns).sum(), (bent * rows).sum()]) / bent.sum()
        assert np.abs(found - project(BARREL, point[None])[0]).max() < 0.15


def test_bent_ids_stay_ids():
    width, height = rendered_size(BARREL)
    ids = np.random.default_rng(2).choice([0, 3, 200, 255], (height, width)).astype(np.uint8)
    assert set(np.unique(distort(BARREL, ids, ids=True))) <= {0, 3, 200, 255}


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError, match="should be"):
        distort(BARREL, np.zeros((120, 160, 3), np.uint8))


def test_the_target_is_in_the_middle_and_up_is_up():
    assert np.allclose(project(BARREL, np.array([BARREL.target]))[0], [80, 60])
    level = CameraSpec((0, -2, 1), (0, 0, 1))
    right, above = project(level, np.array([[0.1, 0, 1], [0, 0, 1.1]]))
    assert right[0] > 240
    assert above[1] < 180
    assert np.allclose(depth(level, np.array([[5, 1, 0]])), 3)


def test_a_point_behind_the_camera_has_no_pixel():
    assert np.isnan(project(BARREL, np.array([[0.0, -5.0, 3.0]]))).all()


@pytest.mark.parametrize("mount", MOUNTS)
def test_a_drawn_camera_looks_into_the_cart(mount):
    cart = CartSpec(kind="tray", size=(0.5, 0.4, 0.02)) if mount == "side" else CartSpec()
    for seed in range(20):
        camera = draw_camera(np.random.default_rng(seed), cart, mount)
        middle = np.array([[0, 0, cart.floor_height]])
        assert np.all(project(camera, middle) > 0)
        assert np.all(project(camera, middle) < camera.size)
        assert seen_from(camera, middle)[0, 2] > 0.2
        across, down = overscan(camera)
        assert across < 40
        assert down < 40


def test_an_unknown_mount_is_refused():
    with pytest.raises(ValueError, match="rim, handle"):
        draw_camera(np.random.default_rng(0), CartSpec(), "ceiling")
