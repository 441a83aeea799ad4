"""What stands around the cart, drawn from a seed: floor, shelves, other shoppers; round a tray its table.

All but a table's wall repeats along y every `REPEAT` metres, so that a cart can roll on for ever.
"""

from dataclasses import dataclass, replace

import numpy as np

from cart.scenes.geometry import Floats, Material, Model
from cart.scenes.stage.mesh import Mesh
from cart.scenes.stage.patterns import PERIOD, floor_picture
from cart.scenes.stage.people import bystander
from cart.scenes.stage.shelves import shelf
from cart.scenes.take import CartSpec, SurroundingsSpec

REPEAT = 4.8
"""Metres after which the aisle looks the same."""
TABLE = 0.03
"""Thickness of a table's top."""
_GLOSS = {"tiles": 0.2, "vinyl": 0.32, "concrete": 0.3, "wood": 0.38, "checker": 0.22}


@dataclass(frozen=True)
class Piece:
    """A thing of the surroundings, where it is while the floor has not shifted."""

    model: Model
    repeats: bool
    """Whether it stands there every `REPEAT` metres along y."""


def surroundings(spec: SurroundingsSpec, cart: CartSpec) -> tuple[Piece, ...]:
    """Return all that stands around a cart."""
    rng = np.random.default_rng([spec.seed, 71])
    on_table = cart.floor_height > 0.2 and cart.kind != "wire"
    floor = spec.floor if not on_table else str(rng.choice(["tiles", "vinyl", "concrete"]))
    pieces = [Piece(_floor(rng, floor), repeats=False)]
    if spec.shelves:
        pieces += _aisle(rng, cart, on_table)
    if on_table:
        pieces += [Piece(piece, repeats=False) for piece in _table(rng, spec.floor, cart)]
    return tuple(pieces)


def _floor(rng: np.random.Generator, kind: str) -> Model:
    """Return the store's floor, a plane at z = 0."""
    look = Material(picture="floor", roughness=_GLOSS[kind] * float(rng.uniform(0.8, 1.6)))
    mesh = Mesh()
    _plane(mesh, np.array([6.0, 14.4]), 0.0, look, PERIOD)
    return mesh.model({"floor": floor_picture(rng, kind)})


def _plane(mesh: Mesh, half: Floats, z: float, look: Material, period: float) -> None:
    """Add a level rectangle about the origin with a picture that repeats every `period` metres."""
    corners = np.array(
        [[-half[0], -half[1], z], [half[0], -half[1], z], [half[0], half[1], z], [-half[0], half[1], z]]
    )
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    mesh.add(corners, faces, look, (corners[:, :2] / period)[faces])


def _aisle(rng: np.random.Generator, cart: CartSpec, on_table: bool) -> list[Piece]:
    """Return the shelves on both sides of the aisle, or on one, and who stands there."""
    pieces = []
    both = rng.random() < 0.75
    near = 1.4 if on_table else 0.5
    right = cart.size[0] / 2 + near + float(rng.uniform(0.0, 0.7))
    left = cart.size[0] / 2 + near + float(rng.uniform(0.2, 1.2))
    first = shelf(rng, REPEAT)
    pieces.append(Piece(_put(first, np.array([right, 0.0]), mirrored=False), repeats=True))
    if both:
        pieces.append(Piece(_put(shelf(rng, REPEAT), np.array([-left, 0.0]), mirrored=True), repeats=True))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.55, 0.3, 0.15]))):
        side = float(rng.choice([-1.0, 1.0]))
        across = side * ((right if side > 0 else left) - 0.3)
        along = float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.9, 2.2))
        facing = 0.0 if side > 0 else np.pi
        if across * side > cart.size[0] / 2 + 0.25 or abs(along) > cart.size[1] / 2 + 0.4:
            pieces.append(
                Piece(bystander(rng, (across, along), facing + float(rng.normal(0, 0.4))), repeats=True)
            )
    return pieces


def _put(model: Model, place: Floats, mirrored: bool) -> Model:
    """Return a shelf at a place (x, y), turned about to face positive x if mirrored."""
    turned = model.vertices * ([-1, -1, 1] if mirrored else [1, 1, 1])
    return replace(model, vertices=turned + np.array([*place, 0.0]))


def _table(rng: np.random.Generator, kind: str, cart: CartSpec) -> list[Model]:
    """Return the table that a tray or basket stands on, and often a wall behind it."""
    top = cart.floor_height - (0.0035 if cart.size[2] > 0.005 else 0.0)
    half = np.array([cart.size[0] / 2 + rng.uniform(0.15, 0.5), cart.size[1] / 2 + rng.uniform(0.12, 0.3)])
    mesh = Mesh()
    look = Material(picture="top", roughness=float(rng.uniform(0.25, 0.6)))
    edge = Material(color=(0.3, 0.3, 0.31), roughness=0.5)
    _plane(mesh, half, top, look, PERIOD / 3)
    mesh.box(np.array([0, 0, top - TABLE / 2 - 0.001]), np.array([*half, TABLE / 2]), edge)
    mesh.box(np.array([0, 0, top / 2 - TABLE]), np.array([*(half - 0.04), top / 2 - TABLE]), edge)
    found = [mesh.model({"top": floor_picture(rng, kind)})]
    if rng.random() < 0.6:
        wall = Mesh()
        pale = float(rng.uniform(0.55, 0.85))
        plain = Material(
            color=(pale, pale, pale * float(rng.uniform(0.95, 1.03))), roughness=float(rng.uniform(0.2, 0.6))
        )
        wall.box(np.array([0, half[1] + 0.02, top + 0.3]), np.array([half[0] * 1.5, 0.015, 0.45]), plain)
        found.append(wall.model())
    return found
