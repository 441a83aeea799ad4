"""Which hand takes an item, and how, so that arm and wrist are comfortable and nothing is in the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cart.scenes.geometry import Floats, Pose, about, product
from cart.scenes.hands.grasps import Grasp, fits, grasp
from cart.scenes.trips.moves import Hold
from cart.scenes.trips.play import Hand, Play

_ONE_HAND = ("top", "side", "pinch")
_PAIR_RISE = 0.02  # metres from which two items in one hand drop, as one may hang lower
_OBSTRUCTED = 3.0
"""What a hand in a wall or in another item costs, in radians of a bent wrist."""


@dataclass(frozen=True)
class Choice:
    """A way to hold an item at a pose."""

    hold: Hold
    pose: Pose
    cost: float


def to_put(play: Play, item: int, hands: tuple[Hand, Hand], at: Pose) -> Choice | None:
    """Choose how to hold an item to put it down at a pose, turned about the vertical as suits the arm.

    Args:
        play: with the item and what lies inside.
        item: which one.
        hands: the hand that carries it, and the shopper's other one for what takes two.
        at: where it is to lie.
    """
    choices = []
    for yaw in play.rng.uniform(-np.pi, np.pi, play.turns):
        pose = Pose(at.place, product(about((0, 0, 1), float(yaw)), at.turn))
        choices += _choices(play, item, hands, pose)
    return min(choices, key=lambda c: c.cost, default=None)


def to_take(play: Play, item: int, hands: Sequence[tuple[Hand, Hand]]) -> Choice | None:
    """Choose a hand, of pairs of one and the other beside it, and a grip for an item where it lies."""
    choices = [choice for pair in hands for choice in _choices(play, item, pair, play.pose(item))]
    return min(choices, key=lambda c: c.cost, default=None)


def to_put_pair(play: Play, items: tuple[int, int], hand: Hand, at: Pose) -> Choice | None:
    """Choose how one hand holds two items, of which the first is to lie at a pose; None if it cannot."""
    one, other = items
    if not (fits("two_items", play.models[one], at) and fits("two_items", play.models[other], at)):
        return None
    found = _grasp(play, "two_items", hand, one, at, other)
    raised = Pose(at.place + np.array([0, 0, _PAIR_RISE]), at.turn)
    return Choice(Hold(hand, found, beside=other), raised, 0.0)


def _choices(play: Play, item: int, hands: tuple[Hand, Hand], at: Pose) -> list[Choice]:
    found = []
    model = play.models[item]
    for kind in _ONE_HAND:
        if fits(kind, model, at):
            hold = Hold(hands[0], _grasp(play, kind, hands[0], item, at))
            found.append(Choice(hold, at, _cost(play, hold, at, (item,))))
    if not found and fits("two_hands", model, at) and not hands[1].is_busy:
        other = Hold(hands[1], _grasp(play, "two_hands", hands[1], item, at))
        hold = Hold(hands[0], _grasp(play, "two_hands", hands[0], item, at), other)
        found.append(Choice(hold, at, sum(_cost(play, one, at, (item,)) for one in hold.all)))
    return found


def _grasp(play: Play, kind: str, hand: Hand, item: int, at: Pose, second: int | None = None) -> Grasp:
    x, y, _ = at.place - hand.shoulder
    beside = None if second is None else play.models[second]
    return grasp(kind, hand.arm, play.models[item], at, play.rng, (float(x), float(y), 0.0), beside)


def _cost(play: Play, hold: Hold, at: Pose, own: Sequence[int]) -> float:
    hand = hold.hand
    palm = hold.palm(at)
    joints = hand.arm.joints(hand.shoulder, hand.arm.wrist_of(palm), hold.grasp.open)
    capsules = hand.arm.capsules(joints)
    fingers = Pose(np.zeros(3), palm.turn).apply(np.array([[1.0, 0, 0]]))[0]
    from_shoulder = palm.place - (hand.shoulder + np.array([0, 0, 0.1]))
    comfort = float(np.arccos(np.clip(fingers @ from_shoulder / np.linalg.norm(from_shoulder), -1, 1)))
    return comfort + _OBSTRUCTED * (_in_walls(play, capsules) + _in_items(play, capsules, own))


def _in_walls(play: Play, capsules: Floats) -> float:
    """Return the share of the arm's points that are beside the cart below its rim, or under its floor."""
    points = np.concatenate([capsules[:, :3], capsules[:, 3:6], (capsules[:, :3] + capsules[:, 3:6]) / 2])
    rim, spec = play.cart.rim, play.cart.spec
    low, high = rim[:, :2].min(0), rim[:, :2].max(0)
    beside = ((points[:, :2] < low) | (points[:, :2] > high)).any(1)
    stuck = (beside & (points[:, 2] < rim[:, 2].min())) | (points[:, 2] < spec.floor_height)
    return float(stuck.mean())


def _in_items(play: Play, capsules: Floats, own: Sequence[int]) -> float:
    """Return how much of the hand would be in other items: 0 nothing, 1 a fifth of it."""
    others = play.heights(without=own)
    if not len(others):
        return 0.0
    middles = (capsules[:, :3] + capsules[:, 3:6]) / 2
    under = np.array(
        [
            (np.linalg.norm(others - middle, axis=1) < radius + 0.005).any()
            for middle, radius in zip(middles, capsules[:, 6], strict=True)
        ]
    )
    return min(1.0, 5 * float(under.mean()))
