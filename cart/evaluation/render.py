"""The evaluation report as a page for a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cart.evaluation.matching import UnitEvent
from cart.evaluation.report import Comparison, Report
from cart.evaluation.scores import Score

COLUMNS = ("right", "missed", "false", "precision", "recall", "F1")


def render(report: Report) -> RenderableType:
    """Return the report's tables and lists, to be printed by a rich console."""
    return Group(
        _score_table("by action", list(report.action_scores.items())),
        _score_table("by product", [("all", report.product_score), *report.product_scores]),
        _contents_table(report),
        *map(Text, _lines(report)),
    )


def _score_table(title: str, scores: Sequence[tuple[str, Score]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for name, score in scores:
        table.add_row(
            Text(name),
            str(score.matched),
            str(score.missed),
            str(score.false),
            _rate(score.precision, score.precision_interval),
            _rate(score.recall, score.recall_interval),
            f"{score.f1:.3f}",
        )
    return table


def _rate(rate: float, interval: tuple[float, float]) -> str:
    """Write a rate and its interval, or a dash where there was nothing to count."""
    if interval == (0.0, 1.0):
        return "-"
    return f"{rate:.3f} ({interval[0]:.2f}-{interval[1]:.2f})"


def _contents_table(report: Report) -> Table:
    table = Table(title="final contents", title_justify="left")
    table.add_column("")
    table.add_column("expected", justify="right")
    table.add_column("found", justify="right")
    for count in report.contents:
        style = None if count.expected == count.found else "bold red"
        table.add_row(Text(count.product), str(count.expected), str(count.found), style=style)
    return table


def _lines(report: Report) -> Iterator[str]:
    yield f"Precision and recall with their 95 % Wilson intervals; events within {report.tolerance_s:g} s."
    if report.from_s:
        yield f"From {report.from_s:g} s on."
    if report.mean_time_error_s is not None:
        yield f"Mean time error {report.mean_time_error_s:.2f} s."
    yield from _errors("by action", report.by_action)
    yield from _errors("by product", report.by_product)
    yield from (f"Note: {note}." for note in report.notes)


def _errors(title: str, comparison: Comparison) -> Iterator[str]:
    yield f"Errors {title}: {comparison.errors}"
    yield from (f"  missed    {_event(event)}" for event in comparison.missed)
    yield from (f"  false     {_event(event)}" for event in comparison.false)
    for found, true in comparison.confused:
        yield f"  confused  {_event(true)}, found as {found.label} at {found.t:.2f} s"


def _event(event: UnitEvent) -> str:
    return f"{event.t:7.2f} s  {event.action:6}  {event.label}"
