"""What the property tests draw: frames of anything at all, and trips that a shopper could make."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st
from scene import BELOW, MOUTH, PICTURE, WHOLE, Place, Scene
from traces import PRODUCTS, Camera, Told, add, plain_look, remove
from trips import PAUSE, START

from cart.vision.boxes import Box
from cart.vision.tracking import SeenItem
from cart.vision.visits import Observation

openings = st.sampled_from([BELOW, MOUTH, WHOLE])

_TICK = 1 / 64  # seconds: sums of it are exact, so that times can be shifted without rounding
_gaps = st.one_of(st.integers(1, 8), st.sampled_from([13, 32, 64, 300])).map(lambda ticks: ticks * _TICK)
_products = st.sampled_from([None, *PRODUCTS[:3]])
_scores = st.sampled_from([0.2, 0.45, 0.7, 0.9])
_motions = st.none() | st.tuples(st.integers(0, 99), st.sampled_from([0.0, 0.1, 0.5, 1.0]))


class Frame(NamedTuple):
    """A frame in few words: seconds since the one before, items by product, motion by seed and share."""

    gap: float
    items: tuple[tuple[Box, float, str | None], ...]
    hands: tuple[Box, ...]
    motion: tuple[int, float] | None

    def seen(self, time: float) -> Observation:
        items = (SeenItem(box, score, plain_look(name) if name else None) for box, score, name in self.items)
        motion = None
        if self.motion is not None:
            seed, share = self.motion
            motion = np.random.default_rng(seed).random((24, 32)) < share
        return Observation(time, tuple(items), self.hands, motion)


def observed(frames: Sequence[Frame]) -> list[Observation]:
    times = accumulate(frame.gap for frame in frames)
    return [frame.seen(time) for frame, time in zip(frames, times, strict=True)]


@st.composite
def _boxes(draw: st.DrawFn) -> Box:
    """Boxes of whole pixels, within the picture or over its edges."""
    width, height = draw(st.integers(4, 300)), draw(st.integers(4, 300))
    left, top = draw(st.integers(-40, PICTURE[0])), draw(st.integers(-40, PICTURE[1]))
    return float(left), float(top), float(left + width), float(top + height)


@st.composite
def noises(draw: st.DrawFn) -> list[Frame]:
    """Frames of anything at all, at few places, so that things seem to rest, vanish and come back."""
    places = draw(st.lists(_boxes(), min_size=1, max_size=5, unique=True))
    item = st.tuples(st.sampled_from(places), _scores, _products)
    items = st.lists(item, max_size=4, unique_by=lambda item: item[0]).map(tuple)
    hands = st.lists(st.sampled_from(places), max_size=2, unique=True).map(tuple)
    return draw(st.lists(st.builds(Frame, _gaps, items, hands, _motions), max_size=25))


cameras = st.builds(
    Camera,
    fps=st.sampled_from([10, 15, 24, 30]),
    jitter=st.sampled_from([0.0, 0.5, 1.0]),
    miss=st.sampled_from([0.0, 0.05, 0.1]),
    seed=st.integers(0, 999),
)
"""Cameras of a real frame rate, that miss an item now and then."""


@st.composite
def trips(draw: st.DrawFn) -> tuple[Scene, list[Told]]:
    """Up to three items put in and taken out again, a visit each, at places that do not overlap."""
    places: list[Place] = draw(
        st.permutations([(x, y) for x in (140.0, 260.0, 380.0, 500.0) for y in (240.0, 360.0)])
    )
    names = draw(st.permutations(PRODUCTS[:3]))
    scene, due, inside = Scene(), [], list(names[: draw(st.integers(0, 2))])
    initial = set(inside)
    for name in inside:
        scene.item(name, places.pop())
    for visit in range(1, draw(st.integers(1, 3)) + 1):
        start = scene.end + PAUSE if scene.hands else START
        outside = [name for name in names if name not in inside]
        name = draw(st.sampled_from(names if outside else inside))
        if name in inside:
            due.append(_take(scene, start, name, visit, initial=name in initial))
            inside.remove(name)
            initial.discard(name)
        else:
            due.append(_put(scene, start, name, places.pop(), visit))
            inside.append(name)
    return scene, due


def _take(scene: Scene, start: float, name: str, visit: int, *, initial: bool) -> Told:
    hand = scene.hand(start, scene.items[name].path.keys[-1][1])
    taken = hand.grab(name)
    hand.leave()
    return remove(scene.left(name, taken), name, visit, initial=initial)


def _put(scene: Scene, start: float, name: str, place: Place, visit: int) -> Told:
    hand = scene.hand(start, place, carrying=name)
    let_go = hand.put(place)
    hand.leave()
    return add(scene.freed(name, let_go), name, visit)
