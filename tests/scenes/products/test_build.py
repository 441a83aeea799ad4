import time
from functools import cache

import cv2
import numpy as np
import pytest

from cart.scenes.geometry import Model
from cart.scenes.products.build import model
from cart.scenes.products.range import Product, products

_KINDS = list({(p.shape, p.style): p for p in products(320)}.values())


def _name(product: Product) -> str:
    return f"{product.shape}-{product.style}"


pytestmark = pytest.mark.xdist_group("products")


@cache
def _made(product: Product) -> Model:
    return model(product)


@pytest.mark.parametrize("product", _KINDS, ids=_name)
def test_a_model_is_whole_fits_its_size_and_is_centred(product: Product) -> None:
    made = _made(product)
    assert np.isfinite(made.vertices).all()
    assert np.ptp(made.vertices, axis=0) == pytest.approx(product.size, rel=1e-6)
    assert (made.vertices.max(0) + made.vertices.min(0)) == pytest.approx([0, 0, 0], abs=1e-9)
    assert 500 <= len(made.faces) <= 6500
    assert made.faces.min() >= 0
    assert made.faces.max() < len(made.vertices)
    assert made.uvs.shape == (len(made.faces), 3, 2)
    assert made.uvs.min() >= -1e-9
    assert made.uvs.max() <= 1 + 1e-9
    assert set(made.face_materials) == set(range(len(made.materials)))
    assert {m.picture for m in made.materials if m.picture} == set(made.pictures)


@pytest.mark.parametrize("product", _KINDS, ids=_name)
def test_faces_look_outward(product: Product) -> None:
    """Nearly all of the printed surface, or of the skin, looks away from the middle."""
    made = _made(product)
    outer = "skin" if product.shape == "produce" else "wrap"
    chosen = [n for n, m in enumerate(made.materials) if m.picture == outer]
    corners = made.vertices[made.faces[np.isin(made.face_materials, chosen)]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward = (normals * corners.mean(1)).sum(1)
    assert outward[outward > 0].sum() > 20 * -outward[outward < 0].sum()


@pytest.mark.parametrize("product", [p for p in _KINDS if p.shape != "produce"], ids=_name)
def test_print_is_not_mirrored(product: Product) -> None:
    """From surface to picture, triangles keep the sense in which their corners follow."""
    made = _made(product)
    for picture in ("wrap", "top"):
        chosen = [n for n, m in enumerate(made.materials) if m.picture == picture]
        rows = np.isin(made.face_materials, chosen)
        u, v = np.moveaxis(made.uvs[rows], -1, 0)
        area = (u[:, 1] - u[:, 0]) * (v[:, 2] - v[:, 0]) - (u[:, 2] - u[:, 0]) * (v[:, 1] - v[:, 0])
        if picture == "top":
            corners = made.vertices[made.faces[rows]]
            area = area[np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] > 0]
        assert area[area > 0].sum() >= 50 * -area[area < 0].sum()


def test_the_front_of_the_label_is_at_the_front() -> None:
    for product in _KINDS:
        if product.shape in ("produce", "tray", "egg_box"):
            continue
        made = _made(product)
        rows = np.isin(made.face_materials, [n for n, m in enumerate(made.materials) if m.picture == "wrap"])
        front_middle = {"can": 0.17, "bottle": 0.17, "jar": 0.17, "carton": None, "gable_top": None}
        share = front_middle.get(product.shape, 0.25)
        if product.style == "brick" or share is None:
            share = 0.5 * product.size[0] / (2 * (product.size[0] + product.size[1]))
        near = np.abs(made.uvs[rows].mean(1) - [share, 0.45])
        middle = made.vertices[made.faces[rows]].mean(1)[near.sum(1).argmin()]
        assert middle[1] < -0.3 * product.size[1]
        assert abs(middle[0]) < 0.2 * product.size[0]


def test_the_same_product_gives_the_same_model_and_its_twin_another_label() -> None:
    family = [p for p in products(320) if p.shape == "can" and p.style == "food"][:4]
    one, again, twin = model(family[0]), model(family[0]), model(family[2])
    assert np.array_equal(one.vertices, again.vertices)
    assert np.array_equal(one.pictures["wrap"], again.pictures["wrap"])
    assert one.pictures["wrap"].shape == twin.pictures["wrap"].shape
    assert not np.array_equal(one.pictures["wrap"], twin.pictures["wrap"])


def test_print_is_muted_and_not_flat() -> None:
    saturations = []
    for product in [p for p in _KINDS if p.shape != "produce"]:
        label = _made(product).pictures["wrap"]
        saturation, value = np.moveaxis(cv2.cvtColor(label, cv2.COLOR_RGB2HSV), -1, 0)[1:]
        saturations.append(saturation.mean())
        assert value.max() < 255
        assert label.std() > 10
    assert np.mean(saturations) < 110
    assert max(saturations) < 215


def test_a_model_takes_less_than_half_a_second() -> None:
    model(_KINDS[0])
    took = []
    for product in _KINDS[::5]:
        start = time.process_time()
        model(product)
        took.append(time.process_time() - start)
    assert np.median(took) < 0.5
