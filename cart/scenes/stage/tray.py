"""The look of a tray or, where it has no depth, of a scan zone marked on a table."""

import numpy as np

from cart.scenes.geometry import Material, Model
from cart.scenes.stage.mesh import Mesh
from cart.scenes.stage.tub import Tub
from cart.scenes.take import CartSpec

EDGE = 0.012
"""Width of a tray's edge, and of a marking's line."""
SHEET = 0.003
"""Thickness of a tray's floor."""


def model(spec: CartSpec, tub: Tub) -> Model:
    """Return a tray, or the line round a scan zone, as it lies in the world."""
    mesh = Mesh()
    if spec.size[2] <= 0.005:
        _marking(mesh, spec, tub)
        return mesh.model()
    plastic = Material(color=spec.color, roughness=0.4)
    edge = Material(color=spec.accent, roughness=0.4)
    mesh.sheet(tub.floor, plastic, SHEET)
    signs = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    outer = tub.rim + signs * EDGE
    foot = tub.floor + signs * EDGE
    foot[:, 2] -= SHEET
    for n in range(4):
        m = (n + 1) % 4
        mesh.sheet(tub.side(n), plastic)
        mesh.sheet(np.stack([tub.rim[m], tub.rim[n], outer[n], outer[m]]), edge)
        mesh.sheet(np.stack([foot[n], foot[m], outer[m], outer[n]]), edge)
    return mesh.model()


def _marking(mesh: Mesh, spec: CartSpec, tub: Tub) -> None:
    """Add four strips of tape, a hair above the table."""
    tape = Material(color=spec.accent, roughness=0.55)
    signs = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]])
    inner = tub.rim + np.array([0, 0, 0.0006])
    outer = inner + signs * EDGE
    for n in range(4):
        m = (n + 1) % 4
        mesh.sheet(np.stack([outer[n], outer[m], inner[m], inner[n]]), tape)
