"""`cart enrol` and `cart evaluate` through the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., "Result"]  # noqa: F821  (conftest's)
Film = Callable[..., Path]

GREEN = "2900000000018"
TRUTH = {
    "initial": {},
    "events": [
        {"t": 2.2, "action": "add", "product": "green"},
        {"t": 4.6, "action": "add", "product": "blue"},
        {"t": 7.1, "action": "remove", "product": "green"},
    ],
    "final": {"blue": 1},
    "tolerance_s": 0.5,
}


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "trip.truth.json"
    path.write_text(json.dumps(TRUTH))
    return path


@pytest.fixture
def events(cart: Command, film: Film, colours: Path, tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    assert cart("process", film(), "--detector", colours, "--events", path).code == 0
    return path


def test_events_are_held_against_the_truth(cart: Command, events: Path, truth: Path) -> None:
    shown = cart("evaluate", events, truth)
    report = cart("evaluate", events, truth, "--json")

    assert (shown.code, shown.err, report.code, report.err) == (0, [], 0, [])
    assert any("F1" in line for line in shown.out)
    (line,) = report.out
    assert json.loads(line)["by_action"]["scores"]["all"]["f1"] == 1


def test_only_a_part_is_judged_on_request(cart: Command, events: Path, truth: Path) -> None:
    report = json.loads(cart("evaluate", events, truth, "--from", 6, "--json").out[0])

    assert report["by_action"]["scores"]["all"]["matched"] == 1


@pytest.mark.parametrize("missing", ["events.jsonl", "trip.truth.json"])
def test_evaluate_names_the_file_that_is_missing(
    cart: Command, events: Path, truth: Path, tmp_path: Path, missing: str
) -> None:
    (tmp_path / missing).unlink()

    result = cart("evaluate", events, truth)

    assert (result.code, result.out) == (2, [])
    (line,) = result.err
    assert line.startswith("error: ")
    assert missing in line


def test_enrolled_pictures_are_not_embedded_again(
    cart: Command, item_picture: Callable[[str], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CART_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "catalog"
    (folder / "images" / GREEN).mkdir(parents=True)
    (folder / "images" / GREEN / "0.png").write_bytes(item_picture("green"))
    (folder / "products.csv").write_text(f"gtin,name,price,currency\n{GREEN},Green tea,2.49,EUR\n")

    first = cart("enrol", folder)
    (kept,) = (tmp_path / "cache" / "galleries").iterdir()
    written = kept.stat().st_mtime_ns
    again = cart("enrol", folder)

    assert (first.code, first.err) == (0, [])
    assert first.out == again.out == ["enrolled 1 products from 1 pictures"]
    assert kept.stat().st_mtime_ns == written


def test_enrol_refuses_what_is_no_catalog(cart: Command, tmp_path: Path) -> None:
    result = cart("enrol", tmp_path)

    assert (result.code, result.out) == (2, [])
    (line,) = result.err
    assert "products.csv is not there" in line
