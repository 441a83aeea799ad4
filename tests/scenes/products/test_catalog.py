from pathlib import Path

import numpy as np
import pytest

from cart.catalog import load_catalog
from cart.scenes.geometry import Floats, rotation
from cart.scenes.products.build import model
from cart.scenes.products.catalog import VIEWS, picture_paths, reference_views, write_table
from cart.scenes.products.range import Product, products
from cart.scenes.take import CameraSpec


def test_the_table_is_read_back_as_a_catalog(tmp_path: Path) -> None:
    everything = products(320)
    write_table(tmp_path, everything)
    catalog = load_catalog(tmp_path)
    assert [(p.gtin, p.name) for p in catalog] == [(p.gtin, p.name) for p in everything]
    assert catalog.currency == "EUR"
    assert {p.plu for p in catalog if p.department == "produce"} == {p.plu for p in everything if p.plu}


def test_pictures_where_the_catalog_looks_for_them(tmp_path: Path) -> None:
    product = products(1)[0]
    write_table(tmp_path, [product])
    for path in picture_paths(tmp_path, product):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert len(load_catalog(tmp_path).products[0].images) == VIEWS


@pytest.mark.parametrize("product", products(60)[::6], ids=lambda product: product.name)
def test_each_view_shows_the_whole_product_standing_on_the_ground_and_large(product: Product) -> None:
    vertices = model(product).vertices
    views = reference_views(product)
    assert len(views) == VIEWS
    for pose, camera in views:
        points = pose.apply(vertices)
        assert points[:, 2].min() == pytest.approx(0, abs=0.002)
        across = _shares(camera, points)
        assert np.abs(across).max() < 1
        assert np.abs(across).max() > 0.4


def test_views_show_front_back_sides_and_top() -> None:
    product = next(p for p in products(320) if p.shape == "carton")
    seen = set()
    for pose, camera in reference_views(product):
        towards = rotation(pose.turn).T @ (np.array(camera.place) - pose.place)
        axis = int(np.abs(towards).argmax())
        seen.add((axis, bool(towards[axis] > 0)))
    assert {(1, False), (1, True)} <= seen
    assert len(seen) >= 4


def _shares(camera: CameraSpec, points: Floats) -> Floats:
    """Return places in the picture, -1..1 across and down, without distortion."""
    ahead = np.array(camera.target) - np.array(camera.place)
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1])
    right /= np.linalg.norm(right)
    frame = np.stack([right, np.cross(ahead, right), ahead])
    seen = (points - np.array(camera.place)) @ frame.T
    return seen[:, :2] / seen[:, 2:] / np.tan(camera.field_of_view / 2)
