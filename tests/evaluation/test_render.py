import io
import json
from collections.abc import Callable

from rich.console import Console

from cart.evaluation import Report, Truth, evaluate, render
from cart.events import CartEvent

MakeEvent = Callable[..., CartEvent]

TEA, RICE = "4006381333931", "96385074"


def _report(make_event: MakeEvent) -> Report:
    truth = Truth.model_validate(
        {
            "clip": "trip.mp4",
            "initial": {"[bold]mug": 1},
            "events": [{"t": 4, "action": "add", "product": TEA}, {"t": 9, "action": "add", "product": TEA}],
            "final": {TEA: 2, "[bold]mug": 1},
            "tolerance_s": 1.5,
        }
    )
    return evaluate([make_event("add", RICE, 4.5), make_event("remove", None, 6.0)], truth, from_s=2.0)


def test_the_page_says_all(make_event: MakeEvent) -> None:
    console = Console(file=io.StringIO(), width=120, record=True)
    console.print(render(_report(make_event)))
    page = console.export_text()
    for line in (
        "From 2 s on.",
        "Mean time error 0.50 s.",
        "Errors by action: 2",
        "Errors by product: 3",
        f"missed       9.00 s  add     {TEA}",
        "false        6.00 s  remove  unknown",
        f"confused     4.00 s  add     {TEA}, found as {RICE} at 4.50 s",
        "[bold]mug",
        "give --catalog",
    ):
        assert line in page
    assert "0.500 (0.09-0.91)" in page


def test_the_json_says_all(make_event: MakeEvent) -> None:
    report = json.loads(_report(make_event).to_json())
    assert (report["clip"], report["from_s"], report["tolerance_s"]) == ("trip.mp4", 2.0, 1.5)
    assert report["mean_time_error_s"] == 0.5
    assert report["by_action"]["errors"] == 2
    assert report["by_action"]["scores"]["add"]["f1"] == 0.6667
    assert report["by_action"]["missed"] == [{"t": 9.0, "action": "add", "product": TEA}]
    assert report["by_product"]["confused"] == [
        {
            "true": {"t": 4.0, "action": "add", "product": TEA},
            "found": {"t": 4.5, "action": "add", "product": RICE},
        }
    ]
    assert report["contents"]["right"] is False
    assert {"product": RICE, "expected": 0, "found": 1} in report["contents"]["products"]
