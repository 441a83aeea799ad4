"""Hands that hold an item: five grasps, each found for the item's own shape.

A grasp is sought as a person does it: the hand comes in along a direction, thumb on one side of the item and
fingers on the other, across a narrow side of what is within their reach. Some places are tried; in each the
fingers close until they touch, and the one with the best hold is taken.
"""

from dataclasses import dataclass, replace

import numpy as np

from cart.scenes.geometry import Floats, Model, Pose, pose
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.closing import Closed, Hand, laying, wrapping
from cart.scenes.hands.contact import Surface, surface
from cart.scenes.hands.fingers import Fingers, opened
from cart.scenes.hands.places import Place, around, level, pair, places_for, upward, zone
from cart.scenes.hands.skeleton import unit

GRASPS = ("top", "side", "pinch", "two_hands", "two_items")
WIDEST = {"top": 0.095, "side": 0.095, "pinch": 0.05, "two_hands": 0.5, "two_items": 0.09}
"""Metres between thumb and fingers, or between two hands."""
_GOOD = 6.6
"""Worth of a hold after which no other is tried."""
_REACH = np.array([[-0.12, -0.14, -0.08], [0.18, 0.14, 0.18]])


@dataclass(frozen=True)
class Grasp:
    """How a hand holds an item."""

    hand: Pose
    """Of the palm, in the item's frame."""
    closed: Fingers
    open: Fingers
    approach: Floats
    """(3,) unit vector in the item's frame along which the hand comes in; it leaves the other way."""
    gaps: Floats
    """(5,) metres between thumb, fingers and the item, negative inside it."""
    second: Pose | None = None
    """Of two items: the second's pose relative to the palm."""


def fits(kind: str, item: Model | Floats, item_pose: Pose | None = None) -> bool:
    """Return whether an item (a model, or points (V, 3)) can be held so, standing unless a pose is given."""
    points = surface(item).points
    up = upward(item_pose or pose((0, 0, 0)))
    height = float(np.ptp(points @ up))
    widths = [zone(points, up, across)[1] for across in around(up)]
    whole = [float(np.ptp(points @ across)) for across in around(up)]
    if kind == "two_hands":
        return max(whole) >= 0.12 and min(whole) <= WIDEST[kind] and height >= 0.03
    if kind == "two_items":
        return 2 * min(whole) <= WIDEST[kind] and float(np.ptp(points, axis=0).max()) <= 0.17
    if kind == "side":
        return min(whole) <= WIDEST[kind] and height >= 0.06
    return min(widths) <= WIDEST[kind]


def grasp(
    kind: str,
    arm: Arm,
    item: Model | Floats,
    item_pose: Pose,
    rng: np.random.Generator,
    reaching: tuple[float, float, float] = (0.0, 1.0, 0.0),
    second: Model | Floats | None = None,
) -> Grasp:
    """Return how an arm's hand holds an item.

    Args:
        kind: one of `GRASPS`; of `two_hands` this arm's part.
        arm: whose hand it is.
        item: its model, or points (V, 3) whose convex hull it is, in its own frame.
        item_pose: how it lies in the world when it is grasped or let go.
        rng: draws between holds of about the same worth.
        reaching: direction of the world from the shopper to the item.
        second: of `two_items` the other item; a second one of the first if none is given.

    Raises:
        ValueError: for an unknown kind.
    """
    if kind not in GRASPS:
        raise ValueError(f"unknown grasp {kind!r}: use one of {', '.join(GRASPS)}")
    whole = surface(item)
    up, forward = upward(item_pose), level(item_pose, np.asarray(reaching, float))
    beside: Pose | None = None
    if kind == "two_items":
        whole, beside = pair(whole, whole if second is None else surface(second), up)
    hand = Hand(arm)
    places = places_for("top" if kind == "two_items" else kind, hand, whole, up, forward, rng)
    spread = np.array([0.0, -0.1, 0.0, -0.06, -0.13]) + rng.uniform(-0.03, 0.03, 5)
    best, worth = None, -np.inf
    for place in places:
        found, place_worth = _tried(kind, hand, whole, place, up, spread)
        if place_worth > worth:
            best, worth = found, place_worth
        if worth > _GOOD:
            break
    assert best is not None
    second_pose = None if beside is None else best.hand.inverse().after(beside)
    return replace(best, open=_letting_go(hand, whole, best), second=second_pose)


def _tried(
    kind: str, hand: Hand, whole: Surface, place: Place, up: Floats, spread: Floats
) -> tuple[Grasp, float]:
    """Return the hold that a place gives, and its worth."""
    paths = laying() if kind == "two_hands" else wrapping(_opposition(kind))
    palm, back = place.palm, 0.0
    item = whole.seen_from(palm).within(*_REACH)
    for _ in range(4):
        gap = min(hand.palm_gap(item), hand.start_gap(item, spread, paths))
        if gap >= 0:
            break
        back += 0.001 - gap
        palm = Pose(place.palm.place - place.approach * back, palm.turn)
        item = whole.seen_from(palm).within(*_REACH)
    closed = hand.close(item, spread, paths)
    worth = _worth(closed, kind) + place.ease - 25 * back
    depth = palm.apply(closed.ends) @ up - (whole.points @ up).min()
    worth -= 60 * float(np.maximum(0.004 - depth, 0).max())
    return Grasp(palm, closed.fingers, closed.fingers, place.approach, closed.gaps), worth


def _letting_go(hand: Hand, whole: Surface, found: Grasp) -> Fingers:
    """Return the fingers just so far open that the hand can leave the way it came."""
    ways = [
        whole.seen_from(Pose(found.hand.place - found.approach * back, found.hand.turn)).within(*_REACH)
        for back in (0.0, 0.015, 0.03, 0.05, 0.075)
    ]
    best, most = found.closed, -np.inf
    for amount in (0.35, 0.5, 0.7, 0.95, 1.25, 1.6):
        for aside in (0.0, 0.3, 0.6):
            opening = opened(found.closed, amount, aside)
            room = min(hand.gap(way, opening) for way in ways)
            if room > -0.001:
                return opening
            if room > most:
                best, most = opening, room
    return best


def _worth(closed: Closed, kind: str) -> float:
    touching = closed.gaps < 0.003
    worth = float(touching @ [2.0, 1.2, 1.2, 0.7, 0.4]) - 400 * float(
        np.maximum(-0.001 - closed.gaps, 0).sum()
    )
    if kind == "two_hands" or not touching[0] or not touching[1:].any():
        return worth
    fingers = closed.pushes[1:][touching[1:]].mean(axis=0)
    return worth - 2.0 * float(closed.pushes[0] @ unit(fingers))


def _opposition(kind: str) -> float:
    return {"top": 0.85, "side": 0.8, "pinch": 1.0, "two_items": 0.85}[kind]
