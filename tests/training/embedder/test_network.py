import numpy as np
import pytest

torch = pytest.importorskip("torch")

from cart.errors import InputError  # noqa: E402
from cart.training.embedder.network import Network, export, laid_out, to_input  # noqa: E402
from cart.vision.embedding import Calibration, load_embedder  # noqa: E402


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
    export(network, file, Calibration(0.07, 0.6, 1.3, 1.4))
    images = pictures(2)

    with torch.no_grad():
        expected = network(to_input(laid_out(images))).numpy()

    embedder = load_embedder(file, threads=1)
    assert embedder.embed(images) == pytest.approx(expected, abs=1e-4)
    assert embedder.calibration == Calibration(0.07, 0.6, 1.3, 1.4)


def test_weights_of_another_network_are_refused(network, tmp_path):
    torch.save({"features.0.0.weight": torch.zeros(1)}, tmp_path / "other.pt")
    (tmp_path / "text.pt").write_text("no weights")

    for name in ("other.pt", "text.pt", "missing.pt"):
        with pytest.raises(InputError, match="does not hold the weights"):
            network.load_trunk(tmp_path / name)
