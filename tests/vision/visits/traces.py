"""From a scripted scene to what a detector would see of it, and on to the events that come out."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scene import PICTURE, Hand, Item, Place, Scene, box_at

from cart.vision.boxes import Box, area, center
from cart.vision.opening import opening_for
from cart.vision.tracking import Look, SeenItem
from cart.vision.visits.decide import Visits
from cart.vision.visits.observation import Action, Observation, VisitEvent

_GRID = (24, 32)
_HIDDEN_SHARE = 0.7  # an item covered by more is not detected
_IN_PICTURE_SHARE = 0.3  # nor one of which less is in the picture
PRODUCTS = ("tea", "milk", "rice", "soap", "beans", "jam", "ghost")
_LOOK_LENGTH, _LOOK_NOISE = 32, 0.06


@dataclass(frozen=True)
class Camera:
    """How the scene is filmed and what the detector makes of it: chances per frame, lengths in pixels."""

    fps: float = 15
    phase: float = 0.0  # seconds
    drop: float = 0.0  # frames lost
    miss: float = 0.0  # items not found
    ghost: float = 0.0  # false items found on a hand
    jitter: float = 0.0  # standard deviation of every box's sides
    shake: float = 0.0  # the whole picture is off by up to this
    hands: bool = True  # found at all
    motion: bool = True
    lag: float = 0.0  # seconds: how much older than the frame before is what motion compares with
    looks: bool = True
    score: float = 0.9
    seed: int = 0


def film(scene: Scene, camera: Camera, tail: float = 2.5) -> list[Observation]:
    """Film the scene from 0 until `tail` seconds after the last hand's last doing."""
    noise = np.random.default_rng(camera.seed)
    count = int((scene.end + tail) * camera.fps) + 1
    times = [i / camera.fps + camera.phase for i in range(count)]
    kept = [t for t in times if noise.random() >= camera.drop]
    before: float | None = None
    frames = []
    for time in kept:
        frames.append(_frame(scene, camera, time, before, noise))
        before = time
    return frames


def _frame(
    scene: Scene, camera: Camera, time: float, before: float | None, noise: np.random.Generator
) -> Observation:
    shift = noise.uniform(-camera.shake, camera.shake, 2)
    hands = [box for hand in scene.hands if (box := _in_picture(hand.box(time)))]
    items = [
        SeenItem(_moved(box, shift, camera.jitter, noise), camera.score, look_of(item.look, noise, camera))
        for item, box in visible_items(scene, time)
        if noise.random() >= camera.miss
    ]
    items += [
        SeenItem(_moved(_ghost(box), shift, camera.jitter, noise), 0.6, look_of("ghost", noise, camera))
        for box in hands
        if noise.random() < camera.ghost
    ]
    found = hands if camera.hands else []
    seen_hands = tuple(_moved(box, shift, camera.jitter, noise) for box in found)
    motion = None
    if camera.motion:
        motion = np.ones(_GRID, bool) if camera.shake else _motion(scene, time, before, camera.lag)
    return Observation(time, tuple(items), seen_hands, motion)


def visible_items(scene: Scene, time: float) -> Iterator[tuple[Item, Box]]:
    """Every item of which enough is to be seen, with the box of what is to be seen."""
    hands = [hand.box(time) for hand in scene.hands]
    for item in scene.items.values():
        box = _in_picture(item.box(time))
        if box is None:
            continue
        above = [o.box(time) for o in scene.items.values() if o.layer(time) > item.layer(time)]
        if _hidden_share(box, hands + above) <= _HIDDEN_SHARE:
            yield item, _cut(box, hands + above)


def _in_picture(box: Box) -> Box | None:
    width, height = PICTURE
    cut = max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(width)), min(box[3], float(height))
    inside = cut[2] > cut[0] and cut[3] > cut[1] and area(cut) > _IN_PICTURE_SHARE * area(box)
    return cut if inside else None


def _hidden_share(box: Box, covers: Sequence[Box]) -> float:
    xs = np.linspace(box[0], box[2], 12)[None, :]
    ys = np.linspace(box[1], box[3], 12)[:, None]
    hidden = np.zeros((12, 12), bool)
    for x1, y1, x2, y2 in covers:
        hidden |= (xs >= x1) & (xs <= x2) & (ys >= y1) & (ys <= y2)
    return float(hidden.mean())


def _cut(box: Box, covers: Sequence[Box]) -> Box:
    """The box without the sides that something in front hides in their whole length."""
    x1, y1, x2, y2 = box
    for a1, b1, a2, b2 in covers:
        if a1 <= x1 and a2 >= x2:
            y1, y2 = (b2, y2) if b1 <= y1 < b2 else (y1, y2)
            y1, y2 = (y1, b1) if b1 < y2 <= b2 else (y1, y2)
        if b1 <= y1 and b2 >= y2:
            x1, x2 = (a2, x2) if a1 <= x1 < a2 else (x1, x2)
            x1, x2 = (x1, a1) if a1 < x2 <= a2 else (x1, x2)
    return x1, y1, x2, y2


def _ghost(hand: Box) -> Box:
    size = (hand[2] - hand[0]) * 0.8
    return box_at(center(hand), size, size)


def _moved(box: Box, shift: NDArray[np.float64], jitter: float, noise: np.random.Generator) -> Box:
    dx, dy = shift
    x1, y1, x2, y2 = np.array(box) + (dx, dy, dx, dy) + (noise.normal(0, jitter, 4) if jitter else 0)
    return float(x1), float(y1), float(x2), float(y2)


def _motion(scene: Scene, time: float, before: float | None, lag: float) -> NDArray[np.bool_]:
    grid = np.zeros(_GRID, bool)
    things: list[Hand | Item] = [*scene.hands, *scene.items.values()]
    if before is None:
        return grid
    for thing in things:
        was, now = thing.box(before - lag), thing.box(time)
        if math.dist(center(was), center(now)) > 1:
            for box in (was, now):
                _mark(grid, box)
    return grid


def _mark(grid: NDArray[np.bool_], box: Box) -> None:
    rows, columns = grid.shape[0] / PICTURE[1], grid.shape[1] / PICTURE[0]
    x1, y1, x2, y2 = (max(0.0, side) for side in box)
    grid[int(y1 * rows) : math.ceil(y2 * rows), int(x1 * columns) : math.ceil(x2 * columns)] = True


@cache
def plain_look(name: str) -> Look:
    """A look of length 1; those of different products are about 0.3 alike."""
    drawn = np.random.default_rng(list(name.encode())).gamma(0.45, 1, _LOOK_LENGTH)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


def look_of(name: str, noise: np.random.Generator, camera: Camera) -> Look | None:
    """One sight's look, about 0.9 like another sight of the same product."""
    if not camera.looks:
        return None
    seen = plain_look(name) + noise.normal(0, _LOOK_NOISE, _LOOK_LENGTH)
    return (seen / np.linalg.norm(seen)).astype(np.float32)


def look_name(look: Look | None) -> str:
    """The product whose look this is."""
    return "" if look is None else max(PRODUCTS, key=lambda name: float(look @ plain_look(name)))


# What came out.


@dataclass(frozen=True)
class Told:
    """An event as a test expects it; `time` within the tolerance it is checked with."""

    action: Action
    time: float
    look: str
    visit: int
    from_initial: bool = False
    unsure: bool | None = False  # None: either


def add(time: float, look: str, visit: int = 1, *, unsure: bool | None = False) -> Told:
    return Told("add", time, look, visit, unsure=unsure)


def remove(
    time: float, look: str, visit: int = 1, *, initial: bool = False, unsure: bool | None = False
) -> Told:
    return Told("remove", time, look, visit, initial, unsure)


def run(frames: Sequence[Observation], opening: tuple[Place, ...]) -> tuple[list[Told], Visits]:
    """Run the rules, holding them at every frame to the books: nothing comes or goes without an event.

    Pieces may appear among the contents without an event (they lay there before the first visit), but then
    they are initial for ever; none disappears without one, and nothing is removed that was not there.
    """
    visits = Visits(opening_for(opening, PICTURE))
    told: list[Told] = []
    known: dict[int, bool] = {}
    looks: dict[int, str] = {}
    for seen in [*frames, None]:
        events = visits.finish() if seen is None else visits.update(seen)
        _keep_books(known, events, visits)
        looks |= {piece.id: look_name(piece.track.look) for piece in visits.contents}
        told += [
            Told(e.action, e.time, looks.get(e.piece, ""), e.visit, e.from_initial, e.unsure) for e in events
        ]
    return told, visits


def _keep_books(known: dict[int, bool], events: Sequence[VisitEvent], visits: Visits) -> None:
    now = {piece.id: piece.initial for piece in visits.contents}
    assert len(now) == len(visits.contents), "one piece lies in the cart twice"
    for event in events:
        if event.action == "add":
            assert event.piece not in known, "an item was added that lay in the cart"
            known[event.piece] = False
        else:
            assert event.piece in known, "an item was removed that did not lie in the cart"
            assert known.pop(event.piece) == event.from_initial
    silent = now.keys() - known.keys()
    assert all(now[piece] for piece in silent), "an item came without an add, and is not initial"
    assert not known.keys() - now.keys(), "an item went without a remove"
    known |= dict.fromkeys(silent, True)
    assert now == known, "an item that was added became initial, or the other way round"


def check(
    scene: Scene, camera: Camera, *expected: Told, tolerance: float | None = None, tail: float = 2.5
) -> Visits:
    """Film the scene and compare the events with the expected ones; return the rules as they are left."""
    frames = film(scene, camera, tail)
    told, visits = run(frames, scene.opening)
    compare(told, expected, camera, tolerance or tolerance_of(frames, camera))
    return visits


def tolerance_of(frames: Sequence[Observation], camera: Camera) -> float:
    """How near an event's time can come: frames that are not there, or do not show the item, say nothing."""
    widest = max(b.time - a.time for a, b in pairwise(frames))
    return 0.15 + widest + (3 if camera.miss else 1) / camera.fps


def compare(told: Sequence[Told], expected: Sequence[Told], camera: Camera, tolerance: float) -> None:
    """Compare events with the expected ones, product by product in order of time.

    Products are compared where the camera shows looks, numbers of visits where it shows hands and often
    enough to tell visits apart.
    """
    got, due = _comparable(told, camera), _comparable(expected, camera)
    text = "\n".join(["came out:", *map(_line, got), "due:", *map(_line, due)])
    assert [(e.action, e.look, e.visit, e.from_initial) for e in got] == [
        (e.action, e.look, e.visit, e.from_initial) for e in due
    ], text
    for event, want in zip(got, due, strict=True):
        assert want.unsure is None or event.unsure == want.unsure, text
        assert event.time == pytest.approx(want.time, abs=tolerance), text


def _comparable(events: Sequence[Told], camera: Camera) -> list[Told]:
    plain = [
        replace(
            e, look=e.look if camera.looks else "", visit=e.visit if camera.fps >= 5 and camera.hands else 0
        )
        for e in events
    ]
    return sorted(plain, key=lambda e: (e.action, e.look, e.time))


def _line(event: Told) -> str:
    marks = " initial" * event.from_initial + " unsure" * bool(event.unsure)
    return f"  {event.action} {event.look} at {event.time:.2f} in visit {event.visit}{marks}"


def mirrored(frames: Sequence[Observation]) -> list[Observation]:
    """The same frames as in a looking-glass."""

    def flip(box: Box) -> Box:
        return PICTURE[0] - box[2], box[1], PICTURE[0] - box[0], box[3]

    return [
        replace(
            seen,
            items=tuple(replace(item, box=flip(item.box)) for item in seen.items),
            hands=tuple(flip(hand) for hand in seen.hands),
            motion=None if seen.motion is None else seen.motion[:, ::-1],
        )
        for seen in frames
    ]


def mirrored_opening(opening: tuple[Place, ...]) -> tuple[Place, ...]:
    return tuple((1 - x, y) for x, y in opening)
