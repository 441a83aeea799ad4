"""Other shoppers, who stand about in the aisle: seen from a cart's camera, legs, shoes and a coat."""

from dataclasses import replace

import numpy as np

from cart.scenes.geometry import Material, Model, about, rotation
from cart.scenes.stage.mesh import Mesh

_CLOTHS = (
    (0.08, 0.1, 0.17),
    (0.15, 0.2, 0.32),
    (0.12, 0.12, 0.13),
    (0.45, 0.4, 0.32),
    (0.3, 0.3, 0.33),
    (0.5, 0.15, 0.15),
)
"""Colours of coats and trousers."""


def bystander(rng: np.random.Generator, place: tuple[float, float], facing: float) -> Model:
    """Return a person who stands at a place (x, y) and faces an angle about z, 0 to positive x."""
    mesh = Mesh()
    trousers, coat = (_CLOTHS[int(rng.integers(len(_CLOTHS)))] for _ in range(2))
    cloth = Material(color=trousers, roughness=0.9, bump=1.5, bump_scale=0.03)
    upper = Material(color=coat, roughness=0.85, bump=2.0, bump_scale=0.05)
    leather = Material(color=(0.1, 0.08, 0.07) if rng.random() < 0.6 else (0.8, 0.8, 0.8), roughness=0.45)
    tall = float(rng.uniform(0.92, 1.08))
    for side in (-1, 1):
        stride = float(rng.uniform(-0.08, 0.12))
        leg = [
            [0, 0.095 * side, 0.88],
            [0.01, 0.1 * side, 0.66],
            [0.02, 0.1 * side, 0.46],
            [stride, 0.11 * side, 0.07],
        ]
        mesh.tube(np.array(leg) * tall, np.array([0.1, 0.085, 0.07, 0.075]), cloth, sides=14)
        shoe = [
            [stride - 0.08, 0.11 * side, 0.035],
            [stride + 0.06, 0.12 * side, 0.04],
            [stride + 0.16, 0.125 * side, 0.025],
        ]
        mesh.tube(np.array(shoe) * tall, np.array([0.04, 0.046, 0.026]), leather, sides=12)
        arm = [
            [0, 0.19 * side, 1.42],
            [0, 0.25 * side, 1.25],
            [0.02, 0.26 * side, 1.1],
            [0.16, 0.2 * side, 0.92],
        ]
        mesh.tube(np.array(arm) * tall, np.array([0.065, 0.06, 0.058, 0.045]), upper, sides=14)
    trunk = np.array([[0, 0, 0.76], [0, 0, 0.8], [0, 0, 1.0], [0, 0, 1.3], [0, 0, 1.43], [0, 0, 1.5]]) * tall
    mesh.tube(trunk, np.array([0.18, 0.21, 0.19, 0.22, 0.19, 0.08]), upper, sides=20, flat=0.62)
    standing = mesh.model(sharp_degrees=80)
    turn = rotation(about((0, 0, 1), facing))
    return replace(standing, vertices=standing.vertices @ turn.T + np.array([*place, 0.0]))
