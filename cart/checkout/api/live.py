"""What changes, as it changes: server-sent events per session and per store.

Each message is the whole state, and its id the state's ETag: whoever comes back with Last-Event-ID gets the
state at once if it has changed meanwhile, and misses nothing that matters.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from cart.checkout.api.access import AnyCaller, Credentials, StaffCaller, key_of
from cart.checkout.api.commands import answers
from cart.checkout.api.shapes import SessionId, StoreId
from cart.checkout.live import Hub
from cart.checkout.problems import Problem
from cart.checkout.service.floor import store_now
from cart.checkout.service.work import Service

router = APIRouter(prefix="/v1", tags=["live"])

State = tuple[str, str, datetime | None]
"""Its id, its JSON, and when it will change by itself."""
LastEventId = Annotated[str | None, Header(max_length=200, description="Id of the last message received")]
_LOOK_AGAIN_SECONDS = 15.0
_STORE_PAUSE_SECONDS = 1.0


def _session_reader(request: Request, session: SessionId, caller: AnyCaller) -> Callable[[], State]:
    def read() -> State:
        reading = request.app.state.tallies.read(session, caller)
        return reading.etag.strip('"'), reading.body.decode(), reading.until

    read()
    return read


def _store_reader(request: Request, store: StoreId, caller: StaffCaller) -> Callable[[], State]:
    service: Service = request.app.state.service

    def read() -> State:
        caller.require_store(store)
        with service.reading() as work:
            text = json.dumps(store_now(work, store), separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32], text, None

    read()
    return read


@router.get("/sessions/{session}/live", response_class=EventSourceResponse, responses=answers(404))
async def follow_session(
    request: Request,
    session: SessionId,
    credentials: Credentials,
    read: Annotated[Callable[[], State], Depends(_session_reader)],
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow a session's tally: a `tally` message now, and whenever its lines or prices change."""
    hub: Hub = request.app.state.hub
    changes = _changes(request, credentials, hub.session(session), read, last_event_id)
    async for state_id, text in changes:
        yield ServerSentEvent(event="tally", id=state_id, raw_data=text)


@router.get("/stores/{store}/live", response_class=EventSourceResponse, responses=answers(404))
async def follow_store(
    request: Request,
    store: StoreId,
    credentials: Credentials,
    read: Annotated[Callable[[], State], Depends(_store_reader)],
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow a store's figures: a `now` message now, and at most once a second when they change."""
    hub: Hub = request.app.state.hub
    changes = _changes(request, credentials, hub.store(store), read, last_event_id)
    async for state_id, text in changes:
        yield ServerSentEvent(event="now", id=state_id, raw_data=text)
        await asyncio.sleep(_STORE_PAUSE_SECONDS)


async def _changes(
    request: Request,
    credentials: Credentials,
    listening: AbstractContextManager[asyncio.Event],
    read: Callable[[], State],
    last: str | None,
) -> AsyncIterator[tuple[str, str]]:
    """Yield id and text of each new state, until the key is revoked or the session is gone."""
    with listening as changed:
        while True:
            changed.clear()
            try:
                await request.app.state.doorkeeper.identify(key_of(credentials))
                state_id, text, until = await run_in_threadpool(read)
            except Problem:
                return
            if state_id != last:
                last = state_id
                yield state_id, text
            await _wait(changed, until)


async def _wait(changed: asyncio.Event, until: datetime | None) -> None:
    left = _LOOK_AGAIN_SECONDS
    if until is not None:
        left = min(left, max(0.0, (until - datetime.now(UTC)).total_seconds()) + 0.002)
    try:
        await asyncio.wait_for(changed.wait(), left)
    except TimeoutError:
        return
