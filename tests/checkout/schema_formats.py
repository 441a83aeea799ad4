"""What no JSON Schema can say, told to Schemathesis: check digits, and that an Idempotency-Key is new.

For its command line too: `SCHEMATHESIS_HOOKS=tests.checkout.schema_formats st run URL/openapi.json -H ...`.
"""

from uuid import uuid4

import schemathesis
from hypothesis import strategies as st

from cart.gtin import LENGTHS, check_digit

_BODIES = st.sampled_from(LENGTHS).flatmap(
    lambda length: st.text("0123456789", min_size=length - 1, max_size=length - 1)
)
GTINS = _BODIES.map(lambda body: f"{body}{check_digit(body)}")

schemathesis.openapi.format("gtin", GTINS)


@schemathesis.hook
def before_call(_context: object, case: schemathesis.Case, _kwargs: dict[str, object]) -> None:
    """Let the Idempotency-Key of a request that should be accepted be a new one."""
    if case.meta and case.meta.generation.mode.is_negative:
        return
    for name in case.headers:
        if name.lower() == "idempotency-key":
            case.headers[name] = str(uuid4())
