"""`cart evaluate`: hold events against the truth."""

from pathlib import Path

import typer
from rich.console import Console

from cart.evaluation import evaluate_files, render


def run(events: Path, truth: Path, catalog: Path | None, since: float, *, as_json: bool) -> None:
    """Print the report, as a table or as JSON.

    Raises:
        InputError: a file is missing or is not what it should be.
    """
    report = evaluate_files(events, truth, catalog, since)
    if as_json:
        typer.echo(report.to_json())
    else:
        Console(highlight=False).print(render(report))
