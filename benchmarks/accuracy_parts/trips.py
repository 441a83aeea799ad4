"""Fresh rendered trips, of products that nothing has learnt from."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation_data import TRIPS

from accuracy_parts.real import errors_of
from accuracy_parts.row import Row, interval_text, share_row
from accuracy_parts.work import Work
from cart import Options, process
from cart.catalog import Catalog
from cart.evaluation import Report, evaluate, load_truth
from cart.evaluation.matching import UnitEvent
from cart.evaluation.scores import Score
from cart.evaluation.units import units_found
from cart.events import CartEvent

F1_BY_ACTION, F1_BY_PRODUCT, MOST_INEXACT = 0.99, 0.97, 2


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
        yield Row("fresh rendered trips", "F1, trips not exact, unmarked lines", missing)
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
    """Yield the rows of all trips together."""
    part = f"{len(trips)} fresh rendered trips"
    scores = {
        "by action": [trip.report.by_action.score() for trip in trips],
        "by product": [trip.report.by_product.score() for trip in trips],
    }
    yield _f1_row(part, "F1 by action", scores["by action"], F1_BY_ACTION)
    yield _f1_row(part, "F1 by product", scores["by product"], F1_BY_PRODUCT)
    inexact = [trip.report for trip in trips if trip.report.by_product.errors]
    yield Row(
        part,
        "trips not exact before review",
        f"{len(inexact)} of {len(trips)}",
        f"at most {MOST_INEXACT}",
        len(inexact) <= MOST_INEXACT if len(trips) >= TRIPS else None,
        figures={"inexact": len(inexact), "trips": len(trips)},
        details=tuple(f"{one.clip}: {line}" for one in inexact for line in errors_of(one.by_product)),
    )
    yield _unmarked_row(part, trips)


def _f1_row(part: str, what: str, scores: Sequence[Score], least: float) -> Row:
    score = sum(scores, Score())
    counts = f"{score.matched} right, {score.missed} missed, {score.false} false"
    return Row(
        part,
        what,
        f"{100 * score.f1:.2f} % ({counts}; {interval_text(score.f1_interval)})",
        f"at least {100 * least:g} %",
        score.f1 >= least,
        figures={
            "f1": score.f1,
            "interval": score.f1_interval,
            "matched": score.matched,
            "missed": score.missed,
            "false": score.false,
        },
    )


def _unmarked_row(part: str, trips: Sequence[Judged]) -> Row:
    count = sum(trip.unmarked for trip in trips)
    wrong = [(trip.report.clip, event) for trip in trips for event in trip.wrong]
    row = share_row(part, "unmarked lines that are wrong", len(wrong), count)
    lines = (f"{clip}: unmarked {one.action} of {one.label} at {one.t:.2f} s" for clip, one in wrong)
    return Row(
        row.part,
        row.what,
        row.measured,
        "none",
        not wrong if count else None,
        figures=row.figures,
        details=tuple(lines),
    )
