"""The truth of a trip by the contract's definitions, taken from the simulation alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from cart.scenes.geometry import Floats

STAYS_SECONDS = 0.3
"""An add is dated by the first moment from which the item lies inside, free of any hand, for this long."""
GONE_SECONDS = 0.5
"""A removal is one where the item's box does not touch the opening again for this long."""
TOLERANCE_SECONDS = 1.0


@dataclass(frozen=True)
class ItemHistory:
    """What happened to one item, at the moments of a simulation."""

    product: str
    """GTIN."""
    inside: np.ndarray
    """(M,) whether its centre is within the walls, and its lowest point not much above the rim."""
    free: np.ndarray
    """(M,) whether no hand touches it."""
    touching: np.ndarray
    """(M,) whether its box in the picture touches the opening."""


@dataclass(frozen=True)
class Event:
    """An item that was added or removed."""

    time: float
    action: str
    product: str


def events(times: Floats, histories: Sequence[ItemHistory]) -> list[Event]:
    """Return what was added and removed, in order of time."""
    found = [event for history in histories for event in _events_of(times, history)]
    return sorted(found, key=lambda event: (event.time, event.product))


def _events_of(times: Floats, item: ItemHistory) -> list[Event]:
    lies = for_long(times, item.inside & item.free, STAYS_SECONDS)
    away = for_long(times, ~item.touching, GONE_SECONDS)
    leaves = np.append(item.touching[:-1] & away[1:], False)
    found: list[Event] = []
    is_in, moment = bool(lies[0]), 0
    while True:
        due = np.flatnonzero((leaves if is_in else lies)[moment:])
        if not len(due):
            return found
        moment += int(due[0])
        found.append(Event(float(times[moment]), "remove" if is_in else "add", item.product))
        is_in, moment = not is_in, moment + 1


def for_long(times: Floats, holds: np.ndarray, seconds: float) -> np.ndarray:
    """Return at which moments something holds that goes on to hold for some seconds, or to the end."""
    result = np.zeros(len(times), bool)
    end: int | None = None  # the next moment at which it does not hold
    for i in range(len(times) - 1, -1, -1):
        if not holds[i]:
            end = i
        else:
            result[i] = end is None or times[end] - times[i] >= seconds
    return result


def contents(histories: Sequence[ItemHistory], moment: int) -> dict[str, int]:
    """Return how many items of each product lie inside at a moment."""
    return dict(sorted(Counter(h.product for h in histories if h.inside[moment]).items()))


def opening_polygon(corners: Floats, size: tuple[int, int]) -> Floats:
    """Return the part of a mouth with corners (N, 2) pixels that is in the picture, as fractions (M, 2)."""
    width, height = size
    picture = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    hull = cv2.convexHull(corners.astype(np.float32)).reshape(-1, 2)
    _, cut = cv2.intersectConvexConvex(hull, picture)
    cut = cut.reshape(-1, 2)
    keep = np.linalg.norm(cut - np.roll(cut, 1, axis=0), axis=1) > 1.0
    return cut[keep] / np.array([width, height])


def touches(polygon: Floats, low: Floats, high: Floats) -> bool:
    """Return whether a box, from `low` to `high` (2,), and a convex polygon (N, 2) have a point in common."""
    if not np.isfinite([*low, *high]).all():
        return False
    box = np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)
    area, _ = cv2.intersectConvexConvex(polygon.astype(np.float32), box)
    return area > 0


def truth_file(
    clip: str,
    fps: float,
    size: tuple[int, int],
    opening: Floats,
    happened: Sequence[Event],
    no_events: Sequence[tuple[float, str]],
    initial: dict[str, int],
    final: dict[str, int],
) -> dict[str, Any]:
    """Return the contents of a `.truth.json`."""
    return {
        "clip": clip,
        "fps": fps,
        "size": list(size),
        "opening": [[round(float(x), 4), round(float(y), 4)] for x, y in opening],
        "initial": initial,
        "events": [
            {"t": round(event.time, 2), "action": event.action, "product": event.product, "count": 1}
            for event in happened
        ],
        "no_event": [{"t": round(time, 2), "what": what} for time, what in no_events],
        "final": final,
        "tolerance_s": TOLERANCE_SECONDS,
    }
