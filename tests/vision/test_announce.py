"""What the camera noticed becomes a numbered, dated and signed event."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from cart.vision.album import Snapshot
from cart.vision.announce import Announcer, is_doubtful
from cart.vision.evidence import EvidenceFolder, Pictures
from cart.vision.pipeline import Noticed
from cart.vision.recognition import Crop, Recognition
from cart.vision.visits import VisitEvent

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
TEA = "4006381333931"
ADDED = VisitEvent(
    action="add",
    time=2.5,
    piece=1,
    visit=3,
    confidence=0.9,
    unsure=False,
    from_initial=False,
    began=2.0,
    ended=2.8,
    seen=1,
)


def announcer(**changes: Any) -> Announcer:
    given: dict[str, Any] = {"cart": "7", "session": "s-1", "start": START, "digest": "ab" * 32}
    return Announcer(**given | {"model": "m-1", "review_below": 0.5} | changes)


def noticed(product: Recognition | None = None, snapshot: Snapshot | None = None, **changes: Any) -> Noticed:
    return Noticed(replace(ADDED, **changes), product, snapshot)


def snapshot() -> Snapshot:
    image = np.full((50, 60, 3), 120, np.uint8)
    return Snapshot(2.5, image, (10, 10, 50, 40), Crop(image[10:40, 10:50]))


def test_what_was_noticed_is_told_in_the_words_of_the_contract() -> None:
    event = announcer().announce(noticed())

    assert (event.source, event.subject, event.type) == ("/carts/7", "s-1", "cart.item.added")
    assert event.time == START + timedelta(seconds=2.5)
    data = event.data
    assert (data.sequence, data.media_time, data.visit, data.quantity) == (1, 2.5, 3, 1)
    assert (data.gtin, data.candidates, data.entry_method, data.confidence) == (None, (), "camera", 0.9)
    assert (data.needs_review, data.from_initial, data.model) == (False, False, "m-1")
    assert (data.evidence.image, data.evidence.from_, data.evidence.to) == (None, 2.0, 2.8)


def test_events_are_numbered_from_one() -> None:
    ours = announcer()

    assert [ours.announce(noticed()).data.sequence for _ in range(3)] == [1, 2, 3]


def test_the_same_footage_gives_the_same_ids_and_no_two_alike() -> None:
    happened = [noticed(), noticed(), noticed(action="remove"), noticed(visit=4)]
    first, second = announcer(), announcer(cart="8", model="m-2", start=START + timedelta(days=1))
    ids = [first.announce(one).id for one in happened]

    assert [second.announce(one).id for one in happened] == ids
    assert len(set(ids)) == len(ids)
    assert {one.version for one in ids} == {5}


@pytest.mark.parametrize("change", [{"session": "s-2"}, {"digest": "cd" * 32}])
def test_another_session_or_footage_gives_other_ids(change: dict[str, str]) -> None:
    assert announcer(**change).announce(noticed()).id != announcer().announce(noticed()).id


def test_live_every_event_has_an_id_of_its_own() -> None:
    live = announcer(digest=None)
    ids = [live.announce(noticed()).id for _ in range(3)]

    assert len(set(ids)) == 3
    assert {one.version for one in ids} == {7}


def test_a_product_is_named_with_its_rivals_and_both_doubts_count() -> None:
    product = Recognition(TEA, 0.8, ((TEA, 0.8), ("96385074", 0.15)), "barcode")

    data = announcer().announce(noticed(product)).data

    assert (data.gtin, data.entry_method) == (TEA, "barcode")
    assert [(one.gtin, one.confidence) for one in data.candidates] == [(TEA, 0.8), ("96385074", 0.15)]
    assert data.confidence == pytest.approx(0.72)
    assert not data.needs_review


@pytest.mark.parametrize(
    ("product", "changes"),
    [
        (None, {"unsure": True}),
        (None, {"confidence": 0.49}),
        (Recognition(None, 0.95), {}),
        (Recognition(TEA, 0.5), {}),
    ],
    ids=["unsure", "improbable", "unknown product", "doubtful product"],
)
def test_what_is_doubtful_is_to_be_reviewed(product: Recognition | None, changes: dict[str, Any]) -> None:
    assert announcer().announce(noticed(product, **changes)).data.needs_review


def test_a_removal_of_what_lay_there_at_the_start() -> None:
    event = announcer().announce(noticed(action="remove", from_initial=True))

    assert (event.type, event.data.from_initial) == ("cart.item.removed", True)


def test_evidence_never_ends_before_it_begins() -> None:
    evidence = announcer().announce(noticed(began=2.5, ended=2.4)).data.evidence

    assert (evidence.from_, evidence.to) == (2.5, 2.5)


def test_the_picture_is_kept_under_the_events_id(tmp_path: Path) -> None:
    event = announcer(pictures=Pictures(EvidenceFolder(tmp_path))).announce(noticed(snapshot=snapshot()))

    assert event.data.evidence.image == f"{event.id}.jpg"
    picture = cv2.imread(str(tmp_path / f"{event.id}.jpg"))
    assert picture is not None
    assert picture.shape == (36, 48, 3)


def test_an_item_never_seen_alone_has_no_picture(tmp_path: Path) -> None:
    event = announcer(pictures=Pictures(EvidenceFolder(tmp_path))).announce(noticed())

    assert event.data.evidence.image is None
    assert list(tmp_path.iterdir()) == []


def test_the_last_event_is_taken_back_once() -> None:
    ours = announcer(digest=None)
    added = ours.announce(noticed())

    undone = ours.take_back(9.5)

    assert undone is not None
    assert (undone.action, undone.gtin, undone.media_time) == ("remove", added.gtin, 9.5)
    assert (undone.data.sequence, undone.data.confidence, undone.data.evidence.image) == (2, 1.0, None)
    assert undone.id != added.id
    assert ours.take_back(9.6) is None
    assert ours.announce(noticed()).data.sequence == 3


@pytest.mark.parametrize("changes", [{"unsure": True}, {"action": "remove", "from_initial": True}])
def test_what_was_not_billed_is_not_taken_back(changes: dict[str, Any]) -> None:
    ours = announcer(digest=None)
    ours.announce(noticed(**changes))

    assert ours.take_back(9.5) is None


@pytest.mark.parametrize(
    ("product", "confidence", "doubtful"),
    [
        (Recognition(TEA, 0.9), 0.5, False),
        (Recognition(TEA, 0.9), 0.49, True),
        (Recognition(None, 0.9), 0.9, True),
        (None, 0.9, False),
    ],
)
def test_a_line_is_doubtful_by_its_product(
    product: Recognition | None, confidence: float, doubtful: bool
) -> None:
    assert is_doubtful(product, confidence, review_below=0.5) is doubtful
