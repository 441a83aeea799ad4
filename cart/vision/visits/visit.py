"""A visit: the stretch of time in which a hand, or an item in motion, is in the opening."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cart.vision.boxes import covered
from cart.vision.tracking import likeness
from cart.vision.visits.piece import Piece

_OVER_SECONDS = 0.4
_ALIKE = 0.5
_PART = 0.6  # share of a lost piece's last box within another's home


@dataclass(eq=False, slots=True)
class Visit:
    """One visit.

    Attributes:
        number: from 1.
        began, last_active: media seconds of the first and the last frame that showed activity.
        went_in: pieces seen going in and then lost there, not yet explained.
        cut_off: the camera saw nothing more of it.
        added: pieces that came to rest in it.
        came_out: pieces seen coming out of the cart that were not known to lie in it, not yet explained.
    """

    number: int
    began: float
    last_active: float
    cut_off: bool = False
    went_in: list[Piece] = field(default_factory=list)
    added: list[Piece] = field(default_factory=list)
    came_out: list[Piece] = field(default_factory=list)

    def is_over(self, time: float) -> bool:
        """Tell whether it is over; below a real frame rate a single frame without activity ends it."""
        return self.cut_off or time - self.last_active >= _OVER_SECONDS

    def explain_entry(self, piece: Piece) -> None:
        """Let an item that came to rest be the one that was seen going in before."""
        _take_alike(self.went_in, piece, lambda lost: lost.track.time <= piece.track.first[0])

    def shows_part_of_added(self, piece: Piece) -> bool:
        """Tell whether a lost piece may have been a part, beside a hand, of an item that came to rest."""
        return any(
            other is not piece and other.home is not None and covered(piece.track.box, by=other.home) >= _PART
            for other in self.added
        )

    def explain_exit(self, piece: Piece) -> Piece | None:
        """Return the piece seen coming out which a missing item was, if any."""
        return _take_alike(self.came_out, piece, lambda seen: seen.track.first[0] >= piece.track.time)

    def saw_leaving(self, piece: Piece) -> bool:
        """Tell whether something like a missing piece was seen coming out after it was last seen."""
        return any(
            seen.track.first[0] >= piece.track.time and likeness(seen.track.look, piece.track.look) >= _ALIKE
            for seen in self.came_out
        )

    def cancel_shown(self) -> None:
        """Drop what went in and came out again: an item shown and taken back."""
        for piece in list(self.went_in):
            if self.explain_exit(piece) is not None:
                self.went_in.remove(piece)


def _take_alike(pieces: list[Piece], piece: Piece, fits: Callable[[Piece], bool]) -> Piece | None:
    alike = [p for p in pieces if fits(p) and likeness(p.track.look, piece.track.look) >= _ALIKE]
    best = max(alike, key=lambda p: likeness(p.track.look, piece.track.look), default=None)
    if best is not None:
        pieces.remove(best)
    return best
