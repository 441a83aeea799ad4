import cv2
import numpy as np
import pytest

from cart.catalog import load_catalog
from cart.errors import InputError
from cart.vision.embedding import Calibration
from cart.vision.gallery import Gallery, build_gallery
from cart.vision.references import TURNS

GTINS = ("4006381333931", "96385074", "012345678905")
COLOURS = ((30, 40, 200), (40, 180, 40), (200, 90, 30))


class MeanColour:
    """An embedder for tests: the mean colour, as a direction."""

    version = "mean-1"
    length = 3
    calibration = Calibration()

    def embed(self, images):
        means = np.array([image.reshape(-1, 3).mean(axis=0) for image in images], np.float32).reshape(-1, 3)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


@pytest.fixture
def catalog(make_catalog):
    """Three products with two pictures each, the whole picture in the product's colour."""
    lines = [f"{gtin},item {gtin},1.00,EUR" for gtin in GTINS]
    pictures = tuple(f"{gtin}/{number}.png" for gtin in GTINS for number in (0, 1))
    folder = make_catalog("gtin,name,price,currency", *lines, pictures=pictures)
    for gtin, colour in zip(GTINS, COLOURS, strict=True):
        for number in (0, 1):
            picture = np.full((20, 30, 3), colour, np.uint8)
            cv2.imwrite(str(folder / "images" / gtin / f"{number}.png"), picture)
    return folder


def build(folder, cache, **options):
    return build_gallery(load_catalog(folder), MeanColour(), cache=cache, **options)


def directions(*colours):
    vectors = np.array(colours, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_every_picture_has_vectors_in_all_turns(catalog, tmp_path):
    gallery = build(catalog, tmp_path)

    assert gallery.gtins == GTINS
    assert gallery.vectors.shape == (3 * 2 * TURNS, 3)
    assert gallery.owners.tolist() == sorted([0, 1, 2] * 2 * TURNS)


def test_a_query_is_most_similar_to_its_own_product(catalog, tmp_path):
    similarities = build(catalog, tmp_path).similarities(directions(*COLOURS))

    assert similarities.argmax(axis=1).tolist() == [0, 1, 2]
    assert np.diag(similarities) == pytest.approx([1, 1, 1], abs=1e-3)


def test_only_the_products_asked_for_are_compared_with(catalog, tmp_path):
    similarities = build(catalog, tmp_path).similarities(directions(COLOURS[0]), among={1, 2})

    assert similarities[0, 0] == -1
    assert (similarities[0, 1:] > 0).all()


def test_products_are_found_by_any_length_of_their_number(catalog, tmp_path):
    gallery = build(catalog, tmp_path)

    assert gallery.index("0012345678905") == 2
    assert gallery.index("00000096385074") == 1
    assert gallery.index("4006381333930") is None


def test_a_gallery_is_made_once(catalog, tmp_path):
    told = []
    first = build(catalog, tmp_path, progress=lambda *done: told.append(done))
    second = build(catalog, tmp_path, progress=lambda *done: told.append(done))

    assert told == [(number, 6) for number in range(1, 7)]
    assert np.array_equal(first.vectors, second.vectors)
    assert np.array_equal(first.owners, second.owners)


def test_another_picture_makes_another_gallery(catalog, tmp_path):
    before = build(catalog, tmp_path)
    cv2.imwrite(str(catalog / "images" / GTINS[0] / "2.png"), np.full((20, 30, 3), 255, np.uint8))

    assert len(build(catalog, tmp_path).vectors) == len(before.vectors) + TURNS


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 half an archive"])
def test_a_damaged_cache_is_made_again(catalog, tmp_path, content):
    before = build(catalog, tmp_path)
    (kept,) = (tmp_path / "galleries").glob("*.npz")
    kept.write_bytes(content)

    assert np.array_equal(build(catalog, tmp_path).vectors, before.vectors)


def test_a_cache_that_cannot_be_written_is_said_and_gone_without(catalog, tmp_path):
    lines = []
    (tmp_path / "file").touch()

    gallery = build(catalog, tmp_path / "file", warn=lines.append)

    assert len(gallery) == 3
    assert "CART_CACHE" in lines[0]


def test_one_unreadable_picture_is_left_out_and_said_each_time(catalog, tmp_path):
    (catalog / "images" / GTINS[1] / "0.png").write_bytes(b"no picture")

    for _ in range(2):
        lines = []
        gallery = build(catalog, tmp_path, warn=lines.append)
        assert np.bincount(gallery.owners).tolist() == [2 * TURNS, TURNS, 2 * TURNS]
        assert len(lines) == 1
        assert f"{GTINS[1]}/0.png" in lines[0]


def test_a_product_of_which_no_picture_can_be_read_is_an_error(catalog, tmp_path):
    for number in (0, 1):
        (catalog / "images" / GTINS[1] / f"{number}.png").write_bytes(b"no picture")

    with pytest.raises(InputError, match=rf"no picture of {GTINS[1]} can be read.*0\.png"):
        build(catalog, tmp_path)


def test_a_catalog_without_pictures_has_an_empty_gallery(make_catalog, tmp_path):
    folder = make_catalog("gtin,name,price,currency", f"{GTINS[0]},pencil,1.00,EUR")

    gallery = build(folder, tmp_path / "cache")

    assert gallery.similarities(directions(COLOURS[0])).tolist() == [[-1]]


def test_a_similarity_is_that_of_the_nearest_vector():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(5000, 8)).astype(np.float32)
    owners = np.sort(random.integers(0, 300, 5000)).astype(np.int32)
    gallery = Gallery(tuple(str(number) for number in range(300)), vectors, owners)
    query = random.normal(size=(2, 8)).astype(np.float32)

    cosines = query @ vectors.T
    expected = [[row[owners == number].max() for number in range(300)] for row in cosines]

    assert gallery.similarities(query) == pytest.approx(np.array(expected), abs=1e-5)
