"""Where a hand may be put to hold an item, in the item's own frame."""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats, Pose, about, pose, quaternion, rotation
from cart.scenes.hands.closing import Hand
from cart.scenes.hands.contact import Surface
from cart.scenes.hands.skeleton import unit

_PINCH_TILT = 0.25
_ZONE = 0.05
_TRIED = 9


@dataclass(frozen=True)
class Place:
    """A hand to try: its palm in the item's frame, and how well that suits the arm."""

    palm: Pose
    approach: Floats
    ease: float


def upward(item_pose: Pose) -> Floats:
    """Return the world's up (3,) in the item's frame."""
    return np.asarray(rotation(item_pose.turn)[2])


def level(item_pose: Pose, direction: Floats) -> Floats:
    """Return a direction of the world in the item's frame, made level."""
    up = upward(item_pose)
    local = rotation(item_pose.turn).T @ direction
    return unit(local - (local @ up) * up)


def around(up: Floats, count: int = 24) -> Floats:
    """Return level directions (count, 3) over half a turn, starting with one of the item's own axes."""
    own = np.eye(3)[np.argmin(np.abs(up))]
    first = unit(own - (own @ up) * up)
    angles = np.arange(count) * np.pi / count
    return np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * np.cross(up, first)


def zone(points: Floats, towards: Floats, across: Floats) -> tuple[Floats, float]:
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


def places_for(
    kind: str, hand: Hand, whole: Surface, up: Floats, forward: Floats, rng: np.random.Generator
) -> list[Place]:
    """Return the places to try, the most comfortable and narrowest first."""
    if kind == "two_hands":
        return _flat_places(hand, whole, up, forward)
    ways = _side_ways(hand, up, forward) if kind == "side" else _top_ways(hand, up, forward)
    scored = []
    for towards, across, comfort in ways:
        centre, width = zone(whole.points, towards, across)
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
            places.append(Place(palm, -towards, comfort))
    return places


def _top_ways(hand: Hand, up: Floats, forward: Floats) -> list[tuple[Floats, Floats, float]]:
    """Return from where the hand comes, the way from thumb to fingers, and its comfort: ahead and inward."""
    inward = np.cross(up, forward) * _side(hand)
    ways = []
    for across in around(up):
        for sign in (1, -1):
            ahead, in_ = float(sign * across @ forward), float(sign * across @ inward)
            ways.append((up, sign * across, 1.2 * (0.8 * ahead + 0.6 * in_ - 1)))
    return ways


def _side_ways(hand: Hand, up: Floats, forward: Floats) -> list[tuple[Floats, Floats, float]]:
    """As `_top_ways`, for a hand whose thumb is above: the palm looks inward, the fingers ahead."""
    inward = np.cross(up, forward) * _side(hand)
    ways = []
    for way in around(up):
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


def _flat_places(hand: Hand, whole: Surface, up: Floats, forward: Floats) -> list[Place]:
    """Return palms flat on the item's outer side as this hand sees it, fingers ahead and a little down."""
    outward = np.cross(forward, up) * _side(hand)
    places = []
    for way in (*around(up), *-around(up)):
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
                Place(Pose(centre - turn @ np.array([0.02, 0, -0.002]), quaternion(turn)), -way, ease)
            )
    places.sort(key=lambda place: -place.ease)
    return places[:6]


def pair(one: Surface, other: Surface, up: Floats) -> tuple[Surface, Pose]:
    """Return two items side by side across their narrow side as one, and the second's pose by the first."""
    ways = [(float(np.ptp(one.points @ way)), k) for k, way in enumerate(around(up))]
    across = around(up)[min(ways)[1]]
    shift = float((one.points @ across).max() - (other.points @ across).min()) + 0.0005
    lift = float((one.points @ up).max() - (other.points @ up).max())
    place = across * shift + up * lift
    return Surface(
        np.concatenate([one.points, other.points + place]), np.concatenate([one.normals, other.normals])
    ), pose(place)
