"""Pictures of events."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from cart.checkout.api.access import CartCaller, PersonCaller, allow
from cart.checkout.api.commands import answers
from cart.checkout.api.shapes import EventId, SessionId
from cart.checkout.problems import UnsupportedMedia
from cart.checkout.service import pictures
from cart.checkout.service.keys import Caller
from cart.checkout.service.trips import load
from cart.checkout.service.work import Service

router = APIRouter(prefix="/v1", tags=["evidence"])

Viewer = Annotated[Caller, Depends(allow("cart", "shopper", "associate", "admin"))]
_JPEG = {
    "requestBody": {
        "required": True,
        "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def read_jpeg(request: Request) -> bytes:
    """Read a request's picture.

    Raises:
        UnsupportedMedia: it is not sent as a JPEG.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "image/jpeg":
        raise UnsupportedMedia("send image/jpeg")
    return await request.body()


@router.put(
    "/events/{event}/evidence", status_code=204, responses=answers(404, 409, 413, 415), openapi_extra=_JPEG
)
def put_one(
    request: Request, event: EventId, caller: CartCaller, jpeg: Annotated[bytes, Depends(read_jpeg)]
) -> Response:
    """Send the picture of an event: JPEG, at most 1 MB, checked by its content."""
    service: Service = request.app.state.service
    with service.work() as work:
        pictures.put_picture(work, str(event), jpeg, caller)
    return Response(status_code=204)


@router.get(
    "/events/{event}/evidence",
    response_class=Response,
    responses=answers(404, 409) | {200: {"content": {"image/jpeg": {}}}},
)
def read_one(request: Request, event: EventId, caller: Viewer) -> Response:
    """Read the picture of an event."""
    service: Service = request.app.state.service
    with service.reading() as work:
        jpeg = pictures.read_picture(work, str(event), caller)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(jpeg, media_type="image/jpeg", headers=headers)


@router.delete("/events/{event}/evidence", status_code=204, responses=answers(404, 409))
def delete_one(request: Request, event: EventId, caller: PersonCaller) -> Response:
    """Delete the picture of an event."""
    service: Service = request.app.state.service
    with service.work() as work:
        pictures.delete_picture(work, str(event), caller)
    return Response(status_code=204)


@router.delete("/sessions/{session}/evidence", status_code=204, responses=answers(404))
def delete_of_session(request: Request, session: SessionId, caller: PersonCaller) -> Response:
    """Delete all pictures of a session."""
    service: Service = request.app.state.service
    with service.work() as work:
        trip = load(work, session)
        caller.require_session(trip.id, trip.cart, trip.store)
        pictures.delete_session_pictures(work, session)
    return Response(status_code=204)
