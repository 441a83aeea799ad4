"""The comparison of found events with the truth, from files or from values."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path

from cart.catalog import Catalog, load_catalog
from cart.errors import InputError
from cart.evaluation.matching import UnitEvent, match
from cart.evaluation.report import Comparison, Pair, ProductCount, Report
from cart.evaluation.truth import Truth, load_truth
from cart.evaluation.units import product_key, product_label, units_found, units_true
from cart.events import CartEvent, read_events
from cart.gtin import is_valid


def evaluate_files(events: Path, truth: Path, catalog: Path | None = None, from_s: float = 0.0) -> Report:
    """Compare a file of events with a truth file; `catalog` is a catalog folder. See `evaluate`.

    Raises:
        InputError: a file cannot be used, or `from_s` is not 0 or more.
    """
    products = load_catalog(catalog) if catalog else None
    return evaluate(read_events(events), load_truth(truth), products, from_s)


def evaluate(
    events: Iterable[CartEvent], truth: Truth, catalog: Catalog | None = None, from_s: float = 0.0
) -> Report:
    """Compare found events with the truth.

    Events are paired over the whole clip, so that one near `from_s` still finds its truth on the other side.
    Then only these count: pairs whose truth is at `from_s` or later, and unpaired events of that time. The
    final contents are those of the truth at `from_s`, changed by the found events that count.

    Args:
        events: what was found.
        truth: what happened.
        catalog: tells products that the truth names, rather than numbers.
        from_s: where in the clip the comparison starts, in seconds of media time.

    Raises:
        InputError: `from_s` is not 0 or more.
    """
    if not (isfinite(from_s) and from_s >= 0):
        raise InputError(f"--from {from_s} is not a moment of the clip: give seconds, 0 or more")
    found, true = units_found(events, catalog), units_true(truth, catalog)
    by_action = _compare(found, true, truth.tolerance_s, by_product=False)
    by_product = _compare(found, true, truth.tolerance_s, by_product=True)
    return Report(
        clip=truth.clip,
        tolerance_s=truth.tolerance_s,
        from_s=from_s,
        by_action=_since(by_action, from_s),
        by_product=_since(by_product, from_s),
        contents=_final_contents(truth, catalog, true, _since(by_action, from_s), from_s),
        notes=tuple(_notes(truth, catalog)),
    )


def _compare(
    found: Sequence[UnitEvent], true: Sequence[UnitEvent], tolerance_s: float, *, by_product: bool
) -> Comparison:
    matched, found_left, true_left = _pair(found, true, tolerance_s, by_product=by_product)
    confused: list[Pair] = []
    if by_product:
        confused, found_left, true_left = _pair(found_left, true_left, tolerance_s, by_product=False)
    return Comparison(tuple(matched), tuple(confused), missed=tuple(true_left), false=tuple(found_left))


def _pair(
    found: Sequence[UnitEvent], true: Sequence[UnitEvent], tolerance_s: float, *, by_product: bool
) -> tuple[list[Pair], list[UnitEvent], list[UnitEvent]]:
    """Return the pairs, the found events left over and the true events left over."""
    pairs = match(found, true, tolerance_s, by_product=by_product)
    found_left = set(range(len(found))) - {i for i, _ in pairs}
    true_left = set(range(len(true))) - {j for _, j in pairs}
    return (
        [(found[i], true[j]) for i, j in pairs],
        [found[i] for i in sorted(found_left)],
        [true[j] for j in sorted(true_left)],
    )


def _since(comparison: Comparison, from_s: float) -> Comparison:
    """Keep the pairs whose truth, and the other events that themselves, are at `from_s` or later."""
    return Comparison(
        matched=tuple(pair for pair in comparison.matched if pair[1].t >= from_s),
        confused=tuple(pair for pair in comparison.confused if pair[1].t >= from_s),
        missed=tuple(event for event in comparison.missed if event.t >= from_s),
        false=tuple(event for event in comparison.false if event.t >= from_s),
    )


def _final_contents(
    truth: Truth, catalog: Catalog | None, true: Sequence[UnitEvent], counted: Comparison, from_s: float
) -> tuple[ProductCount, ...]:
    expected = _contents(truth.final, catalog)
    found = _contents(truth.initial, catalog)
    _apply(found, (event for event in true if event.t < from_s))
    _apply(found, (event for event, _ in counted.matched))
    _apply(found, counted.false)
    labels = _labels(truth, catalog) | counted.products()
    return tuple(
        ProductCount(labels[product], expected[product], found[product])
        for product in dict.fromkeys([*expected, *found])
        if expected[product] or found[product]
    )


def _contents(counts: Mapping[str, int], catalog: Catalog | None) -> Counter[str | None]:
    contents: Counter[str | None] = Counter()
    for product, count in counts.items():
        contents[product_key(product, catalog)] += count
    return contents


def _apply(contents: Counter[str | None], events: Iterable[UnitEvent]) -> None:
    for event in events:
        contents[event.product] += 1 if event.action == "add" else -1


def _named(truth: Truth) -> list[str]:
    """Return all products that a truth file names, as it writes them."""
    return list(dict.fromkeys([*truth.initial, *(event.product for event in truth.events), *truth.final]))


def _labels(truth: Truth, catalog: Catalog | None) -> dict[str | None, str]:
    return {product_key(name, catalog): product_label(name, catalog) for name in _named(truth)}


def _notes(truth: Truth, catalog: Catalog | None) -> Iterator[str]:
    strange = [name for name in _named(truth) if not is_valid(product_key(name, catalog))]
    if strange and catalog:
        yield f"the truth names products that the catalog has not: {', '.join(strange)}"
    elif strange:
        yield f"the truth names products without GTIN ({', '.join(strange)}): give --catalog to compare them"
