"""The examples in the OpenAPI document: every operation has them, they work, and answers look as they say."""

import json
import re
from typing import Any

import httpx
import pytest

EVENT = "0197a7c0-1c2e-7d43-9a6b-0d8f6f2a9c12"
NAMES = {"session": "trip-1", "store": "store-1", "gtin": "4006381333931", "event": EVENT}
JPEG = bytes.fromhex("ffd8 ffc0000b08000100010101 1100 ffda0008010100003f00 00 ffd9")
IN_ORDER = [
    "GET /healthz",
    "GET /readyz",
    "PUT /v1/stores/{store}",
    "GET /v1/stores",
    "GET /v1/stores/{store}",
    "PUT /v1/products/{gtin}",
    "GET /v1/products",
    "GET /v1/products/{gtin}",
    "POST /v1/prices",
    "GET /v1/products/{gtin}/prices",
    "POST /v1/sessions",
    "GET /v1/sessions",
    "POST /v1/sessions/{session}/events",
    "POST /v1/events",
    "PUT /v1/events/{event}/evidence",
    "GET /v1/events/{event}/evidence",
    "GET /v1/sessions/{session}/reviews",
    "GET /v1/stores/{store}/reviews",
    "POST /v1/sessions/{session}/reviews/{event}",
    "POST /v1/sessions/{session}/lines",
    "GET /v1/sessions/{session}",
    "GET /v1/sessions/{session}/lines",
    "GET /v1/sessions/{session}/epcis",
    "GET /v1/stores/{store}/now",
    "GET /v1/sessions/{session}/live",
    "GET /v1/stores/{store}/live",
    "POST /v1/sessions/{session}/checkout",
    "POST /v1/sessions/{session}/reopen",
    "POST /v1/sessions/{session}/paid",
    "GET /v1/sessions/{session}/receipt",
    "POST /v1/returns",
    "GET /v1/receipts/{code}",
    "DELETE /v1/events/{event}/evidence",
    "DELETE /v1/sessions/{session}/evidence",
    "GET /metrics",
]
"""Every operation once, in an order in which each example works on what the ones before have made."""


@pytest.fixture
def described(lite_api) -> dict[str, dict[str, Any]]:
    paths = httpx.get(f"{lite_api.url}/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}": one for path, all_ in paths.items() for method, one in all_.items()}


def test_every_operation_is_tried(described) -> None:
    assert sorted(described) == sorted(IN_ORDER)


def test_every_operation_has_examples_of_what_is_sent_and_answered(described) -> None:
    missing = []
    for name, operation in described.items():
        missing += [
            (name, "parameter", one["name"])
            for one in operation.get("parameters", ())
            if one["in"] == "path" and not ({"example", "examples"} & (one.keys() | one["schema"].keys()))
        ]
        parts = [("request", operation.get("requestBody", {}))]
        parts += list(operation["responses"].items())
        for part, body in parts:
            for media, content in body.get("content", {}).items():
                if media != "image/jpeg" and "example" not in content:
                    missing.append((name, part, media))
    assert missing == []


def test_the_examples_work_and_answers_look_as_they_say(lite_api, described) -> None:
    admin, names = lite_api.client("admin"), dict(NAMES)
    for name in IN_ORDER:
        if name.endswith("/paid"):
            admin.post("/v1/sessions/trip-1/checkout")
        method, path = name.split()
        answer, text = _call(admin, method, path.format(**names), described[name])
        assert answer.is_success, (name, text)
        said = described[name]["responses"][str(answer.status_code)]
        media = answer.headers.get("content-type", "").partition(";")[0]
        if media.endswith("json"):
            told = json.loads(text)
            assert _alike(told, said["content"][media]["example"]), (name, told)
            names["code"] = told["code"] if name.endswith("/paid") else names.get("code", "")
        elif media:
            assert media in said["content"], name


def _call(client: httpx.Client, method: str, url: str, operation: Any) -> tuple[httpx.Response, str]:
    sent: dict[str, Any] = {}
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        body = JPEG if media == "image/jpeg" else json.dumps(content["example"])
        sent = {"content": _with_receipt(client, body), "headers": {"Content-Type": media}}
    with client.stream(method, url, **sent) as answer:
        return answer, "" if url.endswith("/live") else answer.read().decode("latin-1")


def _with_receipt(client: httpx.Client, body: Any) -> Any:
    """Put the code of the receipt in the place of the example's."""
    if isinstance(body, str) and '"receipt": "' in body:
        code = client.get("/v1/sessions/trip-1/receipt").json()["code"]
        return re.sub(r'"receipt": "\w+"', f'"receipt": "{code}"', body)
    return body


def _alike(told: Any, said: Any) -> bool:
    """Tell whether two answers have the same parts of the same kinds; null may stand for anything."""
    if isinstance(told, dict) and isinstance(said, dict):
        return told.keys() == said.keys() and all(_alike(told[key], said[key]) for key in told)
    if isinstance(told, list) and isinstance(said, list):
        return not told or not said or _alike(told[0], said[0])
    return told is None or said is None or type(told) is type(said)
