"""The look of a plastic shopping basket: walls full of holes, a broad lip and two handles."""

import numpy as np

from cart.scenes.geometry import Floats, Material, Model
from cart.scenes.stage.mesh import Mesh
from cart.scenes.stage.tub import Tub
from cart.scenes.take import CartSpec

THICK = 0.003
LIP = 0.022
"""How far the lip reaches outward from the rim."""


def model(spec: CartSpec, tub: Tub) -> Model:
    """Return a basket as it stands in the world."""
    mesh = Mesh()
    plastic = Material(color=spec.color, roughness=0.38)
    grip = Material(color=spec.accent, roughness=0.45)
    height = spec.size[2]
    for n in range(4):
        side = tub.side(n)
        across = max(4, round(float(np.linalg.norm(side[2] - side[3])) / 0.034))
        for low, high, rows in (
            (0.0, 0.12, 0),
            (0.12, 0.8, max(2, round(height * 0.68 / 0.045))),
            (0.8, 1.0, 0),
        ):
            part = _between(side, low, high)
            mesh.grid(part, plastic, THICK, across if rows else 1, max(1, rows), 0.66 if rows else 0.0)
    long, wide = spec.size[1] * spec.taper, spec.size[0] * spec.taper
    mesh.grid(tub.floor, plastic, THICK, max(4, round(wide / 0.03)), max(4, round(long / 0.03)), 0.45)
    _lip(mesh, tub, plastic)
    _handles(mesh, spec, tub, grip)
    return mesh.model()


def _between(side: Floats, low: float, high: float) -> Floats:
    """Return the part of a side (4, 3) between two shares of its height."""
    left, right = (side[0], side[3]), (side[1], side[2])
    at = [left[0] * (1 - low) + left[1] * low, right[0] * (1 - low) + right[1] * low]
    at += [right[0] * (1 - high) + right[1] * high, left[0] * (1 - high) + left[1] * high]
    return np.stack(at)


def _lip(mesh: Mesh, tub: Tub, plastic: Material) -> None:
    """Add the lip: outward from the rim, then down."""
    signs = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    outer = tub.rim + signs * LIP
    for n in range(4):
        m = (n + 1) % 4
        mesh.sheet(np.stack([tub.rim[m], tub.rim[n], outer[n], outer[m]]), plastic, THICK)
        high, low = outer[[n, m]] - [0, 0, THICK], outer[[n, m]] - [0, 0, 0.02]
        mesh.sheet(np.stack([low[0], low[1], high[1], high[0]]), plastic, THICK)


def _handles(mesh: Mesh, spec: CartSpec, tub: Tub, grip: Material) -> None:
    """Add the two handles, fallen outward over the long sides."""
    along = 1 if spec.size[1] >= spec.size[0] else 0
    across = 1 - along
    reach = spec.size[along] * 0.3
    for sign in (-1, 1):
        edge = abs(tub.rim[1, across]) + LIP + 0.006
        way = np.zeros((6, 3))
        way[:, along] = np.array([-1, -0.96, -0.85, 0.85, 0.96, 1]) * reach
        way[:, across] = sign * (edge + np.array([0, 0.045, 0.06, 0.06, 0.045, 0]))
        way[:, 2] = tub.rim[0, 2] + np.array([0.004, -0.05, -0.07, -0.07, -0.05, 0.004])
        mesh.tube(way, 0.0075, grip, sides=10)
