from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.evaluation.matching import UnitEvent, match
from cart.events import Action


def _adds(*times: float) -> list[UnitEvent]:
    return [UnitEvent(t, "add", "tea", "Tea") for t in times]


def _event(t: float, action: Action = "add", product: str | None = "tea") -> UnitEvent:
    return UnitEvent(t, action, product, product or "unknown")


def test_nothing_pairs_with_nothing() -> None:
    assert match([], [], 1.0, by_product=False) == []
    assert match(_adds(1), [], 1.0, by_product=False) == []
    assert match([], _adds(1), 1.0, by_product=False) == []


def test_the_tolerance_is_included() -> None:
    assert match(_adds(13.85), _adds(12.35), 1.5, by_product=False) == [(0, 0)]
    assert match(_adds(13.86), _adds(12.35), 1.5, by_product=False) == []


def test_events_closer_together_than_the_tolerance_all_find_a_pair() -> None:
    # The nearest pair (2.0, 2.1) would leave 3.0 and 1.2 alone, 1.8 s apart.
    assert match(_adds(2.0, 3.0), _adds(1.2, 2.1), 1.0, by_product=False) == [(0, 0), (1, 1)]


def test_first_come_first_served_would_lose_a_pair() -> None:
    assert match(_adds(1.0, 0.0), _adds(0.9, 1.9), 1.0, by_product=False) == [(0, 1), (1, 0)]


def test_of_as_many_pairs_the_least_time_error_wins() -> None:
    assert match(_adds(1.0), _adds(0.5, 1.1), 1.0, by_product=False) == [(0, 1)]


def test_an_add_is_no_remove() -> None:
    assert match([_event(1, "remove")], [_event(1, "add")], 1.0, by_product=False) == []


def test_the_product_counts_only_where_asked() -> None:
    found, truth = [_event(1.0, product="rice"), _event(1.2)], [_event(1.0), _event(1.2, product="rice")]
    assert match(found, truth, 1.0, by_product=False) == [(0, 0), (1, 1)]
    assert match(found, truth, 1.0, by_product=True) == [(0, 1), (1, 0)]
    assert match([_event(1.0, product=None)], truth, 1.0, by_product=True) == []


events = st.lists(
    st.builds(
        _event,
        st.integers(0, 40).map(lambda tenths: tenths / 10),
        st.sampled_from(["add", "remove"]),
        st.sampled_from(["tea", "rice"]),
    ),
    max_size=4,
)


def _every_pairing(
    found: Sequence[UnitEvent], truth: Sequence[UnitEvent], tolerance_s: float, *, by_product: bool
) -> Iterator[list[tuple[UnitEvent, UnitEvent]]]:
    if not found:
        yield []
        return
    first, rest = found[0], found[1:]
    yield from _every_pairing(rest, truth, tolerance_s, by_product=by_product)
    for place, true in enumerate(truth):
        same = first.action == true.action and (first.product == true.product or not by_product)
        if same and abs(first.t - true.t) <= tolerance_s + 1e-6:
            others = [*truth[:place], *truth[place + 1 :]]
            for pairing in _every_pairing(rest, others, tolerance_s, by_product=by_product):
                yield [(first, true), *pairing]


def _merit(pairing: Sequence[tuple[UnitEvent, UnitEvent]]) -> tuple[int, float]:
    return len(pairing), -sum(abs(found.t - true.t) for found, true in pairing)


@given(events, events, st.sampled_from([0.3, 1.0, 2.5]), st.booleans())
def test_no_pairing_is_better(
    found: list[UnitEvent], truth: list[UnitEvent], tolerance_s: float, by_product: bool
) -> None:
    pairs = match(found, truth, tolerance_s, by_product=by_product)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    best = max(map(_merit, _every_pairing(found, truth, tolerance_s, by_product=by_product)))
    assert _merit([(found[i], truth[j]) for i, j in pairs]) == pytest.approx(best)
