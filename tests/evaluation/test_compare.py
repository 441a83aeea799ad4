import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cart.catalog import load_catalog
from cart.errors import InputError
from cart.evaluation import Report, Truth, evaluate, evaluate_files
from cart.events import CartEvent

MakeEvent = Callable[..., CartEvent]
MakeCatalog = Callable[..., Path]

TEA, RICE, SOAP = "4006381333931", "96385074", "614141000036"
CATALOG = ("gtin,name,price,currency", f"{TEA},Tea,2,EUR", f"{RICE},Rice,1,EUR", f"{SOAP},Soap,1,EUR")


def _truth(*events: tuple[Any, ...], initial: Any = None, **final: int) -> Truth:
    return Truth.model_validate(
        {
            "initial": initial or {},
            "events": [
                dict(zip(("t", "action", "product", "count"), event, strict=False)) for event in events
            ],
            "final": final,
            "tolerance_s": 1.0,
        }
    )


def _contents(report: Report) -> list[tuple[str, int, int]]:
    return [(count.product, count.expected, count.found) for count in report.contents]


def test_all_right(make_event: MakeEvent) -> None:
    truth = _truth((1.0, "add", TEA), (5.0, "add", RICE), (9.0, "remove", TEA), **{RICE: 1})
    found = [make_event("add", TEA, 1.2), make_event("add", RICE, 4.8), make_event("remove", TEA, 9.2)]
    report = evaluate(found, truth)
    assert {name: score.f1 for name, score in report.action_scores.items()} == {
        "all": 1,
        "add": 1,
        "remove": 1,
    }
    assert report.product_score.f1 == 1
    assert _contents(report) == [(RICE, 1, 1)]
    assert (report.contents_right, report.count_right) == (True, True)
    assert report.mean_time_error_s == pytest.approx(0.2)
    assert report.notes == ()


def test_nothing_happened_and_nothing_was_found() -> None:
    report = evaluate([], _truth())
    assert (report.action_scores["all"].f1, report.product_score.f1) == (1, 1)
    assert (report.contents_right, report.by_action.errors, report.mean_time_error_s) == (True, 0, None)


def test_misses_and_false_events_are_listed(make_event: MakeEvent) -> None:
    report = evaluate(
        [make_event("add", TEA, 1.0), make_event("remove", TEA, 20.0)],
        _truth((1.0, "add", TEA), (5.0, "add", RICE), **{TEA: 1, RICE: 1}),
    )
    assert [(event.t, event.label) for event in report.by_action.missed] == [(5.0, RICE)]
    assert [(event.t, event.action) for event in report.by_action.false] == [(20.0, "remove")]
    assert report.by_action.errors == report.by_product.errors == 2
    remove = report.action_scores["remove"]
    assert (remove.matched, remove.missed, remove.false) == (0, 0, 1)
    assert _contents(report) == [(TEA, 1, 0), (RICE, 1, 0)]
    assert not report.count_right


def test_a_true_event_of_two_is_two_units(make_event: MakeEvent) -> None:
    truth = _truth((1.0, "remove", TEA, 2), initial={TEA: 3}, **{TEA: 1})
    one = evaluate([make_event("remove", TEA, 1.0)], truth)
    assert (one.action_scores["all"].matched, one.action_scores["all"].missed) == (1, 1)
    two = evaluate([make_event("remove", TEA, 1.0), make_event("remove", TEA, 1.4)], truth)
    both = evaluate([make_event("remove", TEA, 1.0, quantity=2)], truth)
    assert two.by_product.errors == both.by_product.errors == 0
    assert _contents(both) == [(TEA, 1, 1)]


def test_a_wrong_product_is_one_error_by_product_and_none_by_action(make_event: MakeEvent) -> None:
    report = evaluate([make_event("add", RICE, 1.0)], _truth((1.0, "add", TEA), **{TEA: 1}))
    assert report.by_action.errors == 0
    assert report.by_product.errors == 1
    ((found, true),) = report.by_product.confused
    assert (found.label, true.label) == (RICE, TEA)
    assert [(name, score.missed, score.false) for name, score in report.product_scores] == [
        (TEA, 1, 0),
        (RICE, 0, 1),
    ]
    assert (report.contents_right, report.count_right) == (False, True)


def test_products_decide_which_of_two_near_events_pair(make_event: MakeEvent) -> None:
    found = [make_event("add", RICE, 1.0), make_event("add", TEA, 1.3)]
    report = evaluate(found, _truth((1.0, "add", TEA), (1.3, "add", RICE), **{TEA: 1, RICE: 1}))
    assert (report.by_action.errors, report.by_product.errors) == (0, 0)


def test_an_event_without_a_gtin_is_never_right_by_product(make_event: MakeEvent) -> None:
    report = evaluate([make_event("add", None, 1.0)], _truth((1.0, "add", TEA), **{TEA: 1}))
    assert report.by_action.errors == 0
    assert (report.product_score.matched, report.product_score.missed, report.product_score.false) == (
        0,
        1,
        1,
    )
    assert _contents(report) == [(TEA, 1, 0), ("unknown", 0, 1)]


def test_products_compare_by_any_form_of_the_gtin(make_event: MakeEvent) -> None:
    truth = _truth((1.0, "add", SOAP), **{SOAP.zfill(13): 1})
    report = evaluate([make_event("add", SOAP.zfill(14), 1.0)], truth)
    assert report.by_product.errors == 0
    assert report.contents_right


def test_the_truth_may_name_products_as_the_catalog_does(
    make_event: MakeEvent, make_catalog: MakeCatalog
) -> None:
    catalog = load_catalog(make_catalog(*CATALOG))
    found, truth = [make_event("add", TEA, 1.0)], _truth((1.0, "add", "Tea"), Tea=1)
    report = evaluate(found, truth, catalog)
    assert (report.by_product.errors, report.notes) == (0, ())
    assert _contents(report) == [("Tea", 1, 1)]
    without = evaluate(found, truth)
    assert without.by_product.errors == 1
    assert without.notes == ("the truth names products without GTIN (Tea): give --catalog to compare them",)
    strange = evaluate(found, _truth((1.0, "add", "Cocoa"), Cocoa=1), catalog)
    assert strange.notes == ("the truth names products that the catalog has not: Cocoa",)


def test_from_counts_only_what_happens_later(make_event: MakeEvent) -> None:
    truth = _truth((1.0, "add", TEA), (5.0, "add", RICE), (9.0, "remove", TEA), **{RICE: 1})
    found = [make_event("remove", SOAP, 1.0), make_event("add", RICE, 5.0), make_event("add", SOAP, 8.0)]
    report = evaluate(found, truth, from_s=3.0)
    assert (report.action_scores["all"].matched, report.by_action.errors) == (1, 2)
    assert [event.t for event in report.by_action.missed] == [9.0]
    assert [event.t for event in report.by_action.false] == [8.0]
    assert _contents(report) == [(RICE, 1, 1), (TEA, 0, 1), (SOAP, 0, 1)]


def test_an_event_near_from_belongs_to_its_truth_on_the_other_side(make_event: MakeEvent) -> None:
    truth = _truth((2.8, "add", TEA), (6.1, "add", RICE), **{TEA: 1, RICE: 1})
    found = [make_event("add", TEA, 3.2), make_event("add", RICE, 5.8)]
    after_tea = evaluate(found, truth, from_s=3.0)
    assert (after_tea.action_scores["all"].matched, after_tea.by_action.errors) == (1, 0)
    before_rice = evaluate(found, truth, from_s=6.0)
    assert (before_rice.action_scores["all"].matched, before_rice.by_action.errors) == (1, 0)
    assert before_rice.contents_right


def test_a_later_start_counts_no_more_errors(make_event: MakeEvent) -> None:
    truth = _truth(*((float(t), "add" if t % 2 else "remove", TEA) for t in range(2, 20)), initial={TEA: 1})
    found = [make_event("add", TEA, t / 3) for t in range(60)]
    whole, early, late = (evaluate(found, truth, from_s=s).by_action.errors for s in (0.0, 20.0, 10.0))
    assert early <= late <= whole


@pytest.mark.parametrize("from_s", [-1.0, float("nan"), float("inf")])
def test_from_must_be_a_moment(from_s: float) -> None:
    with pytest.raises(InputError, match=r"--from .* is not a moment of the clip: give seconds, 0 or more"):
        evaluate([], _truth(), from_s=from_s)


def test_files_are_compared(tmp_path: Path, make_event: MakeEvent, make_catalog: MakeCatalog) -> None:
    (tmp_path / "events.jsonl").write_text(make_event("add", TEA, 1.0).to_json() + "\n")
    (tmp_path / "trip.truth.json").write_text(_truth((1.5, "add", "Tea"), Tea=1).model_dump_json())
    report = evaluate_files(tmp_path / "events.jsonl", tmp_path / "trip.truth.json", make_catalog(*CATALOG))
    assert report.product_score.f1 == 1
    assert json.loads(report.to_json())["by_product"]["products"] == [
        {
            "product": "Tea",
            "matched": 1,
            "missed": 0,
            "false": 0,
            "precision": 1.0,
            "precision_interval": [0.2065, 1.0],
            "recall": 1.0,
            "recall_interval": [0.2065, 1.0],
            "f1": 1.0,
        }
    ]
