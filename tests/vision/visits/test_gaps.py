"""A camera that sees nothing for a while: what it tells is right or for review, and explains the truth."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from scene import PICTURE, Scene
from traces import Camera, Told, film, look_name
from trips import TRIPS

from cart.vision.opening import opening_for
from cart.vision.visits import Observation, VisitEvent, Visits

_DECIDED_SECONDS = 3.0  # before a gap: what happened longer ago than this was told before it
_SETTLED_SECONDS = 2.5  # after a gap: from then on all is as ever


@dataclass(frozen=True)
class Gap:
    begin: float
    end: float
    moved: tuple[float, float] | None = None
    """Pixels by which the camera moves meanwhile."""

    def hides(self, time: float) -> bool:
        return self.begin <= time < self.end

    def is_near(self, time: float) -> bool:
        return self.begin - _DECIDED_SECONDS < time < self.end + _SETTLED_SECONDS


def watch(frames: Sequence[Observation], scene: Scene, gap: Gap) -> tuple[list[Told], Visits]:
    """Run the rules over the frames that the gap leaves."""
    visits = Visits(opening_for(scene.opening, PICTURE))
    events: list[VisitEvent] = []
    looks: dict[int, str] = {}
    told: list[Told] = []
    last, interrupted = 0.0, False
    for seen in frames:
        if gap.hides(seen.time):
            if not interrupted:
                events = visits.interrupt(last, moved=gap.moved is not None)
                assert all(event.unsure for event in events)
                interrupted = True
        else:
            events = visits.update(seen)
            last = seen.time
        looks |= {piece.id: look_name(piece.track.look) for piece in visits.world.pieces}
        told += [_told(event, looks) for event in events]
        events = []
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
