"""Hands and forearms as solids, open or gripping, bare or in a sleeve; with or without an item held."""

import numpy as np

from cart.training.label_art import random_color
from cart.training.splat import PART_ARM, PART_HAND, Floats, Surface, join, rotation, transform

STEP = 1 / 85
"""Distance of neighbouring points; a hand is about 1.9 long, so it can be drawn 150 pixels long."""

_FINGERS = ((-0.33, 0.86, 0.78), (-0.11, 0.95, 0.95), (0.11, 0.98, 1.0), (0.32, 0.92, 0.9))
"""Root of each finger (x, y) from the wrist, and its length relative to the middle finger's."""

_BONES = (0.42, 0.27, 0.22)
_SKIN_DARK, _SKIN_PALE = np.array([40, 60, 95]) / 255, np.array([175, 200, 240]) / 255


def random_hand(rng: np.random.Generator, grip: float) -> Surface:
    """Return a right hand: wrist at the origin, fingers up (+y), palm towards -z, forearm down.

    Args:
        rng: source of its shape, skin and sleeve.
        grip: 0 for stretched fingers to 1 for a fist.
    """
    skin = _skin(rng)
    pieces = [_palm(rng, skin)]
    spread = rng.uniform(0.2, 1.2)
    for x, y, length in _FINGERS:
        bend = np.array([0.9, 1.1, 0.7]) * grip + rng.uniform(0.0, 0.25, 3)
        pieces.append(_finger(np.array([x, y, 0]), -0.45 * x * spread, length, bend, skin))
    pieces.append(_thumb(rng, grip, skin))
    pieces += _arm(rng, skin)
    return join(*pieces)


def random_grip(rng: np.random.Generator, item: Surface) -> tuple[Surface, Surface]:
    """Return a hand and the item that it grips, in one place.

    Args:
        rng: source of both poses.
        item: about 1 high; it is scaled and turned.
    """
    hand = random_hand(rng, float(rng.uniform(0.3, 0.75)))
    scale = np.float32(rng.uniform(0.6, 1.9))
    scaled = Surface(item.points * scale, item.normals, item.colors, item.gloss, item.parts)
    tip, turn, roll = rng.uniform(-0.5, 0.5, 3).tolist()
    lying = np.pi / 2 if rng.random() < 0.5 else 0.0
    turned = transform(scaled, rotation(tip, turn, roll + lying))
    thickness = float(np.percentile(turned.points[:, 2], 98))
    hanging = float(np.percentile(turned.points[:, 1], 98)) * rng.uniform(0, 0.9)
    depth = 0.16 + thickness * rng.uniform(0.7, 1)
    place = np.array([rng.uniform(-0.3, 0.3), rng.uniform(0.6, 1.1) + hanging, -depth])
    return hand, transform(turned, np.eye(3, dtype=np.float32), place.astype(np.float32))


def _skin(rng: np.random.Generator) -> Floats:
    tone = _SKIN_DARK + (_SKIN_PALE - _SKIN_DARK) * rng.beta(2, 1.3)
    result: Floats = (tone * rng.uniform(0.9, 1.1, 3)).clip(0, 1).astype(np.float32)
    return result


def _solid(points: Floats, normals: Floats, color: Floats, part: int, gloss: float = 0.08) -> Surface:
    colors = np.ones((len(points), 4), np.float32)
    waves = np.sin(points * 9) @ np.array([0.5, 0.3, 0.2], np.float32)
    grain = np.sin(points @ np.array([91.7, 57.3, 77.1], np.float32)) * np.sin(
        points @ np.array([33.1, 85.9, 19.7], np.float32)
    )
    colors[:, :3] = (color * (1 + 0.05 * waves + 0.04 * grain)[:, None]).clip(0, 1)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True) + 1e-6
    count = len(points)
    return Surface(
        points.astype(np.float32),
        (normals / lengths).astype(np.float32),
        colors,
        np.full(count, gloss, np.float32),
        np.full(count, part, np.uint8),
    )


def _capsule(
    start: Floats, end: Floats, radii: tuple[float, float], flat: float = 1.0
) -> tuple[Floats, Floats]:
    """Return points and normals of a rounded cone; `flat` squeezes it towards the plane of the palm."""
    length = float(np.linalg.norm(end - start))
    wide = max(radii)
    rings = max(6, int((length + 2 * wide) / STEP))
    turns = max(12, int(2 * np.pi * wide / STEP))
    grid = np.meshgrid(np.linspace(-wide, length + wide, rings), np.linspace(0, 2 * np.pi, turns))
    along, angle = grid[0].ravel(), grid[1].ravel()
    radius = np.interp(along, [0, length], radii)
    beyond = np.maximum(-along, along - length).clip(0) / wide
    radius = radius * np.sqrt((1 - beyond**2).clip(0))
    axis = (end - start) / length
    side = np.cross(axis, [0, 0, 1.0])
    side = side / (np.linalg.norm(side) + 1e-6) if np.linalg.norm(side) > 1e-3 else np.array([1.0, 0, 0])
    front = np.cross(side, axis)
    out = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * front * flat
    normals = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * front / flat
    tip = np.where(along > length, beyond, np.where(along < 0, -beyond, 0))[:, None] * axis
    return start + along[:, None] * axis + radius[:, None] * out, normals + tip * 2


def _palm(rng: np.random.Generator, skin: Floats) -> Surface:
    wide, thick = rng.uniform(0.4, 0.46), rng.uniform(0.14, 0.18)
    turns, rings = int(2 * np.pi * wide / STEP), int(np.pi * 0.6 / STEP)
    grid = np.meshgrid(np.linspace(0, 2 * np.pi, turns), np.linspace(0, np.pi, rings))
    around, polar = grid[0].ravel(), grid[1].ravel()

    def power(values: Floats) -> Floats:
        result: Floats = np.sign(values) * np.abs(values) ** 0.65
        return result

    unit = np.stack(
        [power(np.sin(polar) * np.cos(around)), power(np.cos(polar)), power(np.sin(polar) * np.sin(around))],
        axis=1,
    )
    narrow = 1 - 0.18 * (1 - unit[:, 1:2]) / 2
    points = (
        unit
        * [wide, 0.56, thick]
        * np.concatenate([narrow, np.ones_like(narrow), np.ones_like(narrow)], axis=1)
    )
    return _solid(points + np.array([0, 0.48, 0]), unit / [wide, 0.56, thick], skin, PART_HAND)


def _finger(root: Floats, lean: float, length: float, bend: Floats, skin: Floats) -> Surface:
    pieces, start, angle = [], root, 0.0
    for bone, joint, radius in zip(_BONES, bend, (0.105, 0.095, 0.085), strict=True):
        angle += joint
        direction = np.array([-np.sin(lean) * np.cos(angle), np.cos(lean) * np.cos(angle), -np.sin(angle)])
        end = start + direction * bone * length
        color = skin * np.array([0.94, 0.94, 1.02]) if bone == _BONES[-1] else skin
        pieces.append(_solid(*_capsule(start, end, (radius, radius * 0.92)), color, PART_HAND))
        start = end
    return join(*pieces)


def _thumb(rng: np.random.Generator, grip: float, skin: Floats) -> Surface:
    root = np.array([0.3, 0.25, -0.05])
    out = rng.uniform(0.25, 0.9)
    first = root + np.array([0.42 * out, 0.33, -0.1 - 0.3 * grip])
    second = first + np.array([0.25 * out * (1 - grip), 0.3, -0.05 - 0.25 * grip])
    return join(
        _solid(*_capsule(root, first, (0.17, 0.12)), skin, PART_HAND),
        _solid(*_capsule(first, second, (0.12, 0.095)), skin * np.array([0.95, 0.95, 1.02]), PART_HAND),
    )


def _arm(rng: np.random.Generator, skin: Floats) -> list[Surface]:
    """Return the bare forearm and, mostly, a sleeve over it that begins anywhere."""
    slant = rng.uniform(-0.8, 0.8), rng.uniform(-0.5, 0.9)
    wrist, elbow = np.array([0, 0.1, 0]), np.array([slant[0], -4.6, slant[1]])
    bare = _solid(*_capsule(wrist, elbow, (0.25, 0.42), 0.8), skin, PART_ARM)
    if rng.random() < 0.3:
        return [bare]
    begin = wrist + (elbow - wrist) * rng.uniform(0.03, 0.45)
    width = rng.uniform(0.34, 0.5)
    points, normals = _capsule(begin, elbow, (width, width + rng.uniform(0.05, 0.3)), 0.85)
    return [bare, _cloth(rng, points, normals)]


def _cloth(rng: np.random.Generator, points: Floats, normals: Floats) -> Surface:
    color = np.array(random_color(rng), np.float32) / 255
    plain = _solid(points, normals, color, PART_ARM, 0.0)
    across = plain.points @ rng.normal(0, 5, 3).astype(np.float32)
    folds = np.sin(across + 1.5 * np.sin(plain.points[:, 1] * 4))[:, None]
    colors = plain.colors.copy()
    colors[:, :3] = (colors[:, :3] * (1 + rng.uniform(0.05, 0.2) * folds)).clip(0, 1)
    if rng.random() < 0.3:
        stripes = np.sin(plain.points[:, 1] * rng.uniform(8, 40)) > 0
        colors[stripes, :3] = np.array(random_color(rng), np.float32) / 255
    bumpy = plain.normals + 0.2 * folds * rng.normal(0, 1, 3)
    bumpy /= np.linalg.norm(bumpy, axis=1, keepdims=True)
    return Surface(plain.points, bumpy.astype(np.float32), colors, plain.gloss, plain.parts)
