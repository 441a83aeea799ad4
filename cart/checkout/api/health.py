"""Whether the service lives, is ready, and what it counts."""

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from cart.checkout.api.access import Admin
from cart.checkout.api.commands import answers
from cart.checkout.api.shapes import PROBLEMS
from cart.checkout.service.work import Service

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def read_health() -> dict[str, str]:
    """Tell that the process answers; needs no key."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: PROBLEMS[503]})
def read_readiness(request: Request) -> dict[str, str]:
    """Tell that the database answers too; needs no key."""
    service: Service = request.app.state.service
    with service.reading() as work:
        work.tx.execute(sa.text("SELECT 1"))
    return {"status": "ready"}


@router.get(
    "/metrics",
    response_class=Response,
    responses=answers() | {200: {"content": {"text/plain": {}}}},
)
def read_metrics(request: Request, caller: Admin) -> Response:  # noqa: ARG001
    """Read this process's figures in Prometheus' text format."""
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
