"""The parts of `make evaluate`, on data made up for them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from cart.catalog import load_catalog
from cart.evaluation import Truth, evaluate
from cart.events import CartEvent
from cart.scenes.products.range import products
from cart.vision.embedding import Calibration
from cart.vision.gallery import Gallery
from cart.vision.recognition import Crop, Recogniser

Load = Callable[[str], ModuleType]
GOODS = products(seed=3)
RED, GREEN, BLUE = (one.gtin for one in GOODS[:3])
COLOURS = {RED: (0, 0, 255), GREEN: (0, 255, 0), BLUE: (255, 0, 0)}
GREY = (120, 120, 120)


class MeanColour:
    """Embeds a picture as its mean colour."""

    version, length, calibration = "mean-colour", 3, Calibration()

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        means = np.array([image.reshape(-1, 3).mean(axis=0) for image in images], np.float32).reshape(-1, 3)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


def plain(colour: tuple[int, int, int], side: int = 50) -> NDArray[np.uint8]:
    return np.full((side, side, 3), colour, np.uint8)


@pytest.fixture
def gallery() -> Gallery:
    vectors = MeanColour().embed([plain(colour) for colour in COLOURS.values()])
    return Gallery(tuple(COLOURS), vectors, np.arange(3, dtype=np.int32))


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    """One scene of one still: red in the pile, green in hand, and three things that do not count."""
    image = plain(GREY, 200)
    image[10:60, 10:60], image[100:150, 100:150] = COLOURS[RED], COLOURS[GREEN]
    items = [
        {"gtin": RED, "box": [10, 10, 60, 60], "share": 1.0, "filled": 0.9, "held": False},
        {"gtin": GREEN, "box": [100, 100, 150, 150], "share": 0.8, "filled": 0.9, "held": True},
        {"gtin": BLUE, "box": [0, 0, 50, 50], "share": 0.39, "filled": 0.9, "held": False},
        {"gtin": BLUE, "box": [0, 0, 50, 15], "share": 1.0, "filled": 0.9, "held": False},
        {"gtin": "bag", "box": [0, 0, 50, 50], "share": 1.0, "filled": 0.9, "held": False},
    ]
    for name in ("images", "items", "labels"):
        (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / "images" / "00004_0.jpg"), image)
    (tmp_path / "items" / "00004_0.json").write_text(json.dumps(items))
    (tmp_path / "labels" / "00004_0.txt").write_text("0 0.05 0.175 0.1 0.25\n1 0.2 0.2 0.1 0.1\n")
    script = {"initial": [RED, BLUE], "steps": [{"do": "add", "product": GREEN, "second": None}]}
    (tmp_path / "manifest.jsonl").write_text(json.dumps({"seed": 4, "script": script}) + "\n")
    return tmp_path


def test_items_are_cut_out_of_stills(load: Load, stills: Path) -> None:
    sights = load("accuracy_parts.sights")
    ((labels, known),) = sights.read_scenes(stills)

    scene = sights.see(labels, known)

    assert [(one.gtin, one.held, one.length) for one in scene.sights] == [(RED, False, 50), (GREEN, True, 50)]
    assert scene.products == {RED, GREEN, BLUE}
    assert scene.left_out == 2
    assert scene.sights[0].crop.covered == pytest.approx(0.2)  # the hand's box reaches 10 px into it
    assert scene.sights[1].crop.covered >= 0.5


def test_the_own_product_is_ranked_among_all(load: Load, gallery: Gallery) -> None:
    part, sight = load("accuracy_parts.recognition"), load("accuracy_parts.sights").Sight
    seen = [sight(RED, Crop(plain(COLOURS[RED], 30)), held=True)]
    seen += [sight(RED, Crop(plain((0, 150, 100), 60)), held=False)]  # greener than red

    found = list(part.rank(seen, gallery, MeanColour()))
    rows = {row.what: row for row in part.counted(found, len(gallery), left_out=7)}

    assert [(one.nearest, one.rank) for one in found] == [(RED, 0), (GREEN, 1)]
    counts = {
        what: (row.figures["successes"], row.figures["trials"]) for what, row in rows.items() if "top" in what
    }
    assert counts["top-1"] == (1, 2)
    assert counts["top-5"] == (2, 2)
    assert counts["top-1, in hand"] == (1, 1)
    assert counts["top-1, in the pile"] == (0, 1)
    assert counts["top-1, under 40 px long"] == (1, 1)
    assert counts["top-1, 40 to 70 px long"] == (0, 1)
    assert rows["products with a crop"].figures["successes"] == 1
    assert (rows["top-1"].held, rows["top-5"].held) == (False, True)


def test_twins_that_differ_in_size_alone_are_told_from_those_of_another_taste(load: Load) -> None:
    only_size_differs = load("accuracy_parts.recognition").only_size_differs
    twins = [(a, b) for a in GOODS for b in GOODS if a.family == b.family and a.amount != b.amount]
    sizes = [(a, b) for a, b in twins if (a.title, a.taste) == (b.title, b.taste)]
    tastes = [(a, b) for a in GOODS for b in GOODS if a.family == b.family and a.taste != b.taste]

    assert sizes
    assert tastes
    assert all(only_size_differs(a.gtin, b.gtin) for a, b in sizes)
    assert not any(only_size_differs(a.gtin, b.gtin) for a, b in tastes)


def test_an_add_and_a_removal_are_made_of_each_product_and_each_crop(load: Load, gallery: Gallery) -> None:
    part, sights = load("accuracy_parts.singles"), load("accuracy_parts.sights")
    greenish = Crop(plain((0, 200, 150)))
    seen = tuple(sights.Sight(RED, crop, held=False) for crop in (Crop(plain(COLOURS[RED])), greenish))
    scene = sights.Scene(seen, frozenset({RED, BLUE}), left_out=0)

    found = list(part.singles(scene, Recogniser(gallery, MeanColour())))

    assert [(one.action, one.fused) for one in found] == [
        ("add", True), ("remove", True), ("add", False), ("remove", False), ("add", False), ("remove", False)
    ]  # fmt: skip
    single = [(one.right, one.marked) for one in found[2:]]
    assert single == [(True, False), (True, False), (False, False), (False, True)]  # no green in that cart


def test_singles_are_judged_from_two_thousand_on(load: Load) -> None:
    part = load("accuracy_parts.singles")
    one = part.Single("add", fused=True, marked=False, right=True)
    doubtful = part.Single("add", fused=True, marked=True, right=False)

    enough = list(part.counted([one] * 1800 + [doubtful] * 200))[:2]
    marked = list(part.counted([one] * 1799 + [doubtful] * 201))[:2]
    few = list(part.counted([one] * 1999))[:2]

    assert [row.held for row in enough] == [True, True]
    assert [row.held for row in marked] == [True, False]
    assert [row.held for row in few] == [None, None]


def test_unmarked_lines_that_are_false_or_name_another_product_are_wrong(
    load: Load, make_event: Callable[..., CartEvent], make_catalog: Callable[..., Path]
) -> None:
    part = load("accuracy_parts.trips")
    catalog = load_catalog(
        make_catalog("gtin,name,price,currency", *(f"{gtin},{gtin},1,EUR" for gtin in COLOURS))
    )
    truth = Truth.model_validate(
        {
            "initial": {},
            "events": [
                {"t": 1, "action": "add", "product": RED},
                {"t": 5, "action": "add", "product": GREEN},
            ],
            "final": {RED: 1, GREEN: 1},
            "tolerance_s": 1.0,
        }
    )
    right, confused = make_event("add", RED, 1.2), make_event("add", BLUE, 5.0)
    false, marked = make_event("add", RED, 9.0), make_event("add", RED, 12.0, needs_review=True)
    report = evaluate([right, confused, false, marked], truth, catalog)

    wrong = part.wrong_of([right, confused, false], report, catalog)
    rows = list(part.pooled([part.Judged(report, 3, wrong)] * 12))

    assert [(one.t, one.product) for one in wrong] == [(5.0, f"{BLUE:0>14}"), (9.0, f"{RED:0>14}")]
    by_action, by_product, inexact, unmarked = rows
    assert by_action.figures["f1"] == pytest.approx(2 * 2 / (2 * 2 + 0 + 2))
    assert by_product.figures["f1"] == pytest.approx(2 * 1 / (2 * 1 + 1 + 3))
    assert (by_action.figures["matched"], by_action.held) == (24, False)
    assert (inexact.measured, inexact.held) == ("12 of 12", False)
    assert (unmarked.figures["successes"], unmarked.figures["trials"], unmarked.held) == (24, 36, False)


@pytest.mark.parametrize(("gained", "held"), [(15, True), (14, False)])
def test_a_gain_is_counted_on_the_same_photographs(load: Load, gained: int, held: bool) -> None:
    ours, start = np.zeros(100, bool), np.zeros(100, bool)
    ours[:gained], start[-5:] = True, True

    row = load("accuracy_parts.grocery").gain_row(ours, start)

    assert (row.figures["gained"], row.figures["lost"], row.held) == (gained, 5, held)


def test_the_same_share_of_each_kind_is_drawn_again(load: Load) -> None:
    few_of_each = load("recognition_data").few_of_each
    kinds = np.repeat([3, 1, 2], [4, 9, 7])

    drawn = few_of_each(kinds, 5)

    assert sorted(kinds[drawn]) == [1] * 5 + [2] * 5 + [3] * 4
    assert drawn.tolist() == few_of_each(kinds, 5).tolist()


def test_one_trace_that_is_not_exact_fails_the_run(load: Load) -> None:
    part = load("accuracy_parts.traces")
    suite = ElementTree.fromstring(
        f'<s><testcase name="{part.SHARED}[a]"/><testcase name="{part.SHARED}[b]"><failure/></testcase>'
        '<testcase name="test_trip"/><testcase name="test_other"><skipped/></testcase></s>'
    )

    shared, own = part.counted(list(suite))

    assert (shared.figures["successes"], shared.figures["trials"], shared.fails) == (1, 2, True)
    assert (own.figures["successes"], own.figures["trials"], own.held) == (1, 1, True)


def test_speed_is_judged_by_ratios_within_a_round(load: Load) -> None:
    seconds = {"floor": 1.0, "cart": 1.2, "counter-torch": 5.9, "counter-openvino": 1.9}
    laps = [
        {
            "clip": "trip",
            "contender": name,
            "round": 1,
            "frames": 9,
            "seconds": s,
            "cpu_seconds": s,
            "asleep": 0,
        }
        for name, s in seconds.items()
    ]

    rows = list(load("accuracy_parts.speed").judged(laps))

    assert [row.held for row in rows] == [True, False, True]
    assert [row.figures["median"] for row in rows] == pytest.approx([1.2, 5.9 / 1.2, 1.9 / 1.2])


def test_a_clip_is_held_to_each_of_its_bounds(load: Load) -> None:
    clips, part = load("accuracy_parts.clips"), load("accuracy_parts.real")
    event = {"t": 1, "action": "add", "product": RED}
    truth = Truth.model_validate({"initial": {}, "events": [event], "final": {RED: 1}, "tolerance_s": 1.0})
    clip = clips.Clip("clip", Path("clip.mp4"), "sample", 0.0, 1, 0)

    row = part.clip_row(clip, evaluate([], truth))

    assert (row.fails, row.asked) == (True, "at most 1 wrong by action, at most 0 wrong by product")
    assert row.details == (f"missed add of {RED} at 1.00 s",)
    assert part.clip_row(clip, None).held is None
