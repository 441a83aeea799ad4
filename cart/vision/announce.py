"""From what the camera noticed to cart events: numbered, dated and signed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from cart.events import (
    EVENT_TYPES,
    Candidate,
    CartEvent,
    EventData,
    Evidence,
    event_id_live,
    event_id_recorded,
)
from cart.vision.evidence import Pictures
from cart.vision.pipeline import Noticed
from cart.vision.recognition import Recognition


def is_doubtful(product: Recognition | None, confidence: float, review_below: float) -> bool:
    """Return whether a line is marked for review because of its product: unknown, or not sure enough.

    Args:
        product: what the item was recognised as; None without a catalog.
        confidence: of the whole line, 0..1.
        review_below: the setting of that name.
    """
    return confidence < review_below or (product is not None and product.gtin is None)


@dataclass
class Announcer:
    """Makes the cart events of one session.

    Attributes:
        cart: the cart's id, for the events' source.
        session: the session's id, for their subject.
        start: aware time of the footage's first frame.
        digest: of recorded footage; None live, where every event gets an id of its own.
        model: versions of detector and embedder.
        review_below: events less sure than this are marked for review, 0..1.
        pictures: takes a picture of each event.
    """

    cart: str
    session: str
    start: datetime
    digest: str | None
    model: str
    review_below: float
    pictures: Pictures = field(default_factory=Pictures)
    _last: CartEvent | None = None
    _sequence: int = 0
    _in_visit: Counter[int] = field(default_factory=Counter)

    def announce(self, noticed: Noticed) -> CartEvent:
        """Return the next event of the session."""
        event, product = noticed.event, noticed.product
        self._sequence += 1
        self._in_visit[event.visit] += 1
        event_id = self._id(noticed)
        confidence = event.confidence * (product.confidence if product is not None else 1.0)
        self._last = CartEvent(
            id=event_id,
            source=f"/carts/{self.cart}",
            subject=self.session,
            type=EVENT_TYPES[event.action],
            time=self.start + timedelta(seconds=event.time),
            data=EventData(
                sequence=self._sequence,
                media_time=event.time,
                gtin=product.gtin if product is not None else None,
                confidence=confidence,
                candidates=tuple(Candidate(gtin=gtin, confidence=share) for gtin, share in product.candidates)
                if product is not None
                else (),
                entry_method=product.entry_method if product is not None else "camera",
                needs_review=event.unsure or is_doubtful(product, confidence, self.review_below),
                from_initial=event.from_initial,
                visit=event.visit,
                evidence=Evidence(
                    image=self._keep_picture(event_id, noticed),
                    from_=event.began,
                    to=max(event.began, event.ended),
                ),
                model=self.model,
            ),
        )
        return self._last

    def take_back(self, time: float) -> CartEvent | None:
        """Return an event that undoes the last one by the shopper's word; None where there is none to undo.

        It says the same of the same product the other way round. An event undone is not undone again, nor is
        one that waits for review, which is answered there, or that billed nothing.

        Args:
            time: media seconds of the present.
        """
        last, self._last = self._last, None
        if last is None or last.data.needs_review or last.data.from_initial:
            return None
        self._sequence += 1
        undone = {
            "sequence": self._sequence,
            "media_time": time,
            "confidence": 1.0,
            "evidence": Evidence(from_=time, to=time),
        }
        return last.model_copy(
            update={
                "id": event_id_live(),
                "type": EVENT_TYPES["remove" if last.action == "add" else "add"],
                "time": self.start + timedelta(seconds=time),
                "data": last.data.model_copy(update=undone),
            }
        )

    def _id(self, noticed: Noticed) -> UUID:
        event = noticed.event
        if self.digest is None:
            return event_id_live()
        return event_id_recorded(
            self.session, self.digest, event.visit, self._in_visit[event.visit], event.action
        )

    def _keep_picture(self, event_id: UUID, noticed: Noticed) -> str | None:
        snapshot = noticed.snapshot
        return self.pictures.keep(str(event_id), snapshot.image, snapshot.box) if snapshot else None
