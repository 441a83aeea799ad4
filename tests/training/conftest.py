"""Small sources of training data, drawn by the tests."""

from pathlib import Path

import cv2
import numpy as np
import pytest

VOC = """<annotation>{}</annotation>"""
OBJECT = (
    "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin>"
    "<xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"
)


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    """Four stills of a grey tray: empty, then a red can, each time with a hand but for the first."""
    folder = tmp_path / "stills"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(4):
        picture = np.full((120, 160, 3), 140, np.uint8)
        objects = ""
        if index:
            cv2.ellipse(picture, (40 + index, 60), (20, 30), 0, 0, 360, (30, 30, 200), -1)
            cv2.ellipse(picture, (120, 60), (22, 30), 0, 0, 360, (120, 150, 200), -1)
            cv2.rectangle(picture, (108, 70), (132, 120), (120, 150, 200), -1)
            objects = OBJECT.format("cola", 20 + index, 30, 60 + index, 90) + OBJECT.format(
                "hand", 98, 30, 143, 92
            )
            (folder / f"frame_{index}.xml").write_text(VOC.format(objects))
        noisy = picture + rng.normal(0, 3, picture.shape)
        cv2.imwrite(str(folder / f"frame_{index}.jpg"), noisy.clip(0, 255).astype(np.uint8))
    return folder


@pytest.fixture
def packshots(tmp_path: Path) -> Path:
    """Six pictures of a green apple on white."""
    folder = tmp_path / "packshots" / "fruit"
    folder.mkdir(parents=True)
    for index in range(6):
        picture = np.full((80, 80, 3), 255, np.uint8)
        cv2.circle(picture, (40, 40), 20 + index, (40, 180, 60), -1)
        cv2.imwrite(str(folder / f"apple{index}.jpg"), picture)
    return folder.parent
