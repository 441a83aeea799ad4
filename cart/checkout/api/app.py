"""The application: nouns, errors, and what runs beside the requests."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from itertools import chain

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from cart.checkout.api import events, evidence, health, live, products, receipts, reviews, sessions, stores
from cart.checkout.api.access import Doorkeeper
from cart.checkout.api.description import describe
from cart.checkout.api.observing import BodyLimit, Metrics, Observer, log_as_json, request_id
from cart.checkout.live import Hub, Listener
from cart.checkout.problems import (
    BadRequest,
    Internal,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Problem,
    StorageFull,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from cart.checkout.service.tallies import Tallies
from cart.checkout.service.upkeep import tidy
from cart.checkout.service.work import Service
from cart.checkout.store import Store
from cart.settings import service_settings

_NOUNS = (sessions, events, reviews, evidence, receipts, stores, products, live, health)
_BY_STATUS = {404: NotFound, 405: MethodNotAllowed, 413: TooLarge}
_DESCRIPTION = "What is in a cart at any moment, and what it costs. Amounts are minor units; times are UTC."
_logger = logging.getLogger(__name__)


def from_environment() -> FastAPI:
    """Make the application of a worker process, by the settings in its environment."""
    log_as_json()
    settings = service_settings()
    return create_app(Service(Store(settings.database), settings))


def create_app(service: Service) -> FastAPI:
    """Make the application of a service whose database is migrated."""
    app = FastAPI(
        title="Checkout tally",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_running,
    )
    app.state.service = service
    app.state.tallies = Tallies(service)
    app.state.doorkeeper = Doorkeeper(service)
    app.state.metrics = Metrics()
    app.state.hub = Hub()
    for noun in _NOUNS:
        app.include_router(noun.router)
    app.add_middleware(BodyLimit, max_bytes=service.settings.max_body_bytes)
    app.add_middleware(Observer, metrics=app.state.metrics)
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_fault)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    hub: Hub = app.state.hub
    hub.open()
    listener = None if service.store.is_sqlite else Listener(service.store, hub)
    if listener:
        listener.start()
    else:
        service.listeners.append(hub.publish)
    upkeep = asyncio.create_task(_keep_tidy(service))
    try:
        yield
    finally:
        upkeep.cancel()
        with suppress(asyncio.CancelledError):
            await upkeep
        if listener:
            await run_in_threadpool(listener.stop)
        service.store.close()


async def _keep_tidy(service: Service) -> None:
    while True:
        await asyncio.sleep(service.settings.upkeep_seconds)
        try:
            await run_in_threadpool(tidy, service)
        except Problem as problem:
            _logger.warning("upkeep put off: %s", problem)
        except Exception:
            _logger.exception("upkeep failed")


def _answer(problem: Problem) -> JSONResponse:
    headers = {"X-Request-Id": request_id.get()}
    if isinstance(problem, TooMany | Unavailable | StorageFull):
        headers["Retry-After"] = "1"
    if isinstance(problem, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    content = {**problem.to_dict(), "request_id": request_id.get()}
    return JSONResponse(content, problem.status, headers, media_type="application/problem+json")


async def _answer_problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return _answer(error)


async def _answer_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = [{"where": list(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()[:20]]
    if any(one["type"] == "json_invalid" for one in error.errors()):
        return _answer(BadRequest("the body is not JSON"))
    first = f"{'.'.join(found[0]['where'])}: {found[0]['what']}"
    return _answer(Invalid(first[:500], errors=found))


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = _answer(_BY_STATUS.get(error.status_code, BadRequest)(_detail(error.status_code)))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_methods(request)))
    return answer


def _methods(request: Request) -> set[str]:
    """Return the methods of a request's path, which the routes of several may share."""
    found = set[str]()
    routers = (request.app.router, *(noun.router for noun in _NOUNS))
    for route in chain.from_iterable(router.routes for router in routers):
        if isinstance(route, Route) and route.path_regex.match(request.scope["path"]):
            found |= route.methods or set()
    return found


def _detail(status: int) -> str:
    details = {404: "no such path", 405: "the path has no such method", 413: "the body is too large"}
    return details.get(status, "the request cannot be read")


async def _answer_fault(_: Request, __: Exception) -> JSONResponse:
    return _answer(Internal("the fault is in the service's log under this request_id"))
