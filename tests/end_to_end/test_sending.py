"""`cart process --to`: the sample trip, through a running service, to the same receipt."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

FOOTAGE = Path(__file__).parents[1] / "footage"
TRIP = FOOTAGE / "starter_trip.mp4"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sending")]


Done = subprocess.CompletedProcess[str]


def run(*words: object, **environment: str) -> Done:
    """Run the command as a user would."""
    command = [sys.executable, "-m", "cart", *map(str, words)]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


@dataclass(frozen=True)
class Shop:
    """A running service with the sample catalog's prices, and a cart's key."""

    url: str
    admin: str
    cart: str

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, headers={"Authorization": f"Bearer {self.admin}"})

    def process(
        self, folder: Path, *flags: object, key: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        outbox = str(folder / "outbox.sqlite3")
        words = ("process", TRIP, "--catalog", FOOTAGE / "catalog", "--to", self.url, "--cart", "7", *flags)
        return run(*words, CART_KEY=key or self.cart, CART_OUTBOX=outbox)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    database = f"sqlite:///{tmp_path_factory.mktemp('shop') / 'tally.sqlite3'}"
    serve = ["serve", "--port", "0", "--database", database, "--catalog", FOOTAGE / "catalog"]
    command = [sys.executable, "-m", "cart", *map(str, serve)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as service:
        try:
            yield _furnish(service, database)
        finally:
            service.terminate()


def _furnish(service: subprocess.Popen[str], database: str) -> Shop:
    """Read where a starting service is, with its admin key; make a store, and a key for the cart."""
    assert service.stdout is not None
    assert service.stderr is not None
    admin = service.stdout.readline().partition(": ")[2].strip()
    address = re.compile(r"http://[\d.:]+")
    (url,) = next(found for line in service.stderr if (found := address.findall(line)))
    store = {"name": "High Street", "region": "default", "currency": "EUR"}
    answer = httpx.put(f"{url}/v1/stores/1", json=store, headers={"Authorization": f"Bearer {admin}"})
    answer.raise_for_status()
    key = run("keys", "make", "cart", "7", "--database", database).stdout.split()[-1]
    return Shop(url, admin, key)


@pytest.fixture(scope="module")
def sent(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Process and send the trip once, and return the receipt that the command printed."""
    done = shop.process(tmp_path_factory.mktemp("sent"), "--session", "trip", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    receipt: dict[str, Any] = json.loads(done.stdout)
    return receipt


def test_the_tally_equals_the_receipt(shop: Shop, sent: dict[str, Any]) -> None:
    tally = shop.get("/v1/sessions/trip").json()

    assert (tally["total"], tally["currency"]) == (sent["total"], sent["currency"]) == (537, "EUR")
    assert sorted(line["gtin"] for line in tally["lines"]) == sorted(line["gtin"] for line in sent["lines"])


@pytest.mark.usefixtures("sent")
def test_every_event_has_its_picture(shop: Shop) -> None:
    lines = shop.get("/v1/sessions/trip/lines").json()["items"]
    events = {line["event"] for line in lines}

    pictures = [shop.get(f"/v1/events/{event}/evidence") for event in events]

    assert len(pictures) == 5
    assert {(answer.status_code, answer.headers["content-type"]) for answer in pictures} == {
        (200, "image/jpeg")
    }


@pytest.mark.usefixtures("sent")
def test_the_same_footage_sent_again_is_billed_once(shop: Shop, tmp_path: Path) -> None:
    done = shop.process(tmp_path, "--session", "trip", "--quiet")

    assert (done.returncode, done.stderr) == (0, "")
    assert shop.get("/v1/sessions/trip").json()["total"] == 537


@pytest.mark.parametrize(
    ("flags", "key", "line"),
    [
        ((), "wrong", "error: the tally service refuses the session: the API key is not known"),
        (("--store", "none"), None, "error: the tally service refuses the session: no store of that id"),
        (
            ("--to", "tally:8000"),
            None,
            "error: 'tally:8000' is not an address: write it like http://tally:8000",
        ),
    ],
)
def test_what_the_service_refuses_ends_the_run_before_the_footage(
    shop: Shop, tmp_path: Path, flags: tuple[str, ...], key: str | None, line: str
) -> None:
    done = shop.process(tmp_path, "--session", "refused", *flags, key=key)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(line)
    assert done.stderr.count("\n") == 1


def test_without_a_key_the_command_says_how_to_make_one(shop: Shop, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "CART_KEY"}
    command = [sys.executable, "-m", "cart", "process", str(TRIP), "--to", shop.url]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert (
        done.stderr
        == "error: --to needs the cart's API key in CART_KEY: `cart keys make cart ID` makes one\n"
    )
