"""What live cameras count, as a page for Prometheus; labels name the camera, never a session or a shopper."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Protocol, get_args

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
    SummaryMetricFamily,
)

from cart.errors import InputError
from cart.events import CameraEvent, CartEvent, Fault

HOST = "127.0.0.1"
"""Where the page is served by default: to this machine only."""

STATES = ("ok", *get_args(Fault))
"""The states of a camera's health, a gauge each."""

_SHORTEST_SPAN = 1.0  # seconds over which frames a second are worked out


class CameraFigures(Protocol):
    """What a camera counts itself; read when the page is asked for, from another thread."""

    @property
    def read(self) -> int:
        """Frames that arrived and could be decoded."""

    @property
    def processed(self) -> int:
        """Frames that the pipeline saw."""

    @property
    def reconnects(self) -> int:
        """How often the stream came back after it was lost."""

    @property
    def inferences(self) -> int:
        """How often the detector looked."""

    @property
    def inference_seconds(self) -> float:
        """For how long it looked in all."""

    @property
    def seconds_since_frame(self) -> float | None:
        """Seconds since the newest frame arrived; None before the first."""


@dataclass
class _Camera:
    name: str
    figures: CameraFigures
    dropped: Callable[[], int]
    visits: Callable[[], int]
    state: str = "ok"
    events: Counter[str] = field(default_factory=Counter)
    reviews: int = 0
    counted: tuple[float, int] = (0.0, 0)
    rate: float = 0.0

    def frames_a_second(self) -> float:
        """Return the frames processed a second since the figure was last asked for."""
        now, processed = monotonic(), self.figures.processed
        since, before = self.counted
        if now - since >= _SHORTEST_SPAN:
            self.rate, self.counted = (processed - before) / (now - since), (now, processed)
        return self.rate


class Metrics:
    """The figures of the cameras of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._cameras: dict[str, _Camera] = {}
        self._lock = Lock()
        self.registry.register(self)

    def watch(
        self, camera: str, figures: CameraFigures, dropped: Callable[[], int], visits: Callable[[], int]
    ) -> None:
        """Show a camera's figures from now on.

        Args:
            camera: its name in the labels, such as its number; nothing that tells of a session or a person.
            figures: what it counts itself.
            dropped: tells how many frames were dropped, as they could not be processed in time.
            visits: tells how many visits there have been.
        """
        begun = monotonic(), figures.processed
        with self._lock:
            self._cameras[camera] = _Camera(camera, figures, dropped, visits, counted=begun)

    def count(self, camera: str, event: CartEvent | CameraEvent) -> None:
        """Count an event of a camera by its type; a camera's own events also set its health.

        Raises:
            KeyError: the camera is not watched.
        """
        with self._lock:
            watched = self._cameras[camera]
            watched.events[event.type] += 1
            if isinstance(event, CartEvent):
                watched.reviews += event.data.needs_review
            else:
                watched.state = event.data.reason if event.type == "cart.camera.degraded" else "ok"

    def describe(self) -> Iterator[Metric]:
        """Yield the figures' names without any values, so that a registry can tell two of one name."""
        return iter(_page([]))

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        with self._lock:
            return iter(_page(list(self._cameras.values())))

    @contextmanager
    def serve(self, port: int, host: str = HOST) -> Iterator[int]:
        """Serve the page at `http://host:port/metrics` while inside; port 0 takes a free one.

        Yields:
            The port.

        Raises:
            InputError: the port is in use or may not be taken.
        """
        if not 0 <= port <= 65535:
            raise InputError(f"--metrics {port}: a port is a number from 0 to 65535")
        try:
            server, thread = start_http_server(port, host, self.registry)
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(
                f"--metrics {port}: {reason[:1].lower()}{reason[1:]}; give another port"
            ) from None
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _page(cameras: Sequence[_Camera]) -> list[Metric]:
    return [
        _counter(cameras, "frames_read", "Frames that arrived", lambda camera: camera.figures.read),
        _counter(cameras, "frames_dropped", "Frames not processed in time", lambda camera: camera.dropped()),
        _counter(cameras, "frames_processed", "Frames processed", lambda camera: camera.figures.processed),
        _gauge(cameras, "frames_per_second", "Frames processed a second", _Camera.frames_a_second),
        _inference(cameras),
        _counter(cameras, "visits", "Visits", lambda camera: camera.visits()),
        _events(cameras),
        _counter(cameras, "reviews", "Events marked for review", lambda camera: camera.reviews),
        _counter(cameras, "reconnects", "Streams that came back", lambda camera: camera.figures.reconnects),
        _gauge(
            [camera for camera in cameras if camera.figures.seconds_since_frame is not None],
            "seconds_since_frame",
            "Seconds since the newest frame arrived",
            lambda camera: camera.figures.seconds_since_frame or 0.0,
        ),
        _health(cameras),
    ]


def _counter(
    cameras: Sequence[_Camera], name: str, told: str, value: Callable[[_Camera], float]
) -> CounterMetricFamily:
    family = CounterMetricFamily(f"cart_camera_{name}", told, labels=["camera"])
    for camera in cameras:
        family.add_metric([camera.name], value(camera))
    return family


def _gauge(
    cameras: Sequence[_Camera], name: str, told: str, value: Callable[[_Camera], float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"cart_camera_{name}", told, labels=["camera"])
    for camera in cameras:
        family.add_metric([camera.name], value(camera))
    return family


def _inference(cameras: Sequence[_Camera]) -> SummaryMetricFamily:
    told = "Seconds for which the detector looked at a frame"
    family = SummaryMetricFamily("cart_camera_inference_seconds", told, labels=["camera"])
    for camera in cameras:
        figures = camera.figures
        family.add_metric([camera.name], figures.inferences, figures.inference_seconds)
    return family


def _events(cameras: Sequence[_Camera]) -> CounterMetricFamily:
    family = CounterMetricFamily("cart_camera_events", "Events by their type", labels=["camera", "type"])
    for camera in cameras:
        for kind, count in sorted(camera.events.items()):
            family.add_metric([camera.name, kind], count)
    return family


def _health(cameras: Sequence[_Camera]) -> GaugeMetricFamily:
    told = "1 for the state that the camera is in"
    family = GaugeMetricFamily("cart_camera_health", told, labels=["camera", "state"])
    for camera in cameras:
        for state in STATES:
            family.add_metric([camera.name, state], float(state == camera.state))
    return family
