"""What a close and sharp view of a rendered product shows; needs the environment of `cart scenes setup`."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cart.scenes.catalog import still
from cart.scenes.production import RENDER
from cart.scenes.products.build import model
from cart.scenes.products.catalog import reference_views
from cart.scenes.products.range import products
from cart.scenes.render.protocol import read_picture, write_job
from cart.scenes.stage.lens import distort
from cart.scenes.workers import Workers
from cart.vision.barcode import read_gtins

BACK = 3  # of the reference views: turned round, its back to the camera
SIZE = (1280, 960)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("scenes")]


@pytest.mark.parametrize("shape", ["carton", "gable_top"])
def test_the_barcode_of_a_product_is_read(
    render_python: Path, body_folder: Path, tmp_path: Path, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CART_SCENES_PYTHON", str(render_python))
    product = next(one for one in products(seed=1) if one.shape == shape)
    pose, camera = reference_views(product, SIZE)[BACK]
    x, y, z = camera.place
    level = replace(camera, place=(x, y, camera.target[2] + 0.3 * (z - camera.target[2])))
    job = write_job(
        tmp_path / "job", still(product, pose, level), {product.gtin: model(product)}, body_folder
    )
    Workers(1, lambda _: None).run([(RENDER, [str(job.folder)])])

    picture = np.ascontiguousarray(distort(job.take.camera, read_picture(job.frame_file(0)))[:, :, ::-1])

    assert product.gtin in read_gtins(picture)
