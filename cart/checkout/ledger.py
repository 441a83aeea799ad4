"""The rules of a live ledger: entries in order of their sequence become lines, whatever order they came in.

A session's entries are its cart events and what people corrected. Lines are only ever appended: when a late
entry changes what an earlier one meant, its old lines are voided by lines of their own and written anew.
Pure values: no clock, no database, no price list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from cart.events import Action

Kind = Literal["add", "reversal", "initial", "review", "void"]
EntryMethod = Literal["camera", "barcode", "plu", "associate", "shopper"]
Doubt = Literal["unsure", "unknown-product", "no-price", "no-weight", "not-in-tally"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a session's ledger has to account for, once."""

    key: str
    """What makes it the same entry when it comes again."""
    sequence: int
    """The event's sequence, at least 1; of a person's entry the last sequence applied before it."""
    ordinal: int
    """0 for an event, 1, 2, ... for what people entered, counted through the session."""
    action: Action
    gtin: str | None
    """14 digits, None where the product is not known."""
    quantity: int
    at: datetime
    """When the service received it; prices hold from then on."""
    entry_method: EntryMethod = "camera"
    weight: Decimal | None = None
    """Kilograms, of produce sold by weight."""
    doubt: Doubt | None = None
    """Why it waits for review, as it stood when it came; None where it does not."""
    from_initial: bool = False
    image: str | None = None
    """The name that the event gives to its picture."""

    @property
    def position(self) -> tuple[int, int]:
        """Its place in the order in which entries are taken."""
        return self.sequence, self.ordinal


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a person decided about an entry in review."""

    gtin: str | None
    """The product it is, 14 digits; None where it is waived or was there from the start."""
    from_initial: bool = False
    weight: Decimal | None = None
    waived: int = 0
    """How many items in review are let go; what a later replay finds beyond them waits again."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ledger; `number` counts from 1 in its session."""

    number: int
    kind: Kind
    key: str
    """The entry that it accounts for."""
    gtin: str | None
    quantity: int
    at: datetime
    entry_method: EntryMethod
    weight: Decimal | None = None
    reverses: int | None = None
    """The add that a reversal takes from, or the line that a void cancels."""
    reason: Doubt | None = None
    """Why a review waits."""


@dataclass(slots=True)
class OpenAdd:
    """An add and how many of its items are still in the cart."""

    number: int
    gtin: str
    left: int
    at: datetime
    weight: Decimal | None = None


@dataclass(slots=True)
class Book:
    """What a session's lines add up to; entries must be taken in order of their position."""

    next_sequence: int = 1
    """The sequence that comes next; all below are accounted for or given up."""
    lines: int = 0
    """How many lines the ledger has."""
    adds: list[OpenAdd] = field(default_factory=list)
    """Adds with something left, in order of position."""
    initial: list[Line] = field(default_factory=list)
    reviews: dict[str, Line] = field(default_factory=dict)
    """Lines in review by entry key."""

    def decide(self, entry: Entry) -> Iterator[Line]:
        """Yield the lines that account for an entry, unnumbered (number 0), leaving the book as it is.

        - An entry in doubt waits for review; a removal of the start's contents is a zero line.
        - Any other removal reverses the latest adds of its product; what it removes beyond them waits.
        """
        line = Line(
            0, "add", entry.key, entry.gtin, entry.quantity, entry.at, entry.entry_method, entry.weight
        )
        if entry.doubt:
            yield replace(line, kind="review", reason=entry.doubt)
        elif entry.from_initial:
            yield replace(line, kind="initial")
        elif entry.action == "add":
            yield line
        else:
            yield from self._reversals(line)

    def _reversals(self, removal: Line) -> Iterator[Line]:
        left = removal.quantity
        for add in reversed(self.adds):
            if add.gtin == removal.gtin and left:
                taken = min(left, add.left)
                left -= taken
                yield replace(
                    removal, kind="reversal", quantity=taken, reverses=add.number, weight=add.weight
                )
        if left:
            yield replace(removal, kind="review", quantity=left, reason="not-in-tally")

    def take(self, line: Line) -> None:
        """Count a numbered line in. Voids are not taken: they are written only while a book is made anew."""
        if line.kind == "add":
            assert line.gtin is not None
            self.adds.append(OpenAdd(line.number, line.gtin, line.quantity, line.at, line.weight))
        elif line.kind == "initial":
            self.initial.append(line)
        elif line.kind == "review":
            self.reviews[line.key] = line
        elif line.kind == "reversal":
            self._reverse(line)

    def _reverse(self, line: Line) -> None:
        add = next(add for add in reversed(self.adds) if add.number == line.reverses)
        add.left -= line.quantity
        if add.left == 0:
            self.adds.remove(add)

    def append(self, entry: Entry) -> list[Line]:
        """Take an entry that comes after all others taken, and return its lines, numbered."""
        written = [
            replace(line, number=self.lines + place) for place, line in enumerate(self.decide(entry), 1)
        ]
        self.lines += len(written)
        for line in written:
            self.take(line)
        self.next_sequence = max(self.next_sequence, entry.sequence + (entry.ordinal == 0))
        return written

    def in_cart(self, gtin: str) -> int:
        """Return how many items of a product (14 digits) the tally has."""
        return sum(add.left for add in self.adds if add.gtin == gtin)


def resolved(entry: Entry, resolution: Resolution | None) -> Entry:
    """Return an entry as a person's resolution lets it stand."""
    if resolution is None or (resolution.gtin is None and not resolution.from_initial):
        return entry
    return replace(
        entry,
        gtin=resolution.gtin or entry.gtin,
        doubt=None,
        from_initial=resolution.from_initial,
        weight=resolution.weight if resolution.weight is not None else entry.weight,
    )


def rewrite(
    entries: Iterable[Entry], written: Sequence[Line], resolutions: Mapping[str, Resolution], at: datetime
) -> tuple[Book, list[Line]]:
    """Take all entries of a session in order, and return the book and the lines to append to those written.

    Lines that still hold are kept; others are voided and written anew.

    Args:
        entries: all entries that are to be accounted for, in any order.
        written: the ledger so far, in order of number.
        resolutions: what people decided, by entry key.
        at: the time of the voiding lines.
    """
    book, appended = Book(lines=len(written)), list[Line]()
    standing = _standing(written)
    for entry in sorted(entries, key=lambda entry: entry.position):
        wanted = _wanted(book, entry, resolutions.get(entry.key))
        current = standing.pop(entry.key, [])
        if [replace(line, number=0) for line in current] != wanted:
            appended += _void(book, current, at)
            current = _number(book, wanted)
            appended += current
        for line in current:
            book.take(line)
        book.next_sequence = max(book.next_sequence, entry.sequence + (entry.ordinal == 0))
    return book, appended


def _wanted(book: Book, entry: Entry, resolution: Resolution | None) -> list[Line]:
    waived = resolution.waived if resolution else 0
    lines = book.decide(resolved(entry, resolution))
    return [left for line in lines if (left := _less_waived(line, waived))]


def _less_waived(line: Line, waived: int) -> Line | None:
    if line.kind != "review" or not waived:
        return line
    return replace(line, quantity=line.quantity - waived) if line.quantity > waived else None


def _standing(written: Iterable[Line]) -> dict[str, list[Line]]:
    """Return the lines that no void cancels, by entry key."""
    lines = list(written)
    voided = {line.reverses for line in lines if line.kind == "void"}
    standing: dict[str, list[Line]] = {}
    for line in lines:
        if line.kind != "void" and line.number not in voided:
            standing.setdefault(line.key, []).append(line)
    return standing


def _void(book: Book, lines: Iterable[Line], at: datetime) -> list[Line]:
    return _number(
        book, [replace(line, kind="void", reverses=line.number, at=at, reason=None) for line in lines]
    )


def _number(book: Book, lines: Sequence[Line]) -> list[Line]:
    numbered = [replace(line, number=book.lines + place) for place, line in enumerate(lines, 1)]
    book.lines += len(lines)
    return numbered


def sum_up(written: Sequence[Line], order: Mapping[str, tuple[int, int]]) -> Book:
    """Return the book that a whole ledger adds up to, from its lines alone (without `next_sequence`).

    Args:
        written: all lines, in order of number.
        order: position of each entry, by key; it gives the adds their order.
    """
    book = Book(lines=len(written))
    standing = [line for lines in _standing(written).values() for line in lines]
    for line in sorted(standing, key=lambda line: (order[line.key], line.number)):
        book.take(line)
    return book


def due(book: Book, ahead: Iterable[Entry], waited_since: datetime) -> tuple[list[Entry], list[Entry]]:
    """Part the events that came ahead of the book: those to take now, in order, and those that still wait.

    An event is due when no gap is before it, or when it, or one behind it, came at `waited_since` or earlier:
    the gap is then given up.
    """
    ordered = sorted(ahead, key=lambda entry: entry.position)
    given_up = max((entry.sequence for entry in ordered if entry.at <= waited_since), default=0)
    ready, waiting, expected = list[Entry](), list[Entry](), book.next_sequence
    for entry in ordered:
        if entry.sequence <= max(expected, given_up):
            ready.append(entry)
            expected = entry.sequence + 1
        else:
            waiting.append(entry)
    return ready, waiting
