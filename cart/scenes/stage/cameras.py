"""Cameras: where a point of the world falls in the picture, and how cameras are mounted on carts."""

import numpy as np

from cart.scenes.geometry import Floats, about, rotation
from cart.scenes.stage.lens import bend, focal_length
from cart.scenes.take import CameraSpec, CartSpec

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
    """Draw a camera on one of `MOUNTS` that sees the most of the cart's mouth.

    `rim`: on a long edge of the mouth, across the cart. `handle`: above the handle, forward and down.
    `overhead`: above the middle, nearly straight down. `side`: beside a tray, from breast height.
    """
    width, length, deep = cart.size
    top = cart.floor_height + deep
    side = float(rng.choice([-1.0, 1.0]))
    near = max(width, length)
    if mount == "rim":
        place = (
            side * (width / 2 + rng.uniform(0.0, 0.06)),
            rng.uniform(-0.2, 0.2) * length,
            top + rng.uniform(0.22, 0.4),
        )
        target = (
            -side * rng.uniform(0.02, 0.1),
            rng.uniform(-0.08, 0.08) * length,
            cart.floor_height + 0.25 * deep,
        )
        angle = rng.uniform(1.5, 1.75)
    elif mount == "handle":
        place = (
            rng.uniform(-0.12, 0.12),
            -length / 2 - rng.uniform(0.02, 0.12),
            top + rng.uniform(0.32, 0.55),
        )
        target = (rng.uniform(-0.03, 0.03), rng.uniform(0.0, 0.12) * length, cart.floor_height + 0.3 * deep)
        angle = rng.uniform(1.25, 1.6)
    elif mount == "overhead":
        place = (
            rng.uniform(-0.06, 0.06),
            rng.uniform(-0.2, 0.0) * length,
            top + near * rng.uniform(0.75, 1.1),
        )
        target = (place[0] + rng.normal(0, 0.02), place[1] + rng.uniform(0.08, 0.22), cart.floor_height)
        angle = rng.uniform(1.05, 1.3)
    elif mount == "side":
        away = near * rng.uniform(0.75, 1.1) + 0.1
        place = (rng.uniform(-0.15, 0.15), -away, top + rng.uniform(0.7, 1.2) * away)
        target = (rng.uniform(-0.03, 0.03), rng.uniform(0.0, 0.05), cart.floor_height + 0.04)
        angle = rng.uniform(0.8, 1.1)
    else:
        raise ValueError(f"no camera is mounted on {mount!r}; choose one of {', '.join(MOUNTS)}")
    return CameraSpec(
        place=tuple(round(float(x), 4) for x in place),  # type: ignore[arg-type]
        target=tuple(round(float(x), 4) for x in target),  # type: ignore[arg-type]
        roll=round(float(rng.normal(0, 0.03)), 4),
        field_of_view=round(float(angle), 4),
        distortion=_draw_distortion(rng, angle),
        size=size,
    )


def _draw_distortion(rng: np.random.Generator, angle: float) -> tuple[float, float]:
    """Draw a cheap lens: its barrel pulls the corners in by 2 to 9 hundredths."""
    corner = (np.tan(angle / 2) * 1.25) ** 2
    pull = float(rng.uniform(0.02, 0.09))
    return round(float(-pull / corner), 5), round(float(0.15 * pull / corner**2), 5)
