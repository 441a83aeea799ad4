"""Cameras: where a point of the world falls in the picture, and how cameras are mounted on carts."""

from dataclasses import replace

import numpy as np

from cart.scenes.geometry import Floats, about, rotation
from cart.scenes.stage.lens import bend, focal_length
from cart.scenes.stage.tub import Tub
from cart.scenes.take import CameraSpec, CartSpec

Place = tuple[float, float, float]

MOUNTS = ("rim", "handle", "overhead", "side")


def axes(camera: CameraSpec) -> Floats:
    """Return the camera's axes as rows (3, 3): right, down, forward.

    The picture's upper edge is towards the ceiling; of a camera that looks straight down, towards positive y.
    """
    forward = np.subtract(camera.target, camera.place)
    forward = forward / np.linalg.norm(forward)
    up = np.array([0, 0, 1.0]) if abs(forward[2]) < 0.9995 else np.array([0, 1.0, 0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    right = rotation(about(forward, camera.roll)) @ right
    return np.stack([right, np.cross(forward, right), forward])


def seen_from(camera: CameraSpec, points: Floats) -> Floats:
    """Return points (N, 3) of the world in the camera's axes: metres right, down and forward of it."""
    return (np.asarray(points, float) - camera.place) @ axes(camera).T


def depth(camera: CameraSpec, points: Floats) -> Floats:
    """Return how far (N,) in front of the camera points (N, 3) lie, metres; behind it negative."""
    return seen_from(camera, points)[:, 2]


def project(camera: CameraSpec, points: Floats) -> Floats:
    """Return the pixels (N, 2) on which points (N, 3) of the world fall, lens distortion included.

    (0, 0) is the upper left corner of the upper left pixel. A point not in front of the camera gives NaN.
    """
    return bend(camera, _straight(camera, points)) * focal_length(camera) + np.array(camera.size) / 2


def pinhole(camera: CameraSpec, points: Floats, overscan: tuple[int, int] = (0, 0)) -> Floats:
    """Return the pixels (N, 2) on which points fall in the renderer's undistorted, larger picture."""
    centre = np.array(camera.size) / 2 + overscan
    return _straight(camera, points) * focal_length(camera) + centre


def _straight(camera: CameraSpec, points: Floats) -> Floats:
    """Return points in units of the focal length (N, 2)."""
    seen = seen_from(camera, points)
    ahead = np.where(seen[:, 2] > 1e-6, seen[:, 2], np.nan)
    return seen[:, :2] / ahead[:, None]


def draw_camera(
    rng: np.random.Generator, cart: CartSpec, mount: str, size: tuple[int, int] = (480, 360)
) -> CameraSpec:
    """Draw a camera on one of `MOUNTS`, its angle so wide that the cart's mouth fills most of the picture.

    `rim`: on a long edge of the mouth, across the cart. `handle`: above the handle, forward and down.
    `overhead`: above the middle, nearly straight down, mostly with the cart's length across the picture.
    `side`: beside a tray, from breast height.

    Raises:
        ValueError: There is no such mount.
    """
    if mount not in MOUNTS:
        raise ValueError(f"no camera is mounted on {mount!r}; choose one of {', '.join(MOUNTS)}")
    place, target = {"rim": _on_rim, "handle": _on_handle, "overhead": _overhead, "side": _beside}[mount](
        rng, cart
    )
    upright = [0.0, np.pi / 2, -np.pi / 2] if mount == "overhead" else [0.0]
    roll = round(float(rng.choice(upright) + rng.normal(0, 0.03)), 4)
    camera = CameraSpec(place=_rounded(place), target=_rounded(target), roll=roll, size=size)
    angle = (
        _fitting(camera, cart, float(rng.uniform(0.9, 1.15))) if mount != "rim" else rng.uniform(1.5, 1.75)
    )
    return replace(
        camera, field_of_view=round(float(angle), 4), distortion=_draw_distortion(rng, float(angle))
    )


def _on_rim(rng: np.random.Generator, cart: CartSpec) -> tuple[Place, Place]:
    width, length, deep = cart.size
    side = float(rng.choice([-1.0, 1.0]))
    away, along = width / 2 + rng.uniform(0.0, 0.06), rng.uniform(-0.2, 0.2) * length
    place = (side * away, along, cart.floor_height + deep + rng.uniform(0.22, 0.4))
    target = (-side * rng.uniform(0.02, 0.1), 0.4 * along, cart.floor_height + 0.25 * deep)
    return place, target


def _on_handle(rng: np.random.Generator, cart: CartSpec) -> tuple[Place, Place]:
    _, length, deep = cart.size
    behind, above = length / 2 + rng.uniform(0.02, 0.12), cart.floor_height + deep + rng.uniform(0.32, 0.55)
    place = (rng.uniform(-0.12, 0.12), -behind, above)
    return place, (rng.uniform(-0.03, 0.03), rng.uniform(-0.1, 0.02) * length, cart.floor_height + 0.5 * deep)


def _overhead(rng: np.random.Generator, cart: CartSpec) -> tuple[Place, Place]:
    width, length, deep = cart.size
    above = cart.floor_height + deep + max(width, length) * rng.uniform(0.75, 1.2)
    place = (rng.uniform(-0.06, 0.06), rng.uniform(-0.25, -0.05) * length, above)
    return place, (place[0] * rng.uniform(0.3, 0.8), rng.uniform(0.0, 0.08) * length, cart.floor_height)


def _beside(rng: np.random.Generator, cart: CartSpec) -> tuple[Place, Place]:
    away = max(cart.size[:2]) * rng.uniform(0.75, 1.1) + 0.1
    place = (rng.uniform(-0.15, 0.15), -away, cart.floor_height + cart.size[2] + rng.uniform(0.7, 1.2) * away)
    return place, (rng.uniform(-0.03, 0.03), rng.uniform(0.0, 0.05), cart.floor_height + 0.04)


def _fitting(camera: CameraSpec, cart: CartSpec, filled: float) -> float:
    """Return the field of view in which the mouth's corners reach so far towards the picture's edge."""
    seen = seen_from(camera, Tub.of(cart).rim)
    seen = seen[seen[:, 2] > 0.15]
    reach = np.abs(seen[:, :2] / seen[:, 2:]) * [1.0, camera.size[0] / camera.size[1]]
    return float(np.clip(2 * np.arctan(np.quantile(reach.max(axis=1), 0.75) / filled), 0.7, 1.7))


def _rounded(point: Place) -> Place:
    return round(float(point[0]), 4), round(float(point[1]), 4), round(float(point[2]), 4)


def _draw_distortion(rng: np.random.Generator, angle: float) -> tuple[float, float]:
    """Draw a cheap lens: its barrel pulls the corners in by 2 to 7 hundredths."""
    corner = (np.tan(angle / 2) * 1.25) ** 2
    pull = float(rng.uniform(0.02, 0.07))
    return round(float(-pull / corner), 5), round(float(0.15 * pull / corner**2), 5)
