"""A command: one request, one transaction; sent again with its Idempotency-Key, answered as before."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from cart.checkout.api.shapes import PROBLEMS
from cart.checkout.problems import KeyReused
from cart.checkout.service.keys import Caller
from cart.checkout.service.work import Service, Work
from cart.checkout.tables import idempotency

Answer = tuple[int, Mapping[str, Any]]
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[\x21-\x7e]{1,200}$",
        description="Sent again with the same body, a command is answered as before, not done again (24 h)",
    ),
]


class Commands:
    """Runs the commands of one request."""

    def __init__(self, request: Request, idempotency_key: IdempotencyKey = None) -> None:
        self._service: Service = request.app.state.service
        self._place = f"{request.method} {request.url.path}"
        self._key = idempotency_key

    def run(self, caller: Caller, body: BaseModel | None, command: Callable[[Work], Answer]) -> JSONResponse:
        """Run a command in a transaction and answer, or answer as before.

        Raises:
            KeyReused: the Idempotency-Key came with another command or body before.
        """
        fingerprint = _fingerprint(self._place, body)
        with self._service.work() as work:
            answer = self._before(work, caller, fingerprint)
            if answer is None:
                answer = command(work)
                self._keep(work, caller, fingerprint, answer)
        status, content = answer
        return JSONResponse(content, status_code=status)

    def _before(self, work: Work, caller: Caller, fingerprint: str) -> Answer | None:
        if self._key is None:
            return None
        where = idempotency.c.api_key == caller.id, idempotency.c.key == self._key
        row = work.tx.execute(sa.select(idempotency).where(*where)).one_or_none()
        if row is None:
            return None
        if row.fingerprint != fingerprint:
            raise KeyReused("this Idempotency-Key came with another command or body: make a new one")
        return row.status, json.loads(row.answer)

    def _keep(self, work: Work, caller: Caller, fingerprint: str, answer: Answer) -> None:
        if self._key is None:
            return
        status, content = answer
        row = {"api_key": caller.id, "key": self._key, "fingerprint": fingerprint, "status": status}
        work.tx.execute(sa.insert(idempotency), {**row, "answer": json.dumps(content), "written_at": work.at})


def _fingerprint(place: str, body: BaseModel | None) -> str:
    text = body.model_dump_json() if body else ""
    return hashlib.sha256(f"{place}\n{text}".encode()).hexdigest()


Command = Annotated[Commands, Depends()]
FOUND: dict[int | str, dict[str, Any]] = {
    200: {"description": "It was there before", "content": {"application/json": {}}}
}
"""The other answer of a path that makes something where it is not there."""


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of problems that a path answers with, beside those of every path."""
    return {status: PROBLEMS[status] for status in sorted({*statuses, 400, 401, 403, 413, 422, 429, 503})}
