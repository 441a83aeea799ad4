"""A camera that sees nothing for a while: what it tells is right or for review, and explains the truth."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene import PICTURE, Scene
from traces import Camera, Told, film, look_name
from trips import TRIPS

from cart.vision.opening import opening_for
from cart.vision.tracking import SeenItem
from cart.vision.visits import Observation, VisitEvent, Visits

_DECIDED_SECONDS = 3.0  # before a gap: what happened longer ago than this was told before it
_SETTLED_SECONDS = 2.5  # after a gap: from then on all is as ever


@dataclass(frozen=True)
class Gap:
    begin: float
    end: float

    def hides(self, time: float) -> bool:
        return self.begin <= time < self.end

    def is_near(self, time: float) -> bool:
        return self.begin - _DECIDED_SECONDS < time < self.end + _SETTLED_SECONDS


def watch(
    frames: Sequence[Observation], scene: Scene, *gaps: Gap, moved: bool = False
) -> tuple[list[Told], Visits]:
    """Run the rules over the frames that the gaps leave; what an interruption tells must be unsure."""
    visits = Visits(opening_for(scene.opening, PICTURE))
    looks: dict[int, str] = {}
    told: list[Told] = []
    last = 0.0
    for seen in frames:
        if any(gap.hides(seen.time) for gap in gaps):
            events = visits.interrupt(last, moved=moved)
            assert all(event.unsure for event in events)
        else:
            events, last = visits.update(seen), seen.time
        looks |= {piece.id: look_name(piece.track.look) for piece in visits.world.pieces}
        told += [_told(event, looks) for event in events]
    return told + [_told(event, looks) for event in visits.finish()], visits


def _told(event: VisitEvent, looks: dict[int, str]) -> Told:
    return Told(event.action, event.time, looks[event.piece], event.visit, event.from_initial, event.unsure)


def _changes(told: Sequence[Told]) -> dict[str, int]:
    changes: Counter[str] = Counter()
    for event in told:
        changes[event.look] += 1 if event.action == "add" else -1
    return {look: count for look, count in changes.items() if count}


def _explain(told: Sequence[Told], due: Sequence[Told], gap: Gap) -> None:
    text = "\n".join([str(gap), "told:", *map(str, told), "due:", *map(str, due)])
    assert _changes(told) == _changes(due), f"the sum is wrong\n{text}"
    left = list(due)
    for event in [e for e in told if not e.unsure]:
        fits = [d for d in left if (d.action, d.look) == (event.action, event.look)]
        near = [d for d in fits if abs(d.time - event.time) <= 0.6]
        assert near, f"a sure event is wrong\n{text}"
        left.remove(near[0])
    missed = [d for d in left if not gap.is_near(d.time)]
    assert not missed, f"an event far from the gap is missing or unsure\n{text}"
    if not any(gap.is_near(d.time) for d in due):
        assert not any(e.unsure for e in told), f"a review of nothing\n{text}"


_gaps = st.tuples(st.integers(4, 130), st.integers(4, 80)).map(
    lambda ticks: Gap(ticks[0] / 10, (ticks[0] + ticks[1]) / 10)
)
_cameras = st.sampled_from([Camera(), Camera(jitter=1, miss=0.1, seed=4), Camera(motion=False)])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(TRIPS)), _gaps, _cameras)
def test_a_gap_at_any_moment_of_any_trip(name: str, gap: Gap, camera: Camera) -> None:
    scene, due = TRIPS[name]()
    told, _ = watch(film(scene, camera, tail=12), scene, gap)
    _explain(told, due, gap)


@pytest.mark.parametrize("trip", ["three_added_in_three_visits", "taken_out_and_brought_back", "moved_far"])
def test_a_stream_that_is_lost_again_and_again(trip: str) -> None:
    scene, due = TRIPS[trip]()
    gaps = [Gap(at, at + 0.4) for at in np.arange(1.0, scene.end, 1.3)]
    told, visits = watch(film(scene, Camera(), tail=6), scene, *gaps)
    assert _changes(told) == _changes(due)
    assert len(visits.contents) == len(scene.lying)


def _changed(
    frames: Sequence[Observation], since: float, change: Callable[[SeenItem], SeenItem]
) -> list[Observation]:
    return [
        replace(seen, items=tuple(map(change, seen.items))) if seen.time >= since else seen for seen in frames
    ]


def _shifted(item: SeenItem) -> SeenItem:
    x1, y1, x2, y2 = item.box
    return replace(item, box=(x1 + 90, y1 + 60, x2 + 90, y2 + 60))


def _in_other_light(item: SeenItem) -> SeenItem:
    assert item.look is not None
    return replace(item, look=np.roll(item.look, 7))


def test_a_light_that_changed_meanwhile_changes_no_contents() -> None:
    scene, _ = TRIPS["nothing"]()
    frames = _changed(film(scene, Camera()), 4.0, _in_other_light)
    told, visits = watch(frames, scene, Gap(2.0, 4.0))
    assert told == []
    assert len(visits.contents) == 2


def test_a_camera_that_moved_meanwhile_knows_its_contents_by_their_looks() -> None:
    scene, _ = TRIPS["nothing"]()
    frames = _changed(film(scene, Camera()), 4.0, _shifted)
    told, visits = watch(frames, scene, Gap(2.0, 4.0), moved=True)
    assert told == []
    assert len(visits.contents) == 2


def test_what_was_taken_while_the_camera_moved_is_told_for_review() -> None:
    scene, _ = TRIPS["initial_taken_out"]()
    frames = _changed(film(scene, Camera(), tail=8), 6.0, _shifted)
    told, visits = watch(frames, scene, Gap(2.0, 6.0), moved=True)
    assert [(e.action, e.look, e.unsure, e.from_initial) for e in told] == [("remove", "milk", True, True)]
    assert len(visits.contents) == 1


def test_what_changed_meanwhile_is_dated_by_the_first_look_at_it() -> None:
    scene, _ = TRIPS["one_added"]()
    told, _ = watch(film(scene, Camera(), tail=8), scene, Gap(2.0, 6.0))
    (only,) = told
    assert (only.action, only.unsure) == ("add", True)
    assert only.time == pytest.approx(6.0, abs=0.1)


def test_a_camera_that_never_sees_again_tells_what_was_open_as_unsure() -> None:
    scene, (due,) = TRIPS["initial_taken_out"]()
    told, _ = watch(film(scene, Camera()), scene, Gap(due.time + 0.2, 99.0))
    assert [(e.action, e.look, e.unsure) for e in told] == [("remove", "milk", True)]
