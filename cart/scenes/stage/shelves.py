"""Shelves along the aisle, full of packages."""

import numpy as np

from cart.scenes.geometry import Floats, Material, Model, about, rotation
from cart.scenes.stage.mesh import Mesh
from cart.scenes.stage.patterns import FRONTS, fronts_picture

DEPTH = 0.45
LEVELS = (0.12, 0.5, 0.86, 1.2, 1.52)
"""Heights of the boards, metres."""


def shelf(rng: np.random.Generator, length: float) -> Model:
    """Return a shelf along y, its front in the plane x = 0 towards negative x, its middle at y = 0."""
    mesh = Mesh()
    grey = float(rng.uniform(0.35, 0.85))
    metal = Material(color=(grey, grey, grey), roughness=0.45)
    rail = Material(color=_rail_color(rng), roughness=0.4)
    fronts = Material(picture="fronts", roughness=0.42)
    mesh.box(np.array([DEPTH, 0, 0.95]), np.array([0.01, length / 2, 0.95]), metal)
    mesh.box(np.array([DEPTH / 2 + 0.02, 0, 0.055]), np.array([DEPTH / 2 - 0.02, length / 2, 0.055]), metal)
    for n, height in enumerate(LEVELS):
        mesh.box(np.array([DEPTH / 2, 0, height]), np.array([DEPTH / 2, length / 2, 0.012]), metal)
        mesh.box(np.array([-0.006, 0, height + 0.005]), np.array([0.005, length / 2, 0.02]), rail)
        room = (LEVELS[n + 1] if n + 1 < len(LEVELS) else 1.85) - height - 0.05
        _row(mesh, rng, height + 0.012, room, length, fronts)
    return mesh.model({"fronts": fronts_picture(rng)})


def _row(
    mesh: Mesh, rng: np.random.Generator, z: float, room: float, length: float, fronts: Material
) -> None:
    """Add packages from end to end of a board; each kind has some beside and behind each other."""
    y = -length / 2 + 0.01
    while y < length / 2 - 0.05:
        width, height = float(rng.uniform(0.06, 0.19)), float(rng.uniform(0.45, 0.97)) * room
        kind = int(rng.integers(FRONTS[0] * FRONTS[1]))
        round_ones = rng.random() < 0.35
        for _ in range(int(rng.integers(2, 6))):
            if y + width > length / 2:
                return
            if rng.random() < 0.93:
                back = float(rng.choice([0.0, 0.0, 0.0, 0.08, 0.2])) + float(rng.uniform(0, 0.015))
                middle = np.array([0.012 + back + width / 2, y + width / 2, z + height / 2])
                _package(mesh, rng, middle, width, height, kind, fronts, round_ones)
            y += width + float(rng.uniform(0.002, 0.012))


def _package(
    mesh: Mesh,
    rng: np.random.Generator,
    middle: Floats,
    width: float,
    height: float,
    kind: int,
    fronts: Material,
    is_round: bool,
) -> None:
    """Add one package whose sides all show the front of its kind."""
    sides = 12 if is_round else 4
    angles = (np.arange(sides + 1) + 0.5) * 2 * np.pi / sides + np.pi
    radius = width / 2 / np.cos(np.pi / sides)
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros(sides + 1)], axis=1) * radius
    ring = ring @ rotation(about((0, 0, 1), float(rng.normal(0, 0.06)))).T + middle
    up = np.array([0, 0, height / 2])
    low, high = ring - up, ring + up
    n = np.arange(sides)
    top = 2 * (sides + 1)
    faces = [np.stack([n, n + 1, n + sides + 2], 1), np.stack([n, n + sides + 2, n + sides + 1], 1)]
    faces.append(np.stack([n + sides + 1, n + sides + 2, np.full(sides, top)], 1))
    repeats = 2 if is_round else sides
    u = np.arange(sides + 1) * repeats / sides
    cell = np.array([kind % FRONTS[0], FRONTS[1] - 1 - kind // FRONTS[0]])

    def place(a: Floats, v: Floats, upper: Floats) -> Floats:
        share = np.where(upper, np.where(a % 1 == 0, 1.0, a % 1), a % 1)
        return np.asarray((cell + 0.02 + 0.96 * np.stack([share, v], axis=-1)) / FRONTS)

    left, right, low_v, high_v = u[:-1], u[1:], np.zeros(sides), np.ones(sides)
    first, last = np.zeros(sides, bool), np.ones(sides, bool)
    a, b = place(left, low_v, first), place(right, low_v, last)
    c, d = place(right, high_v, last), place(left, high_v, first)
    lid = np.stack([d, d, d], axis=1)
    uvs = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1), lid])
    mesh.add(np.concatenate([low, high, middle[None] + up]), np.concatenate(faces), fronts, uvs)


def _rail_color(rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw the colour of the price rails."""
    choices = ((0.85, 0.85, 0.85), (0.8, 0.1, 0.1), (0.85, 0.7, 0.1), (0.1, 0.25, 0.55), (0.15, 0.15, 0.16))
    return choices[int(rng.integers(len(choices)))]
