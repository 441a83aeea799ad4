"""Schemathesis on the running service: what it makes up from the OpenAPI document is answered as that says.

All its checks are made, in two ways: by its command line with an admin's key, through all its phases; and
call by call with a key of one of the roles, half of them at what is there: a session with events, a store, a
receipt. `CART_SCHEMA_EXAMPLES=200 pytest tests/checkout/test_schema.py` tries more.
"""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

HERE = Path(__file__).parent
runpy.run_path(str(HERE / "schema_formats.py"))
EXAMPLES = int(os.environ.get("CART_SCHEMA_EXAMPLES", "6"))
EVENT = "0197a7c0-1c2e-7d43-9a6b-0d8f6f2a9c12"
SCOPES = {"cart": "cart", "shopper": "trip", "till": "s1", "associate": "s1", "admin": None}


def test_every_answer_is_as_described(lite_api) -> None:
    keys = [lite_api.client(role, scope).headers["authorization"] for role, scope in SCOPES.items()]
    there = {"session": "trip", "event": EVENT, "store": "s1", "gtin": "96385074", "code": _stock(lite_api)}
    schema = schemathesis.openapi.from_url(f"{lite_api.url}/openapi.json")
    failures = []
    for operation in schema.get_all_operations():
        try:
            _hold(operation.ok(), keys, there)
        except (Exception, ExceptionGroup) as failure:
            failures.append(f"{operation.ok().label}: {failure}")
    assert failures == []


def test_the_command_line_of_schemathesis_finds_no_failure(lite_api, tmp_path: Path) -> None:
    """Try all but the streams, which have no end, with all checks."""
    _stock(lite_api)
    key = lite_api.client("admin").headers["authorization"]
    words = ["run", f"{lite_api.url}/openapi.json", "-H", f"Authorization: {key}", "--checks", "all"]
    words += ["--max-examples", str(max(1, EXAMPLES // 3)), "--exclude-path-regex", "/live$", "--no-color"]
    words += ["--generation-database", "none"]
    program = str(Path(sys.executable).with_name("schemathesis"))
    hooks = {"SCHEMATHESIS_HOOKS": "tests.checkout.schema_formats", "PYTHONPATH": str(HERE.parents[1])}
    done = subprocess.run(
        [program, *words], env=os.environ | hooks, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Coverage" in done.stdout
    assert "Stateful" in done.stdout


def _stock(api) -> str:
    """Fill a cart and pay another; return the receipt's code."""
    admin = api.client("admin")
    admin.post("/v1/sessions", json={"cart": "cart", "store": "s1", "session": "paid"})
    admin.post("/v1/sessions/paid/checkout")
    paid = admin.post("/v1/sessions/paid/paid", json={"reference": "t", "amount": 0, "currency": "EUR"})
    admin.post("/v1/sessions", json={"cart": "cart", "store": "s1", "session": "trip"})
    events = [api.event(1), api.event(2, id=EVENT, gtin=None, needs_review=True)]
    admin.post("/v1/sessions/trip/events", json=events)
    return str(paid.json()["code"])


def _hold(operation, keys: list[str], there: dict[str, str]) -> None:
    @given(case=operation.as_strategy(), key=st.sampled_from(keys), known=st.booleans())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def hold(case, key: str, known: bool) -> None:
        if known:
            case.path_parameters.update({name: there[name] for name in case.path_parameters})
        headers = {"Authorization": key}
        if operation.path.endswith("/live") and _streams(case, headers):
            return
        case.call_and_validate(headers=headers)

    hold()


def _streams(case, headers: dict[str, str]) -> bool:
    """Tell whether a call is answered by a stream, which has no end; hold its beginning."""
    request = case.as_transport_kwargs(headers=headers)
    with requests.request(**request, stream=True, timeout=30) as answer:
        if answer.status_code == 200:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "x-request-id" in answer.headers
        return answer.status_code == 200
