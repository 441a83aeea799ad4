from datetime import UTC, datetime, timedelta
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from cart.checkout.ledger import Book, Entry, Resolution, due, rewrite, sum_up

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
TEA, RICE = "04006381333931", "00000096385074"


def _entry(sequence: int, action="add", gtin=TEA, quantity=1, **rest) -> Entry:
    return Entry(f"e{sequence}", sequence, 0, action, gtin, quantity, START, **rest)


def _kinds(book: Book, *entries: Entry) -> list[tuple[str, int, int | None]]:
    return [(line.kind, line.quantity, line.reverses) for entry in entries for line in book.append(entry)]


def test_a_removal_reverses_the_latest_adds_and_reviews_the_rest() -> None:
    book = Book()
    told = _kinds(book, _entry(1, quantity=2), _entry(2), _entry(3, "remove", quantity=5))
    assert told == [
        ("add", 2, None),
        ("add", 1, None),
        ("reversal", 1, 2),
        ("reversal", 2, 1),
        ("review", 2, None),
    ]
    assert (book.adds, list(book.reviews), book.next_sequence) == ([], ["e3"], 4)


def test_a_removal_from_the_start_s_contents_is_a_zero_line() -> None:
    book = Book()
    assert _kinds(book, _entry(1), _entry(2, "remove", from_initial=True)) == [
        ("add", 1, None),
        ("initial", 1, None),
    ]
    assert book.in_cart(TEA) == 1


def test_what_is_in_doubt_waits() -> None:
    book = Book()
    assert _kinds(book, _entry(1, doubt="unsure"), _entry(2, "remove")) == [
        ("review", 1, None),
        ("review", 1, None),
    ]


def test_a_late_event_is_put_right_by_further_lines() -> None:
    book = Book()
    first, third = _entry(1), _entry(3, "remove")
    written = [*book.append(first), *book.append(third)]
    book, more = rewrite([first, third, _entry(2)], written, {}, START)
    assert [(line.kind, line.key, line.reverses) for line in more] == [
        ("add", "e2", None),
        ("void", "e3", 2),
        ("reversal", "e3", 3),
    ]
    assert [add.number for add in book.adds] == [1]


def test_a_resolution_writes_the_line_anew() -> None:
    book = Book()
    unsure = _entry(1, doubt="unsure", gtin=None)
    written = book.append(unsure)
    book, more = rewrite([unsure], written, {"e1": Resolution(RICE)}, START)
    assert [(line.kind, line.gtin) for line in more] == [("void", None), ("add", RICE)]
    assert rewrite([unsure], written, {"e1": Resolution(None, waived=1)}, START)[0].reviews == {}


def _waiting(book: Book) -> dict[str, tuple[int, str | None]]:
    return {key: (line.quantity, line.reason) for key, line in book.reviews.items()}


def test_a_resolved_removal_that_a_late_event_leaves_without_its_add_waits_again() -> None:
    book, resolutions = Book(), {"e4": Resolution(TEA)}
    entries = [_entry(1), _entry(4, "remove", gtin=None, doubt="unsure")]
    written = [line for entry in entries for line in book.append(entry)]
    book, more = rewrite(entries, written, resolutions, START)
    assert _waiting(book) == {}
    book, _ = rewrite([*entries, _entry(2, "remove")], written + more, resolutions, START)
    assert _waiting(book) == {"e4": (1, "not-in-tally")}


def test_what_a_late_event_leaves_beyond_what_was_waived_waits_again() -> None:
    book, resolutions = Book(), {"e4": Resolution(None, waived=1)}
    entries = [_entry(1, quantity=2), _entry(4, "remove", quantity=3)]
    written = [line for entry in entries for line in book.append(entry)]
    assert _waiting(book) == {"e4": (1, "not-in-tally")}
    book, more = rewrite(entries, written, resolutions, START)
    assert _waiting(book) == {}
    book, _ = rewrite([*entries, _entry(2, "remove")], written + more, resolutions, START)
    assert _waiting(book) == {"e4": (1, "not-in-tally")}


def test_events_behind_a_gap_wait_until_it_is_given_up() -> None:
    book = Book(next_sequence=2)
    ahead = [_entry(number) for number in (5, 4, 2, 7)]
    ready, waiting = due(book, ahead, START - timedelta(seconds=1))
    assert ([entry.sequence for entry in ready], [entry.sequence for entry in waiting]) == ([2], [4, 5, 7])
    ready, waiting = due(book, ahead, START)
    assert ([entry.sequence for entry in ready], waiting) == ([2, 4, 5, 7], [])


_EVENT = st.tuples(st.sampled_from(["add", "remove"]), st.sampled_from([TEA, RICE]), st.integers(1, 3))
_EVENTS = st.lists(_EVENT, max_size=12)


@given(_EVENTS, st.randoms(use_true_random=False))
def test_the_tally_does_not_depend_on_the_order_of_arrival(events, random) -> None:
    entries = [_entry(number, *event) for number, event in enumerate(events, 1)]
    straight = Book()
    for entry in entries:
        straight.append(entry)
    arrived, written, came = Book(), [], random.sample(entries, len(entries))
    for several in accumulate([[entry] for entry in came]):
        arrived, more = rewrite(several, written, {}, START)
        written += more
    assert [(add.gtin, add.left) for add in arrived.adds] == [(add.gtin, add.left) for add in straight.adds]
    assert {key: line.quantity for key, line in arrived.reviews.items()} == {
        key: line.quantity for key, line in straight.reviews.items()
    }
    rebuilt = sum_up(written, {entry.key: entry.position for entry in entries})
    rebuilt.next_sequence = arrived.next_sequence
    assert rebuilt == arrived
    assert [line.number for line in written] == list(range(1, len(written) + 1))
