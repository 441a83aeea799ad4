"""The receipt as a page that prints well."""

from collections.abc import Mapping
from decimal import Decimal
from html import escape
from typing import Any

from cart.catalog import currency_exponent

_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;max-width:80mm;margin:2rem auto;color:#000;background:#fff}
table{width:100%;border-collapse:collapse}td,th{padding:.2rem 0;text-align:left;vertical-align:top}
.n{text-align:right;white-space:nowrap}tfoot td{border-top:1px solid;font-weight:bold}
.code{font:bold 16px ui-monospace,monospace;letter-spacing:.1em;text-align:center}
@media print{@page{margin:5mm}body{margin:0;max-width:none}tr{break-inside:avoid}}
"""


def receipt_page(receipt: Mapping[str, Any]) -> str:
    """Return a whole HTML page without scripts or links."""
    currency = receipt["currency"]
    rows = "".join(_row(line, currency) for line in receipt["lines"] if not line["needs_review"])
    tax_label = "of which tax" if receipt["tax_included"] else "tax, included in the total"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Receipt</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><h1>Receipt</h1>"
        f"<p>Store {escape(receipt['store'])}<br>{escape(receipt.get('paid_at') or '')}</p>"
        f"<table><tbody>{rows}</tbody><tfoot>"
        f'<tr><td>Total</td><td class="n">{_money(receipt["total"], currency)}</td></tr>'
        f'<tr><td>{tax_label}</td><td class="n">{_money(receipt["tax"], currency)}</td></tr>'
        f'</tfoot></table><p class="code">{escape(receipt["code"])}</p></body></html>'
    )


def _row(line: Mapping[str, Any], currency: str) -> str:
    amount = f"{line['weight']} kg" if line.get("weight") else f"{line['quantity']}"
    detail = f"{amount} × {_money(line['unit_price'], currency)}"
    return (
        f"<tr><td>{escape(line['name'])}<br><small>{detail}</small></td>"
        f'<td class="n">{_money(line["total"], currency)}</td></tr>'
    )


def _money(minor: int, currency: str) -> str:
    exponent = currency_exponent(currency)
    return f"{Decimal(minor).scaleb(-exponent):,.{exponent}f} {escape(currency)}"
