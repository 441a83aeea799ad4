"""The guide in docs/checkout.md works as it is written."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "checkout.md"


def test_the_guide_goes_from_serve_to_a_paid_receipt(databases, make_api) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    api = make_api(databases.make("sqlite"))
    key = api.client("admin").headers["authorization"].removeprefix("Bearer ")
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL))
    script = f"set -e\nTALLY={api.url}\nCART_KEY={key}\n" + commands.replace("\n\ncurl", "\necho\ncurl")
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert '"total":249' in ran.stdout
    assert "@media print" in ran.stdout
    receipt = json.loads(api.client("admin").get("/v1/sessions/trip-1/receipt").text)
    assert (receipt["total"], receipt["tax"]) == (249, 16)
