"""The range as a catalog folder: its table, and the views from which its pictures are rendered."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from cart.scenes.geometry import Floats, Pose, about, rotation
from cart.scenes.geometry import product as turned
from cart.scenes.products.range import Product
from cart.scenes.take import CameraSpec

VIEWS = 8
"""Reference pictures of a product: `images/<gtin>/0.jpg` to `7.jpg`."""

_COLUMNS = ("gtin", "name", "price", "currency", "tax_rate", "plu", "unit", "department")
_REDUCED, _FULL = "0.07", "0.19"
_FULL_DEPARTMENTS = frozenset({"household", "care", "drinks"})

# Degrees: turn about z of the thing as it stands, and the camera's height above the horizon.
_STANDING = ((0, 20), (35, 35), (-35, 35), (180, 25), (90, 30))
_ABOVE = 62
"""Degrees above the horizon from which the thing is seen as it lies."""

_FILL = 0.72
"""Share of the picture's height that the thing takes."""


def write_table(folder: Path, products: Iterable[Product]) -> Path:
    """Write `products.csv` into a folder, which is made if need be, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    table = folder / "products.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(_row(product) for product in products)
    return table


def is_table_of(table: Path, products: Iterable[Product]) -> bool:
    """Return whether a `products.csv` lists none but these products."""
    with table.open(encoding="utf-8", newline="") as file:
        listed = {row.get("gtin") for row in csv.DictReader(file)}
    return listed <= {product.gtin for product in products}


def picture_paths(folder: Path, product: Product) -> list[Path]:
    """Return where the pictures of a product's `reference_views` belong, in their order."""
    return [folder / "images" / product.gtin / f"{n}.jpg" for n in range(VIEWS)]


def reference_views(product: Product, size: tuple[int, int] = (256, 256)) -> list[tuple[Pose, CameraSpec]]:
    """Return the product's pose on the ground z = 0 and the camera of each of its eight reference pictures.

    Five views of it as it stands, three as it lies in a cart: on its back, on its front, on a side. It is at
    x = y = 0 and fills most of the picture.
    """
    turns = [(about((0, 0, 1), np.radians(turn)), height) for turn, height in _STANDING]
    turns += [(turn, _ABOVE) for turn in _laid()]
    poses = [(_on_ground(product, turn), height) for turn, height in turns]
    return [(pose, _camera(product, pose, height, size)) for pose, height in poses]


def _laid() -> list[Floats]:
    """Return turns that lay a thing on its back, its front and its left side, each a little askew."""
    back, front, side = (
        about((1, 0, 0), -np.pi / 2),
        about((1, 0, 0), np.pi / 2),
        about((0, 1, 0), -np.pi / 2),
    )
    return [
        turned(about((0, 0, 1), angle), lay)
        for angle, lay in ((0.3, back), (np.pi - 0.4, front), (0.5, side))
    ]


def _on_ground(product: Product, turn: Floats) -> Pose:
    """Return the pose of a product so turned that its bounding box touches the ground."""
    half = np.abs(rotation(turn)) @ (np.array(product.size) / 2)
    return Pose(np.array([0.0, 0.0, float(half[2])]), turn)


def _camera(product: Product, pose: Pose, height: float, size: tuple[int, int]) -> CameraSpec:
    """Return a camera in front (negative y), `height` degrees up, that frames the product."""
    field, up = 0.6, np.radians(height)
    radius = float(np.linalg.norm(product.size)) / 2
    distance = radius / (_FILL * np.tan(field / 2)) * 0.9 + radius * 0.3
    middle = float(pose.place[2])
    place = (0.0, -distance * float(np.cos(up)), middle + distance * float(np.sin(up)))
    return CameraSpec(place=place, target=(0.0, 0.0, middle), field_of_view=field, size=size)


def _row(product: Product) -> tuple[str, ...]:
    tax = _FULL if product.department in _FULL_DEPARTMENTS else _REDUCED
    unit = "piece" if product.plu else ""
    return (
        product.gtin,
        product.name,
        product.price,
        "EUR",
        tax,
        product.plu or "",
        unit,
        product.department,
    )
