"""Figures for Prometheus, JSON logs, and a request id in every answer."""

import json
import logging
import re
from collections import Counter as CountOf
from collections.abc import Sequence
from contextvars import ContextVar
from secrets import token_hex
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cart.checkout.service.ingest import Result

request_id: ContextVar[str] = ContextVar("request_id", default="")
_logger = logging.getLogger("cart.access")
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Metrics:
    """What a process has counted."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cart_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "cart_request_seconds", "Time to answer a request", ["method", "route"], registry=self.registry
        )
        self.events = Counter(
            "cart_events", "Cart events by what became of them", ["status"], registry=self.registry
        )
        self.event_to_tally = Histogram(
            "cart_event_to_tally_seconds", "Time from events read to tally stored", registry=self.registry
        )

    def count_events(self, results: Sequence[Result], seconds: float) -> None:
        """Count the events of one request."""
        for status, count in CountOf(result.status for result in results).items():
            self.events.labels(status).inc(count)
        self.event_to_tally.observe(seconds)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by its route, which holds no id."""
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(method, route).observe(seconds)


class JsonFormatter(logging.Formatter):
    """One JSON object a line; no body, no key, no query ever stands in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as a line of JSON."""
        told = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get() or None,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps({key: value for key, value in told.items() if value is not None})


def log_as_json() -> None:
    """Send all logs to stderr as JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("alembic", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class BodyLimit:
    """Stops reading a request's body when it is larger than the service takes.

    Starlette has such a limit, but answers it in plain text.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with its body counted."""
        left = self._max_bytes

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413)
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)


class Observer:
    """Gives each request an id, and counts and logs it when it is answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identity = given if _GIVEN_ID.fullmatch(given) else token_hex(16)
        request_id.set(identity)
        began, status = perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = identity
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._note(scope, status, perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.count_request(scope["method"], route, status, seconds)
        if _logger.isEnabledFor(logging.INFO):
            fields = {
                "method": scope["method"],
                "route": route,
                "status": status,
                "seconds": round(seconds, 4),
            }
            _logger.info("answered", extra={"fields": fields})
