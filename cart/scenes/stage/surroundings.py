"""What stands around the cart, drawn from a seed."""

import numpy as np

from cart.scenes.geometry import Bytes, Material, Model
from cart.scenes.stage.mesh import Mesh
from cart.scenes.take import CartSpec, SurroundingsSpec


def surroundings(spec: SurroundingsSpec, cart: CartSpec) -> tuple[Model, ...]:
    """Return all that stands around, in the world."""
    rng = np.random.default_rng(spec.seed)
    return (_floor(rng, 0.0 if cart.kind == "wire" else cart.floor_height - 0.004),)


def _floor(rng: np.random.Generator, z: float) -> Model:
    mesh = Mesh()
    picture: Bytes = rng.integers(120, 150, (64, 64, 3)).astype(np.uint8)
    picture[:2] = picture[:, :2] = 90
    corners = np.array([[-6, -6, z], [6, -6, z], [6, 6, z], [-6, 6, z]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    uvs = (corners[:, :2] / 0.3)[faces]
    mesh.add(corners, faces, Material(picture="floor", roughness=0.3), uvs)
    return mesh.model({"floor": picture})
