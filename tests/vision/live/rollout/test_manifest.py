"""Networks over HTTP, from a real server: nothing counts before its checksum does."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from cart.errors import InputError
from cart.vision import weights
from cart.vision.live.rollout import manifest
from cart.vision.live.rollout.manifest import Manifest
from cart.vision.live.rollout.offer import Refused, Stopped, Unavailable

CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def never() -> None:
    """Nothing is to be broken off."""


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def network(shop: Any) -> Path:
    """A file in the shop, offered as the detector."""
    file = shop.folder / "detector.onnx"
    file.write_bytes(CONTENT)
    shop.offer(detector=file)
    return file


def kept(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def test_a_network_comes_into_the_cache_once(shop: Any, network: Path, cache: Path) -> None:
    source = Manifest(shop.url, cache)
    (offer,) = source.offers(never)
    file = offer.fetch(never)

    assert (offer.part, offer.version) == ("detector", weights.version_of(network))
    assert file == cache / SHA256 / "detector.onnx"
    assert file.read_bytes() == CONTENT
    assert weights.version_of(file) == offer.version
    assert source.offers(never)[0].fetch(never) == file
    assert shop.asked.count("/detector.onnx") == 1
    assert kept(cache) == [file]


def test_a_network_that_was_harmed_in_the_cache_is_fetched_again(
    shop: Any, network: Path, cache: Path
) -> None:
    (offer,) = Manifest(shop.url, cache).offers(never)
    offer.fetch(never).write_bytes(b"harmed")

    assert offer.fetch(never).read_bytes() == network.read_bytes()


def test_both_networks_are_offered_and_capital_checksums_are_read(shop: Any, cache: Path) -> None:
    shop.offer(detector=SHA256.upper(), embedder="a" * 64)

    offers = Manifest(shop.url, cache).offers(never)

    assert [offer.version for offer in offers] == [f"detector-{SHA256[:8]}", "embedder-aaaaaaaa"]


def test_an_empty_manifest_offers_nothing(shop: Any, cache: Path) -> None:
    shop.offer()

    assert Manifest(shop.url, cache).offers(never) == []


def test_a_wrong_checksum_is_refused_and_nothing_is_kept(shop: Any, network: Path, cache: Path) -> None:
    shop.offer(detector="0" * 64)
    (offer,) = Manifest(shop.url, cache).offers(never)

    with pytest.raises(Refused, match=rf"/{network.name} has another checksum than \S+/models\.json says$"):
        offer.fetch(never)
    assert kept(cache) == []


@pytest.mark.usefixtures("network")
def test_a_network_that_is_too_large_is_refused(shop: Any, cache: Path) -> None:
    (offer,) = Manifest(shop.url, cache, largest=1000).offers(never)

    with pytest.raises(Refused, match="is larger than 1000 bytes"):
        offer.fetch(never)
    assert kept(cache) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no JSON", "is no manifest of models"),
        ("[]", "is no manifest of models"),
        ('{"detector": "detector.onnx"}', "is no manifest of models"),
        ('{"detector": {"url": "detector.onnx"}}', "is no manifest of models"),
        ('{"detector": {"url": "detector.onnx", "sha256": "../../x"}}', "is no manifest of models"),
        (json.dumps({"detector": {"url": "file:///etc/passwd", "sha256": SHA256}}), "names no address"),
        (json.dumps({"detector": {"url": "http://models:many/", "sha256": SHA256}}), "names no address"),
        (" " * 70_000, "is too large"),
    ],
)
def test_a_manifest_that_is_none_is_told_in_one_line(
    shop: Any, cache: Path, content: str, message: str
) -> None:
    (shop.folder / "models.json").write_text(content)

    with pytest.raises(Unavailable, match=message) as caught:
        Manifest(shop.url, cache).offers(never)
    assert "\n" not in str(caught.value)


def test_a_page_that_is_not_there_is_told(shop: Any, cache: Path) -> None:
    with pytest.raises(Unavailable, match=r"/models\.json answers with status 404"):
        Manifest(shop.url, cache).offers(never)


def test_a_network_that_is_not_there_is_worth_trying_again(shop: Any, cache: Path) -> None:
    shop.offer(detector=SHA256)
    (offer,) = Manifest(shop.url, cache).offers(never)

    with pytest.raises(Unavailable, match=r"/detector\.onnx answers with status 404"):
        offer.fetch(never)
    assert kept(cache) == []


def test_a_connection_that_is_cut_is_worth_trying_again(shop: Any, cache: Path) -> None:
    named = {"detector": {"url": "/cut.onnx", "sha256": SHA256}}
    (shop.folder / "models.json").write_text(json.dumps(named))
    (offer,) = Manifest(shop.url, cache).offers(never)

    with pytest.raises(Unavailable, match=r"/cut\.onnx cannot be reached"):
        offer.fetch(never)
    assert kept(cache) == []


def test_nobody_at_the_address_is_told_without_its_password(free_port: int, cache: Path) -> None:
    source = Manifest(f"http://user:secret@127.0.0.1:{free_port}/m.json?key=secret", cache)

    with pytest.raises(Unavailable, match=rf"^http://127\.0\.0\.1:{free_port}/m\.json cannot be reached"):
        source.offers(never)


def test_a_name_that_no_host_can_have_is_told(cache: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        Manifest(f"http://{'a' * 70}/m.json", cache).offers(never)


def test_a_server_that_never_answers_is_given_up(
    dumb_port: int, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "_TIMEOUT", httpx.Timeout(0.2))

    with pytest.raises(Unavailable, match="cannot be reached"):
        Manifest(f"http://127.0.0.1:{dumb_port}/", cache).offers(never)


@pytest.mark.usefixtures("network")
def test_a_download_can_be_broken_off(shop: Any, cache: Path) -> None:
    (offer,) = Manifest(shop.url, cache).offers(never)

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        offer.fetch(stop)
    assert kept(cache) == []


@pytest.mark.usefixtures("network")
def test_a_cache_that_cannot_be_written_is_told(shop: Any, cache: Path) -> None:
    cache.write_bytes(b"a file where the folder should be")
    (offer,) = Manifest(shop.url, cache).offers(never)

    with pytest.raises(Unavailable, match=r"cannot keep models in .* CART_CACHE"):
        offer.fetch(never)


@pytest.mark.parametrize("url", ["ftp://models/m.json", "http://", "http://models:many/m.json"])
def test_an_address_of_another_kind_is_refused(url: str, cache: Path) -> None:
    with pytest.raises(InputError, match="is no address of models"):
        Manifest(url, cache)


def test_a_manifest_can_be_had_again_and_again_with_no_handle_left(
    open_shop: Callable[..., Any], cache: Path
) -> None:
    shop = open_shop()
    shop.offer()
    source = Manifest(shop.url, cache)
    source.offers(never)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        source.offers(never)

    assert len(list(Path("/proc/self/fd").iterdir())) <= before
