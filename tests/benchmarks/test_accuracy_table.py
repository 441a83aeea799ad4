"""The table of `make evaluate`: what a row says of a bound, and where the table is written."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from cart.errors import InputError

Load = Callable[[str], ModuleType]
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "accuracy.py"


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the script where nothing has been rendered."""
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    environment = {"CART_DATA": str(folder / "data"), "PYTHONPATH": str(SCRIPT.parents[1])}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize(
    ("successes", "bounds", "held"),
    [
        (97, {"least": 0.97}, True),
        (96, {"least": 0.97}, False),
        (10, {"most": 0.1}, True),
        (11, {"most": 0.1}, False),
        (50, {}, None),
    ],
)
def test_a_share_is_held_against_its_bound(
    load: Load, successes: int, bounds: dict[str, float], held: bool | None
) -> None:
    row = load("accuracy_parts.row").share_row("trips", "found", successes, 100, **bounds)

    assert row.held is held
    assert f"({successes} of 100; " in row.measured
    assert row.figures["interval"][0] < successes / 100 < row.figures["interval"][1]


def test_of_nothing_no_bound_is_held(load: Load) -> None:
    row = load("accuracy_parts.row").share_row("trips", "found", 0, 0, least=0.97)

    assert (row.held, row.verdict, row.measured) == (None, "", "none counted")


@pytest.mark.parametrize(
    ("held", "binding", "fails", "verdict"),
    [
        (True, True, False, "held"),
        (False, True, True, "NOT HELD"),
        (False, False, False, "not reached"),
        (None, True, False, ""),
    ],
)
def test_only_a_binding_bound_fails_the_run(
    load: Load, held: bool | None, binding: bool, fails: bool, verdict: str
) -> None:
    row = load("accuracy_parts.row").Row("traces", "exact", "1 of 2", "all", held, binding)

    assert (row.fails, row.verdict) == (fails, verdict)


def test_the_table_replaces_what_stood_between_the_markers(load: Load, tmp_path: Path) -> None:
    module, page = load("accuracy_parts.row"), tmp_path / "page.md"
    page.write_text(f"before\n{module.BEGIN}\nold\n{module.END}\nafter\n")

    for successes in (3, 4):
        module.write_markdown(page, [module.share_row("trips", "found", successes, 8)])

    text = page.read_text()
    assert text.startswith(f"before\n{module.BEGIN}\n| on |")
    assert text.endswith(f"{module.END}\nafter\n")
    assert "4 of 8" in text
    assert "3 of 8" not in text
    assert "old" not in text


def test_a_page_without_markers_is_left_as_it_is(load: Load, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a page")

    with pytest.raises(InputError, match="add them where the table shall stand"):
        load("accuracy_parts.row").write_markdown(page, [])

    assert page.read_text() == "a page"


def test_rendered_data_are_missing_until_all_is_there(load: Load, tmp_path: Path) -> None:
    trips = load("accuracy_parts.work").Rendered(tmp_path, "*.truth.json", 2)
    (tmp_path / "a.truth.json").touch()
    assert trips.missing == "skipped: 1 of 2: make evaluation-data"

    (tmp_path / "b.truth.json").touch()
    assert trips.missing == ""


def test_what_is_missing_is_said_and_does_not_fail(tmp_path: Path) -> None:
    parts = "trips,singles,recognition,speed"
    figures, page = tmp_path / "rows.json", tmp_path / "page.md"

    ended = run(tmp_path, f"--only={parts}", f"--json={figures}", f"--markdown={page}")

    assert ended.returncode == 0, ended.stderr
    rows = json.loads(figures.read_text())
    skipped = [row["part"] for row in rows if "make evaluation-data" in row["measured"]]
    assert len(skipped) == 8
    assert all(row["held"] is None and row["asked"] for row in rows)
    assert page.read_text().count("\n| ") == len(rows) + 1


def test_an_unknown_part_is_refused_in_one_line(tmp_path: Path) -> None:
    ended = run(tmp_path, "--only=luck")

    assert ended.returncode == 2
    assert "no such part: luck" in ended.stderr
