import numpy as np

from cart.scenes.render.masks import Masks
from cart.scenes.render.raster import empty_layer
from cart.scenes.render.state import State
from cart.scenes.stage.carts import CartShape
from cart.scenes.take import CameraSpec
from tests.scenes.render.takes import models, resting, take

CAMERA = CameraSpec((0, -2, 0), (0, 0, 0), 0.0, 2 * np.arctan(0.5), (0, 0), (100, 80))
"""A metre at the origin is 50 pixels."""


def square(half, y):
    corners = np.array([[-half, y, -half], [half, y, -half], [half, y, half], [-half, y, half]])
    return corners, np.array([[0, 1, 2], [0, 2, 3]])


def test_a_square_covers_exactly_the_pixels_whose_middle_it_holds():
    layer = empty_layer(CAMERA).with_mesh(CAMERA, *square(0.2, 0.0), 7)
    wanted = np.zeros((80, 100), np.uint8)
    wanted[30:50, 40:60] = 7
    assert np.array_equal(layer.ids, wanted)
    assert np.allclose(layer.depths[30:50, 40:60], 2.0)


def test_the_nearer_thing_is_seen_whatever_the_order():
    near, far = square(0.1, -0.5), square(0.3, 0.5)
    one = empty_layer(CAMERA).with_mesh(CAMERA, *near, 1).with_mesh(CAMERA, *far, 2)
    other = empty_layer(CAMERA).with_mesh(CAMERA, *far, 2).with_mesh(CAMERA, *near, 1)
    assert np.array_equal(one.ids, other.ids)
    assert one.ids[40, 50] == 1
    assert (one.ids == 2).any()


def test_depth_between_corners_is_that_of_the_plane():
    corners = np.array([[-1, 0.0, 0], [1, 2.0, 0], [1, 2.0, 1.0], [-1, 0.0, 1.0]])
    layer = empty_layer(CAMERA).with_mesh(CAMERA, corners, np.array([[0, 1, 2], [0, 2, 3]]), 3)
    x = (np.arange(100) + 0.5 - 50) / 100
    wanted = 3 / (1 - x)
    row = layer.depths[38]
    seen = np.isfinite(row)
    assert seen.sum() > 40
    assert np.allclose(row[seen], wanted[seen], atol=2e-5)


def test_random_triangles_agree_with_a_test_of_each_pixel():
    rng = np.random.default_rng(3)
    vertices = rng.uniform([-0.6, -0.5, -0.5], [0.6, 0.5, 0.5], (30, 3))
    faces = np.arange(30).reshape(10, 3)
    layer = empty_layer(CAMERA)
    for n, face in enumerate(faces):
        layer = layer.with_mesh(CAMERA, vertices, face[None], n + 1)
    rays = np.stack(np.meshgrid((np.arange(100) + 0.5 - 50) / 100, (np.arange(80) + 0.5 - 40) / 100), axis=-1)
    directions = np.stack([rays[..., 0], np.ones((80, 100)), -rays[..., 1]], axis=-1)
    nearest, ids = np.full((80, 100), np.inf), np.zeros((80, 100), int)
    for n, (a, b, c) in enumerate(vertices[faces]):
        matrix = np.stack(
            [np.broadcast_to(b - a, (80, 100, 3)), np.broadcast_to(c - a, (80, 100, 3)), -directions], -1
        )
        u, v, t = np.moveaxis(np.linalg.solve(matrix, (np.array([0, -2.0, 0]) - a)[..., None])[..., 0], -1, 0)
        closer = (u >= 0) & (v >= 0) & (u + v <= 1) & (t < nearest)
        nearest, ids = np.where(closer, t, nearest), np.where(closer, n + 1, ids)
    assert (layer.ids != ids).mean() < 0.001


def test_wires_before_an_item_cut_its_mask():
    made = take(resting(1, [(0, 0, 0.52)]), size=(320, 240))
    state = State(made, models(1))
    camera = made.camera
    item = state.models["item0"]
    alone = empty_layer(camera).with_mesh(camera, item.vertices + np.array([0, 0, 0.52]), item.faces, 1)
    cart = CartShape(made.cart).model
    seen = Masks(state).ids(state.moments(0))
    hidden = (alone.ids == 1) & (seen != 1)
    assert set(np.unique(seen)) == {0, 1, 255}
    wires = empty_layer(camera).with_mesh(camera, cart.vertices, cart.faces, 255)
    assert np.array_equal(hidden, (alone.ids == 1) & (wires.depths < alone.depths))


def test_masks_follow_what_moves_and_comes_and_goes():
    items = resting(4, [(0, 0, 0.5), (0.15, 0.1, 0.5)])
    items[3:, 1, 0] = -0.15
    items[6:9, 0] = np.nan
    state = State(take(items), models(2))
    masks = Masks(state)
    for frame in (0, 1, 2, 3, 0):
        assert np.array_equal(masks.ids(state.moments(frame)), Masks(state).ids(state.moments(frame)))
    assert 1 not in Masks(state).ids(state.moments(2))
