"""Who calls, and how often: API keys, roles and rate limits."""

from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool

from cart.checkout.problems import Forbidden, TooMany, Unauthorized
from cart.checkout.service.keys import ROLES, Caller, Role, digest, find_caller
from cart.checkout.service.work import Service

_bearer = HTTPBearer(auto_error=False, description="An API key, made by `cart keys`")
_MAX_KEPT = 10_000


class Doorkeeper:
    """Knows callers by their key for some seconds, and counts what each asks."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: dict[str, tuple[float, Caller]] = {}
        self._limit = RateLimitItemPerSecond(service.settings.rate_per_second)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def admit(self, key: str) -> Caller:
        """Return whose key it is, and count the request.

        Raises:
            Unauthorized: the key is not known, or revoked.
            TooMany: the key's rate limit is reached.
        """
        caller = await self.identify(key)
        if not await self._limiter.hit(self._limit, caller.id):
            raise TooMany(f"more than {self._limit.amount} requests in a second: wait a second")
        return caller

    async def identify(self, key: str) -> Caller:
        """Return whose key it is.

        Raises:
            Unauthorized: the key is not known, or revoked.
        """
        hashed = digest(key)
        until, caller = self._known.get(hashed, (0.0, None))
        if caller is None or until < monotonic():
            caller = await run_in_threadpool(self._look_up, hashed)
        return caller

    def _look_up(self, hashed: str) -> Caller:
        with self._service.reading() as work:
            caller = find_caller(work, hashed)
        if caller is None:
            self._known.pop(hashed, None)
            raise Unauthorized("the API key is not known, or revoked")
        if len(self._known) >= _MAX_KEPT:
            self._known.clear()
        self._known[hashed] = (monotonic() + self._service.settings.key_cache_seconds, caller)
        return caller


Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def key_of(credentials: HTTPAuthorizationCredentials | None) -> str:
    """Return the key that a request carries.

    Raises:
        Unauthorized: it carries none.
    """
    if credentials is None:
        raise Unauthorized("send an API key: Authorization: Bearer KEY")
    return credentials.credentials


def allow(*roles: Role) -> Callable[..., Coroutine[Any, Any, Caller]]:
    """Return a dependency that admits callers of some roles; all roles where none is named."""
    allowed = roles or ROLES

    async def admit(request: Request, credentials: Credentials) -> Caller:
        caller = await request.app.state.doorkeeper.admit(key_of(credentials))
        if caller.role not in allowed:
            raise Forbidden(f"a {caller.role} key may not do this")
        return caller  # type: ignore[no-any-return]

    admit.roles = allowed  # type: ignore[attr-defined]
    return admit


AnyCaller = Annotated[Caller, Depends(allow())]
Admin = Annotated[Caller, Depends(allow("admin"))]
CartCaller = Annotated[Caller, Depends(allow("cart", "admin"))]
StaffCaller = Annotated[Caller, Depends(allow("associate", "admin"))]
TillCaller = Annotated[Caller, Depends(allow("till", "admin"))]
CounterCaller = Annotated[Caller, Depends(allow("till", "associate", "admin"))]
PersonCaller = Annotated[Caller, Depends(allow("shopper", "associate", "admin"))]
