"""Real networks, good and broken, and a web server that offers them."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import onnx
import pytest

from cart.settings import settings
from cart.vision import weights
from cart.vision.detection import load_detector
from cart.vision.embedding import load_embedder
from cart.vision.live.rollout import Models

Variant = Callable[[str, Path], Path]


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep what is made in the test's own folder, and take one thread, as tests run side by side."""
    monkeypatch.setenv("CART_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CART_THREADS", "1")
    monkeypatch.delenv("CART_MODELS", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def variant() -> Variant:
    """Write weights that see what the packaged ones of that name see, and are another version."""

    def write(packaged: str, file: Path, remark: bytes = b"a variant") -> Path:
        doc_string = b"\x32" + bytes([len(remark)]) + remark  # a field of ONNX's that nobody reads
        file.write_bytes(weights.packaged(packaged).read_bytes() + doc_string)
        return file

    return write


@pytest.fixture
def zeroed() -> Variant:
    """Write weights of the packaged network of that name in which every weight is nought."""

    def write(packaged: str, file: Path) -> Path:
        model = onnx.load(str(weights.packaged(packaged)))
        for tensor in model.graph.initializer:
            values = onnx.numpy_helper.to_array(tensor)
            if values.dtype == np.float32 and values.ndim > 1:
                tensor.CopyFrom(onnx.numpy_helper.from_array(np.zeros_like(values), tensor.name))
        onnx.save(model, str(file))
        return file

    return write


@pytest.fixture
def models() -> Models:
    """The packaged detector, and no catalog."""
    return Models(load_detector(threads=1), None)


@pytest.fixture
def embedder() -> object:
    """The packaged embedder."""
    return load_embedder(threads=1)


class Shop:
    """A web server on a folder; keeps the paths that were asked for."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Files, self, directory=str(folder)))
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/models.json"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def offer(self, **files: Path | str) -> None:
        """Write the manifest: files of the folder with their true checksums, or whatever text is given."""
        named = {
            part: {"url": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
            if isinstance(file, Path)
            else {"url": "detector.onnx", "sha256": file}
            for part, file in files.items()
        }
        (self.folder / "models.json").write_text(json.dumps(named))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Files(SimpleHTTPRequestHandler):
    def __init__(self, shop: Shop, *given: object, **named: object) -> None:
        self._shop = shop
        super().__init__(*given, **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._shop.asked.append(self.path)
        if self.path != "/cut.onnx":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"only this")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Start web servers on the folder `shop`; they end with the test."""
    opened = []
    (tmp_path / "shop").mkdir()

    def start(port: int = 0) -> Shop:
        opened.append(Shop(tmp_path / "shop", port))
        return opened[-1]

    yield start
    for shop in opened:
        shop.close()


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()
