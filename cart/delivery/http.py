"""The tally service over HTTP, as a cart calls it: a session opened, events posted, pictures put."""

import json
from typing import Any

import httpx

from cart.delivery.outbox import Trip
from cart.errors import InputError

_BATCH_MEDIA = "application/cloudevents-batch+json"
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_RETRIED = frozenset({408, 425, 429})

Result = dict[str, Any]
"""What the service says of one event: `status`, and the `problem` where it is refused."""


class Refused(InputError):
    """The service will not have it, now or later: the key, the session or the address is wrong."""


class TallyClient:
    """Calls the tally service. A call returns None (or False) where it is worth trying again later.

    Args:
        url: address of the service, like http://tally:8000.
        key: API key of the cart.

    Raises:
        InputError: the address is none.
    """

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {key}"}
        try:
            self._client = httpx.Client(base_url=_checked(url), headers=headers, timeout=_TIMEOUT)
        except UnicodeEncodeError:
            raise InputError("CART_KEY is no API key: `cart keys make` makes one") from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def open(self, trip: Trip) -> bool:
        """Open a session, or find it where it is open already; tell whether that was answered.

        Raises:
            Refused: the key, the store or the session is not right.
        """
        answer = self._send("POST", "/v1/sessions", trip.to_json().encode(), "application/json")
        if answer is None:
            return False
        if answer.is_success and "session" in _members(answer):
            return True
        if answer.is_success:
            raise Refused(f"{self.url} does not answer as a tally service does")
        raise Refused(f"the tally service refuses the session: {_reason(answer)}{_way_out(answer)}")

    def post_events(self, session: str, bodies: list[str]) -> list[Result] | None:
        """Send events as a batch; return a result for each, in their order.

        Raises:
            Refused: the key is not right (any more); nothing is said of the events.
        """
        content = f"[{','.join(bodies)}]".encode()
        answer = self._send("POST", f"/v1/sessions/{session}/events", content, _BATCH_MEDIA)
        if answer is None:
            return None
        if answer.status_code in (401, 403):
            raise Refused(f"the tally service refuses the key, the events are kept: {_reason(answer)}")
        if not answer.is_success:
            return [{"status": "refused", "problem": {"detail": _reason(answer)}}] * len(bodies)
        results: list[Result] = _members(answer).get("results", [])
        if len(results) != len(bodies):
            raise Refused(f"{self.url} does not answer as a tally service does")
        return results

    def put_picture(self, event: str, jpeg: bytes) -> bool:
        """Send the picture of an event; tell whether it was answered, be it with a refusal."""
        return self._send("PUT", f"/v1/events/{event}/evidence", jpeg, "image/jpeg") is not None

    def _send(self, method: str, path: str, content: bytes, media: str) -> httpx.Response | None:
        """Return the answer, None where it is worth trying again."""
        try:
            answer = self._client.request(method, path, content=content, headers={"Content-Type": media})
        except httpx.HTTPError:
            return None
        return None if answer.status_code >= 500 or answer.status_code in _RETRIED else answer


def _members(answer: httpx.Response) -> dict[str, Any]:
    """Return the members of an answer's JSON object; none where it is something else."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _reason(answer: httpx.Response) -> str:
    return str(_members(answer).get("detail", f"status {answer.status_code}"))


def _way_out(answer: httpx.Response) -> str:
    """Return what to do about a cart that has another open session."""
    other = _members(answer).get("session")
    return f" (it is {json.dumps(other)}: go on with it by --session)" if other else ""


def _checked(url: str) -> httpx.URL:
    try:
        checked = httpx.URL(url)
    except httpx.InvalidURL:
        raise InputError(f"{url!r} is not an address: write it like http://tally:8000") from None
    if checked.scheme not in ("http", "https") or not checked.host:
        raise InputError(f"{url!r} is not an address: write it like http://tally:8000")
    return checked
