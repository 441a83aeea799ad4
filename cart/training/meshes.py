"""Rendered products' meshes as surfaces that `splat` draws: quick and plain sights, without Blender."""

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Floats, Material, Model
from cart.training.splat import PART_ITEM, Surface

_STEP = 1 / 220
"""Mean distance of points; a surface is 1 along its longest side, so it can be drawn 180 pixels long."""
_DENSITY = 2.5  # points in a square of that side: random ones leave holes at 1
_CLEAR = 0.7  # transmission from which one sees what is behind
_TINTED = 0.5


def surface(model: Model, random: np.random.Generator) -> Surface:
    """Return points of a model around the origin, y up and its front towards z, 1 along its longest side.

    Clear film and glass are left out: a point hides what is behind it. Metal has a made-up surrounding in it.

    Args:
        model: a product's, as `cart.scenes.products.build.model` returns it.
        random: draws the points.
    """
    looks = np.array([not _is_clear(material) for material in model.materials])
    shown = looks[model.face_materials]
    corners = (model.vertices / np.ptp(model.vertices, axis=0).max())[model.faces[shown]]
    crosses = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled = np.linalg.norm(crosses, axis=1)
    faces = _drawn_faces(doubled / 2, random)
    shares = _barycentric(len(faces), random)
    points = np.einsum("nk,nkd->nd", shares, corners[faces])
    normals = crosses[faces] / doubled[faces, None]
    places = np.einsum("nk,nkd->nd", shares, model.uvs[shown][faces])
    materials = model.face_materials[shown][faces]
    colors = np.ones((len(faces), 4), np.float32)
    gloss = np.empty(len(faces), np.float32)
    for number, material in enumerate(model.materials):
        of = materials == number
        colors[of, :3] = _colors(material, model, places[of], normals[of], random)
        gloss[of] = 0.6 * max(0.0, 0.7 - material.roughness)
    return Surface(
        _upright(points), _upright(normals), colors, gloss, np.full(len(faces), PART_ITEM, np.uint8)
    )


def _is_clear(material: Material) -> bool:
    return material.transmission > _CLEAR and material.tint < _TINTED


def _drawn_faces(areas: Floats, random: np.random.Generator) -> Floats:
    """Return the index of a face for each point; as many points as an area needs."""
    wanted = areas * _DENSITY / _STEP**2
    counts = np.floor(wanted + random.random(len(areas))).astype(np.intp)
    return np.repeat(np.arange(len(areas)), counts)


def _barycentric(count: int, random: np.random.Generator) -> Floats:
    """Return weights (count, 3) of the corners of a triangle, even over it."""
    u, v = random.random((2, count), np.float32)
    over = u + v > 1
    u, v = np.where(over, 1 - u, u), np.where(over, 1 - v, v)
    return np.stack([1 - u - v, u, v], axis=1)


def _colors(
    material: Material, model: Model, places: Floats, normals: Floats, random: np.random.Generator
) -> Floats:
    """Return BGR, 0..1, of points at `places` of the material's picture."""
    if material.picture is None:
        found = np.broadcast_to(np.array(material.color[::-1], np.float32), (len(places), 3))
    else:
        found = _sample(model.pictures[material.picture], places)
    if not material.metallic:
        return found
    mirrored = np.sin(normals @ random.normal(0, 2.5, 3) + random.uniform(0, 6.3))
    return found * (1 + 0.35 * material.metallic * mirrored[:, None])


def _sample(picture: Bytes, places: Floats) -> Floats:
    """Return BGR, 0..1, of an RGB picture shrunk to about the points' distance, so that print blends."""
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    columns = (places[:, 0].clip(0, 1) * (width - 1)).round().astype(np.intp)
    rows = ((1 - places[:, 1].clip(0, 1)) * (height - 1)).round().astype(np.intp)
    return np.asarray(small[rows, columns, ::-1], np.float32) / 255


def _upright(vectors: Floats) -> Floats:
    """Turn z up, front towards -y, into y up, front towards z."""
    return np.stack([vectors[:, 0], vectors[:, 2], -vectors[:, 1]], axis=1).astype(np.float32)
