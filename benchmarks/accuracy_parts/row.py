"""A line of the table of accuracy, and the ways to write the table down."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.table import Table

from cart.errors import InputError
from cart.evaluation.intervals import wilson_interval

BEGIN, END = "<!-- accuracy: begin -->", "<!-- accuracy: end -->"
"""Between these lines of a page the table stands."""


@dataclass(frozen=True)
class Row:
    """A figure, and what is asked of it.

    Attributes:
        part: what it was measured on.
        what: the figure's name.
        measured: the figure with its counts and 95 % interval, or why there is none.
        asked: the bound; empty where there is none.
        held: whether the bound is kept; None where there is none, or nothing was measured.
        binding: whether the run fails where it is not kept.
        figures: the numbers in `measured`, for programs.
        details: what went wrong, a line each.
    """

    part: str
    what: str
    measured: str
    asked: str = ""
    held: bool | None = None
    binding: bool = False
    figures: dict[str, Any] = field(default_factory=dict)
    details: tuple[str, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether the run fails by it."""
        return self.binding and self.held is False

    @property
    def verdict(self) -> str:
        """Whether the bound is kept, in words."""
        if self.held is None:
            return ""
        return "held" if self.held else "NOT HELD" if self.binding else "not reached"


def share_row(
    part: str, what: str, successes: int, trials: int, *, least: float = 0.0, most: float = 1.0
) -> Row:
    """Return the row of a share of something; it has a bound where `least` or `most` sets one.

    >>> share_row("trips", "found", 48, 50, least=0.95).measured
    '96.00 % (48 of 50; 86.5 to 98.9)'
    """
    figures = {"successes": successes, "trials": trials, "interval": wilson_interval(successes, trials)}
    if not trials:
        return Row(part, what, "none counted", limit_text(least, most), figures=figures)
    held = least <= successes / trials <= most if (least, most) != (0.0, 1.0) else None
    return Row(part, what, share_text(successes, trials), limit_text(least, most), held, figures=figures)


def share_text(successes: int, trials: int) -> str:
    """Return a share in per cent, with its counts and Wilson interval."""
    interval = interval_text(wilson_interval(successes, trials))
    return f"{100 * successes / trials:.2f} % ({successes} of {trials}; {interval})"


def interval_text(interval: tuple[float, float]) -> str:
    """Return the ends of an interval in per cent.

    >>> interval_text((0.5, 0.75))
    '50.0 to 75.0'
    """
    return f"{100 * interval[0]:.1f} to {100 * interval[1]:.1f}"


def limit_text(least: float, most: float) -> str:
    """Return a bound of a share in words; empty where it lets everything pass.

    >>> limit_text(0.97, 1), limit_text(0, 0.1), limit_text(0, 1)
    ('at least 97 %', 'at most 10 %', '')
    """
    if least > 0:
        return f"at least {100 * least:g} %"
    return f"at most {100 * most:g} %" if most < 1 else ""


def table(rows: Sequence[Row]) -> Table:
    """Return the rows as a table for the terminal."""
    shown = Table(title="accuracy (shares with their 95 % Wilson intervals)", title_justify="left")
    for heading in ("on", "figure", "measured", "asked", "held"):
        shown.add_column(heading)
    before = ""
    for row in rows:
        if row.part != before:
            shown.add_section()
        style = "red" if row.fails else None
        part = row.part if row.part != before else ""
        shown.add_row(part, row.what, row.measured, row.asked, row.verdict, style=style)
        before = row.part
    return shown


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return the rows, ready for JSON."""
    return [asdict(row) | {"verdict": row.verdict} for row in rows]


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    lines = ["| on | figure | measured | asked | held |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.part} | {row.what} | {row.measured} | {row.asked} | {row.verdict} |".replace("  ", " ")
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def write_markdown(page: Path, rows: Sequence[Row]) -> None:
    """Put the table between the markers of a page, or into a new page of its own.

    Raises:
        InputError: the page is there, but not the markers.
    """
    text = page.read_text(encoding="utf-8") if page.exists() else f"{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise InputError(f"{page} has no lines {BEGIN} and {END}: add them where the table shall stand")
    page.write_text(f"{before}{BEGIN}\n{as_markdown(rows)}{END}{after}", encoding="utf-8")
