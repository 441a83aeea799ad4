"""Cart events in: one, or a batch, of one session or of many."""

from time import perf_counter
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from pydantic_core import from_json
from starlette.concurrency import run_in_threadpool

from cart.checkout.api.access import CartCaller
from cart.checkout.api.commands import answers
from cart.checkout.api.shapes import SessionId
from cart.checkout.problems import BadRequest, Invalid, TooLarge, UnsupportedMedia
from cart.checkout.service.ingest import AnyEvent, Result, take_events, take_mixed
from cart.checkout.service.keys import Caller
from cart.checkout.service.work import Service
from cart.events import CameraEvent, CameraEventType, CartEvent, first_problem

router = APIRouter(tags=["events"])

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_PLAIN = "application/json"
CAMERA_TYPES = get_args(CameraEventType)

_KINDS = [{"$ref": "#/components/schemas/CartEvent"}, {"$ref": "#/components/schemas/CameraEvent"}]
_OTHER = {"description": "Anything else is answered `refused`"}
_NO_ARRAY = {"type": ["object", "string", "number", "boolean", "null"]}
_REQUEST = {
    "requestBody": {
        "required": True,
        "content": {
            ONE: {"schema": {"anyOf": [*_KINDS, _OTHER | _NO_ARRAY]}},
            BATCH: {"schema": {"type": "array", "items": {"anyOf": [*_KINDS, _OTHER]}}},
        },
    }
}
_RESULTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "A result for each event, in their order", "content": {"application/json": {}}}
}
Parsed = list[AnyEvent | Result]


async def read_events(request: Request) -> Parsed:
    """Read the events of a request's body; one that is none is a refused result.

    Raises:
        UnsupportedMedia, BadRequest, TooLarge: the body as a whole cannot be read.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in (ONE, BATCH, _PLAIN):
        raise UnsupportedMedia(f"send {ONE} or {BATCH}")
    raw = await request.body()
    limit = request.app.state.service.settings.max_batch
    listed = _listed(raw, media, limit)
    return [_event(value) for value in listed]


def _listed(raw: bytes, media: str, limit: int) -> list[Any]:
    try:
        content = from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise BadRequest("the body is not JSON in UTF-8") from None
    if media == _PLAIN:
        media = BATCH if isinstance(content, list) else ONE
    if isinstance(content, list) != (media == BATCH):
        raise BadRequest(f"{BATCH} is an array of events, {ONE} is one event")
    listed = content if isinstance(content, list) else [content]
    if len(listed) > limit:
        raise TooLarge(f"a batch has at most {limit} events")
    return listed


def _event(value: Any) -> AnyEvent | Result:
    kind = value.get("type") if isinstance(value, dict) else None
    try:
        return (CameraEvent if kind in CAMERA_TYPES else CartEvent).model_validate(value)
    except ValidationError as error:
        given = value.get("id") if isinstance(value, dict) else None
        shown = given[:100] if isinstance(given, str) else None
        return Result(shown, "refused", Invalid(f"not a cart event: {first_problem(error)}"[:500]))


Events = Annotated[Parsed, Depends(read_events)]


@router.post(
    "/v1/sessions/{session}/events",
    responses=_RESULTS | answers(404, 409, 413, 415),
    openapi_extra=_REQUEST,
)
async def send_session_events(
    request: Request, session: SessionId, caller: CartCaller, events: Events
) -> JSONResponse:
    """Send events of one session.

    One CloudEvents object, or a batch. Each is applied once, in order of `sequence`; it is answered with
    `applied`, `duplicate`, `pending` (an earlier one is missing) or `refused`, with its problem.

    Camera events (`cart.camera.degraded`, `cart.camera.recovered`) are taken too: they show beside the
    tally, and cost nothing.
    """
    return await _answer(request, caller, events, session)


@router.post("/v1/events", responses=_RESULTS | answers(413, 415), openapi_extra=_REQUEST)
async def send_events(request: Request, caller: CartCaller, events: Events) -> JSONResponse:
    """Send events of any number of sessions, in one transaction; `subject` names the session of each."""
    return await _answer(request, caller, events, None)


async def _answer(request: Request, caller: Caller, parsed: Parsed, session: str | None) -> JSONResponse:
    began = perf_counter()
    service: Service = request.app.state.service
    events = [event for event in parsed if not isinstance(event, Result)]
    taken = iter(await run_in_threadpool(_take, service, session, events, caller))
    results = [given if isinstance(given, Result) else next(taken) for given in parsed]
    request.app.state.metrics.count_events(results, perf_counter() - began)
    return JSONResponse({"results": [result.to_dict() for result in results]})


def _take(service: Service, session: str | None, events: list[AnyEvent], caller: Caller) -> list[Result]:
    with service.work() as work:
        if session is None:
            return take_mixed(work, events, caller)
        return take_events(work, session, events, caller)
