import numpy as np
import pytest

from cart.errors import InputError
from cart.vision.embedding import load_embedder
from cart.vision.weights import packaged


@pytest.fixture(scope="module")
def embedder():
    return load_embedder(threads=1)


def striped(colour, size=(60, 40)):
    image = np.full((size[1], size[0], 3), colour, np.uint8)
    image[::8] = 240
    return image


def test_vectors_have_length_one(embedder):
    vectors = embedder.embed([striped((30, 40, 200)), striped((200, 90, 30), size=(90, 120))])

    assert vectors.shape == (2, embedder.length)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-4)


def test_a_vector_depends_on_its_own_picture_only(embedder):
    red, blue = striped((30, 40, 200)), striped((200, 90, 30))

    alone, beside = embedder.embed([red]), embedder.embed([blue, red, blue])

    assert np.array_equal(alone[0], beside[1])


def test_the_same_item_smaller_and_darker_is_nearer_than_another(embedder):
    red, blue = striped((30, 40, 200), size=(128, 96)), striped((200, 90, 30), size=(128, 96))
    small = (red[::2, ::2] * 0.8).astype(np.uint8)

    same, other = embedder.embed([red, blue]) @ embedder.embed([small])[0]

    assert same > other


def test_no_pictures_give_no_vectors(embedder):
    assert embedder.embed([]).shape == (0, embedder.length)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 2)])
def test_any_size_of_picture_has_a_vector(embedder, size):
    assert np.isfinite(embedder.embed([striped((1, 2, 3), size=size)])).all()


def test_the_version_names_the_weights(embedder):
    assert embedder.version.startswith("embedder-")


def test_weights_that_are_no_network_are_an_error(tmp_path):
    file = tmp_path / "weights.onnx"
    file.write_bytes(b"no network")

    with pytest.raises(InputError, match=r"weights\.onnx is damaged"):
        load_embedder(file)


def test_weights_of_another_network_are_an_error():
    with pytest.raises(InputError, match="is no embedder"):
        load_embedder(packaged("detector.onnx"))
