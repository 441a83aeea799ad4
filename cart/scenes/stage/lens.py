"""What a lens does to straight lines: Brown's radial model, and how a pinhole picture is bent to it.

The renderer draws straight lines only, so it draws a picture that is larger by `overscan` on each side;
`distort` turns that into the picture of the camera.
"""

from functools import lru_cache

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats
from cart.scenes.take import CameraSpec


def focal_length(camera: CameraSpec) -> float:
    """Return the focal length in pixels."""
    return float(camera.size[0] / 2 / np.tan(camera.field_of_view / 2))


def bend(camera: CameraSpec, straight: Floats) -> Floats:
    """Return where straight rays (N, 2), in units of the focal length, fall behind the lens (Brown 1966)."""
    k1, k2 = camera.distortion
    squared = (straight**2).sum(axis=-1, keepdims=True)
    return np.asarray(straight * (1 + k1 * squared + k2 * squared**2))


def straighten(camera: CameraSpec, bent: Floats) -> Floats:
    """Return the straight rays (N, 2) that fall at `bent`, by Newton's method on the radius.

    Raises:
        ValueError: The lens folds the picture within its corners.
    """
    k1, k2 = camera.distortion
    wanted = np.linalg.norm(bent, axis=-1)
    radius = wanted.copy()
    for _ in range(20):
        slope = 1 + 3 * k1 * radius**2 + 5 * k2 * radius**4
        if np.any(slope < 0.05):
            raise ValueError(
                "the lens distortion folds the picture: choose smaller k1 and k2 or a narrower field"
            )
        radius = radius - (radius * (1 + k1 * radius**2 + k2 * radius**4) - wanted) / slope
    return np.asarray(bent * (radius / np.maximum(wanted, 1e-12))[..., None])


def overscan(camera: CameraSpec) -> tuple[int, int]:
    """Return by how many pixels (even numbers) the pinhole picture is larger on each side: across, down."""
    width, height = camera.size
    across, down = np.arange(width) + 0.5, np.arange(height) + 0.5
    edge = np.concatenate(
        [
            np.stack([across, np.full(width, 0.5)], axis=1),
            np.stack([np.full(height, 0.5), down], axis=1),
        ]
    )
    half = np.array(camera.size) / 2
    focal = focal_length(camera)
    reach = np.abs(straighten(camera, (edge - half) / focal) * focal).max(axis=0) - half
    columns, rows = (int(np.ceil(x / 2 + 0.5)) * 2 if x > 0 else 0 for x in reach)
    return columns, rows


def rendered_size(camera: CameraSpec) -> tuple[int, int]:
    """Return width and height of the pinhole picture."""
    across, down = overscan(camera)
    return camera.size[0] + 2 * across, camera.size[1] + 2 * down


def distort(camera: CameraSpec, picture: Bytes, ids: bool = False) -> Bytes:
    """Return the camera's picture from the pinhole picture of `rendered_size`; an id mask keeps whole ids.

    Raises:
        ValueError: The picture is not of that size.
    """
    width, height = rendered_size(camera)
    if picture.shape[:2] != (height, width):
        raise ValueError(
            f"the pinhole picture should be {width}x{height}, not {picture.shape[1]}x{picture.shape[0]}"
        )
    if camera.distortion == (0.0, 0.0):
        return picture
    places = (_sources(camera) + overscan(camera) - 0.5).astype(np.float32)
    how = cv2.INTER_NEAREST if ids else cv2.INTER_CUBIC
    return np.asarray(
        cv2.remap(picture, places[..., 0], places[..., 1], how, borderMode=cv2.BORDER_REPLICATE)
    )


@lru_cache(maxsize=8)
def _sources(camera: CameraSpec) -> Floats:
    """Return for each pixel (H, W, 2) of the camera's picture its place in a pinhole picture of that size."""
    width, height = camera.size
    centre, focal = np.array(camera.size) / 2, focal_length(camera)
    pixels = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
    return straighten(camera, (pixels - centre) / focal) * focal + centre
