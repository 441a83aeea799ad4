"""Fresh rendered trips, of products that nothing has learnt from."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from evaluation_data import TRIPS

from accuracy_parts.real import errors_of
from accuracy_parts.row import Row, interval_text, limit_text, share_row
from accuracy_parts.work import Work
from cart import Options, process
from cart.catalog import Catalog
from cart.evaluation import Report, evaluate, load_truth
from cart.evaluation.matching import UnitEvent
from cart.evaluation.scores import Score
from cart.evaluation.units import units_found
from cart.events import CartEvent

F1_BY_ACTION, F1_BY_PRODUCT, MOST_INEXACT = 0.99, 0.97, 2
ASKED = {
    "F1 by action": limit_text(F1_BY_ACTION, 1),
    "F1 by product": limit_text(F1_BY_PRODUCT, 1),
    "trips not exact before review": f"at most {MOST_INEXACT}",
    "unmarked lines that are wrong": "none",
}
"""The figures, and what is asked of each."""


@dataclass(frozen=True)
class Judged:
    """A trip's report, how many items its unmarked lines name, and which of those are wrong."""

    report: Report
    unmarked: int
    wrong: tuple[UnitEvent, ...]


def rows(work: Work) -> Iterator[Row]:
    """Judge the trips, and pool them."""
    missing = work.data.trips.missing or work.data.catalog.missing
    if missing:
        for what, asked in ASKED.items():
            yield Row(f"{TRIPS} fresh rendered trips", what, missing, asked)
        return
    yield from pooled([judge(truth, work.catalog) for truth in work.track(work.data.trips.files, "trips")])


def judge(truth: Path, catalog: Catalog) -> Judged:
    """Run the pipeline over the trip of a truth file."""
    video = truth.with_name(truth.name.replace(".truth.json", ".mp4"))
    events = list(process(video, Options(catalog=catalog.folder)))
    report = evaluate(events, load_truth(truth), catalog)
    unmarked = [event for event in events if not event.data.needs_review]
    return Judged(report, len(units_found(unmarked, catalog)), wrong_of(unmarked, report, catalog))


def wrong_of(events: Sequence[CartEvent], report: Report, catalog: Catalog) -> tuple[UnitEvent, ...]:
    """Return the items among some events of a report that did not happen so, or are another product."""
    right = Counter(found for found, _ in report.by_product.matched)
    return tuple((Counter(units_found(events, catalog)) - right).elements())


def pooled(trips: Sequence[Judged]) -> Iterator[Row]:
    """Yield the rows of all trips together, those of `ASKED`."""
    part = f"{len(trips)} fresh rendered trips"
    by_action, by_product, exact, unmarked = ASKED
    yield _f1_row(part, by_action, [trip.report.by_action.score() for trip in trips], F1_BY_ACTION)
    yield _f1_row(part, by_product, [trip.report.by_product.score() for trip in trips], F1_BY_PRODUCT)
    yield _exact_row(part, exact, [trip.report for trip in trips])
    yield _unmarked_row(part, unmarked, trips)


def _f1_row(part: str, what: str, scores: Sequence[Score], least: float) -> Row:
    score = sum(scores, Score())
    counts = f"{score.matched} right, {score.missed} missed, {score.false} false"
    return Row(
        part,
        what,
        f"{100 * score.f1:.2f} % ({counts}; {interval_text(score.f1_interval)})",
        ASKED[what],
        score.f1 >= least,
        figures={"f1": score.f1, "interval": score.f1_interval} | asdict(score),
    )


def _exact_row(part: str, what: str, reports: Sequence[Report]) -> Row:
    inexact = [report for report in reports if report.by_product.errors]
    return Row(
        part,
        what,
        f"{len(inexact)} of {len(reports)}",
        ASKED[what],
        len(inexact) <= MOST_INEXACT if len(reports) >= TRIPS else None,
        figures={"inexact": len(inexact), "trips": len(reports)},
        details=tuple(f"{one.clip}: {line}" for one in inexact for line in errors_of(one.by_product)),
    )


def _unmarked_row(part: str, what: str, trips: Sequence[Judged]) -> Row:
    count = sum(trip.unmarked for trip in trips)
    wrong = [(trip.report.clip, event) for trip in trips for event in trip.wrong]
    return replace(
        share_row(part, what, len(wrong), count),
        asked=ASKED[what],
        held=not wrong if count else None,
        details=tuple(f"{clip}: {one.action} of {one.label} at {one.t:.2f} s" for clip, one in wrong),
    )
