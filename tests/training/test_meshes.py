import numpy as np
import pytest

from cart.scenes.geometry import Material, Model
from cart.training.meshes import surface


def square(material, pictures=None):
    """A square of 10 cm, its front towards -y, as a package's front stands."""
    vertices = np.array([[-0.05, 0, -0.05], [0.05, 0, -0.05], [0.05, 0, 0.05], [-0.05, 0, 0.05]])
    uvs = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return Model(vertices, faces, uvs[faces], np.zeros(2, int), (material,), pictures or {})


def test_a_surface_faces_the_camera_and_is_one_long():
    points = surface(square(Material(color=(0.2, 0.4, 0.6))), np.random.default_rng(0))

    assert np.ptp(points.points, axis=0) == pytest.approx([1, 1, 0], abs=0.02)
    assert points.normals == pytest.approx(np.tile([0, 0, 1], (len(points.points), 1)))
    assert points.colors[0] == pytest.approx([0.6, 0.4, 0.2, 1])
    assert len(points.points) > 220**2 * 2


def test_print_lies_where_the_mesh_says():
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[:20, 20:] = 255, 0, 0  # red, top right

    found = surface(square(Material(picture="wrap"), {"wrap": picture}), np.random.default_rng(0))

    red = found.colors[:, 2] > 0.5
    assert (found.points[red] > -0.05)[:, :2].all()
    assert red.mean() == pytest.approx(0.25, abs=0.03)


def test_what_is_clear_hides_nothing():
    glass = square(Material(transmission=1.0))
    label = square(Material(color=(1, 0, 0)))
    both = Model(
        np.concatenate([label.vertices, glass.vertices - np.array([0, 0.01, 0])]),
        np.concatenate([label.faces, glass.faces + 4]),
        np.concatenate([label.uvs, glass.uvs]),
        np.array([0, 0, 1, 1]),
        (*label.materials, *glass.materials),
        {},
    )

    found = surface(both, np.random.default_rng(0))

    assert (found.colors[:, 2] == 1).all()
