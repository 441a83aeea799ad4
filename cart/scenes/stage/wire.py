"""The look of a wire cart: its grid, rim, handle, child seat, bumpers and the frame beneath."""

import numpy as np

from cart.scenes.geometry import Floats, Material, Model, about
from cart.scenes.stage.mesh import Mesh
from cart.scenes.stage.tub import Tub
from cart.scenes.take import CartSpec

WIRE = 0.0021
"""Radius of a wire, metres."""
RIM = 0.0055
SEAT_DEPTH = 0.2
SEAT_DROP = 0.17
"""How deep below the rim the child seat's plate lies."""


def model(spec: CartSpec, tub: Tub) -> Model:
    """Return a wire cart as it stands in the world."""
    mesh = Mesh()
    steel = Material(color=spec.color, roughness=0.32, metallic=0.9)
    plastic = Material(color=spec.accent, roughness=0.42)
    _grid(mesh, tub, steel)
    _handle(mesh, spec, tub, steel, plastic)
    _bumpers(mesh, tub, plastic)
    _frame(mesh, spec, tub, steel)
    if spec.seat:
        _seat(mesh, tub, steel, plastic)
    else:
        _folded_seat(mesh, tub, plastic)
    return mesh.model()


def seat_plate(tub: Tub) -> Floats:
    """Return the corners (4, 3) of the child seat's plate, seen from above, the first edge at the handle."""
    share = 1 - SEAT_DROP / (tub.rim[0, 2] - tub.floor[0, 2])
    near = float(tub.level(share)[0, 1])
    z = float(tub.level(share)[0, 2])
    return np.array([[sign * tub.half_width(y, share), y, z] for sign, y in _round(near, near + SEAT_DEPTH)])


def seat_back(tub: Tub) -> Floats:
    """Return the corners (4, 3) of the panel between child seat and goods, seen from the goods.

    It leans forward.
    """
    plate = seat_plate(tub)
    top_y = plate[2, 1] + 0.04
    top = [[sign * tub.half_width(top_y, 0.98), top_y, tub.level(0.98)[0, 2]] for sign in (-1, 1)]
    return np.array([plate[2], plate[3], top[0], top[1]])


def _round(near: float, far: float) -> list[tuple[int, float]]:
    return [(-1, near), (1, near), (1, far), (-1, far)]


def _bars(mesh: Mesh, quad: Floats, count: int, radius: float, steel: Material, raised: float) -> None:
    """Add wires from a sheet's first edge to its third, evenly spaced, `raised` behind the sheet."""
    normal = np.cross(quad[1] - quad[0], quad[3] - quad[0])
    behind = -normal / np.linalg.norm(normal) * raised
    for t in np.linspace(0, 1, count):
        low = quad[0] * (1 - t) + quad[1] * t
        high = quad[3] * (1 - t) + quad[2] * t
        mesh.tube(np.stack([low, high]) + behind, radius, steel, sides=6)


def _grid(mesh: Mesh, tub: Tub, steel: Material) -> None:
    """Add the wires: upright ones inside, rings outside, lengthwise ones on the floor."""
    for n in range(4):
        side = tub.side(n)
        count = round(float(np.linalg.norm(side[2] - side[3])) / 0.046) + 1
        _bars(mesh, side, count, WIRE, steel, WIRE)
    height = float(tub.rim[0, 2] - tub.floor[0, 2])
    levels = max(3, round(height / 0.075))
    outward = _outward(3 * WIRE)
    for n in range(1, levels):
        ring = tub.level(n / levels) + outward
        thick = WIRE * 1.5 if n in (1, levels // 2) else WIRE
        mesh.tube(np.concatenate([ring, ring[:1]]), thick, steel, sides=6)
    for ring, radius in (
        (tub.rim + _outward(RIM), RIM),
        (tub.floor + _outward(WIRE) - [0, 0, 0.004], RIM * 0.7),
    ):
        mesh.tube(np.concatenate([ring, ring[:1]]), radius, steel, sides=10)
    across = round(float(tub.floor[1, 0] - tub.floor[0, 0]) / 0.036) + 1
    _bars(mesh, tub.floor, across, WIRE, steel, WIRE)
    _bars(mesh, np.roll(tub.floor, -1, axis=0), 6, WIRE * 1.4, steel, 3 * WIRE)


def _outward(distance: float) -> Floats:
    return np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * distance


def _handle(mesh: Mesh, spec: CartSpec, tub: Tub, steel: Material, plastic: Material) -> None:
    """Add two arms up and back from the rim and the bar between them, its grip in the accent's colour."""
    half = spec.size[0] / 2 + 0.012
    back, top = float(tub.rim[0, 1]), float(tub.rim[0, 2])
    bar_y, bar_z = back - 0.11, top + 0.075
    for sign in (-1, 1):
        way = [[sign * half, back + 0.12, top - 0.01], [sign * half, back - 0.01, top + 0.005]]
        way += [[sign * half, back - 0.085, top + 0.055], [sign * half, bar_y, bar_z]]
        mesh.tube(np.array(way), 0.0095, steel, sides=10)
        clamp = np.array([sign * half, bar_y, bar_z])
        mesh.box(clamp, np.array([0.014, 0.024, 0.026]), plastic, about((1, 0, 0), 0.5))
    mesh.tube(np.array([[-half, bar_y, bar_z], [half, bar_y, bar_z]]), 0.0145, plastic, sides=14)
    pale = Material(color=(0.86, 0.86, 0.84), roughness=0.35)
    sign_place = np.array([0, bar_y + 0.004, bar_z + 0.013])
    mesh.box(sign_place, np.array([0.085, 0.022, 0.005]), pale, about((1, 0, 0), -0.5))


def _bumpers(mesh: Mesh, tub: Tub, plastic: Material) -> None:
    """Add the plastic pieces on the front's two corners and the cap on the rim between."""
    for corner, back in ((2, 1), (3, 0)):
        top, low = tub.rim[corner], tub.level(0.8)[corner]
        sign = np.sign(top[0])
        off = np.array([sign * 0.009, 0.009, 0.0])
        along = (tub.rim[back] - top) / np.linalg.norm(tub.rim[back] - top)
        mesh.tube(np.stack([low + off, top + off + [0, 0, 0.006]]), 0.0125, plastic, sides=10)
        mesh.tube(np.stack([top + off, top + off + 0.09 * along]), 0.0085, plastic, sides=10)
        mesh.tube(
            np.stack([top + off, top + off + np.array([-sign * 0.08, 0, 0])]), 0.0085, plastic, sides=10
        )


def _seat(mesh: Mesh, tub: Tub, steel: Material, plastic: Material) -> None:
    """Add the child seat: a plastic plate, the wire panel before it, and the flap at its foot."""
    mesh.sheet(seat_plate(tub), plastic, thickness=0.006)
    panel = seat_back(tub)
    _bars(mesh, panel, 9, WIRE, steel, WIRE)
    for share in (0.35, 1.0):
        left, right = panel[1] * (1 - share) + panel[2] * share, panel[0] * (1 - share) + panel[3] * share
        mesh.tube(np.stack([left, right]), WIRE * (1.4 if share < 1 else 2.2), steel, sides=8)


def _folded_seat(mesh: Mesh, tub: Tub, plastic: Material) -> None:
    """Add the folded seat: its plastic flap stands against the back's upper half, outside."""
    side = tub.side(0)
    normal = np.cross(side[1] - side[0], side[3] - side[0])
    behind = -normal / np.linalg.norm(normal) * (5 * WIRE)

    def at(across: float, up: float) -> Floats:
        low, high = side[0] * (1 - across) + side[1] * across, side[3] * (1 - across) + side[2] * across
        return np.asarray(low * (1 - up) + high * up + behind)

    mesh.sheet(
        np.stack([at(0.12, 0.5), at(0.88, 0.5), at(0.88, 0.9), at(0.12, 0.9)]), plastic, thickness=0.004
    )


def _frame(mesh: Mesh, spec: CartSpec, tub: Tub, steel: Material) -> None:
    """Add the frame beneath the basket, which shows through the grid.

    Two rails, the lower rack and wheels.
    """
    rubber = Material(color=(0.09, 0.09, 0.1), roughness=0.7)
    back, front = float(tub.floor[0, 1]) - 0.02, float(tub.floor[2, 1])
    low = max(0.12, spec.floor_height * 0.35)
    for sign in (-1, 1):
        x = sign * spec.size[0] * 0.42
        rail = [
            [x, back - 0.06, spec.floor_height + 0.03],
            [x, back - 0.1, low],
            [x * 0.8, front + 0.04, low - 0.02],
        ]
        mesh.tube(np.array(rail), 0.011, steel, sides=8)
        for y in (back - 0.06, front):
            mesh.tube(
                np.array([[x * 0.9 - 0.012, y, 0.06], [x * 0.9 + 0.012, y, 0.06]]), 0.06, rubber, sides=16
            )
    rack = np.array([[-1, back, low], [1, back, low], [0.8, front, low], [-0.8, front, low]])
    rack[:, 0] *= spec.size[0] * 0.4
    _bars(mesh, rack, 8, WIRE * 1.3, steel, 0.0)
