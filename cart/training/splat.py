"""A small renderer: surfaces as dense coloured points, turned, lit and drawn nearest last."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]
"""An array of real numbers; cv2 and numpy widen them at will."""

Bytes = NDArray[Any]
"""An array of whole numbers 0..255."""

PART_HAND, PART_ARM, PART_ITEM = 1, 2, 3

_CAMERA_DISTANCE = 6.0


@dataclass(frozen=True, slots=True)
class Surface:
    """N points of one or more solids.

    Attributes:
        points: (N, 3), x to the right, y up, z towards the camera.
        normals: (N, 3), unit length, pointing out.
        colors: (N, 4), BGR 0..1 and opacity 0..1.
        gloss: (N,), strength of the highlight 0..1.
        parts: (N,), one of the PART numbers.
    """

    points: Floats
    normals: Floats
    colors: Floats
    gloss: Floats
    parts: Bytes


@dataclass(frozen=True, slots=True)
class Sprite:
    """A cut-out: BGR and opacity, uint8 (H, W, 4), and the part number of each pixel, 0 where empty."""

    pixels: Bytes
    parts: Bytes


@dataclass(frozen=True, slots=True)
class Light:
    """Where the light comes from (unit vector), and how much of it comes from all sides, 0..1."""

    direction: Floats
    ambient: float


def join(*surfaces: Surface) -> Surface:
    """Return several surfaces as one."""
    return Surface(
        np.concatenate([one.points for one in surfaces]),
        np.concatenate([one.normals for one in surfaces]),
        np.concatenate([one.colors for one in surfaces]),
        np.concatenate([one.gloss for one in surfaces]),
        np.concatenate([one.parts for one in surfaces]),
    )


def transform(surface: Surface, rotation: Floats, shift: Floats | None = None) -> Surface:
    """Return the surface turned by a 3x3 rotation, then moved."""
    points = np.einsum("nj,ij->ni", surface.points, rotation)
    if shift is not None:
        points = points + shift
    normals = np.einsum("nj,ij->ni", surface.normals, rotation)
    return Surface(points, normals, surface.colors, surface.gloss, surface.parts)


def rotation(x: float = 0, y: float = 0, z: float = 0) -> Floats:
    """Return the rotation by angles in radians about x, then y, then z."""
    turned = np.eye(3)
    for axis, angle in enumerate((x, y, z)):
        vector = np.zeros(3)
        vector[axis] = angle
        turned = cv2.Rodrigues(vector)[0] @ turned
    return turned.astype(np.float32)


def random_light(rng: np.random.Generator) -> Light:
    """Return a light from above and in front, harder or softer."""
    direction = np.array([rng.uniform(-1, 1), rng.uniform(0.1, 1), rng.uniform(0.4, 1.2)], np.float32)
    return Light(direction / np.linalg.norm(direction), float(rng.uniform(0.35, 0.75)))


def render(surface: Surface, light: Light, pixels_per_unit: float) -> Sprite:
    """Draw a surface, cropped to what is seen of it.

    Args:
        surface: its points lie closer than a pixel, or holes show.
        light: the light.
        pixels_per_unit: the scale at z = 0.
    """
    facing = surface.normals[:, 2] > -0.05
    points, normals = surface.points[facing], surface.normals[facing]
    nearness = _CAMERA_DISTANCE / (_CAMERA_DISTANCE - points[:, 2].clip(-20, 4))
    columns = np.rint(points[:, 0] * nearness * pixels_per_unit).astype(np.int32)
    rows = np.rint(-points[:, 1] * nearness * pixels_per_unit).astype(np.int32)
    columns, rows = columns - columns.min() + 2, rows - rows.min() + 2
    lit = _shade(surface.colors[facing], normals, surface.gloss[facing], light)
    order = np.argsort(points[:, 2], kind="stable")
    at = rows[order], columns[order]
    shape = rows.max() + 3, columns.max() + 3
    pixels, parts = np.zeros((*shape, 4), np.uint8), np.zeros(shape, np.uint8)
    pixels[at] = lit[order]
    parts[at] = surface.parts[facing][order]
    return _fill_holes(pixels, parts)


def _shade(colors: Floats, normals: Floats, gloss: Floats, light: Light) -> Bytes:
    diffuse = light.ambient + (1 - light.ambient) * (normals @ light.direction).clip(0, 1)
    half = light.direction + np.array([0, 0, 1], np.float32)
    highlight = gloss * (normals @ (half / np.linalg.norm(half))).clip(0, 1) ** 24
    lit = np.empty_like(colors)
    lit[:, :3] = colors[:, :3] * diffuse[:, None] + 0.8 * highlight[:, None]
    edge = (1 - normals[:, 2].clip(0, 1)) ** 2
    lit[:, 3] = colors[:, 3] + (1 - colors[:, 3]) * np.maximum(edge, highlight)
    return (lit * 255).clip(0, 255).astype(np.uint8)


def _fill_holes(pixels: Bytes, parts: Bytes) -> Sprite:
    kernel = np.ones((3, 3), np.uint8)
    closed = cv2.morphologyEx((parts > 0).astype(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
    holes = closed & (parts == 0)
    pixels[holes] = cv2.dilate(pixels, kernel)[holes]
    parts[holes] = cv2.dilate(parts, kernel)[holes]
    skin = (parts == PART_HAND) | (parts == PART_ARM)
    pixels[skin] = cv2.medianBlur(pixels, 3)[skin]
    return Sprite(pixels, parts)
