"""Hands that hold an item: five grasps, each found for the item's own shape.

A grasp is sought as a person does it: the hand comes in along a direction, thumb on one side of the item and
fingers on the other, across a narrow side of what is within their reach. Some places are tried; in each the
fingers close until they touch, and the one with the best hold is taken.
"""

from dataclasses import dataclass, replace

import numpy as np

from cart.scenes.geometry import Floats, Model, Pose, about, pose, quaternion, rotation
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.closing import Closed, Hand, laying, wrapping
from cart.scenes.hands.contact import Surface, surface
from cart.scenes.hands.fingers import Fingers, opened
from cart.scenes.hands.skeleton import unit

GRASPS = ("top", "side", "pinch", "two_hands", "two_items")
WIDEST = {"top": 0.095, "side": 0.095, "pinch": 0.05, "two_hands": 0.5, "two_items": 0.09}
"""Metres between thumb and fingers, or between two hands."""
_PINCH_TILT = 0.25
_GOOD = 6.6
"""Worth of a hold after which no other is tried."""
_ZONE = 0.05
_TRIED = 9
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


@dataclass(frozen=True)
class _Place:
    """A hand to try: its palm in the item's frame, and how well that suits the arm."""

    palm: Pose
    approach: Floats
    ease: float


def fits(kind: str, item: Model | Floats, item_pose: Pose | None = None) -> bool:
    """Return whether an item (a model, or points (V, 3)) can be held so, standing unless a pose is given."""
    points = surface(item).points
    up = _up(item_pose or pose((0, 0, 0)))
    height = float(np.ptp(points @ up))
    widths = [_zone(points, up, across)[1] for across in _around(up)]
    whole = [float(np.ptp(points @ across)) for across in _around(up)]
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
    up, forward = _up(item_pose), _level(item_pose, np.asarray(reaching, float))
    beside: Pose | None = None
    if kind == "two_items":
        whole, beside = _pair(whole, whole if second is None else surface(second), up)
    hand = Hand(arm)
    places = _places("top" if kind == "two_items" else kind, hand, whole, up, forward, rng)
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
    kind: str, hand: Hand, whole: Surface, place: _Place, up: Floats, spread: Floats
) -> tuple[Grasp, float]:
    """Return the hold that a place gives, and its worth."""
    paths = laying() if kind == "two_hands" else wrapping(_opposition(kind))
    palm, item = place.palm, whole.seen_from(place.palm).within(*_REACH)
    back = max(0.0, 0.001 - min(hand.palm_gap(item), hand.start_gap(item, spread, paths)))
    if back:
        palm = Pose(palm.place - place.approach * back, palm.turn)
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


def _up(item_pose: Pose) -> Floats:
    return np.asarray(rotation(item_pose.turn)[2])


def _level(item_pose: Pose, direction: Floats) -> Floats:
    """Return a direction of the world in the item's frame, made level."""
    up = _up(item_pose)
    local = rotation(item_pose.turn).T @ direction
    return unit(local - (local @ up) * up)


def _around(up: Floats, count: int = 24) -> Floats:
    """Return level directions (count, 3) over half a turn, starting with one of the item's own axes."""
    own = np.eye(3)[np.argmin(np.abs(up))]
    first = unit(own - (own @ up) * up)
    angles = np.arange(count) * np.pi / count
    return np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * np.cross(up, first)


def _zone(points: Floats, towards: Floats, across: Floats) -> tuple[Floats, float]:
    """Return the top middle (3,) of what fingers find between them, and its width.

    Args:
        points: (N, 3) of the item.
        towards: from which end the hand comes.
        across: from thumb to fingers.
    """
    along = np.cross(towards, across)
    level = points @ towards
    top = float(level.max())
    near = points[level > top - _ZONE]
    side = near @ along
    centre = (float(side.min()) + float(side.max())) / 2
    mid = near[np.abs(side - centre) < 0.045]
    low, high = float((mid @ across).min()), float((mid @ across).max())
    return towards * top + along * centre + across * (low + high) / 2, high - low


def _places(
    kind: str, hand: Hand, whole: Surface, up: Floats, forward: Floats, rng: np.random.Generator
) -> list[_Place]:
    if kind == "two_hands":
        return _flat_places(hand, whole, up, forward)
    ways = _side_ways(hand, up, forward) if kind == "side" else _top_ways(hand, up, forward)
    scored = []
    for towards, across, comfort in ways:
        centre, width = _zone(whole.points, towards, across)
        scored.append((comfort - 40 * width + rng.uniform(0, 0.3), towards, across, centre, width, comfort))
    scored.sort(key=lambda way: -way[0])
    places = []
    depths = (0.0, 0.016, 0.034) if kind != "pinch" else (-0.006, 0.004, 0.014)
    for _, towards, across, middle, width, comfort in scored[: _TRIED // len(depths)]:
        centre = middle + up * _hold_height(whole.points, up, rng) if kind == "side" else middle
        for depth in depths:
            palm = (
                _pinching(hand, towards, across, centre, depth)
                if kind == "pinch"
                else _over(hand, towards, across, centre, width, depth)
            )
            places.append(_Place(palm, -towards, comfort))
    return places


def _top_ways(hand: Hand, up: Floats, forward: Floats) -> list[tuple[Floats, Floats, float]]:
    """Return from where the hand comes, the way from thumb to fingers, and its comfort: ahead and inward."""
    inward = np.cross(up, forward) * _side(hand)
    ways = []
    for across in _around(up):
        for sign in (1, -1):
            ahead, in_ = float(sign * across @ forward), float(sign * across @ inward)
            ways.append((up, sign * across, 1.2 * (0.8 * ahead + 0.6 * in_ - 1)))
    return ways


def _side_ways(hand: Hand, up: Floats, forward: Floats) -> list[tuple[Floats, Floats, float]]:
    """As `_top_ways`, for a hand whose thumb is above: the palm looks inward, the fingers ahead."""
    inward = np.cross(up, forward) * _side(hand)
    ways = []
    for way in _around(up):
        for sign in (1, -1):
            palm_looks = sign * way
            across = np.cross(-up, palm_looks) * _side(hand)
            comfort = 1.2 * (0.9 * float(palm_looks @ inward) + 0.4 * float(palm_looks @ forward) - 1)
            ways.append((-palm_looks, across, comfort))
    return ways


def _side(hand: Hand) -> int:
    return 1 if hand.arm.spec.side == "right" else -1


def _hold_height(points: Floats, up: Floats, rng: np.random.Generator) -> float:
    """Return how far from its middle a tall item is held, upward; room for the hand's breadth stays below."""
    height = float(np.ptp(points @ up))
    return float(np.clip(rng.uniform(-0.1, 0.2) * (height - 0.1), -0.02, 0.04))


def _over(hand: Hand, towards: Floats, across: Floats, centre: Floats, width: float, depth: float) -> Pose:
    """Return the palm over an item, the thumb's side of it just before the thumb."""
    turn = np.stack([across, np.cross(-towards, across), -towards], axis=1)
    size = hand.size
    local = np.array(
        [size * (0.004 - 0.15 * max(width - 0.04, 0.0)) + width / 2, _side(hand) * -0.004 * size, depth]
    )
    return Pose(centre - turn @ local, quaternion(turn))


def _pinching(hand: Hand, towards: Floats, across: Floats, centre: Floats, depth: float) -> Pose:
    """Return the palm beside an item's edge, where thumb and forefinger meet."""
    flat = np.stack([across, np.cross(-towards, across), -towards], axis=1)
    turn = flat @ rotation(about((0, 1, 0), _PINCH_TILT))
    size = hand.size
    meeting = size * np.array([0.042, -0.021 * _side(hand), 0.042])
    edge = centre - towards * (0.012 + depth)
    return Pose(edge - turn @ meeting, quaternion(turn))


def _flat_places(hand: Hand, whole: Surface, up: Floats, forward: Floats) -> list[_Place]:
    """Return palms flat on the item's outer side as this hand sees it, fingers ahead and a little down."""
    outward = np.cross(forward, up) * _side(hand)
    places = []
    for way in (*_around(up), *-_around(up)):
        ease = 3 * (float(way @ outward) - 1) - 8 * float(np.ptp(whole.points @ way))
        if way @ outward < 0.6:
            continue
        ahead = unit(forward - (forward @ way) * way)
        for droop in (0.2, 0.6):
            x = np.cos(droop) * ahead - np.sin(droop) * up
            turn = np.stack([x, np.cross(-way, x), -way], axis=1)
            reach = whole.points @ way
            face = whole.points[reach > reach.max() - 0.01]
            low, high = face.min(axis=0), face.max(axis=0)
            centre = (low + high) / 2
            places.append(
                _Place(Pose(centre - turn @ np.array([0.02, 0, -0.002]), quaternion(turn)), -way, ease)
            )
    places.sort(key=lambda place: -place.ease)
    return places[:6]


def _pair(one: Surface, other: Surface, up: Floats) -> tuple[Surface, Pose]:
    """Return two items side by side across their narrow side as one, and the second's pose by the first."""
    ways = [(float(np.ptp(one.points @ way)), k) for k, way in enumerate(_around(up))]
    across = _around(up)[min(ways)[1]]
    shift = float((one.points @ across).max() - (other.points @ across).min()) + 0.0005
    lift = float((one.points @ up).max() - (other.points @ up).max())
    place = across * shift + up * lift
    return Surface(
        np.concatenate([one.points, other.points + place]), np.concatenate([one.normals, other.normals])
    ), pose(place)
