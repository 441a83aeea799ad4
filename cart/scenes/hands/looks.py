"""The materials and pictures of an arm."""

import numpy as np

from cart.scenes.geometry import Bytes, Material
from cart.scenes.hands.body import Body
from cart.scenes.hands.mesh import Mask
from cart.scenes.take import ArmSpec


def nail_quads(body: Body) -> Mask:
    """Return which of the body's quads (Q,) are fingernails."""
    return np.zeros(len(body.quads), bool)


def looks(spec: ArmSpec) -> tuple[tuple[Material, ...], dict[str, Bytes]]:
    """Return the materials of an arm, in the order of `dress`, and their pictures."""
    skin = Material(spec.skin, roughness=0.5, subsurface=0.1, bump=0.15, bump_scale=0.003)
    nails = Material(spec.skin, roughness=0.3)
    cloth = Material(spec.cloth, roughness=0.9, bump=0.4, bump_scale=0.01)
    return (
        skin,
        nails,
        skin,
        cloth,
        Material((0.1, 0.1, 0.12), roughness=0.9),
        Material((0.1, 0.1, 0.1)),
    ), {}
