"""What the service refuses, as named exceptions; the API answers each as RFC 9457 problem+json."""

from typing import Any, ClassVar

from cart.errors import CartError


class Problem(CartError):
    """A request that is refused; `detail` is written for the caller and holds nothing of the inside."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "The request cannot be used"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra

    def to_dict(self) -> dict[str, Any]:
        """Return the RFC 9457 object; extra members stand beside the standard ones."""
        return {
            "type": f"urn:cart:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }


class BadRequest(Problem):
    """The request is malformed."""


class Unauthorized(Problem):
    """No API key, or one that is not known or revoked."""

    status, slug, title = 401, "no-key", "An API key is needed"


class Forbidden(Problem):
    """The key's role or scope does not allow it."""

    status, slug, title = 403, "forbidden", "The key does not allow this"


class NotFound(Problem):
    """No such thing."""

    status, slug, title = 404, "not-found", "Not found"


class MethodNotAllowed(Problem):
    """The path has no such method."""

    status, slug, title = 405, "method-not-allowed", "The path has no such method"


class Conflict(Problem):
    """The thing is not in a state that allows it."""

    status, slug, title = 409, "conflict", "Its state does not allow this"


class SessionClosed(Conflict):
    """The session is not open."""

    slug, title = "session-closed", "The session is not open"


class CartBusy(Conflict):
    """The cart has another open session."""

    slug, title = "cart-has-open-session", "The cart has an open session"


class SequenceTaken(Conflict):
    """Another event of the session has that sequence."""

    slug, title = "sequence-taken", "The sequence is another event's"


class ReviewsWaiting(Conflict):
    """Reviews have to be resolved or waived first."""

    slug, title = "reviews-waiting", "Reviews wait"


class EventsPending(Conflict):
    """Events wait for one that has not come."""

    slug, title = "events-pending", "Events wait for one that has not come"


class AlreadyReturned(Conflict):
    """More would be returned than was bought."""

    slug, title = "already-returned", "Returned already"


class TooLarge(Problem):
    """The body is larger than the service takes."""

    status, slug, title = 413, "too-large", "The body is too large"


class UnsupportedMedia(Problem):
    """The body's media type is not one that the path takes."""

    status, slug, title = 415, "unsupported-media-type", "The media type is not taken here"


class Invalid(Problem):
    """The body is well-formed, but a value in it cannot be used."""

    status, slug, title = 422, "invalid", "A value cannot be used"


class KeyReused(Problem):
    """The Idempotency-Key came with another body before."""

    status, slug, title = 422, "idempotency-key-reused", "The Idempotency-Key had another body"


class TooMany(Problem):
    """The key's rate limit is reached."""

    status, slug, title = 429, "too-many-requests", "Too many requests"


class Internal(Problem):
    """A fault of the service."""

    status, slug, title = 500, "internal", "The service failed"


class Unavailable(Problem):
    """The database cannot be reached at the moment."""

    status, slug, title = 503, "unavailable", "The service cannot answer at the moment"


class StorageFull(Problem):
    """The database cannot store more."""

    status, slug, title = 507, "storage-full", "The service's storage is full"
