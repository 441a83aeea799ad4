"""A shopper's own cloth bag, folded: an item that is not for sale."""

import numpy as np

from cart.scenes.geometry import Material, Model

_WIDTH, _LENGTH, _HEIGHT = 0.30, 0.24, 0.035
_GRID = 28


def bag_model(seed: int = 0) -> Model:
    """Return a limp bag lying flat, about 30 by 24 cm, its upper side crumpled."""
    rng = np.random.default_rng([seed, 9])
    u, v = np.meshgrid(np.linspace(-1, 1, _GRID), np.linspace(-1, 1, _GRID))
    edge = np.clip(1 - np.maximum(np.abs(u), np.abs(v)) ** 6, 0, 1)
    folds = sum(
        np.sin(rng.uniform(2, 7) * (np.cos(a) * u + np.sin(a) * v) + rng.uniform(0, 6))
        for a in rng.uniform(0, 3, 5)
    )
    top = _HEIGHT * edge * (0.75 + 0.06 * folds)
    wave = 1 + 0.04 * np.sin(5 * v + rng.uniform(0, 6))
    x, y = u * _WIDTH / 2 * wave, v * _LENGTH / 2
    upper = np.stack([x, y, top], -1).reshape(-1, 3)
    lower = np.stack([x, y, np.zeros_like(x)], -1).reshape(-1, 3)
    vertices = np.concatenate([upper, lower])
    vertices -= (vertices.min(0) + vertices.max(0)) / 2
    up = _grid_faces()
    faces = np.concatenate([up, up[:, ::-1] + _GRID * _GRID])
    places = np.stack([u, v], -1).reshape(-1, 2) / 2 + 0.5
    color = (float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.2, 0.75)), float(rng.uniform(0.2, 0.7)))
    cloth = Material(color=color, roughness=0.9, bump=0.6, bump_scale=0.003)
    uvs = np.concatenate([places, places])[faces]
    return Model(vertices, faces, uvs, np.zeros(len(faces), np.int64), (cloth,), {}, sharp_degrees=80)


def _grid_faces() -> np.ndarray:
    k = np.arange(_GRID * _GRID).reshape(_GRID, _GRID)
    a, b, c, d = k[:-1, :-1].ravel(), k[:-1, 1:].ravel(), k[1:, 1:].ravel(), k[1:, :-1].ravel()
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
