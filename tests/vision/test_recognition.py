import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from cart.vision.embedding import Calibration
from cart.vision.gallery import Gallery
from cart.vision.recognition import BARCODE_CONFIDENCE, Crop, Recogniser, decide, fuse, same_look

RED, GREEN, BLUE = "4006381333931", "96385074", "012345678905"
COLOURS = {RED: (20, 20, 220), GREEN: (20, 220, 20), BLUE: (220, 20, 20)}


class MeanColour:
    """An embedder for tests: the mean colour, as a direction."""

    version = "mean-1"
    length = 3
    calibration = Calibration()

    def embed(self, images):
        means = np.array([image.reshape(-1, 3).mean(axis=0) for image in images], np.float32).reshape(-1, 3)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


@pytest.fixture
def recogniser():
    vectors = MeanColour().embed([np.full((1, 1, 3), colour, np.uint8) for colour in COLOURS.values()])
    return Recogniser(Gallery(tuple(COLOURS), vectors, np.arange(3, dtype=np.int32)), MeanColour())


def striped(colour, side=70, **how):
    image = np.full((side, side, 3), colour, np.uint8)
    image[::4] = np.array(colour) // 2
    return Crop(image, **how)


def test_an_item_is_the_product_it_looks_like(recogniser):
    found = recogniser.recognise([striped(COLOURS[GREEN])])

    assert found.gtin == GREEN
    assert found.confidence > 0.9
    assert found.entry_method == "camera"


def test_candidates_are_ranked_best_first(recogniser):
    found = recogniser.recognise([striped((20, 120, 220))])

    shares = [share for _, share in found.candidates]
    assert found.candidates[0] == (found.gtin, found.confidence)
    assert shares == sorted(shares, reverse=True)
    assert {gtin for gtin, _ in found.candidates} == set(COLOURS)


def test_nothing_like_the_catalog_is_no_product_though_candidates_are_named(recogniser):
    found = recogniser.recognise([striped((120, 120, 120))])

    assert found.gtin is None
    assert len(found.candidates) == 3


def test_a_good_crop_outweighs_bad_ones(recogniser):
    bad = [striped(COLOURS[RED], side=9, covered=0.8, at_edge=True) for _ in range(3)]

    assert recogniser.recognise([*bad, striped(COLOURS[BLUE])]).gtin == BLUE


def test_the_order_of_crops_does_not_count(recogniser):
    crops = [striped(COLOURS[RED]), striped((20, 90, 200)), striped((90, 90, 200), covered=0.4)]

    assert recogniser.recognise(crops).confidence == pytest.approx(
        recogniser.recognise(crops[::-1]).confidence
    )


def test_an_item_taken_out_is_looked_for_among_the_contents(recogniser):
    crops = [striped((20, 150, 220))]

    assert recogniser.recognise(crops).gtin == RED
    assert recogniser.recognise(crops, among=[GREEN]).candidates[0][0] == GREEN
    assert len(recogniser.recognise(crops, among=[GREEN]).candidates) == 1


def test_an_item_unlike_all_contents_is_none_of_them(recogniser):
    assert recogniser.recognise([striped(COLOURS[RED])], among=[BLUE]).gtin is None


def test_contents_may_be_written_in_any_length(recogniser):
    assert recogniser.recognise([striped(COLOURS[BLUE])], among=["0012345678905"]).gtin == BLUE


def test_nothing_to_go_by_is_unknown(recogniser):
    empty = Recogniser(Gallery((), np.empty((0, 3), np.float32), np.empty(0, np.int32)), MeanColour())

    for found in (
        recogniser.recognise([]),
        recogniser.recognise([striped(COLOURS[RED])], among=[]),
        empty.recognise([striped(COLOURS[RED])]),
    ):
        assert found.gtin is None
        assert found.confidence == 0
        assert found.candidates == ()


def with_barcode(text, colour):
    """A package in a colour, with the barcode of a number on it."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13)
    bars = np.array(code.to_image(scale=2, add_quiet_zones=True))
    image = np.full((bars.shape[0] + 60, bars.shape[1] + 60, 3), colour, np.uint8)
    image[30:-30, 30:-30] = bars[:, :, None]
    return Crop(image)


def test_a_barcode_of_the_catalog_decides(recogniser):
    found = recogniser.recognise([striped(COLOURS[GREEN]), with_barcode(RED, COLOURS[GREEN])])

    assert (found.gtin, found.confidence) == (RED, BARCODE_CONFIDENCE)
    assert found.entry_method == "barcode"


def test_a_barcode_is_named_as_the_catalog_writes_it(recogniser):
    assert recogniser.recognise([with_barcode("0" + BLUE, COLOURS[GREEN])]).gtin == BLUE


def test_a_barcode_that_is_not_in_the_catalog_does_not_decide(recogniser):
    found = recogniser.recognise([with_barcode("9506000134352", COLOURS[GREEN])])

    assert found.entry_method == "camera"


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), max_size=12))
def test_probabilities_are_shares_of_one(similarities):
    names = [str(number) for number in range(len(similarities))]

    found = decide(names, np.array(similarities, np.float32), Calibration())

    shares = [share for _, share in found.candidates]
    assert 0 <= found.confidence <= 1
    assert sum(shares) <= 1 + 1e-9
    assert found.gtin is not None or all(share <= found.confidence for share in shares)


def test_two_products_equally_like_it_share_the_confidence():
    found = decide(["a", "b"], np.array([0.9, 0.9], np.float32), Calibration(unknown=0.6))

    assert found.gtin == "a"
    assert found.confidence == pytest.approx(0.5, abs=0.01)


def test_the_share_of_the_product_named_becomes_its_chance_and_the_others_share_the_rest():
    similarities = np.array([0.9, 0.9, 0.8], np.float32)
    plain, honest = Calibration(unknown=0.6), Calibration(unknown=0.6, slope=1.3, offset=1.4)

    before, after = (decide(["a", "b", "c"], similarities, one) for one in (plain, honest))

    logit = np.log(before.confidence / (1 - before.confidence))
    assert after.confidence == pytest.approx(1 / (1 + np.exp(-(1.3 * logit + 1.4))))
    assert after.confidence > before.confidence
    assert sum(share for _, share in after.candidates) <= 1
    assert after.candidates[0] == ("a", after.confidence)


def test_fusing_weighs_by_quality():
    similarities = np.array([[1, 0], [0, 1]], np.float32)

    assert fuse(similarities, [0.9, 0.3]) == pytest.approx([0.75, 0.25])


def test_a_crop_unlike_everything_counts_little():
    similarities = np.array([[0.9, 0.2], [0.3, 0.35]], np.float32)

    assert fuse(similarities, [0.5, 0.5]) == pytest.approx([0.9, 0.2], abs=0.01)


def test_quality_falls_with_size_sharpness_cover_and_the_edge():
    random = np.random.default_rng(0)
    sharp = random.integers(0, 255, (100, 100, 3)).astype(np.uint8)
    best = Crop(sharp).quality

    assert best == pytest.approx(1)
    assert Crop(sharp[:20, :20]).quality < best
    assert Crop(np.full_like(sharp, 90)).quality < best
    assert Crop(sharp, covered=0.5).quality < best
    assert Crop(sharp, at_edge=True).quality < best
    assert Crop(sharp[:1, :1], covered=1, at_edge=True).quality > 0


def test_two_items_of_one_look_are_more_alike_than_of_two():
    red, green = striped(COLOURS[RED]), striped(COLOURS[GREEN])

    same = same_look([red, red], [striped(COLOURS[RED], side=30)], MeanColour())
    other = same_look([red], [green], MeanColour())

    assert 0 <= other < 0.5 < same <= 1
