"""Print how right the pipeline is, beside what is asked of it: one table, a figure a line.

Run: python benchmarks/accuracy.py [--only PART,...] [--speed] [--verbose] [--json FILE] [--markdown PAGE]

Parts: trips, singles, real, traces, recognition, grocery, memory, speed; the last only with --speed, for it
takes long and needs the extra `bench`. What is missing is skipped, and said to be: `make evaluation-data`
renders the data of trips, singles and recognition, and ../shared holds the rest. Exit 1 where a clip at hand
or a trace has more errors than it may; a figure that is not reached yet is only said to be.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from accuracy_parts import grocery, memory, real, recognition, singles, speed, traces, trips
from accuracy_parts.row import Row, as_json, table, write_markdown
from accuracy_parts.work import Work, data
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cart.errors import CartError

PARTS: dict[str, Callable[[Work], Iterator[Row]]] = {
    "trips": trips.rows,
    "singles": singles.rows,
    "real": real.rows,
    "traces": traces.rows,
    "recognition": recognition.rows,
    "grocery": grocery.rows,
    "speed": speed.rows,
    "memory": memory.rows,
}
WIDTH = 150


def measure(work: Work, wanted: Sequence[str], *, with_speed: bool) -> Iterator[Row]:
    """Yield the rows of the parts that are wanted."""
    for name in wanted:
        if name == "speed" and not with_speed:
            yield from speed.unmeasured()
        else:
            yield from PARTS[name](work)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between (all)")
    parser.add_argument("--speed", action="store_true", help="also measure the speed")
    parser.add_argument("--verbose", action="store_true", help="also print each error")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    parser.add_argument(
        "--markdown", type=Path, action="append", default=[], help="put the table into this page; repeatable"
    )
    for name in ("catalog", "stills", "trips"):
        parser.add_argument(f"--{name}", type=Path, help=f"{name} to try on, in place of the reserved ones")
    arguments = parser.parse_args()
    arguments.only = arguments.only.split(",")
    if unknown := set(arguments.only) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return arguments


def collect(arguments: argparse.Namespace) -> list[Row]:
    """Measure what is wanted, under a bar of progress."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        work = Work(data(arguments.catalog, arguments.stills, arguments.trips), progress)
        return list(measure(work, arguments.only, with_speed=arguments.speed))


def tell(rows: Sequence[Row], arguments: argparse.Namespace) -> None:
    """Print the table, and write it wherever it is wanted."""
    console = Console(width=WIDTH, highlight=False)
    console.print(table(rows))
    for row in rows if arguments.verbose else ():
        for line in row.details:
            console.print(f"{row.what}: {line}", markup=False)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(rows), indent=1) + "\n", encoding="utf-8")
    for page in arguments.markdown:
        write_markdown(page, rows)


def main() -> int:
    """Measure and tell; return 1 where a binding bound does not hold."""
    arguments = parse()
    try:
        rows = collect(arguments)
        tell(rows, arguments)
    except CartError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return int(any(row.fails for row in rows))


if __name__ == "__main__":
    sys.exit(main())
