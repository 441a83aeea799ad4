"""Events that were decided and wait to be taken."""

from dataclasses import replace

from cart.vision.visits.observation import Action, VisitEvent
from cart.vision.visits.piece import Piece
from cart.vision.visits.visit import Visit


class Teller:
    """Collects the events of a frame."""

    def __init__(self) -> None:
        self._events: list[VisitEvent] = []

    def take(self) -> list[VisitEvent]:
        """Return the events told since they were last taken."""
        events, self._events = self._events, []
        return events

    def take_unsure(self) -> list[VisitEvent]:
        """Return the same, all of them unsure."""
        return [replace(event, unsure=True) for event in self.take()]

    def tell(
        self,
        action: Action,
        piece: Piece,
        time: float,
        confidence: float,
        *,
        ended: float,
        visit: Visit,
        unsure: bool,
        seen: Piece | None = None,
    ) -> None:
        """Tell an event of a piece in a visit, at media seconds `time`; the visit's frames end at `ended`.

        `seen` is the piece whose sights show it, where that is another.
        """
        self._events.append(
            VisitEvent(
                action=action,
                time=time,
                piece=piece.id,
                visit=visit.number,
                confidence=min(0.999, confidence),
                unsure=unsure,
                from_initial=action == "remove" and piece.initial,
                began=min(time, visit.began),
                ended=ended,
                seen=piece.id if seen is None else seen.id,
            )
        )
