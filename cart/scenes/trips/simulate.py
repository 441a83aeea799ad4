"""From a script to a take and its truth: the steps of a trip, played out one after the other."""

from collections.abc import Callable, Generator, Sequence

import numpy as np

from cart.scenes.geometry import Pose
from cart.scenes.hands.fingers import RELAXED
from cart.scenes.trips import grip_choice, moves
from cart.scenes.trips.places import free_place, resting_turn
from cart.scenes.trips.play import Hand, Motion, Play
from cart.scenes.trips.script import Script, Step

_CARRY_SPEED = 1.0  # metres a second of an ordinary hand
_FAST_SPEED = 2.6
_LEAST_FALL = 0.04  # metres that a thing over a flat tray is lowered before it is let go
_PAIR_SHARE = 0.4  # of two small items, how often one hand holds both


class CannotPlay(Exception):
    """A step cannot be played as drawn; another attempt draws it otherwise."""


class Trip:
    """A script on a play: knows which item is which product, and what lies inside."""

    def __init__(
        self, script: Script, play: Play, shoppers: Sequence[tuple[Hand, Hand]], products: Sequence[str]
    ) -> None:
        """Prepare it.

        Args:
            script: complete, every product named by GTIN.
            play: with an item for each of `products`.
            shoppers: the left and right hand of each.
            products: the GTIN of each item, in the play's order: the initial ones, then those of the steps.
        """
        self.script, self.play, self.shoppers, self.products = script, play, shoppers, products
        self._next = 0
        self._actions: dict[str, Callable[[Step], None]] = {
            "add": self._add,
            "add_twin": self._add,
            "fast_add": self._fast_add,
            "drop": self._drop,
            "add_two": self._add_two,
            "remove": self._remove,
            "dig": self._dig,
            "swap": self._swap,
            "show": self._show,
            "hand": self._hand,
            "move": self._move,
            "bag": self._bag,
        }

    def run(self, progress: Callable[[int], None]) -> None:
        """Play all steps; tells after each how many are done."""
        self._lay_initial()
        for number, step in enumerate(self.script.steps, 1):
            self.play.wait(step.pause)
            self._actions[step.do](step)
            progress(number)
        self.play.settle()
        self.play.wait(self.script.tail)

    def _lay_initial(self) -> None:
        play = self.play
        for _ in self.script.initial:
            item = self._take_next()
            at = self._place(item)
            play.world.place(item, Pose(at.place + np.array([0, 0, 0.03]), at.turn))
            play.world.settle(1.5)
            if not play.is_inside(item):
                raise CannotPlay(
                    f"{self.products[item]} does not fit into the cart with what is in it already"
                )
        play.world.settle(4.0)
        play.begin()

    def _add(self, step: Step) -> None:
        item = self._take_next()
        self.play.run(self._adding(item, self._hand_of(step), _CARRY_SPEED * step.speed))

    def _adding(self, item: int, hand: Hand, speed: float) -> Motion:
        hold = yield from self._placing(item, hand, speed)
        yield from moves.withdraw(self.play, hold, speed)

    def _placing(self, item: int, hand: Hand, speed: float) -> Generator[None, None, moves.Hold]:
        choice = self._put_choice(item, hand)
        yield from self._putting(item, choice, speed)
        return choice.hold

    def _putting(self, item: int, choice: grip_choice.Choice, speed: float) -> Motion:
        over = moves.over_cart(self.play, item, choice.pose)
        yield from moves.bring(self.play, item, choice.hold, over, speed)
        yield from moves.put_down(self.play, item, choice.hold, choice.pose, speed)

    def _adding_as(self, item: int, choice: grip_choice.Choice, speed: float) -> Motion:
        yield from self._putting(item, choice, speed)
        yield from moves.withdraw(self.play, choice.hold, speed)

    def _fast_add(self, step: Step) -> None:
        self._throw(step, _FAST_SPEED * float(np.clip(step.speed, 1.0, 1.2)))

    def _drop(self, step: Step) -> None:
        self._throw(step, _CARRY_SPEED * step.speed)

    def _throw(self, step: Step, speed: float) -> None:
        item, hand, play = self._take_next(), self._hand_of(step), self.play
        choice = self._put_choice(item, hand)
        over = moves.over_cart(play, item, choice.pose)
        lowered = min(0.1, _LEAST_FALL + play.cart.spec.size[2] / 2)
        low = Pose(over.place - np.array([0, 0, lowered]), over.turn)

        def motion() -> Motion:
            yield from moves.bring(play, item, choice.hold, over, speed)
            yield from play.go(hand, [choice.hold.palm(low)], speed)
            yield from moves.throw_in(play, item, choice.hold, speed)

        play.run(motion())

    def _add_two(self, step: Step) -> None:
        left, right = self.shoppers[step.shopper - 1]
        one, other = self._take_next(), self._take_next()
        speed = _CARRY_SPEED * step.speed
        if self.play.rng.random() < _PAIR_SHARE:
            pair = grip_choice.to_put_pair(self.play, (one, other), right, self._place(one))
            if pair is not None:
                self.play.run(self._adding_as(one, pair, speed))
                return

        def second() -> Motion:
            for _ in range(int(self.play.rng.integers(0, 30))):
                yield
            yield from self._adding(other, left, speed)

        self.play.run(self._adding(one, right, speed), second())

    def _remove(self, step: Step) -> None:
        self.play.run(self._removing(self._find(step.product), step))

    def _removing(self, item: int, step: Step, hand: Hand | None = None) -> Motion:
        speed = _CARRY_SPEED * step.speed
        hold = self._take_choice(item, step, hand)
        yield from moves.grip(self.play, item, hold, speed)
        yield from moves.lift(self.play, item, hold, speed)
        yield from moves.carry_off(self.play, item, hold, speed)

    def _dig(self, step: Step) -> None:
        item, play = self._find(step.product), self.play
        for above in self._lying_on(item)[:3]:
            play.run(self._moving(above, step))
            play.record.no_events.append((play.time, "put aside"))
        play.run(self._removing(item, step))

    def _swap(self, step: Step) -> None:
        play, old = self.play, self._find(step.second)
        new, hand = self._take_next(), self._hand_of(step)

        def motion() -> Motion:
            hold = yield from self._placing(new, hand, _CARRY_SPEED * step.speed)
            for one in hold.all[1:]:
                yield from moves.leave(play, one.hand, _CARRY_SPEED * step.speed)
            yield from self._removing(old, step, hand)

        play.run(motion())

    def _show(self, step: Step) -> None:
        item, hand, play = self._take_next(), self._hand_of(step), self.play
        choice = self._put_choice(item, hand)
        over = moves.over_cart(play, item, choice.pose)

        def motion() -> Motion:
            yield from moves.bring(play, item, choice.hold, over, _CARRY_SPEED * step.speed)
            yield from moves.linger(play, hand, 0.8)
            play.record.no_events.append((play.time, "shown and taken back"))
            yield from moves.carry_off(play, item, choice.hold, _CARRY_SPEED * step.speed)

        play.run(motion())

    def _hand(self, step: Step) -> None:
        hand, play = self._hand_of(step), self.play
        rim = play.cart.rim
        middle = rim.mean(0) + np.array([*play.rng.uniform(-0.1, 0.1, 2), -0.05])
        flat = moves.palm_down(middle, middle - hand.shoulder)

        def motion() -> Motion:
            yield from moves.reach(play, hand, flat, RELAXED, _CARRY_SPEED * step.speed)
            yield from moves.linger(play, hand, 0.5)
            play.record.no_events.append((play.time, "a hand that leaves empty"))
            yield from moves.leave(play, hand, _CARRY_SPEED * step.speed)

        play.run(motion())

    def _move(self, step: Step) -> None:
        self.play.run(self._moving(self._find(step.product), step))
        self.play.record.no_events.append((self.play.time, "moved inside"))

    def _moving(self, item: int, step: Step) -> Motion:
        play, speed = self.play, _CARRY_SPEED * step.speed
        hold = self._take_choice(item, step, None)
        yield from moves.grip(play, item, hold, speed)
        held = Pose(hold.hand.palm.place, hold.hand.palm.turn).inverse().after(play.pose(item))
        at = self._place(item, turn=play.pose(item).turn)
        up = Pose(
            np.array([*play.pose(item).place[:2], moves.over_cart(play, item, at).place[2] - 0.05]), at.turn
        )
        to_palm = held.inverse()
        over = Pose(np.array([*at.place[:2], up.place[2]]), at.turn)
        yield from play.go(hold.hand, [p.after(to_palm) for p in (up, over, at)], 0.8 * speed)
        yield from moves.release(play, item, hold)
        yield from moves.withdraw(play, hold, speed)

    def _bag(self, step: Step) -> None:
        self._add(step)
        self.play.record.no_events.append((self.play.time, "a shopper's own bag"))

    def _take_next(self) -> int:
        self._next += 1
        return self._next - 1

    def _hand_of(self, step: Step) -> Hand:
        return self.shoppers[step.shopper - 1][1 if step.hand == "right" else 0]

    def _pairs(self, step: Step) -> list[tuple[Hand, Hand]]:
        left, right = self.shoppers[step.shopper - 1]
        return [(right, left), (left, right)]

    def _beside(self, hand: Hand) -> Hand:
        """Return the other hand of the same shopper."""
        return next(pair[1 - pair.index(hand)] for pair in self.shoppers if hand in pair)

    def _place(self, item: int, turn: np.ndarray | None = None) -> Pose:
        play = self.play
        size = np.ptp(play.points[item], axis=0)
        for _ in range(6):
            chosen = resting_turn(size, play.rng) if turn is None else turn
            found = free_place(play.cart, play.points[item], chosen, play.heights(without=(item,)), play.rng)
            if found is not None:
                return found
        raise CannotPlay(f"no room for {self.products[item]}")

    def _put_choice(self, item: int, hand: Hand) -> grip_choice.Choice:
        choice = grip_choice.to_put(self.play, item, (hand, self._beside(hand)), self._place(item))
        if choice is None:
            raise CannotPlay(f"no hand can hold {self.products[item]}")
        return choice

    def _take_choice(self, item: int, step: Step, hand: Hand | None) -> moves.Hold:
        pairs = [(hand, self._beside(hand))] if hand is not None else self._pairs(step)
        choice = grip_choice.to_take(self.play, item, pairs)
        if choice is None:
            raise CannotPlay(f"no hand can take {self.products[item]}")
        return choice.hold

    def _find(self, product: str | None) -> int:
        """Return the topmost item of a product inside."""
        there = [i for i, p in enumerate(self.products) if p == product and self.play.is_inside(i)]
        if not there:
            raise CannotPlay(f"{product} does not lie in the cart any more")
        return max(there, key=lambda i: float(self.play.pose(i).place[2]))

    def _lying_on(self, item: int) -> list[int]:
        """Return the items that lie over an item, the highest first."""
        play = self.play
        own = play.pose(item).apply(play.points[item])
        low, high = own.min(0), own.max(0)
        above = []
        for i in range(len(self.products)):
            if i == item or not play.is_inside(i):
                continue
            points = play.pose(i).apply(play.points[i])
            over = ((points[:, :2] > low[:2]) & (points[:, :2] < high[:2])).all(1) & (
                points[:, 2] > low[2] + 0.02
            )
            if over.mean() > 0.1:
                above.append(i)
        return sorted(above, key=lambda i: -float(play.pose(i).place[2]))
