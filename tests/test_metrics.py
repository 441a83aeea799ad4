import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cart.errors import InputError
from cart.events import CameraEvent, CameraEventData, CartEvent, Fault, event_id_live
from cart.metrics import HOST, Metrics


@dataclass
class Figures:
    read: int = 30
    processed: int = 20
    reconnects: int = 2
    inferences: int = 12
    inference_seconds: float = 0.6
    seconds_since_frame: float | None = None


def _camera_event(kind: Literal["degraded", "recovered"], reason: Fault) -> CameraEvent:
    told: Literal["cart.camera.degraded", "cart.camera.recovered"] = (
        "cart.camera.degraded" if kind == "degraded" else "cart.camera.recovered"
    )
    return CameraEvent.model_validate(
        {
            "id": event_id_live(),
            "source": "/carts/7",
            "subject": "trip-1",
            "type": told,
            "time": "2026-01-31T12:00:00Z",
            "data": CameraEventData(media_time=5.0, since=2.0, reason=reason, detail="x", measure=0.5),
        }
    )


def _scrape(port: int) -> tuple[dict[tuple[str, ...], float], str]:
    answer = httpx.get(f"http://{HOST}:{port}/metrics")
    assert answer.status_code == 200
    return {
        (sample.name.removeprefix("cart_camera_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }, answer.text


def test_the_page_tells_what_each_camera_counts(make_event: Callable[..., CartEvent]) -> None:
    metrics = Metrics()
    figures = Figures()
    metrics.watch("1", figures, dropped=lambda: 9, visits=lambda: 3)
    metrics.watch("2", Figures(read=0), dropped=lambda: 0, visits=lambda: 0)
    metrics.count("1", make_event("add"))
    metrics.count("1", make_event("add", needs_review=True))
    metrics.count("1", make_event("remove"))
    with metrics.serve(0) as port:
        page, text = _scrape(port)
        assert page["frames_read_total", "1"] == 30
        assert page["frames_read_total", "2"] == 0
        assert page["frames_dropped_total", "1"] == 9
        assert page["frames_processed_total", "1"] == 20
        assert page["inference_seconds_count", "1"] == 12
        assert page["inference_seconds_sum", "1"] == 0.6
        assert page["visits_total", "1"] == 3
        assert page["events_total", "1", "cart.item.added"] == 2
        assert page["events_total", "1", "cart.item.removed"] == 1
        assert page["reviews_total", "1"] == 1
        assert page["reconnects_total", "1"] == 2
        assert ("seconds_since_frame", "1") not in page
        assert "session-1" not in text
        figures.read, figures.seconds_since_frame = 31, 0.25
        page, _ = _scrape(port)
        assert page["frames_read_total", "1"] == 31
        assert page["seconds_since_frame", "1"] == 0.25


def test_health_is_one_gauge_for_each_state() -> None:
    metrics = Metrics()
    metrics.watch("1", Figures(), dropped=lambda: 0, visits=lambda: 0)

    def states() -> dict[str, float]:
        page, _ = _scrape(port)
        return {key[2]: value for key, value in page.items() if key[0] == "health"}

    with metrics.serve(0) as port:
        sound = {"ok": 1, "covered": 0, "blurred": 0, "dark": 0, "frozen": 0, "moved": 0, "lost": 0}
        assert states() == sound
        metrics.count("1", _camera_event("degraded", "dark"))
        assert states() == sound | {"ok": 0, "dark": 1}
        metrics.count("1", _camera_event("recovered", "dark"))
        assert states() == sound
        page, _ = _scrape(port)
        assert page["events_total", "1", "cart.camera.degraded"] == 1


def test_frames_a_second_are_of_the_time_since_the_page_was_last_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr("cart.metrics.monotonic", lambda: clock[0])
    metrics, figures = Metrics(), Figures()
    metrics.watch("1", figures, dropped=lambda: 0, visits=lambda: 0)

    def rate() -> float | None:
        return metrics.registry.get_sample_value("cart_camera_frames_per_second", {"camera": "1"})

    figures.processed, clock[0] = 80, 104.0
    assert rate() == 15
    clock[0] = 104.5
    assert rate() == 15
    clock[0] = 106.5
    assert rate() == 0


def test_a_port_in_use_is_told_in_a_line() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(InputError, match=f"--metrics {port}: address already in use; give another port"),
            Metrics().serve(port),
        ):
            pass


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_no_port_is_told_in_a_line(port: int) -> None:
    with pytest.raises(InputError, match="a port is a number from 0 to 65535"), Metrics().serve(port):
        pass


def test_the_port_is_free_again_afterwards() -> None:
    with Metrics().serve(0) as port:
        pass
    with Metrics().serve(port) as again:
        assert again == port


def test_an_event_of_a_camera_that_is_not_watched_is_an_error(make_event: Callable[..., CartEvent]) -> None:
    with pytest.raises(KeyError):
        Metrics().count("1", make_event("add"))
