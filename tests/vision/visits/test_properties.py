"""What holds of every footage, whatever is in it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from scene import PICTURE, Place, Scene
from strategies import Frame, cameras, noises, observed, openings, trips
from traces import Camera, Told, check, film, mirrored, mirrored_opening, run

from cart.vision.opening import opening_for
from cart.vision.visits import Observation, VisitEvent, Visits


def _examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(max_examples=count, deadline=None, derandomize=True)


def _events(frames: Sequence[Observation], opening: tuple[Place, ...]) -> list[VisitEvent]:
    visits = Visits(opening_for(opening, PICTURE))
    return [event for seen in frames for event in visits.update(seen)] + visits.finish()


def _actions(events: Sequence[Told] | Sequence[VisitEvent]) -> list[str]:
    return [event.action for event in events]


def _shuffled(frames: Sequence[Observation], data: st.DataObject) -> list[Observation]:
    shuffle = data.draw(st.randoms(use_true_random=False)).sample
    return [
        replace(
            seen,
            items=tuple(shuffle(seen.items, len(seen.items))),
            hands=tuple(shuffle(seen.hands, len(seen.hands))),
        )
        for seen in frames
    ]


def _shifted(frames: Sequence[Observation], seconds: float) -> list[Observation]:
    return [replace(seen, time=seen.time + seconds) for seen in frames]


def _later(events: Sequence[VisitEvent], seconds: float) -> list[VisitEvent]:
    return [
        replace(e, time=e.time + seconds, began=e.began + seconds, ended=e.ended + seconds) for e in events
    ]


@_examples(60)
@given(noises(), openings)
def test_adds_less_removes_are_the_change_of_contents(noise: list[Frame], opening: tuple[Place, ...]) -> None:
    told, visits = run(observed(noise), opening)
    actions = _actions(told)
    removed_initial = sum(event.from_initial for event in told)
    initial = sum(piece.initial for piece in visits.contents) + removed_initial
    assert actions.count("add") - actions.count("remove") == len(visits.contents) - initial


@_examples(30)
@given(noises(), openings, st.data())
def test_the_order_of_detections_changes_no_event(
    noise: list[Frame], opening: tuple[Place, ...], data: st.DataObject
) -> None:
    frames = observed(noise)
    assert _events(_shuffled(frames, data), opening) == _events(frames, opening)


@_examples(30)
@given(noises(), openings)
def test_a_mirrored_picture_gives_the_same_events(noise: list[Frame], opening: tuple[Place, ...]) -> None:
    frames = observed(noise)
    assert _events(mirrored(frames), mirrored_opening(opening)) == _events(frames, opening)


@_examples(30)
@given(noises(), openings, st.integers(1, 10**6))
def test_shifted_times_shift_the_events(noise: list[Frame], opening: tuple[Place, ...], ticks: int) -> None:
    frames, seconds = observed(noise), ticks / 64
    assert _events(_shifted(frames, seconds), opening) == _later(_events(frames, opening), seconds)


@_examples(8)
@given(trips(), cameras)
def test_a_trip_gives_the_events_of_its_script(trip: tuple[Scene, list[Told]], camera: Camera) -> None:
    scene, due = trip
    visits = check(scene, camera, *due)
    assert len(visits.contents) == len(scene.lying)


@_examples(3)
@given(trips(), cameras, st.data())
def test_a_trip_mirrored_shuffled_or_late_gives_the_same_events(
    trip: tuple[Scene, list[Told]], camera: Camera, data: st.DataObject
) -> None:
    scene, _ = trip
    frames = film(scene, camera)
    events = _events(frames, scene.opening)
    assert _events(_shuffled(frames, data), scene.opening) == events
    assert _actions(_events(mirrored(frames), mirrored_opening(scene.opening))) == _actions(events)
    assert _actions(_events(_shifted(frames, 3600.0), scene.opening)) == _actions(events)
