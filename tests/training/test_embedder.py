import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from cart.errors import InputError  # noqa: E402
from cart.training.embedder import LENGTH, Material, Network, contrast, to_input, train, whitening  # noqa: E402
from cart.training.export_embedder import export  # noqa: E402
from cart.training.photos import HELD_OUT, KINDS, read_image, read_split  # noqa: E402
from cart.training.sights import part_of_photo, wire_floor  # noqa: E402
from cart.vision.embedding import load_embedder  # noqa: E402


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Network().eval()


def pictures(count):
    return list(np.random.default_rng(0).integers(0, 255, (count, 50, 40, 3)).astype(np.uint8))


def test_the_exported_network_gives_the_same_vectors(network, tmp_path):
    file = tmp_path / "embedder.onnx"
    export(network, file)
    images = pictures(2)

    with torch.no_grad():
        expected = network(to_input(images)).numpy()

    assert load_embedder(file, threads=1).embed(images) == pytest.approx(expected, abs=1e-4)


def test_weights_of_another_network_are_refused(network, tmp_path):
    torch.save({"features.0.0.weight": torch.zeros(1)}, tmp_path / "other.pt")
    (tmp_path / "text.pt").write_text("no weights")

    for name in ("other.pt", "text.pt", "missing.pt"):
        with pytest.raises(InputError, match="does not hold the weights"):
            network.load_trunk(tmp_path / name)


def test_contrast_is_least_where_classes_stand_apart():
    classes = torch.tensor([0, 0, 1, 1])
    apart = torch.eye(2)[classes]
    mixed = torch.eye(2)[torch.tensor([0, 1, 0, 1])]

    assert contrast(apart, classes) < contrast(mixed, classes)


def test_whitening_keeps_what_tells_classes_apart():
    random = np.random.default_rng(0)
    classes = np.repeat(np.arange(20), 10)
    vectors = random.normal(size=(200, 6)) * [9, 1, 1, 1, 1, 1]
    vectors[:, 3] += classes * 3

    middle, projection = whitening(vectors, classes, length=1)
    found = ((vectors - middle) @ projection)[:, 0]

    assert abs(np.corrcoef(found, classes)[0, 1]) > 0.98


def test_training_changes_the_late_layers_only():
    network = Network()
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    random = np.random.default_rng(0)
    cutouts = [[np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])] for image in pictures(18)]
    material = Material(cutouts, [[image] for image in pictures(6)], [wire_floor(random)], part_of_photo)
    losses = []

    train(network, material, steps=1, seed=0, whitening_batches=1, report=lambda *told: losses.append(told))

    after = network.state_dict()
    assert [step for step, _ in losses] == [0]
    assert torch.equal(before["features.3.conv.0.weight"], after["features.3.conv.0.weight"])
    assert not torch.equal(before["features.17.conv.0.weight"], after["features.17.conv.0.weight"])
    assert after["head.weight"].shape[0] == LENGTH


def test_a_third_of_the_kinds_is_held_out():
    assert len(HELD_OUT) == 27
    assert max(HELD_OUT) < KINDS


def test_photographs_are_listed_with_their_kinds(tmp_path):
    (tmp_path / "train.txt").write_text("train/a.jpg, 3, 1\ntrain/b.jpg, 4, 1\n")

    assert read_split(tmp_path, "train") == [(tmp_path / "train/a.jpg", 3), (tmp_path / "train/b.jpg", 4)]


def test_missing_photographs_are_errors(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), pictures(1)[0])

    assert read_image(tmp_path / "a.png").shape == (50, 40, 3)
    with pytest.raises(InputError, match=r"b\.png cannot be read"):
        read_image(tmp_path / "b.png")
    with pytest.raises(InputError, match=r"no .*test\.txt"):
        read_split(tmp_path, "test")
