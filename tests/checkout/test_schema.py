"""Schemathesis on the running service: what it makes up from the OpenAPI document is answered as that says."""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("CART_SCHEMA_EXAMPLES", "4"))


@pytest.fixture(scope="module")
def served(databases, make_module_api):
    api = make_module_api(databases.make("sqlite"))
    admin = api.client("admin")
    admin.post("/v1/sessions", json={"cart": "cart", "store": "s1", "session": "trip"})
    admin.post("/v1/sessions/trip/events", json=api.event(1))
    return api, admin.headers["authorization"]


@pytest.fixture(scope="module")
def document(served):
    api, key = served
    schema = schemathesis.openapi.from_url(f"{api.url}/openapi.json")
    return schema.exclude(path_regex="/live$")  # streams have no end


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case, served) -> None:
    case.call_and_validate(headers={"Authorization": served[1]})
