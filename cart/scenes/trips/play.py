"""The running simulation: hands that do as they are told, items that physics moves, a record of it all."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import numpy as np

from cart.scenes.geometry import Floats, Model, Pose
from cart.scenes.hands.arm import Arm
from cart.scenes.hands.fingers import RELAXED, Fingers, blend_fingers
from cart.scenes.stage.carts import CartShape
from cart.scenes.trips.paths import Path, path
from cart.scenes.trips.physics import World

TICK = 1 / 120
"""Seconds from moment to moment of the record."""
_TOUCH = 0.003  # metres between a finger and an item that still count as touching
_FROZEN = (1e-4, 1e-3)  # metres and quaternion units: what moves less than this does not move
_HAND_LENGTH = 0.2
_SAMPLES = 240  # points of an item at which touching and boxes are measured

Motion = Generator[None, None, None]
"""What a hand does: each `next` says where it will be one tick later."""


class Hand:
    """One hand of a shopper: at home beside the body, out of the picture, or busy."""

    def __init__(self, index: int, arm: Arm, shoulder: Floats, home: Pose) -> None:
        self.index, self.arm, self.shoulder, self.home = index, arm, shoulder, home
        self.is_busy = False
        self.set(home, RELAXED)

    def set(self, palm: Pose, fingers: Fingers) -> None:
        """Bring the palm to a pose."""
        self.palm, self.fingers = palm, fingers
        self.joints = self.arm.joints(self.shoulder, self.arm.wrist_of(palm), fingers)
        self.capsules = self.arm.capsules(self.joints)

    def rest(self) -> None:
        """Be done: stay where it is, as part of the body."""
        self.is_busy = False


@dataclass
class Record:
    """Everything at every moment."""

    times: list[float] = field(default_factory=list)
    items: list[Floats] = field(default_factory=list)
    """(items, 7) each; NaN where an item is not in the scene."""
    joints: list[Floats] = field(default_factory=list)
    """(arms, J, 4, 4) each."""
    busy: list[bool] = field(default_factory=list)
    """Whether any hand is."""
    held: list[np.ndarray] = field(default_factory=list)
    """(items,) index of the arm that holds each, or -1."""
    helped: list[np.ndarray] = field(default_factory=list)
    """(items,) index of a second arm that holds each too, or -1."""
    touched: list[np.ndarray] = field(default_factory=list)
    """(items,) whether a hand touches each."""
    no_events: list[tuple[float, str]] = field(default_factory=list)
    """When something happened that is no event, and what."""


class Play:
    """Items, hands and a cart, and time that passes."""

    def __init__(
        self,
        cart: CartShape,
        models: Sequence[Model],
        masses: Sequence[float],
        hands: Sequence[Hand],
        rng: np.random.Generator,
        turns: int = 2,
    ) -> None:
        """Put the cart up; items are placed later.

        Args:
            cart: its walls and mouth.
            models: of each item.
            masses: of each item, kilograms.
            hands: of all shoppers.
            rng: whatever is drawn.
            turns: how many ways to turn an item are tried before it is put down.
        """
        self.cart, self.models, self.hands, self.rng, self.turns = cart, models, hands, rng, turns
        capsules = len(hands[0].arm.capsules(hands[0].arm.rest))
        self.world = World(cart.walls, models, masses, len(hands), capsules)
        self.points = [_sampled(model.vertices) for model in models]
        self._radii = [float(np.linalg.norm(points, axis=1).max()) for points in self.points]
        self.record = Record()
        self.time = 0.0
        self._company: dict[int, tuple[Hand, Pose, Fingers]] = {}
        self._last = np.full((len(models), 7), np.nan)

    def begin(self) -> None:
        """Start the clock and the record."""
        self.time = 0.0
        self._write()

    def pose(self, item: int) -> Pose:
        """Return where an item is."""
        return self.world.pose(item)

    def wait(self, seconds: float) -> None:
        """Let time pass with no hand doing anything."""
        end = self.time + seconds
        while self.time < end - TICK / 2:
            self.tick()

    def settle(self, longest: float = 3.0) -> None:
        """Let time pass until all lies still."""
        end = self.time + longest
        while self.time < end and not self._rests():
            self.tick()

    def run(self, *motions: Motion) -> None:
        """Let hands do what they do, all at once, until all are done."""
        alive = list(motions)
        while True:
            alive = [motion for motion in alive if next(motion, _DONE) is not _DONE]
            if not alive:
                return
            self.tick()

    def tick(self) -> None:
        """Let one tick pass, and write down how things are then."""
        palms = {hand.index: hand.palm for hand in self.hands if hand.is_busy}
        for item, (hand, palm, fingers) in self._company.items():
            hand.set(self.world.target(item, palms).after(palm), fingers)
        for hand in self.hands:
            if hand.is_busy:
                self.world.move_arm(hand.index, hand.capsules)
            else:
                self.world.put_away(hand.index)
        if palms or not self._rests():
            self.world.step(TICK, palms)
        self.time += TICK
        self._write()

    def follow(self, hand: Hand, way: Path, fingers: Fingers) -> Motion:
        """Lead a palm along a path while its fingers take on a posture."""
        begin, before = self.time, hand.fingers
        while self.time < way.end:
            share = min(1.0, (self.time + TICK - begin) / max(way.end - begin, TICK))
            hand.set(way.at(self.time + TICK), blend_fingers(before, fingers, share))
            yield

    def go(self, hand: Hand, poses: Sequence[Pose], speed: float, fingers: Fingers | None = None) -> Motion:
        """Lead a palm through poses."""
        yield from self.follow(hand, path(self.time, [hand.palm, *poses], speed), fingers or hand.fingers)

    def bend(self, hand: Hand, fingers: Fingers, seconds: float) -> Motion:
        """Let the fingers take on a posture while the palm stays."""
        here = np.array([hand.palm.place, hand.palm.place])
        turns = np.array([hand.palm.turn, hand.palm.turn])
        yield from self.follow(hand, Path(np.array([self.time, self.time + seconds]), here, turns), fingers)

    def accompany(self, item: int, hand: Hand, palm: Pose, fingers: Fingers) -> None:
        """Let a second hand go along with an item that is held, its palm at a pose in the item's frame."""
        hand.is_busy = True
        self._company[item] = (hand, palm, fingers)

    def let_go(self, item: int) -> None:
        """Let an item go, with all hands."""
        self._company.pop(item, None)
        self.world.let_go(item)

    def put_away(self, item: int) -> None:
        """Take an item out of the scene."""
        self._company.pop(item, None)
        self.world.park(item)

    def heights(self, without: Sequence[int] = ()) -> Floats:
        """Return points (N, 3) of all items in the scene, to see where there is room."""
        there = [
            self.pose(i).apply(self.points[i])
            for i in range(len(self.models))
            if self.world.is_present(i) and i not in without
        ]
        return np.concatenate(there) if there else np.zeros((0, 3))

    def is_inside(self, item: int) -> bool:
        """Tell whether an item is in the scene and lies in the cart."""
        return self.world.is_present(item) and lies_inside(self.cart, self.pose(item), self.points[item])

    def _rests(self) -> bool:
        there = (i for i in range(len(self.models)) if self.world.is_present(i))
        return all(self.world.holder(i) < 0 and self.world.is_at_rest(i) for i in there)

    def _write(self) -> None:
        n = len(self.models)
        now = np.full((n, 7), np.nan)
        held = np.array([self.world.holder(i) for i in range(n)], np.int64)
        for i in range(n):
            if self.world.is_present(i):
                now[i] = np.concatenate([self.pose(i).place, self.pose(i).turn])
                if now[i, 3:] @ np.nan_to_num(self._last[i, 3:]) < 0:
                    now[i, 3:] *= -1
                moved = np.abs(now[i] - self._last[i])
                if held[i] < 0 and (moved[:3] < _FROZEN[0]).all() and (moved[3:] < _FROZEN[1]).all():
                    now[i] = self._last[i]
        self._last = now
        self.record.times.append(self.time)
        self.record.items.append(now)
        self.record.held.append(held)
        self.record.helped.append(np.array([self._helper(i) for i in range(n)], np.int64))
        self.record.joints.append(np.array([hand.joints for hand in self.hands], np.float32))
        self.record.busy.append(any(hand.is_busy for hand in self.hands))
        self.record.touched.append(self._touched(held))

    def _helper(self, item: int) -> int:
        return self._company[item][0].index if item in self._company else -1

    def _touched(self, held: np.ndarray) -> np.ndarray:
        touched = held >= 0
        for hand in self.hands:
            if not hand.is_busy:
                continue
            for i in np.flatnonzero(~touched):
                place = self.pose(int(i)).place
                near = np.linalg.norm(hand.palm.place - place) < _HAND_LENGTH + self._radii[i]
                if near and self.world.is_present(int(i)):
                    points = self.pose(int(i)).apply(self.points[i])
                    touched[i] = _gap(hand.capsules, points) < _TOUCH
        return touched


def lies_inside(cart: CartShape, pose: Pose, points: Floats) -> bool:
    """Tell whether an item's centre is within the mouth of a cart, and its lowest point not above it."""
    rim = cart.rim
    low, high = rim[:, :2].min(0), rim[:, :2].max(0)
    lowest = pose.apply(points)[:, 2].min()
    within = bool(((pose.place[:2] > low) & (pose.place[:2] < high)).all())
    return within and lowest < rim[:, 2].max() + 0.05


_DONE = object()


def _sampled(vertices: Floats) -> Floats:
    step = max(1, len(vertices) // _SAMPLES)
    extremes = np.concatenate([vertices.argmin(0), vertices.argmax(0)])
    return np.concatenate([vertices[::step], vertices[extremes]])


def _gap(capsules: Floats, points: Floats) -> float:
    """Return the distance between capsules (N, 7) and points (P, 3), in metres."""
    a, b, radius = capsules[:, None, :3], capsules[:, None, 3:6], capsules[:, 6]
    ab = b - a
    length = (ab * ab).sum(-1) + 1e-12
    share = np.clip(((points[None] - a) * ab).sum(-1) / length, 0, 1)
    nearest = a + share[..., None] * ab
    distance = np.linalg.norm(points[None] - nearest, axis=-1).min(1) - radius
    return float(distance.min())
