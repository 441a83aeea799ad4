"""The way of a frame: the gate lets the detector sleep, items become events with a product and a picture.

Frames are drawn in plain colours, and a detector of a few lines finds those colours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from cart.vision.boxes import Box, Detection
from cart.vision.embedding import Calibration
from cart.vision.footage import Frame
from cart.vision.gallery import Gallery
from cart.vision.opening import WHOLE_PICTURE, Opening, opening_for
from cart.vision.pipeline import Camera, Noticed, Sight
from cart.vision.recognition import Recogniser, Recognition
from cart.vision.visits import VisitEvent, Visits

SIZE = (160, 120)
FPS = 10
OPENING = ((0.0, 0.3), (1.0, 0.3), (1.0, 1.0), (0.0, 1.0))
HAND, GREEN, BLUE = (0, 0, 220), (0, 200, 0), (220, 0, 0)
GREEN_TEA, BLUE_CHEESE = "4006381333931", "96385074"
AWAY, LEFT, RIGHT = (50.0, -60.0), (50.0, 80.0), (110.0, 80.0)

Colour = tuple[int, int, int]
Way = list[tuple[float, tuple[float, float]]]


@dataclass
class Eyes:
    """A detector that finds plain colours, and counts how often it was asked."""

    version: str = "eyes"
    asked: int = 0

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        self.asked += 1
        found = [(HAND, "hand"), (GREEN, "item"), (BLUE, "item")]
        boxes = [(box_of(image, colour), kind) for colour, kind in found]
        return [Detection("hand" if kind == "hand" else "item", box, 0.9) for box, kind in boxes if box]


def box_of(image: NDArray[np.uint8], colour: Colour) -> Box | None:
    rows, columns = np.nonzero((image == colour).all(axis=2))
    if not rows.size:
        return None
    return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)


class MeanColour:
    """An embedder whose vectors are the picture's mean colour."""

    version = "mean-colour"
    length = 3
    calibration = Calibration()

    def embed(self, images: Iterable[NDArray[np.uint8]]) -> NDArray[np.float32]:
        means = np.array([image.mean(axis=(0, 1)) for image in images], np.float32).reshape(-1, 3)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


@pytest.fixture
def recogniser() -> Recogniser:
    vectors = MeanColour().embed([np.full((4, 4, 3), colour, np.uint8) for colour in (GREEN, BLUE)])
    gallery = Gallery((GREEN_TEA, BLUE_CHEESE), vectors.astype(np.float16), np.array([0, 1], np.int32))
    return Recogniser(gallery, MeanColour())


def frames(seconds: float, *ways: tuple[Colour, Way], start: float = 0.0) -> Iterable[Frame]:
    """Draw boxes on their ways, later ones on top; the hand, narrower, covers part of what it holds."""
    for index in range(round(seconds * FPS)):
        time = start + index / FPS
        canvas = np.full((SIZE[1], SIZE[0], 3), 110, np.uint8)
        for colour, way in ways:
            times = [key for key, _ in way]
            x, y = (round(float(np.interp(time, times, [at[axis] for _, at in way]))) for axis in (0, 1))
            left, top, bottom = (-8, -50, -4) if colour == HAND else (-14, -16, 16)
            cv2.rectangle(canvas, (x + left, y + top), (x - left, y + bottom), colour, -1)
        yield Frame.from_image(index, time, canvas)


def camera(recogniser: Recogniser | None = None, *, gated: bool = True) -> tuple[Camera, Eyes]:
    eyes = Eyes()
    return Camera(eyes, opening_for(OPENING, SIZE), recogniser, gated=gated), eyes


def see_all(camera: Camera, given: Iterable[Frame]) -> tuple[list[Sight], list[Noticed]]:
    sights = [camera.see(frame) for frame in given]
    return sights, [noticed for sight in sights for noticed in sight.noticed] + camera.finish()


PUT_IN = [(HAND, [(1.4, AWAY), (1.8, LEFT), (2.2, LEFT), (2.6, AWAY)]), (GREEN, [(1.4, AWAY), (1.8, LEFT)])]
TAKEN_OUT = [
    (HAND, [(2.4, AWAY), (2.8, RIGHT), (3.2, RIGHT), (3.6, AWAY)]),
    (BLUE, [(3.2, RIGHT), (3.6, AWAY)]),
]


class Slow:
    """Knows an item only when asked a second time."""

    version = "slow"

    def __init__(self) -> None:
        self.asked = 0

    def recognise(self, _: object) -> Recognition:
        self.asked += 1
        return Recognition(None, 0.9) if self.asked == 1 else Recognition(GREEN_TEA, 0.8)


def test_what_was_unknown_when_it_came_is_recognised_anew_when_it_leaves() -> None:
    recogniser = Slow()
    leaving = [
        (HAND, [(7.6, AWAY), (8.0, LEFT), (8.4, LEFT), (8.8, AWAY)]),
        (GREEN, [(8.4, LEFT), (8.8, AWAY)]),
    ]
    ours, _ = camera(recogniser)  # type: ignore[arg-type]

    _, first = see_all(ours, frames(6, *PUT_IN))
    _, second = see_all(ours, frames(6, *leaving, start=6.0))

    told = [(one.event.action, one.product.gtin) for one in (*first, *second) if one.product]
    assert told == [("add", None), ("remove", GREEN_TEA)]


def test_the_detector_sleeps_while_nothing_moves() -> None:
    ours, eyes = camera()

    sights, noticed = see_all(ours, frames(10))

    assert noticed == []
    assert eyes.asked == sum(sight.detected for sight in sights) <= 20
    assert all(not sight.detections and not sight.items for sight in sights if not sight.detected)


def test_without_the_gate_it_looks_at_every_frame() -> None:
    ours, eyes = camera(gated=False)

    see_all(ours, frames(3))

    assert eyes.asked == 30


@pytest.mark.parametrize("gated", [True, False])
def test_an_item_put_in_is_one_event_with_its_picture(gated: bool) -> None:
    ours, eyes = camera(gated=gated)

    _, noticed = see_all(ours, frames(8, *reversed(PUT_IN)))

    (only,) = noticed
    assert (only.event.action, only.event.time) == ("add", pytest.approx(2.3, abs=0.3))
    assert only.product is None
    assert only.snapshot is not None
    assert tuple(only.snapshot.crop.image.mean(axis=(0, 1)).argsort())[-1] == 1
    assert eyes.asked < 80 if gated else eyes.asked == 80


def test_what_lies_there_at_the_start_is_no_event() -> None:
    ours, _ = camera()

    _, noticed = see_all(ours, frames(4, (GREEN, [(0, LEFT)]), (BLUE, [(0, RIGHT)])))

    assert noticed == []
    assert ours.initial_products() == [None, None]


def test_items_are_named_by_the_recogniser(recogniser: Recogniser) -> None:
    ours, _ = camera(recogniser)

    _, noticed = see_all(ours, frames(8, *reversed(PUT_IN)))

    assert [one.product.gtin for one in noticed if one.product] == [GREEN_TEA]
    assert [piece.id for piece in ours.visits.contents] == [noticed[0].event.piece]
    known = ours.known_product(noticed[0].event.piece)
    assert known is noticed[0].product


def test_what_is_taken_out_of_the_start_stays_among_it(recogniser: Recogniser) -> None:
    ours, _ = camera(recogniser)

    _, noticed = see_all(ours, frames(8, (GREEN, [(0, LEFT)]), *reversed(TAKEN_OUT)))

    (only,) = noticed
    assert (only.event.action, only.event.from_initial) == ("remove", True)
    assert only.product is not None
    assert only.product.gtin == BLUE_CHEESE
    assert sorted(product.gtin or "" for product in ours.initial_products() if product) == sorted(
        [GREEN_TEA, BLUE_CHEESE]
    )


def test_items_in_sight_carry_the_number_of_their_events() -> None:
    ours, _ = camera(gated=False)

    sights, (only,) = see_all(ours, frames(8, *reversed(PUT_IN)))

    (number, box, score) = sights[-1].items[0]
    assert (number, score) == (only.event.piece, 0.9)
    assert box == (36.0, 64.0, 65.0, 97.0)


def test_nothing_is_recognised_before_it_is_asked_for(recogniser: Recogniser) -> None:
    ours, _ = camera(recogniser)
    see_all(ours, frames(2, (GREEN, [(0, LEFT)])))
    (piece,) = ours.visits.contents

    assert ours.known_product(piece.id) is None
    product = ours.product_of(piece.id)
    assert product is not None
    assert product.gtin == GREEN_TEA
    assert ours.known_product(piece.id) is product


def test_other_models_can_be_had_between_visits_only() -> None:
    ours, _ = camera(gated=False)
    idle = {}
    for frame in frames(8, *reversed(PUT_IN)):
        ours.see(frame)
        idle[frame.time] = ours.visits.idle

    hand_left = 2.3
    assert not any(idle[time] for time in idle if 1.8 <= time < hand_left + 0.9)
    assert all(idle[time] for time in idle if 1.0 <= time < 1.7 or time > hand_left + 1.1)


def test_what_a_visit_leaves_open_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Visits, "waiting", True)
    ours, _ = camera(gated=False)
    idle = {}
    for frame in frames(8, *reversed(PUT_IN)):
        ours.see(frame)
        idle[frame.time] = ours.visits.idle

    hand_left = 2.3
    assert not any(idle[time] for time in idle if 1.8 <= time < hand_left + 2.4)
    assert all(idle[time] for time in idle if time > hand_left + 2.6)


def test_nothing_is_idle_right_after_a_gap() -> None:
    ours, _ = camera(gated=False)
    see_all(ours, frames(3, (GREEN, [(0, LEFT)])))
    ours.interrupt(3.0)
    assert ours.visits.idle
    idle = {}
    for frame in frames(3, (GREEN, [(0, LEFT)]), start=6.0):
        ours.see(frame)
        idle[frame.time] = ours.visits.idle

    assert not any(idle[time] for time in idle if time < 6.9)
    assert idle[8.9]


def test_with_other_models_the_contents_and_their_names_stay(recogniser: Recogniser) -> None:
    lying = (GREEN, [(0.0, LEFT)]), (BLUE, [(0.0, RIGHT)])
    ours, old = camera(recogniser, gated=False)
    see_all(ours, frames(2, *lying))
    first, second = (piece.id for piece in ours.visits.contents)
    name = ours.product_of(first)
    nothing = Gallery((), np.empty((0, 3), np.float32), np.empty(0, np.int32))
    ours.look_with(Eyes("better eyes"), Recogniser(nothing, MeanColour()))
    _, noticed = see_all(ours, frames(3, *lying, start=2.0))

    assert (old.asked, noticed) == (20, [])
    assert [piece.id for piece in ours.visits.contents] == [first, second]
    assert name is not None
    assert name.gtin is not None
    assert ours.product_of(first) is name
    assert ours.product_of(second) == Recognition(None, 0.0)


def test_the_opening_may_be_the_whole_picture() -> None:
    ours = Camera(Eyes(), Opening(opening_for(WHOLE_PICTURE, SIZE).polygon, SIZE))

    _, noticed = see_all(ours, frames(8, *reversed(PUT_IN)))

    assert [one.event.action for one in noticed] == ["add"]


def test_what_changed_while_nothing_was_seen_is_one_event_for_review() -> None:
    ours, _ = camera()
    watched = [frame for frame in frames(10, *reversed(PUT_IN)) if not 1.3 < frame.time < 4]

    told = [ours.see(frame).noticed for frame in watched if frame.time <= 1.3]
    told.append(ours.interrupt(1.3))
    assert not any(told)

    _, noticed = see_all(ours, [frame for frame in watched if frame.time >= 4])

    (only,) = noticed
    assert (only.event.action, only.event.unsure) == ("add", True)
    assert (only.event.began, only.event.time) == (pytest.approx(1.3), pytest.approx(4, abs=0.15))
    assert only.snapshot is not None


def test_a_gap_in_which_nothing_changed_gives_no_event() -> None:
    ours, _ = camera()
    lying = [(GREEN, [(0.0, LEFT)]), (BLUE, [(0.0, RIGHT)])]

    see_all(ours, frames(3, *lying))
    assert ours.interrupt(2.9) == []
    assert ours.interrupt(2.9) == []
    _, noticed = see_all(ours, frames(5, *lying, start=20))

    assert noticed == []
    assert len(ours.visits.contents) == 2


def test_after_the_camera_has_moved_items_are_found_by_their_looks() -> None:
    ours, _ = camera()
    moved = opening_for(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), SIZE)

    see_all(ours, frames(3, (GREEN, [(0.0, LEFT)]), (BLUE, [(0.0, RIGHT)])))
    ours.interrupt(2.9, moved=True, opening=moved)
    assert ours.opening is moved
    _, noticed = see_all(ours, frames(6, (GREEN, [(0.0, (120.0, 40.0))]), start=20))

    (only,) = noticed
    assert (only.event.action, only.event.unsure, only.event.from_initial) == ("remove", True, True)


def test_what_comes_out_of_a_pile_is_the_hidden_product_that_it_is_recognised_as(recogniser) -> None:
    watching, _ = camera(recogniser)
    hidden = SimpleNamespace(id=2, initial=False)
    watching.visits = SimpleNamespace(world=SimpleNamespace(out_of_sight=[hidden]))
    for item, colour in ((1, GREEN), (2, BLUE), (3, BLUE)):
        picture = np.full((60, 60, 3), colour, np.uint8)
        watching._album.keep(item, 0.0, picture, (10, 10, 50, 50), (), at_rest=True)
    told = VisitEvent("remove", 5.0, 1, 2, 0.6, unsure=True, from_initial=False, began=4.0, ended=5.2, seen=3)

    noticed = watching._notice(told)

    assert noticed.product is not None
    assert noticed.product.gtin == BLUE_CHEESE
    left = watching.product_of(2)
    assert left is not None
    assert left.gtin == GREEN_TEA
