"""A scripted cart trip: items and hands on straight paths, with what the contract calls their times."""

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from cart.vision.boxes import Box, covered, intersection

Place = tuple[float, float]
Edge = Literal["top", "left", "right", "bottom"]

PICTURE = (640, 480)
BELOW = ((0.0, 0.3125), (1.0, 0.3125), (1.0, 1.0), (0.0, 1.0))
MOUTH = ((0.1, 0.25), (0.9, 0.25), (0.9, 0.95), (0.1, 0.95))
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))

HAND = 72.0
ITEM = 80.0
_SPEED = 600.0  # pixels a second
_GRIP_SECONDS = 0.3
_TOWARD: dict[Edge, Place] = {"top": (0, -1), "left": (-1, 0), "right": (1, 0), "bottom": (0, 1)}
_FREE_SHARE = 0.15
_STEP = 0.005


def box_at(place: Place, width: float, height: float) -> Box:
    x, y = place
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


@dataclass
class Path:
    """Where something's middle is over time: straight lines between keyframes, at rest before and after."""

    keys: list[tuple[float, Place]]

    def at(self, time: float) -> Place:
        if time <= self.keys[0][0]:
            return self.keys[0][1]
        for (t0, (x0, y0)), (t1, (x1, y1)) in pairwise(self.keys):
            if time < t1:
                along = (time - t0) / (t1 - t0)
                return x0 + along * (x1 - x0), y0 + along * (y1 - y0)
        return self.keys[-1][1]


@dataclass
class Item:
    """One physical item; items of one `look` are twins."""

    name: str
    look: str
    width: float
    height: float
    path: Path
    layers: list[tuple[float, int]]

    def box(self, time: float) -> Box:
        return box_at(self.path.at(time), self.width, self.height)

    def layer(self, time: float) -> int:
        """How high it lies in the pile; what was touched last lies on top."""
        return [layer for since, layer in self.layers if since <= time][-1]


@dataclass
class Hand:
    """A hand that comes in from an edge of the picture; every method is what it does next, to its end."""

    scene: "Scene"
    edge: Edge
    path: Path
    held: Item | None = None
    size: float = HAND

    @property
    def now(self) -> float:
        return self.path.keys[-1][0]

    def box(self, time: float) -> Box:
        return box_at(self.path.at(time), self.size, self.size)

    def go(self, place: Place, seconds: float | None = None) -> float:
        """Carry what is held to `place`, or reach for it, at a plausible speed."""
        grip = self._grip(place)
        if seconds is None:
            seconds = max(0.1, math.dist(self.path.keys[-1][1], grip) / _SPEED)
        self.path.keys.append((self.now + seconds, grip))
        if self.held is not None:
            self.held.path.keys.append((self.now, place))
        return self.now

    def wait(self, seconds: float) -> float:
        self.path.keys.append((self.now + seconds, self.path.keys[-1][1]))
        if self.held is not None:
            self.held.path.keys.append((self.now, self.held.path.keys[-1][1]))
        return self.now

    def grab(self, name: str) -> float:
        item = self.scene.items[name]
        self.go(item.path.keys[-1][1])
        self.wait(_GRIP_SECONDS)
        item.path.keys.append((self.now, item.path.keys[-1][1]))
        item.layers.append((self.now, self.scene.next_layer()))
        self.held = item
        return self.now

    def let_go(self) -> float:
        self.wait(_GRIP_SECONDS)
        self.held = None
        return self.now

    def put(self, place: Place) -> float:
        self.go(place)
        return self.let_go()

    def drop_under(self, place: Place) -> float:
        """Let what is held slip under everything that lies there."""
        self.go(place)
        assert self.held is not None
        self.held.layers.append((self.now, -1))
        return self.let_go()

    def leave(self) -> float:
        """Go out of the picture, with what is held."""
        x, y = self.held.path.keys[-1][1] if self.held is not None else self.path.keys[-1][1]
        return self.go(_outside((x, y), self.edge))

    def _grip(self, place: Place) -> Place:
        dx, dy = _TOWARD[self.edge]
        return place[0] + 0.35 * ITEM * dx, place[1] + 0.35 * ITEM * dy


@dataclass
class Scene:
    """The whole trip. Items are named; times are seconds."""

    opening: tuple[Place, ...] = BELOW
    items: dict[str, Item] = field(default_factory=dict)
    hands: list[Hand] = field(default_factory=list)
    _layer: int = 0

    def next_layer(self) -> int:
        self._layer += 1
        return self._layer

    def item(self, name: str, place: Place, look: str | None = None, size: Place = (ITEM, ITEM)) -> Item:
        """Lay an item down at the very start; in later layers the later ones."""
        new = Item(name, look or name, *size, Path([(-1.0, place)]), [(-math.inf, self.next_layer())])
        self.items[name] = new
        return new

    def hand(
        self,
        at: float,
        over: Place = (320, 300),
        *,
        edge: Edge = "top",
        carrying: str | None = None,
        look: str | None = None,
        size: float = HAND,
    ) -> Hand:
        """Let a hand begin, out of the picture beside `over`, to come in at `at`."""
        start = _outside(over, edge)
        hand = Hand(self, edge, Path([]), size=size)
        hand.path.keys.append((at, hand._grip(start)))
        if carrying is not None:
            hand.held = self.items.get(carrying) or self.item(carrying, start, look)
            hand.held.layers.append((at, self.next_layer()))
            hand.held.path.keys.append((at, start))
        self.hands.append(hand)
        return hand

    @property
    def end(self) -> float:
        return max((hand.now for hand in self.hands), default=0.0)

    @property
    def lying(self) -> list[str]:
        """The items that lie in the opening at the end."""
        return [name for name, item in self.items.items() if intersection(item.box(self.end), self.mouth)]

    # What the contract calls the times of events.

    def freed(self, name: str, after: float) -> float:
        """The first moment from `after` at which no hand lies over more than a little of the item."""
        item, time = self.items[name], after
        while any(covered(item.box(time), by=hand.box(time)) > _FREE_SHARE for hand in self.hands):
            time = self._next(time)
        return time

    def left(self, name: str, after: float) -> float:
        """The last moment from `after` on at which the item's box touches the opening."""
        item, time = self.items[name], after
        while intersection(item.box(time), self.mouth) > 0:
            time = self._next(time)
        return time - _STEP

    def _next(self, time: float) -> float:
        assert time <= self.end, "the script never comes to that"
        return time + _STEP

    @property
    def mouth(self) -> Box:
        """The opening as a box; all openings of these tests are upright rectangles."""
        xs = [x * PICTURE[0] for x, _ in self.opening]
        ys = [y * PICTURE[1] for _, y in self.opening]
        return min(xs), min(ys), max(xs), max(ys)


def _outside(place: Place, edge: Edge) -> Place:
    width, height = PICTURE
    x, y = place
    return {
        "top": (x, -100.0),
        "bottom": (x, height + 100.0),
        "left": (-100.0, y),
        "right": (width + 100.0, y),
    }[edge]
