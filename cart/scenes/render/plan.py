"""Which frames are rendered whole, which in part over an earlier one, and which are an earlier one again.

The plan of a frame follows from the take alone, so it is the same in every process and after every break.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cart.scenes.geometry import Floats
from cart.scenes.render.state import Moments, State, item_vertices
from cart.scenes.stage.cameras import pinhole, seen_from
from cart.scenes.stage.lens import overscan, rendered_size
from cart.scenes.take import Take

SEGMENT = 48
"""Every so many frames one is rendered whole, so that seams cannot add up and processes can share a take."""
MARGIN = 26
"""Pixels round what changed that are rendered too, for soft shadows and the seam."""
DROP = 0.12
"""Metres beneath what moves whose shadow is rendered anew."""
LARGEST = 0.75
"""A changed part larger than this share of the picture is rendered whole."""
STILL = 1e-5
"""What moves less is still, metres (and parts of a turn)."""


@dataclass(frozen=True)
class Step:
    """How one frame comes about."""

    frame: int
    base: int | None
    """The earlier frame it is made from; None: rendered whole."""
    part: tuple[int, int, int, int] | None
    """Left, top, right, lower edge of what is rendered; None with a base: nothing."""


def shares(frames: int, workers: int) -> list[tuple[int, int]]:
    """Return ranges of frames (first, behind the last), at most one a worker, cut at whole frames."""
    segments = -(-frames // SEGMENT)
    cuts = np.unique(np.rint(np.linspace(0, segments, min(workers, segments) + 1)).astype(int)) * SEGMENT
    return [(int(a), int(min(b, frames))) for a, b in pairwise(cuts)]


def plan(state: State, frame: int) -> Step:
    """Return how a frame comes about."""
    start = frame - frame % SEGMENT
    if frame == start or _floor_moves(state.take, start, frame):
        return Step(frame, None, None)
    now = state.moments(frame)
    width, height = rendered_size(state.take.camera)
    best = Step(frame, None, None)
    least = LARGEST * width * height
    for base in dict.fromkeys((frame - 1, _last_quiet(state.take, start, frame))):
        if base is None:
            continue
        part = changed(state, state.moments(base), now)
        if part is None:
            return Step(frame, base, None)
        area = (part[2] - part[0]) * (part[3] - part[1])
        if area < least:
            best, least = Step(frame, base, part), area
    return best


def changed(state: State, before: Moments, now: Moments) -> tuple[int, int, int, int] | None:
    """Return the part of the picture that differs between two frames, with its margin, or None."""
    points = []
    for n, gtin in enumerate(state.take.products):
        if not _same(before.items[n], now.items[n]):
            places = [placed for placed in [*before.items[n], *now.items[n]] if not np.isnan(placed).any()]
            points += [item_vertices(state.models[gtin], placed) for placed in places]
    for then, here in zip(before.arms, now.arms, strict=True):
        if not _same(then, here):
            points += [vertices for vertices in [*then, *here] if not np.isnan(vertices).any()]
    return _box(state, np.concatenate(points)) if points else None


def _box(state: State, points: Floats) -> tuple[int, int, int, int] | None:
    """Return the box round points and what lies beneath them, within the picture; None if it is outside."""
    camera = state.take.camera
    low = points - [0, 0, DROP]
    low[:, 2] = np.maximum(low[:, 2], np.minimum(state.take.cart.floor_height, points[:, 2]))
    seen = np.concatenate([points, low])
    seen = seen[seen_from(camera, seen)[:, 2] > 0.02]
    if len(seen) == 0:
        return None
    pixels = pinhole(camera, seen, overscan(camera))
    size = np.array(rendered_size(camera))
    first = np.clip(np.floor(pixels.min(axis=0)) - MARGIN, 0, size).astype(int)
    last = np.clip(np.ceil(pixels.max(axis=0)) + MARGIN, 0, size).astype(int)
    if np.any(last - first < 2):
        return None
    return int(first[0]), int(first[1]), int(last[0]), int(last[1])


def _same(one: Floats, other: Floats) -> bool:
    """Whether a thing is still, and at the same place, in two frames' moments."""
    both = np.concatenate([one, other])
    if np.isnan(both).any():
        return bool(np.isnan(both).all())
    return bool(np.abs(both - both[0]).max() < STILL)


def _floor_moves(take: Take, start: int, frame: int) -> bool:
    """Whether the floor has shifted since the segment's start, where all frames have to be whole."""
    shifts = take.floor_shift[take.frames[start : frame + 1]].reshape(-1, 2)
    return bool(np.abs(shifts - shifts[0]).max() > STILL)


def _last_quiet(take: Take, start: int, frame: int) -> int | None:
    """Return the last earlier frame of the segment that no arm is in and nothing moves in."""
    for n in range(frame - 1, start - 1, -1):
        moments = take.frames[n]
        if np.isnan(take.joints[moments]).any(axis=(2, 3, 4)).all() and all(
            _same(placed[:1], placed) for placed in np.swapaxes(take.items[moments], 0, 1)
        ):
            return n
    return None
