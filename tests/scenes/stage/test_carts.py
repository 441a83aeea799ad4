import numpy as np
import pytest

from cart.scenes.geometry import rotation
from cart.scenes.stage.carts import CartShape
from cart.scenes.take import CartSpec

KINDS = [
    CartSpec(),
    CartSpec(seat=False),
    CartSpec(kind="basket", size=(0.3, 0.45, 0.22), floor_height=0.0, seat=False),
    CartSpec(kind="tray", size=(0.5, 0.4, 0.03), taper=0.96, seat=False),
]


def depth_in_wall(wall, points):
    """How deep points lie in a box, metres; negative outside."""
    local = (points - wall.centre) @ rotation(wall.turn)
    return (wall.half - np.abs(local)).min(axis=1)


@pytest.mark.parametrize("spec", KINDS)
def test_nothing_inside_is_in_a_wall_and_everything_just_outside_is(spec):
    shape = CartShape(spec)
    rng = np.random.default_rng(0)
    seat = 2 if spec.kind == "wire" and spec.seat else 0
    sides = shape.walls[1 : len(shape.walls) - seat]
    assert len(sides) == 4
    for number, wall in enumerate(sides):
        a, b, c, d = shape.tub.side(number)
        u, v = rng.uniform(0.01, 0.99, (2, 300, 1))
        on_side = (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v
        inward = np.cross(b - a, d - a)
        inward /= np.linalg.norm(inward)
        assert np.all(depth_in_wall(wall, on_side - 0.005 * inward) > 0)
        for other in shape.walls[: len(shape.walls) - seat]:
            assert np.all(depth_in_wall(other, on_side + 0.001 * inward) < 0.0011)


@pytest.mark.parametrize("spec", KINDS)
def test_the_picture_lies_where_the_walls_are(spec):
    shape = CartShape(spec)
    low, high = spec.floor_height + 0.02, spec.floor_height + spec.size[2] - 0.02
    points = shape.model.vertices[shape.model.faces].mean(axis=1)
    points = points[(points[:, 2] > low) & (points[:, 2] < high)]
    inside = np.full(len(points), np.inf)
    for number in range(4):
        a, b, _, d = shape.tub.side(number)
        inward = np.cross(b - a, d - a)
        inside = np.minimum(inside, (points - a) @ inward / np.linalg.norm(inward))
    seat = shape.walls[5:]
    within_seat = np.zeros(len(points), bool)
    for wall in seat:
        within_seat |= depth_in_wall(wall, points) > -0.02
    assert np.all(inside[~within_seat] < 0.001)


def test_the_rim_is_as_large_as_asked_and_tapers():
    shape = CartShape(CartSpec(size=(0.5, 0.7, 0.4), taper=0.75, floor_height=0.5))
    assert np.allclose(shape.rim[:, 2], 0.9)
    assert np.ptp(shape.rim[:, 0]) == pytest.approx(0.5)
    assert np.ptp(shape.rim[:, 1]) == pytest.approx(0.7)
    assert np.ptp(shape.tub.floor[:, 0]) == pytest.approx(0.375)
    assert shape.rim[0, 1] < 0


def test_a_scan_zone_has_a_table_and_no_sides():
    shape = CartShape(CartSpec(kind="tray", size=(0.5, 0.4, 0.0), taper=1.0, seat=False))
    assert len(shape.walls) == 1
    assert shape.walls[0].centre[2] + shape.walls[0].half[2] == pytest.approx(0.45)


@pytest.mark.parametrize("spec", KINDS)
def test_models_are_whole(spec):
    model = CartShape(spec).model
    assert np.isfinite(model.vertices).all()
    assert model.faces.max() < len(model.vertices)
    assert len(model.faces) == len(model.uvs) == len(model.face_materials)
    assert model.face_materials.max() < len(model.materials)


@pytest.mark.parametrize(
    ("spec", "told"),
    [(CartSpec(kind="sledge"), "wire, basket or tray"), (CartSpec(size=(0.01, 0.5, 0.3)), "at least"),
     (CartSpec(taper=0.1), "taper")],
)  # fmt: skip
def test_carts_that_make_no_sense_are_refused(spec, told):
    with pytest.raises(ValueError, match=told):
        CartShape(spec)
