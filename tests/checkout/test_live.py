"""Streams of what changes, and pictures; on both databases where they differ."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO

import httpx
import numpy as np
import pytest

from cart.checkout.service.pictures import delete_old_pictures, is_jpeg

TEA = "4006381333931"
OPEN = {"cart": "cart", "store": "s1", "session": "trip"}
PRICE = {"gtin": TEA, "scope": "region", "place": "r1", "currency": "EUR"}


def _messages(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    message: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name:
            message[name] = value.strip()
        elif "data" in message:
            yield message
            message = {}


@contextmanager
def _follow(client: httpx.Client, path: str, last: str | None = None) -> Iterator[Iterator[dict[str, str]]]:
    headers = {"Last-Event-ID": last} if last else {}
    with client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _messages(answer.iter_lines())


def test_a_session_is_followed_through_lines_and_prices(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    with _follow(admin, "/v1/sessions/trip/live") as messages:
        first = next(messages)
        assert (first["event"], json.loads(first["data"])["total"]) == ("tally", 0)
        admin.post("/v1/sessions/trip/events", json=api.event(1))
        assert json.loads(next(messages)["data"])["total"] == 249
        admin.post("/v1/prices", json={**PRICE, "amount": 199})
        fallen = next(messages)
        assert json.loads(fallen["data"])["total"] == 199
        soon = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat().replace("+00:00", "Z")
        admin.post("/v1/prices", json={**PRICE, "amount": 150, "since": soon})
        assert json.loads(next(messages)["data"])["total"] == 150
    assert f'"{first["id"]}"' != admin.get("/v1/sessions/trip").headers["etag"]


def test_who_comes_back_gets_the_state_only_if_it_changed(api, admin) -> None:
    admin.post("/v1/sessions", json=OPEN)
    with _follow(admin, "/v1/sessions/trip/live") as messages:
        seen = next(messages)["id"]
    with _follow(admin, "/v1/sessions/trip/live", last=seen) as messages:
        later = threading.Timer(0.3, lambda: admin.post("/v1/sessions/trip/events", json=api.event(1)))
        later.start()
        assert json.loads(next(messages)["data"])["total"] == 249
        later.join()
    with _follow(admin, "/v1/sessions/trip/live", last=seen) as messages:
        assert json.loads(next(messages)["data"])["total"] == 249


def test_a_store_is_followed(admin) -> None:
    with _follow(admin, "/v1/stores/s1/live") as messages:
        assert json.loads(next(messages)["data"])["open_carts"] == 0
        admin.post("/v1/sessions", json=OPEN)
        message = next(messages)
    assert (message["event"], json.loads(message["data"])["open_carts"]) == ("now", 1)


def test_two_processes_hear_of_each_other_by_postgresql(databases, make_api) -> None:
    url = databases.make("postgresql")
    one, other = make_api(url), make_api(url)
    writer, reader = one.client("admin"), other.client("admin")
    writer.post("/v1/sessions", json=OPEN)
    with _follow(reader, "/v1/sessions/trip/live") as messages:
        next(messages)
        writer.post("/v1/sessions/trip/events", json=one.event(1))
        assert json.loads(next(messages)["data"])["total"] > 0


def test_an_unknown_session_is_not_followed(lite_api) -> None:
    assert lite_api.client("admin").get("/v1/sessions/none/live").status_code == 404


@pytest.fixture
def jpeg() -> bytes:
    cv2 = pytest.importorskip("cv2")
    picture = np.random.default_rng(1).integers(0, 255, (40, 30, 3), np.uint8)
    return bytes(cv2.imencode(".jpg", picture)[1])


def test_a_picture_is_kept_shown_and_deleted(api, admin, jpeg: bytes) -> None:
    cart = api.client("cart", "cart")
    cart.post("/v1/sessions", json=OPEN)
    event = api.event(1, gtin=None, needs_review=True)
    cart.post("/v1/sessions/trip/events", json=event)
    path, headers = f"/v1/events/{event['id']}/evidence", {"Content-Type": "image/jpeg"}
    assert cart.get(path).status_code == 404
    assert cart.put(path, content=jpeg, headers=headers).status_code == 204
    assert cart.put(path, content=jpeg, headers=headers).status_code == 204
    shown = cart.get(path)
    assert (shown.content, shown.headers["content-type"]) == (jpeg, "image/jpeg")
    (review,) = admin.get("/v1/stores/s1/reviews").json()["items"]
    assert review["picture"] == path
    assert admin.delete("/v1/sessions/trip/evidence").status_code == 204
    assert cart.get(path).status_code == 404


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"GIF89a", "image/jpeg", 415),
        (b"", "image/jpeg", 415),
        (b"\xff\xd8\xff\xd9", "image/jpeg", 415),
        (b"x", "image/png", 415),
        (b"\xff\xd8" + b"0" * 1_000_001, "image/jpeg", 413),
    ],
)
def test_what_is_no_picture_is_refused(lite_api, content: bytes, media: str, status: int) -> None:
    admin = lite_api.client("admin")
    admin.post("/v1/sessions", json=OPEN)
    event = lite_api.event(1)
    admin.post("/v1/sessions/trip/events", json=event)
    path = f"/v1/events/{event['id']}/evidence"
    assert admin.put(path, content=content, headers={"Content-Type": media}).status_code == status


def test_a_jpeg_is_known_by_its_segments(jpeg: bytes) -> None:
    assert is_jpeg(jpeg)
    assert not is_jpeg(jpeg[:-2])
    assert not is_jpeg(jpeg[:30])
    assert not is_jpeg(BytesIO(jpeg[::-1]).read())


def test_pictures_are_deleted_a_set_time_after_payment(api, admin, jpeg: bytes) -> None:
    admin.post("/v1/sessions", json=OPEN)
    event = api.event(1)
    admin.post("/v1/sessions/trip/events", json=event)
    path = f"/v1/events/{event['id']}/evidence"
    admin.put(path, content=jpeg, headers={"Content-Type": "image/jpeg"})
    admin.post("/v1/sessions/trip/checkout")
    paid = {"reference": "t", "amount": 249, "currency": "EUR"}
    assert admin.post("/v1/sessions/trip/paid", json=paid).status_code == 200
    with api.service.work() as work:
        assert delete_old_pictures(work) == 0
        work.at += timedelta(days=31)
        assert delete_old_pictures(work) == 1
    assert admin.get(path).status_code == 404
