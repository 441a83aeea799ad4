"""Boxes of items and hands in each frame: full ones from the simulation, visible ones from the id mask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cart.scenes.geometry import Bytes, Floats, Model, Pose
from cart.scenes.hands.arm import Arm
from cart.scenes.render.protocol import ARM_ID
from cart.scenes.stage.cameras import project
from cart.scenes.take import CameraSpec, Take

CLASSES = ("hand", "item")
"""In the order of the detector's classes."""
_LEAST_PIXELS = 40
_LEAST_SIDE = 4

Box = list[float]
"""x1, y1, x2, y2 in pixels; may reach out of the picture."""


@dataclass(frozen=True)
class VisibleItem:
    """What is seen of an item in a frame."""

    item: int
    """Its place among the take's items."""
    box: Box
    share: float
    """Area of that box in the whole item's, 0..1."""
    filled: float
    """Share of that box's pixels that show it, 0..1; the others show what lies before it or behind it."""
    held: bool
    """Whether a hand holds it."""


def full_boxes(take: Take, models: Mapping[str, Model], arms: Sequence[Arm]) -> list[dict[str, Any]]:
    """Return, for each frame, the whole boxes of items and hands, whether seen or not, and who holds what.

    Each is `{"items": [box or null], "hands": [box or null], "held": [arm or -1], "helped": [arm or -1]}`, in
    the take's order; `helped` names the second hand of two that hold one item.
    """
    found = []
    for _, middle, _ in take.frames:
        items = [
            _box(take.camera, Pose(row[:3], row[3:]).apply(models[product].vertices))
            if not np.isnan(row[0])
            else None
            for product, row in zip(take.products, take.items[middle], strict=True)
        ]
        hands = [
            None if np.isnan(joints[0, 0, 0]) else _box(take.camera, _flesh(arm, joints))
            for arm, joints in zip(arms, take.joints[middle], strict=True)
        ]
        held = {name: getattr(take, name)[middle].tolist() for name in ("held", "helped")}
        found.append({"items": items, "hands": hands, **held})
    return found


def visible_boxes(ids: Bytes, full: Mapping[str, Any]) -> list[tuple[int, Box]]:
    """Return the class and box of what is seen of each hand and item of a frame.

    Args:
        ids: (H, W) which thing each pixel shows, as the renderer writes it.
        full: the frame's full boxes; of an arm the part within the hand's is the hand.
    """
    found: list[tuple[int, Box]] = []
    for arm, box in enumerate(full["hands"]):
        if box is not None:
            found += _visible(ids == ARM_ID + arm, CLASSES.index("hand"), box)
    for item in visible_items(ids, full):
        found.append((CLASSES.index("item"), item.box))
    return found


def visible_items(ids: Bytes, full: Mapping[str, Any]) -> list[VisibleItem]:
    """Return what is seen of each item of a frame; the arguments are those of `visible_boxes`."""
    found = []
    for item, (box, held) in enumerate(zip(full["items"], full["held"], strict=True)):
        seen = ids == item + 1
        for _, visible in _visible(seen, CLASSES.index("item"), None) if box is not None else ():
            area = max(1.0, (box[2] - box[0]) * (box[3] - box[1]))
            box_area = (visible[2] - visible[0]) * (visible[3] - visible[1])
            share, filled = min(1.0, box_area / area), np.count_nonzero(seen) / box_area
            found.append(VisibleItem(item, visible, round(share, 3), round(filled, 3), held=held >= 0))
    return found


def yolo_lines(boxes: Sequence[tuple[int, Box]], size: tuple[int, int]) -> str:
    """Return boxes as lines of a YOLO label file: class, centre, width and height as fractions."""
    width, height = size
    lines = []
    for kind, (x1, y1, x2, y2) in boxes:
        values = ((x1 + x2) / 2 / width, (y1 + y2) / 2 / height, (x2 - x1) / width, (y2 - y1) / height)
        lines.append(f"{kind} " + " ".join(f"{value:.6f}" for value in values) + "\n")
    return "".join(lines)


def _visible(mask: np.ndarray, kind: int, within: Box | None) -> list[tuple[int, Box]]:
    if within is not None:
        x1, y1, x2, y2 = (
            int(v) for v in np.clip(np.round(within), 0, [*mask.shape[::-1], *mask.shape[::-1]])
        )
        cut = np.zeros_like(mask)
        cut[y1:y2, x1:x2] = mask[y1:y2, x1:x2]
        mask = cut
    rows, columns = np.nonzero(mask)
    if len(rows) < _LEAST_PIXELS:
        return []
    box = [float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)]
    if min(box[2] - box[0], box[3] - box[1]) < _LEAST_SIDE:
        return []
    return [(kind, box)]


def _box(camera: CameraSpec, points: Floats) -> Box | None:
    pixels = project(camera, points)
    if np.isnan(pixels).all():
        return None
    return [round(float(v), 1) for v in (*np.nanmin(pixels, 0), *np.nanmax(pixels, 0))]


def _flesh(arm: Arm, joints: Floats) -> Floats:
    """Return points (N, 3) about a hand, forearm excluded: the corners about the ends of its capsules."""
    capsules = arm.capsules(joints)[[not part.name.startswith("fore") for part in arm.flesh]]
    ends = np.concatenate([capsules[:, :3], capsules[:, 3:6]])
    radii = np.tile(capsules[:, 6], 2)[:, None, None]
    return (ends[:, None] + radii * _SPHERE).reshape(-1, 3)


_SPHERE = np.array(
    [[x, y, z] for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if x or y or z], float
)
_SPHERE /= np.linalg.norm(_SPHERE, axis=1, keepdims=True)
