import math

import numpy as np
import pytest

from cart.vision.boxes import Box
from cart.vision.tracking import (
    Look,
    SeenItem,
    Track,
    Tracker,
    begins_track,
    distance,
    is_part,
    is_union,
    likeness,
    same_place,
)

WIDTH = 640


def look(angle: float) -> Look:
    """A look of length 1; two of them are the more alike the less their angles (degrees) differ."""
    return np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))], np.float32)


TEA, MILK = look(0), look(80)


def item(x: float, y: float, seen: Look | None = TEA, *, score: float = 0.9, side: float = 80) -> SeenItem:
    """An item whose box has its middle at (x, y)."""
    return SeenItem((x - side / 2, y - side / 2, x + side / 2, y + side / 2), score, seen)


def mirrored(items: list[SeenItem]) -> list[SeenItem]:
    return [
        SeenItem((WIDTH - x2, y1, WIDTH - x1, y2), i.score, i.look)
        for i in items
        for x1, y1, x2, y2 in [i.box]
    ]


def ids(tracks: list[Track | None]) -> list[int | None]:
    return [None if track is None else track.id for track in tracks]


def follow(frames: list[list[SeenItem]], fps: float = 15) -> list[list[int | None]]:
    """Track frames and return the ids of each."""
    tracker = Tracker()
    return [ids(tracker.update(number / fps, items)) for number, items in enumerate(frames)]


@pytest.mark.parametrize("fps", [5, 10, 15, 30, 60])
@pytest.mark.parametrize("alike", [True, False], ids=["twins", "unlike"])
def test_items_that_pass_each_other_keep_their_tracks(fps: int, alike: bool) -> None:
    count = fps * 2
    frames = [
        [
            item(100 + 440 * step / count, 200),
            item(540 - 440 * step / count, 300, TEA if alike else MILK),
        ]
        for step in range(count + 1)
    ]
    assert follow(frames, fps) == [[1, 2]] * len(frames)


@pytest.mark.parametrize("fps", [10, 15, 30, 60])
def test_twins_that_cross_keep_their_tracks_by_their_motion(fps: int) -> None:
    count = fps
    frames = [
        [item(150 + 340 * step / count, 240), item(490 - 340 * step / count, 260)]
        for step in range(count + 1)
    ]
    assert follow(frames, fps)[-1] == follow(frames, fps)[0]


def test_a_carried_item_is_one_track_over_jumps_of_twice_its_size() -> None:
    frames = [[item(100 + 160 * step, 240)] for step in range(4)]
    assert follow(frames, fps=10) == [[1]] * 4


@pytest.mark.parametrize("gap", [0.05, 1, 10, 300])
def test_an_item_at_rest_keeps_its_track_over_any_gap(gap: float) -> None:
    tracker = Tracker()
    before = tracker.update(0, [item(200, 200), item(400, 200, MILK)])
    tracker.update(gap / 2, [])
    after = tracker.update(gap, [item(402, 201, MILK), item(199, 200)])
    assert ids(after) == ids(before)[::-1]


def test_after_a_long_gap_only_the_place_counts() -> None:
    tracker = Tracker()
    tracker.update(0, [item(200, 200)])
    assert ids(tracker.update(1, [item(330, 200)])) == [2]


def test_another_look_in_the_same_place_is_another_item() -> None:
    tracker = Tracker()
    tracker.update(0, [item(200, 200)])
    assert ids(tracker.update(0.1, [item(200, 200, MILK)])) == [2]


@pytest.mark.parametrize("unknown", [0, 1])
def test_an_unknown_look_may_be_any_item(unknown: int) -> None:
    looks = [TEA, TEA]
    frames = [[item(200, 200, None if number == unknown else look)] for number, look in enumerate(looks)]
    assert follow(frames) == [[1], [1]]


def test_of_two_that_may_be_it_the_one_that_looks_like_it_is() -> None:
    tracker = Tracker()
    tracker.update(0, [item(200, 200)])
    assert ids(tracker.update(1 / 15, [item(190, 240, MILK), item(240, 200)])) == [2, 1]


def test_a_weak_find_continues_a_track_and_begins_none() -> None:
    weak = item(200, 200, score=0.2)
    assert follow([[weak], [weak]]) == [[None], [None]]
    assert follow([[item(200, 200)], [weak]]) == [[1], [1]]


def test_a_part_of_an_item_is_no_item() -> None:
    bottle = SeenItem((100, 100, 200, 300), 0.9, TEA)
    cap = SeenItem((110, 100, 190, 160), 0.7, look(20))
    assert is_part(cap, [bottle, cap])
    assert follow([[bottle, cap], [cap, bottle]]) == [[1, None], [None, 1]]


def test_a_strong_find_of_another_look_on_top_of_an_item_is_one() -> None:
    crate = SeenItem((100, 100, 300, 300), 0.9, TEA)
    apple = SeenItem((150, 150, 260, 260), 0.8, MILK)
    assert not is_part(apple, [crate, apple])
    assert sorted(i or 0 for i in follow([[crate, apple]])[0]) == [1, 2]


def test_a_whole_of_which_a_part_is_followed_begins_no_track() -> None:
    part, whole = SeenItem((110, 110, 190, 190), 0.9, TEA), SeenItem((100, 100, 200, 260), 0.8, look(20))
    assert not begins_track(whole, [part])
    assert begins_track(whole, [])
    assert begins_track(SeenItem(whole.box, 0.8, MILK), [part])
    assert not begins_track(SeenItem(whole.box, 0.5, MILK), [part])


def test_items_side_by_side_are_each_one_whatever_their_look() -> None:
    frame = [item(100 + 82 * column, 200) for column in range(5)]
    assert follow([frame, frame]) == [[1, 2, 3, 4, 5]] * 2


def test_a_mirrored_picture_gives_the_same_tracks() -> None:
    frames = [
        [item(150 + 30 * step, 200), item(450 - 30 * step, 230, MILK), item(320, 400, score=0.45)]
        for step in range(10)
    ]
    assert follow([mirrored(items) for items in frames]) == follow(frames)


def test_the_order_within_a_frame_changes_no_track() -> None:
    frames = [[item(150 + 40 * step, 200), item(450 - 40 * step, 210), item(320, 400)] for step in range(8)]
    assert follow([items[::-1] for items in frames]) == [numbers[::-1] for numbers in follow(frames)]


def test_a_dropped_track_is_not_continued() -> None:
    tracker = Tracker()
    (track,) = tracker.update(0, [item(200, 200)])
    assert track is not None
    tracker.drop(track)
    assert tracker.tracks == []
    assert ids(tracker.update(0.1, [item(200, 200)])) == [2]


def test_a_track_knows_its_motion_and_how_often_it_was_seen() -> None:
    track = Track(1, (0, 0, 40, 40), 2.0, TEA, 0.5)
    track.see(2.1, SeenItem((10, 20, 50, 60), 1.0, look(40)))
    assert track.velocity == pytest.approx((100, 200))
    assert track.predicted(2.2) == pytest.approx((20, 40, 60, 80))
    assert track.predicted(9) == track.predicted(2.35)
    assert (track.hits, track.score, track.first) == (2, 0.75, (2.0, (0, 0, 40, 40)))
    assert track.look is not None
    assert float(track.look @ track.look) == pytest.approx(1)
    assert likeness(track.look, TEA) > likeness(track.look, look(40))


def test_likeness_of_unknown_looks_is_one_and_never_below_zero() -> None:
    assert likeness(None, TEA) == likeness(TEA, None) == 1
    assert likeness(TEA, look(180)) == 0
    assert likeness(TEA, look(60)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("box", "place"),
    [((0, 0, 80, 80), 1.0), ((0, 0, 80, 40), 0.8), ((0, 0, 80, 20), 0.25), ((100, 0, 180, 80), 0.0)],
    ids=["itself", "half hidden", "all but hidden", "elsewhere"],
)
def test_same_place_counts_a_box_that_something_cuts_off(box: Box, place: float) -> None:
    assert same_place(box, (0, 0, 80, 80)) == same_place((0, 0, 80, 80), box) == pytest.approx(place)


def test_distance_is_in_sizes_of_the_boxes() -> None:
    assert distance((0, 0, 80, 80), (160, 0, 240, 80)) == 2


def test_a_box_around_two_surer_items_is_no_third_one():
    left, right = SeenItem((100, 100, 140, 150), 0.8), SeenItem((145, 110, 190, 150), 0.7)
    around = (98, 98, 192, 152)

    assert is_union(SeenItem(around, 0.5), [left, right, SeenItem(around, 0.5)])
    assert not is_union(SeenItem(around, 0.65), [left, right])
    assert not is_union(SeenItem(around, 0.5), [left])


def test_a_weakly_found_bag_under_two_small_items_is_an_item():
    bag = SeenItem((100, 100, 300, 300), 0.5)
    on_it = [SeenItem((120, 120, 170, 170), 0.8), SeenItem((200, 200, 260, 260), 0.8)]

    assert not is_union(bag, [bag, *on_it])
