"""What hands do with items, as motions of a play: bring, put down, drop, take, show, reach in."""

from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats, Pose, about, product, quaternion
from cart.scenes.hands.fingers import RELAXED, Fingers
from cart.scenes.hands.grasps import Grasp
from cart.scenes.trips.paths import path
from cart.scenes.trips.play import Hand, Motion, Play

_ABOVE = 0.07  # metres between what is carried and the rim
_OPENING_SECONDS = 0.16
_CLOSING_SECONDS = 0.22


@dataclass(frozen=True)
class Hold:
    """A hand and how it grips an item."""

    hand: Hand
    grasp: Grasp
    other: "Hold | None" = None
    """Of an item that takes two hands: the one that goes along."""
    beside: int | None = None
    """Of two items in one hand: the second one, which lies as `grasp.second` says."""

    @property
    def all(self) -> "tuple[Hold, ...]":
        """This hold and the other hand's."""
        return (self,) if self.other is None else (self, self.other)

    def palm(self, item: Pose) -> Pose:
        """Return where the palm is when the item is at a pose."""
        return item.after(self.grasp.hand)

    def approach(self, item: Pose) -> Floats:
        """Return the way (3,) along which the palm comes to an item at a pose."""
        return Pose(np.zeros(3), item.turn).apply(np.asarray(self.grasp.approach, float)[None])[0]


def bring(play: Play, item: int, hold: Hold, over: Pose, speed: float) -> Motion:
    """Come from outside with an item, which is fetched out of the picture, to a pose of it above the cart."""
    hand = hold.hand
    start = Pose(hand.home.place, _swayed(hold.palm(over).turn, play.rng))
    hand.is_busy = True
    yield from play.go(hand, [start], speed, hold.grasp.closed)
    play.world.place(item, start.after(hold.grasp.hand.inverse()))
    _take_hold(play, item, hold, hold.grasp.hand.inverse())
    yield from play.go(hand, [_across(play, start.place, hold.palm(over)), hold.palm(over)], speed)


def put_down(play: Play, item: int, hold: Hold, at: Pose, speed: float) -> Motion:
    """Lower an item that is held to a pose, let it go, and draw the hand back."""
    above = Pose(at.place + np.array([0, 0, 0.06]), at.turn)
    yield from play.go(hold.hand, [hold.palm(above), hold.palm(at)], 0.8 * speed)
    yield from release(play, item, hold)


def release(play: Play, item: int, hold: Hold) -> Motion:
    """Let an item go, and draw the hands back the way they came."""
    items = [item] if hold.beside is None else [item, hold.beside]
    for one in items:
        play.let_go(one)
    yield from together(*(_draw_back(play, item, one) for one in hold.all))
    for one in items:
        play.world.free(one)


def _draw_back(play: Play, item: int, hold: Hold) -> Motion:
    hand = hold.hand
    yield from play.bend(hand, hold.grasp.open, _OPENING_SECONDS)
    back = _upward(-hold.approach(play.pose(item)))
    yield from play.go(hand, [Pose(hand.palm.place + back * 0.12, hand.palm.turn)], 0.7)


def throw_in(play: Play, item: int, hold: Hold, speed: float) -> Motion:
    """Let an item go above the rim while the hands turn back."""

    def turn_back(one: Hold) -> Motion:
        yield from play.bend(one.hand, one.grasp.open, 0.1)
        yield from leave(play, one.hand, speed)

    play.let_go(item)
    yield from together(*(turn_back(one) for one in hold.all))
    play.world.free(item)


def grip(play: Play, item: int, hold: Hold, speed: float) -> Motion:
    """Reach for an item that lies inside and close the hands on it."""
    yield from together(*(_close_on(play, item, one, speed) for one in hold.all))
    _take_hold(play, item, hold, hold.hand.palm.inverse().after(play.pose(item)))


def _close_on(play: Play, item: int, hold: Hold, speed: float) -> Motion:
    hand, at = hold.hand, play.pose(item)
    palm = hold.palm(at)
    before = Pose(palm.place - hold.approach(at) * 0.1 + np.array([0, 0, 0.02]), palm.turn)
    yield from reach(play, hand, before, hold.grasp.open, speed)
    yield from play.go(hand, [hold.palm(play.pose(item))], 0.5 * speed)
    yield from play.bend(hand, hold.grasp.closed, _CLOSING_SECONDS)


def _take_hold(play: Play, item: int, hold: Hold, relative: Pose) -> None:
    play.world.hold(item, hold.hand.index, relative)
    if hold.other is not None:
        play.accompany(item, hold.other.hand, hold.other.grasp.hand, hold.other.grasp.closed)
    if hold.beside is not None and hold.grasp.second is not None:
        play.world.place(hold.beside, hold.hand.palm.after(hold.grasp.second))
        play.world.hold(hold.beside, hold.hand.index, hold.grasp.second)


def reach(play: Play, hand: Hand, palm: Pose, fingers: Fingers, speed: float) -> Motion:
    """Lead an empty hand to a pose inside, from outside where it is away."""
    if not hand.is_busy:
        hand.is_busy = True
        over = _across(play, hand.palm.place, palm)
        yield from play.go(hand, [over, palm], speed, fingers)
    else:
        up = Pose(np.array([*hand.palm.place[:2], _carry_height(play)]), hand.palm.turn)
        yield from play.go(hand, [up, palm], speed, fingers)


def lift(play: Play, item: int, hold: Hold, speed: float) -> Motion:
    """Raise an item that is held until it is clear of the rim."""
    hand = hold.hand
    low = play.pose(item).apply(play.points[item])[:, 2].min()
    rise = max(0.05, _rim(play) + _ABOVE - low)
    yield from play.go(hand, [Pose(hand.palm.place + np.array([0, 0, rise]), hand.palm.turn)], 0.7 * speed)


def carry_off(play: Play, item: int, hold: Hold, speed: float) -> Motion:
    """Leave with an item that is held."""
    hand = hold.hand
    end = Pose(hand.home.place, _swayed(hand.palm.turn, play.rng))
    yield from play.go(hand, [_across(play, end.place, hand.palm), end], speed)
    play.put_away(item)
    hand.rest()
    if hold.other is not None:
        yield from play.go(hold.other.hand, [hold.other.hand.home], speed, RELAXED)
        hold.other.hand.rest()


def withdraw(play: Play, hold: Hold, speed: float) -> Motion:
    """Leave with the empty hands of a hold."""
    yield from together(*(leave(play, one.hand, speed) for one in hold.all))


def leave(play: Play, hand: Hand, speed: float) -> Motion:
    """Leave with an empty hand."""
    up = Pose(np.array([*hand.palm.place[:2], max(hand.palm.place[2], _carry_height(play))]), hand.palm.turn)
    way = path(play.time, [hand.palm, up, _across(play, hand.home.place, up), hand.home], 1.1 * speed)
    yield from play.follow(hand, way, RELAXED)
    hand.rest()


def together(*motions: Motion) -> Motion:
    """Do several things at once, until all are done."""
    alive = list(motions)
    while alive := [motion for motion in alive if next(motion, _DONE) is not _DONE]:
        yield


def linger(play: Play, hand: Hand, seconds: float) -> Motion:
    """Hold still, as far as a hand can."""
    here = hand.palm
    turn = product(about(play.rng.normal(size=3), float(play.rng.uniform(0.05, 0.25))), here.turn)
    there = Pose(here.place + play.rng.normal(0, 0.015, 3), turn)
    yield from play.follow(hand, path(play.time, [here, there, here], 0.05, seconds / 2), hand.fingers)


def over_cart(play: Play, item: int, at: Pose) -> Pose:
    """Return a pose of an item above a place, clear of the rim."""
    low = at.apply(play.points[item])[:, 2].min() - at.place[2]
    return Pose(np.array([*at.place[:2], max(_rim(play) + _ABOVE - low, at.place[2] + 0.1)]), at.turn)


def palm_down(place: Floats, towards: Floats) -> Pose:
    """Return the pose of a palm that looks down, its fingers towards a direction."""
    x = np.array([towards[0], towards[1], -0.3 * np.hypot(towards[0], towards[1])])
    x = x / np.linalg.norm(x)
    y = np.cross(np.array([0, 0, -1.0]), x)
    y = y / np.linalg.norm(y)
    return Pose(place, quaternion(np.stack([x, y, np.cross(x, y)], axis=1)))


def _across(play: Play, outside: Floats, inside: Pose) -> Pose:
    """Return a pose above the rim, on the way between outside and inside."""
    middle = 0.5 * outside + 0.5 * inside.place
    height = max(inside.place[2], _carry_height(play))
    jitter = play.rng.normal(0, 0.02, 2)
    return Pose(np.array([*(middle[:2] + jitter), height + float(play.rng.uniform(0.0, 0.06))]), inside.turn)


def _carry_height(play: Play) -> float:
    return _rim(play) + 0.14


def _rim(play: Play) -> float:
    return float(play.cart.rim[:, 2].max())


def _swayed(turn: Floats, rng: np.random.Generator) -> Floats:
    return product(about(rng.normal(size=3), float(rng.uniform(0, 0.35))), turn)


def _upward(direction: Floats) -> Floats:
    """Return a direction bent upwards, so that a hand that draws back does not sweep through a pile."""
    bent = direction + np.array([0, 0, 0.7])
    return bent / np.linalg.norm(bent)


_DONE = object()
