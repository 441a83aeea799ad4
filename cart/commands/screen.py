"""What a run shows on the terminal: progress, a line an event, the receipt as a table."""

from pathlib import Path
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from cart.catalog import currency_exponent
from cart.checkout.domain import Receipt
from cart.events import CartEvent


class Screen:
    """The terminal of one run.

    Args:
        quiet: nothing on stdout.
        as_json: nothing on stdout but the receipt as JSON.
    """

    def __init__(self, *, quiet: bool, as_json: bool) -> None:
        self._errors = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
        self._out = Console(quiet=quiet, highlight=False, emoji=False, soft_wrap=True)
        self._silent = quiet or as_json
        self._as_json = as_json and not quiet
        bar_console = self._errors if self._silent else self._out
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
            console=bar_console,
            transient=True,
            disable=not bar_console.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def warn(self, message: str) -> None:
        """Show a line about something odd that can be worked with."""
        self._say("warning", message)

    def error(self, message: str) -> None:
        """Show the line that says what went wrong."""
        self._say("error", message)

    def _say(self, kind: str, message: str) -> None:
        self._errors.print(f"{kind}: {' '.join(message.splitlines())}", markup=False)

    def embedding_progress(self, done: int, total: int) -> None:
        """Show how many of the catalog's pictures are embedded."""
        if self._task is None:
            self._task = self._progress.add_task("embedding the catalog", total=total)
        self._progress.update(self._task, completed=done, total=total)

    def note(self, message: str) -> None:
        """Show a line that is good to know."""
        self._say("note", message)

    def begin(self, name: str, duration: float | None, opening_file: Path | None) -> None:
        """Start the bar of the footage, and say which opening holds; without a duration it only moves."""
        if opening_file is None:
            self.note(
                "no opening file, so the whole picture is the cart's opening; `cart calibrate` will make one"
            )
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(Path(name).name, total=duration)

    def status(self, text: str) -> None:
        """Show a few words in the place of the bar's name."""
        if self._task is not None:
            self._progress.update(self._task, description=text)

    def advance(self, time: float) -> None:
        """Move the bar to a moment of the footage."""
        if self._task is not None:
            self._progress.update(self._task, completed=time)

    def show_event(self, event: CartEvent, name: str, label: str = "") -> None:
        """Show one event as a line; `label` says which camera, where there are several."""
        if self._silent:
            return
        sign, word = ("[green]+[/]", "added") if event.action == "add" else ("[red]-[/]", "removed")
        notes = f"{event.confidence:.0%}"
        if event.data.from_initial:
            notes += ", lay there at the start"
        if event.data.needs_review:
            notes += ", [yellow]to be reviewed[/]"
        self._progress.console.print(
            f"{escape(label)}{event.media_time:8.2f} s  {sign} {word:7}  {escape(name)}  [dim]({notes})[/]"
        )

    def show_receipt(self, receipt: Receipt) -> None:
        """Show the receipt: a table, or JSON."""
        self._progress.stop()
        if self._as_json:
            typer.echo(receipt.to_json())
        elif not self._silent:
            self._out.print(_table(receipt))


def _table(receipt: Receipt) -> Table:
    def money(minor: int | None) -> str:
        if minor is None or receipt.currency is None:
            return ""
        digits = currency_exponent(receipt.currency)
        return f"{minor / 10**digits:.{digits}f}"

    table = Table(title=f"Receipt of {receipt.session}", title_justify="left", show_footer=True)
    table.add_column("item", footer="total")
    table.add_column("quantity", justify="right", footer=str(_billed(receipt)))
    table.add_column(f"price {receipt.currency or ''}".strip(), justify="right")
    table.add_column("total", justify="right", footer=money(receipt.total))
    for line in receipt.lines:
        name = escape(line.name)
        if line.needs_review:
            name += " [yellow](to be reviewed)[/]"
        elif line.from_initial:
            name += " [dim](taken out, lay there at the start)[/]"
        table.add_row(name, str(line.quantity), money(line.unit_price), money(line.total))
    if receipt.initial:
        lay = ", ".join(f"{item.quantity} x {escape(item.name)}" for item in receipt.initial)
        table.caption = f"lay in the cart at the start, not billed: {lay}"
    return table


def _billed(receipt: Receipt) -> int:
    return sum(line.quantity for line in receipt.lines if not (line.needs_review or line.from_initial))
