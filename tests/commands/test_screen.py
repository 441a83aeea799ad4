import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cart.checkout.domain import InitialItem, Receipt, ReceiptLine
from cart.commands.screen import Screen
from cart.events import CartEvent

MakeEvent = Callable[..., CartEvent]
Shown = pytest.CaptureFixture[str]

RECEIPT = Receipt(
    session="s-1",
    currency="EUR",
    lines=(
        ReceiptLine("4006381333931", "Tea [bold]", 2, 249, 498, needs_review=False),
        ReceiptLine(None, "item", 1, None, 0, needs_review=True),
        ReceiptLine("96385074", "Rice", 1, 0, 0, needs_review=False, from_initial=True),
    ),
    tax=0,
    total=498,
    pending_reviews=1,
    initial=(InitialItem("96385074", "Rice [red]", 3),),
)


def lines(shown: Shown) -> list[str]:
    return shown.readouterr().out.splitlines()


def test_an_event_is_a_line(make_event: MakeEvent, capsys: Shown) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        screen.show_event(make_event("add", None, 2.5), "Tea [b]:cat:[/b]")
        screen.show_event(make_event("remove", None, 75, from_initial=True, needs_review=True), "Rice")

    assert lines(capsys) == [
        "    2.50 s  + added    Tea [b]:cat:[/b]  (90%)",
        "   75.00 s  - removed  Rice  (90%, lay there at the start, to be reviewed)",
    ]


def test_the_receipt_is_a_table(capsys: Shown) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        screen.show_receipt(RECEIPT)

    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines(capsys) if "│" in line]
    assert cells == [
        ["Tea [bold]", "2", "2.49", "4.98"],
        ["item (to be reviewed)", "1", "", "0.00"],
        ["Rice (taken out, lay there at the start)", "1", "0.00", "0.00"],
        ["total", "2", "", "4.98"],
    ]


def test_what_lay_there_is_named_below_the_receipt(capsys: Shown) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        screen.show_receipt(RECEIPT)

    assert lines(capsys)[-1].strip() == "lay in the cart at the start, not billed: 3 x Rice [red]"


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "498"), ("KWD", "0.498"), (None, "")])
def test_money_has_the_decimals_of_its_currency(capsys: Shown, currency: str | None, shown: str) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        screen.show_receipt(replace(RECEIPT, currency=currency))

    assert next(line for line in lines(capsys) if "│ total" in line).split("│")[4].strip() == shown


def test_json_is_one_line_and_nothing_else(make_event: MakeEvent, capsys: Shown) -> None:
    with Screen(quiet=False, as_json=True) as screen:
        screen.begin("trip.mp4", 9.0, Path("trip.opening.toml"))
        screen.show_event(make_event("add"), "Tea")
        screen.show_receipt(RECEIPT)

    (line,) = lines(capsys)
    assert json.loads(line) == json.loads(RECEIPT.to_json())


def test_quiet_shows_only_what_goes_wrong(make_event: MakeEvent, capsys: Shown) -> None:
    with Screen(quiet=True, as_json=True) as screen:
        screen.embedding_progress(1, 2)
        screen.begin("trip.mp4", None, Path("trip.opening.toml"))
        screen.advance(1.0)
        screen.show_event(make_event("add"), "Tea")
        screen.show_receipt(RECEIPT)
        screen.warn("a damaged picture")
        screen.error("it breaks off")

    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "warning: a damaged picture\nerror: it breaks off\n")


def test_a_message_stays_one_line_whatever_is_in_it(capsys: Shown) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        screen.warn("[red]a\nname[/] with  two blanks :cat: " + "and much more " * 20)

    err = capsys.readouterr().err
    assert err.startswith("warning: [red]a name[/] with  two blanks :cat: and")
    assert err.count("\n") == 1
