"""The service held to a plain model over random histories.

`CART_HISTORIES=2000 pytest tests/checkout/test_histories.py` runs thousands; by default it is a hundred
on each database.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cart.checkout.problems import Conflict, EventsPending, ReviewsWaiting
from cart.checkout.service import catalogs, reviews, sessions
from cart.checkout.service.ingest import take_events, take_mixed
from cart.checkout.service.keys import Caller
from cart.checkout.service.tallies import Tallies
from cart.checkout.service.upkeep import check_session
from cart.checkout.service.work import Service
from cart.checkout.tables import entries
from cart.events import CartEvent
from cart.settings import ServiceSettings

HISTORIES = int(os.environ.get("CART_HISTORIES", "100"))
GAP = timedelta(seconds=30)
Key = tuple[str, int]
"""An event by its sequence, or a correction by its place among them."""
GTINS = ("4006381333931", "96385074", "614141000036")
UNKNOWN = "2000000040110"
ADMIN = Caller("admin", "admin", None)
_numbers = count(1)


@dataclass
class Told:
    """What an event or a correction says."""

    action: str
    gtin: str
    quantity: int
    at: datetime
    doubtful: bool = False
    from_initial: bool = False


@dataclass
class Replay:
    """What a cart comes to."""

    cart: list[list[Any]] = field(default_factory=list)
    """[gtin, quantity, since], in the order in which they went in."""
    waiting: dict[Key, int] = field(default_factory=dict)
    zero: int = 0
    """Items that lay in the cart at the start and were taken out."""


class Model:
    """A cart's tally, computed anew from everything that ever happened, with no thought for speed."""

    def __init__(self) -> None:
        self.events: dict[int, tuple[CartEvent, datetime]] = {}
        self.corrections: list[tuple[int, Told]] = []
        self.decisions: dict[Key, tuple[str, Any]] = {}
        self.prices: list[tuple[datetime, str, str, int | None]] = []
        self.next = 1

    def advance(self, now: datetime) -> None:
        while True:
            if self.next in self.events:
                self.next += 1
                continue
            ahead = [number for number in self.events if number > self.next]
            if not any(self.events[number][1] <= now - GAP for number in ahead):
                return
            self.next = min(ahead)

    def replay(self) -> Replay:
        replay = Replay()
        for number in range(self.next):
            if number in self.events:
                self._take(("event", number), self._told(number), replay)
            for place, (after, told) in enumerate(self.corrections, 1):
                if after == number:
                    self._take(("correction", place), told, replay)
        return replay

    def _told(self, number: int) -> Told:
        event, at = self.events[number]
        data = event.data
        doubtful = data.needs_review or (event.gtin == UNKNOWN and not data.from_initial)
        return Told(event.action, str(event.gtin), data.quantity, at, doubtful, data.from_initial)

    def _take(self, key: Key, told: Told, replay: Replay) -> None:
        kind, value = self.decisions.get(key, ("", 0))
        doubtful = told.doubtful and kind not in ("product", "from_initial")
        from_initial = kind == "from_initial" or (told.from_initial and kind != "product")
        if doubtful:
            left = told.quantity
        elif from_initial:
            left, replay.zero = 0, replay.zero + told.quantity
        else:
            gtin = value if kind == "product" else told.gtin
            left = self._move(replay.cart, told.action, gtin, told.quantity, told.at)
        left -= value if kind == "waive" else 0
        if left > 0:
            replay.waiting[key] = left

    @staticmethod
    def _move(cart: list[list[Any]], action: str, gtin: Any, quantity: int, at: datetime) -> int:
        """Add items, or take them out, latest first; return how many could not be taken out."""
        if action == "add":
            cart.append([gtin, quantity, at])
            return 0
        while (
            quantity
            and (place := max((i for i, item in enumerate(cart) if item[0] == gtin), default=None))
            is not None
        ):
            cart[place][1] -= 1
            quantity -= 1
            if not cart[place][1]:
                del cart[place]
        return quantity

    def price_at(self, gtin: str, at: datetime) -> int:
        known = [price for price in sorted(self.prices, key=lambda price: price[0]) if price[0] <= at]
        by_scope = {scope: amount for _, scope, priced, amount in known if priced == gtin}
        store, region = by_scope.get("store"), by_scope["region"]
        assert region is not None
        return region if store is None else store

    def lowest(self, gtin: str, since: datetime, until: datetime) -> int:
        times = [since] + [price[0] for price in self.prices if since < price[0] <= until]
        return min(self.price_at(gtin, time) for time in times)

    def tally(self, now: datetime) -> tuple[Counter[tuple[str, int]], int, int]:
        """Return items by product and price, and how many events wait for review and for a gap."""
        replay = self.replay()
        items: Counter[tuple[str, int]] = Counter()
        for gtin, quantity, since in replay.cart:
            items[gtin, self.lowest(gtin, since, now)] += quantity
        return items, len(replay.waiting), sum(number >= self.next for number in self.events)


_ONE = st.tuples(
    st.sampled_from(["add", "add", "add", "remove"]),
    st.sampled_from([*GTINS, *GTINS, UNKNOWN]),
    st.integers(1, 2),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
)
_PLACES = st.integers(0, 11)


class Histories(RuleBasedStateMachine):
    """Everything that can happen to one open session."""

    service: Service
    clock: Callable[[], datetime]
    make_event: Callable[..., CartEvent]

    @initialize(script=st.lists(_ONE, min_size=1, max_size=12))
    def begin(self, script: list[Any]) -> None:
        number = next(_numbers)
        self.region, self.store, self.session = f"r{number}", f"s{number}", f"t{number}"
        self.cart = f"c{number}"
        self.model = Model()
        self.tallies = Tallies(self.service)
        self.script = [self._event(place, *one) for place, one in enumerate(script, 1)]
        with self.service.work() as work:
            catalogs.put_store(work, catalogs.StoreSettings(self.store, self.region, "EUR", "S"))
            for gtin in GTINS:
                catalogs.put_product(work, catalogs.ProductSettings(gtin, gtin))
            sessions.open_session(work, self.cart, self.store, self.session)
        for gtin in GTINS:
            self._set_price("region", gtin, 300, 0)

    def _event(
        self, number: int, action: Any, gtin: str, quantity: int, doubtful: bool, initial: bool
    ) -> CartEvent:
        more = {"quantity": quantity, "needs_review": doubtful, "cart": self.cart}
        more["from_initial"] = initial and action == "remove"
        return type(self).make_event(number, action, gtin, self.session, self.clock(), **more)

    def _set_price(self, scope: Any, gtin: str, amount: int | None, later: int) -> None:
        since = self.clock() + timedelta(seconds=later)
        place = self.region if scope == "region" else self.store
        with self.service.work() as work:
            catalogs.set_price(work, catalogs.NewPrice(gtin, scope, place, amount, "EUR", since))
        self.model.prices.append((since, scope, gtin, amount))

    def _chosen(self, places: list[int]) -> list[CartEvent]:
        return [self.script[place % len(self.script)] for place in places]

    def _note(self, events: list[CartEvent]) -> None:
        for event in events:
            self.model.events.setdefault(event.data.sequence, (event, self.clock()))
        self.model.advance(self.clock())

    @rule(places=st.lists(_PLACES, min_size=1, max_size=6), mixed=st.booleans())
    def send(self, places: list[int], mixed: bool) -> None:
        events = self._chosen(places)
        new = {event.id for event in events} - {event.id for event, _ in self.model.events.values()}
        with self.service.work() as work:
            results = take_mixed(work, events) if mixed else take_events(work, self.session, events)
        self._note(events)
        fresh = [result for result in results if result.status != "duplicate"]
        assert {result.id for result in fresh} == {str(event) for event in new}
        assert all(result.status in ("applied", "pending") for result in fresh)

    @rule(
        first=st.lists(_PLACES, min_size=1, max_size=5),
        second=st.lists(_PLACES, min_size=1, max_size=5),
        gtin=st.sampled_from(GTINS),
        amount=st.sampled_from([100, 200, 300]),
    )
    def do_at_once(self, first: list[int], second: list[int], gtin: str, amount: int) -> None:
        batches = [self._chosen(first), self._chosen(second)]

        def send(batch: list[CartEvent]) -> None:
            with self.service.work() as work:
                take_events(work, self.session, batch)

        with ThreadPoolExecutor(4) as threads:
            doing = [threads.submit(send, batch) for batch in batches]
            doing.append(threads.submit(self._set_price, "region", gtin, amount, 0))
            doing.append(threads.submit(self._correct, "add", gtin, 1))
            for one in doing:
                one.result()
        self._note([event for batch in batches for event in batch])
        self._note_correction("add", gtin, 1)

    @rule(other=_PLACES)
    def send_what_must_be_refused(self, other: int) -> None:
        event = self._chosen([other])[0]
        taken = event.model_copy(update={"id": uuid4()})
        foreign = event.model_copy(update={"id": uuid4(), "source": "/carts/other"})
        if event.data.sequence in self.model.events:
            with self.service.work() as work:
                results = take_events(work, self.session, [taken, foreign])
            self.model.advance(self.clock())
            assert [result.status for result in results] == ["refused", "refused"]

    @rule(
        scope=st.sampled_from(["region", "store"]),
        gtin=st.sampled_from(GTINS),
        amount=st.sampled_from([None, 100, 200, 300, 400]),
        later=st.sampled_from([0, 0, 5, 25]),
    )
    def change_price(self, scope: str, gtin: str, amount: int | None, later: int) -> None:
        if amount is not None or scope == "store":
            self._set_price(scope, gtin, amount, later)

    @rule(seconds=st.sampled_from([0.001, 1, 10, 31]))
    def wait(self, seconds: float) -> None:
        self.clock.forward(seconds)

    @rule()
    def send_what_is_left_late(self) -> None:
        self.clock.forward(31)
        self.tallies.read(self.session)
        self.model.advance(self.clock())
        with self.service.work() as work:
            take_events(work, self.session, self.script[::-1])
        self._note(self.script)

    def _correct(self, action: Any, gtin: str, quantity: int) -> None:
        with self.service.work() as work:
            sessions.correct(work, self.session, sessions.Correction(action, gtin, None, quantity), ADMIN)

    def _entry(self, *where: sa.ColumnElement[bool]) -> Any:
        with self.service.reading() as work:
            return work.tx.execute(sa.select(entries).where(entries.c.session == self.session, *where)).one()

    def _note_correction(self, action: Any, gtin: str, quantity: int) -> None:
        entry = self._entry(entries.c.ordinal == len(self.model.corrections) + 1)
        self.model.corrections.append((entry.sequence, Told(action, gtin, quantity, self.clock())))

    @rule(gtin=st.sampled_from(GTINS), quantity=st.integers(1, 2), action=st.sampled_from(["add", "remove"]))
    def correct(self, gtin: str, quantity: int, action: Any) -> None:
        there = sum(item[1] for item in self.model.replay().cart if item[0] == gtin)
        if action == "remove" and there < quantity:
            with pytest.raises(Conflict):
                self._correct(action, gtin, quantity)
            return
        self._correct(action, gtin, quantity)
        self._note_correction(action, gtin, quantity)
        assert self.model.corrections[-1][0] == self.model.next - 1

    @precondition(lambda self: self.model.replay().waiting)
    @rule(
        place=_PLACES,
        choice=st.sampled_from(["product", "product", "waive", "from_initial"]),
        gtin=st.sampled_from(GTINS),
    )
    def decide(self, place: int, choice: Any, gtin: str) -> None:
        waiting = self.model.replay().waiting
        key = sorted(waiting)[place % len(waiting)]
        before = self.model.decisions.get(key)
        waived = before[1] if before and before[0] == "waive" else 0
        values = {"product": gtin, "waive": waiting[key] + waived, "from_initial": None}
        self.model.decisions[key] = choice, values[choice]
        decision = reviews.Decision(choice, gtin if choice == "product" else None)
        if self.model.replay().waiting.get(key, 0) < waiting[key]:
            self._decide(key, decision)
            return
        with pytest.raises(Conflict):
            self._decide(key, decision)
        del self.model.decisions[key]
        if before:
            self.model.decisions[key] = before

    def _decide(self, key: Key, decision: reviews.Decision) -> None:
        kind, number = key
        ordinal = number if kind == "correction" else 0
        where = [entries.c.ordinal == ordinal]
        if kind == "event":
            where.append(entries.c.sequence == number)
        with self.service.work() as work:
            reviews.resolve(work, self.session, self._entry(*where).id, decision, "test")

    @rule(seconds=st.sampled_from([1, 31]), gtin=st.sampled_from(GTINS), amount=st.sampled_from([50, 400]))
    def check_out_and_go_on(self, seconds: float, gtin: str, amount: int) -> None:
        items, waiting, pending = self.model.tally(self.clock())
        if waiting or pending:
            problem = EventsPending if pending else ReviewsWaiting
            with pytest.raises(problem), self.service.work() as work:
                sessions.check_out(work, self.session)
            return
        with self.service.work() as work:
            sessions.check_out(work, self.session)
        self.clock.forward(seconds)
        self._set_price("region", gtin, amount, 0)
        assert self._told_items() == items
        stranger = self.script[0].model_copy(update={"id": uuid4()})
        with self.service.work() as work:
            (result,) = take_events(work, self.session, [stranger])
            sessions.reopen(work, self.session)
        assert result.status == "refused"

    def _told_items(self) -> Counter[tuple[str, int]]:
        lines = json.loads(self.tallies.read(self.session).body)["lines"]
        billed = [line for line in lines if not line["needs_review"] and not line["from_initial"]]
        return Counter({(line["gtin"], line["unit_price"]): line["quantity"] for line in billed})

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "model"):
            return
        self.model.advance(self.clock())
        told = json.loads(self.tallies.read(self.session).body)
        items, waiting, pending = self.model.tally(self.clock())
        assert self._told_items() == items
        assert told["total"] == sum(price * number for (_, price), number in items.items())
        assert (told["pending_reviews"], told["pending_events"]) == (waiting, pending)
        zero = sum(line["quantity"] for line in told["lines"] if line["from_initial"])
        assert zero == self.model.replay().zero

    def teardown(self) -> None:
        if hasattr(self, "session"):
            with self.service.work() as work:
                assert check_session(work, self.session) is None
                listed = reviews.list_reviews(work, session=self.session)
            assert len(listed) == len(self.model.replay().waiting)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_service_and_a_plain_model_never_differ(
    databases, hasty_store, make_cart_event, clock, kind: str
) -> None:
    url = databases.make(kind)
    service = Service(hasty_store(url), ServiceSettings(database=url), clock)
    machine = type(
        "Machine",
        (Histories,),
        {"service": service, "clock": clock, "make_event": staticmethod(make_cart_event)},
    )
    given = {"deadline": None, "suppress_health_check": list(HealthCheck)}
    profile = settings(max_examples=HISTORIES, stateful_step_count=15, **given)
    run_state_machine_as_test(machine, settings=profile)
    service.store.close()
