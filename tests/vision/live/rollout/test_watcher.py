"""New models are tried by real networks: the good ones are taken, the others told once and left alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cart.catalog import Catalog, load_catalog
from cart.vision import weights
from cart.vision.gallery import build_gallery
from cart.vision.live.rollout import Models, Trial, Watcher
from cart.vision.live.rollout.files import Files
from cart.vision.live.rollout.manifest import Manifest
from cart.vision.live.rollout.offer import Check, Offer, Source
from cart.vision.recognition import Recogniser

Variant = Callable[[str, Path], Path]
SIZE = (64, 48)
PICTURE = Path(__file__).parents[3] / "footage" / "catalog" / "images" / "2900000075870" / "0.jpg"


@pytest.fixture
def lines() -> list[str]:
    """What the watcher told."""
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Files:
    paths = {"detector": tmp_path / "detector.onnx", "embedder": tmp_path / "embedder.onnx"}
    return Files(str(tmp_path), paths, seconds=0.05)  # type: ignore[arg-type]


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """A catalog of one product."""
    picture = tmp_path / "catalog" / "images" / "2900000075870" / "0.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(PICTURE.read_bytes())
    lines = "gtin,name,price,currency\n2900000075870,tomatoes,1.19,EUR\n"
    (tmp_path / "catalog" / "products.csv").write_text(lines)
    return load_catalog(tmp_path / "catalog")


@pytest.fixture
def watch(models: Models, lines: list[str]) -> Callable[[Source], Watcher]:
    return lambda source: Watcher(source, models, Trial(None, [SIZE], lines.append), lines.append)


def look_twice(watcher: Watcher) -> None:
    """Look as often as it takes to see that a file does not change any more."""
    watcher.look()
    watcher.look()


def test_a_new_detector_is_taken_and_is_ready_for_the_cameras_frames(
    folder: Files,
    watch: Callable[..., Watcher],
    models: Models,
    variant: Variant,
    tmp_path: Path,
    lines: list[str],
) -> None:
    watcher = watch(folder)
    look_twice(watcher)
    assert watcher.models is models

    file = variant("detector.onnx", tmp_path / "detector.onnx")
    look_twice(watcher)

    assert watcher.models.version == weights.version_of(file) != models.version
    assert (320, 256) in watcher.models.detector._compiled  # type: ignore[attr-defined]  # of 64 x 48
    assert list(watcher.models.changes_since(models)) == [
        f"detector {watcher.models.version} from now on (was {models.version})"
    ]
    assert lines == []


def test_the_same_weights_once_more_are_nothing_new(
    folder: Files, watch: Callable[..., Watcher], models: Models, tmp_path: Path
) -> None:
    (tmp_path / "detector.onnx").write_bytes(weights.packaged("detector.onnx").read_bytes())
    watcher = watch(folder)
    look_twice(watcher)

    assert watcher.models is models


@pytest.mark.parametrize("kind", ["zeroed", "truncated", "text", "embedder"])
def test_a_detector_that_is_none_is_told_once_and_a_better_one_is_taken(
    kind: str,
    folder: Files,
    watch: Callable[..., Watcher],
    models: Models,
    variant: Variant,
    zeroed: Variant,
    tmp_path: Path,
    lines: list[str],
) -> None:
    file = tmp_path / "detector.onnx"
    if kind == "zeroed":
        zeroed("detector.onnx", file)
    else:
        whole = weights.packaged("detector.onnx").read_bytes()
        other = weights.packaged("embedder.onnx").read_bytes()
        file.write_bytes(
            {"truncated": whole[: len(whole) // 2], "text": b"no network", "embedder": other}[kind]
        )
    watcher = watch(folder)
    look_twice(watcher)
    look_twice(watcher)
    file.touch()
    look_twice(watcher)

    (line,) = lines
    assert line.startswith(f"{file} fails its smoke test: it " if kind == "zeroed" else f"{file} ")
    assert line.endswith(f"; going on with {models.version}")
    assert "\n" not in line
    assert watcher.models is models

    variant("detector.onnx", file)
    look_twice(watcher)
    assert watcher.models.version == weights.version_of(file)
    assert len(lines) == 1


def test_a_detector_of_another_kind_is_no_embedder(
    folder: Files, models: Models, embedder: Any, catalog: Catalog, tmp_path: Path, lines: list[str]
) -> None:
    named = Models(models.detector, Recogniser(build_gallery(catalog, embedder), embedder))
    watcher = Watcher(folder, named, Trial(catalog, [SIZE], lines.append), lines.append)
    (tmp_path / "embedder.onnx").write_bytes(weights.packaged("detector.onnx").read_bytes())
    look_twice(watcher)

    assert watcher.models is named
    (line,) = lines
    assert "is no embedder" in line
    assert line.endswith(f"; going on with {embedder.version}")


def test_a_new_embedder_comes_with_a_gallery_of_its_own(
    folder: Files,
    models: Models,
    embedder: Any,
    catalog: Catalog,
    variant: Variant,
    tmp_path: Path,
    lines: list[str],
) -> None:
    named = Models(models.detector, Recogniser(build_gallery(catalog, embedder), embedder))
    watcher = Watcher(folder, named, Trial(catalog, [SIZE], lines.append), lines.append)
    file = variant("embedder.onnx", tmp_path / "embedder.onnx")
    look_twice(watcher)

    assert watcher.models.version == f"{models.version} {weights.version_of(file)}"
    assert watcher.models.detector is models.detector
    assert len(list((tmp_path / "cache" / "galleries").iterdir())) == 2
    assert lines == []


def test_without_a_catalog_no_embedder_is_tried(
    folder: Files, watch: Callable[..., Watcher], models: Models, tmp_path: Path, lines: list[str]
) -> None:
    (tmp_path / "embedder.onnx").write_bytes(b"no network")
    watcher = watch(folder)
    look_twice(watcher)

    assert watcher.models is models
    assert lines == []


# Over the network.


def test_a_network_behind_a_manifest_is_taken(
    shop: Any, watch: Callable[..., Watcher], variant: Variant, tmp_path: Path, lines: list[str]
) -> None:
    file = variant("detector.onnx", shop.folder / "detector.onnx")
    shop.offer(detector=file)
    watcher = watch(Manifest(shop.url, tmp_path / "kept"))
    watcher.look()

    assert watcher.models.version == weights.version_of(file)
    assert lines == []


def test_a_wrong_checksum_is_told_once_until_the_manifest_changes(
    shop: Any,
    watch: Callable[..., Watcher],
    models: Models,
    variant: Variant,
    tmp_path: Path,
    lines: list[str],
) -> None:
    file = variant("detector.onnx", shop.folder / "detector.onnx")
    shop.offer(detector="0" * 64)
    watcher = watch(Manifest(shop.url, tmp_path / "kept"))
    look_twice(watcher)

    (line,) = lines
    assert "has another checksum than" in line
    assert line.endswith(f"; going on with {models.version}")
    assert shop.asked.count("/detector.onnx") == 1

    shop.offer(detector=file)
    watcher.look()
    assert watcher.models.version == weights.version_of(file)


def test_a_network_that_is_no_good_is_told_by_its_address_not_by_its_place_in_the_cache(
    shop: Any, watch: Callable[..., Watcher], tmp_path: Path, lines: list[str]
) -> None:
    file = shop.folder / "detector.onnx"
    file.write_bytes(b"no network")
    shop.offer(detector=file)
    watch(Manifest(shop.url, tmp_path / "kept")).look()

    (line,) = lines
    assert line.startswith(f"http://127.0.0.1:{shop.port}/detector.onnx is damaged or no ONNX network")


def test_an_address_that_fails_is_told_once_and_so_is_its_coming_back(
    open_shop: Callable[..., Any],
    free_port: int,
    watch: Callable[..., Watcher],
    tmp_path: Path,
    lines: list[str],
) -> None:
    url = f"http://127.0.0.1:{free_port}/models.json"
    watcher = watch(Manifest(url, tmp_path / "kept"))
    for _ in range(2):
        look_twice(watcher)
        shop = open_shop(free_port)
        shop.offer()
        look_twice(watcher)
        shop.close()

    away = f"{url} cannot be reached: check the address and the network; going on without new models"
    assert lines == [away, f"{url} can be read again"] * 2


def test_one_network_that_is_missing_does_not_keep_the_other_back(
    shop: Any,
    models: Models,
    embedder: Any,
    catalog: Catalog,
    variant: Variant,
    tmp_path: Path,
    lines: list[str],
) -> None:
    named = Models(models.detector, Recogniser(build_gallery(catalog, embedder), embedder))
    file = variant("embedder.onnx", shop.folder / "embedder.onnx")
    shop.offer(detector="0" * 64, embedder=file)
    source = Manifest(shop.url, tmp_path / "kept")
    watcher = Watcher(source, named, Trial(catalog, [SIZE], lines.append), lines.append)
    look_twice(watcher)

    assert watcher.models.version == f"{models.version} {weights.version_of(file)}"
    (line,) = lines
    assert "/detector.onnx answers with status 404" in line


# The thread.


def test_the_thread_takes_what_comes_and_ends_when_asked_to(
    folder: Files,
    watch: Callable[..., Watcher],
    models: Models,
    variant: Variant,
    tmp_path: Path,
    until: Callable[..., None],
) -> None:
    watcher = watch(folder)
    watcher.start()
    variant("detector.onnx", tmp_path / "detector.onnx")
    until(lambda: watcher.models is not models, 30)
    watcher.stop()

    assert watcher.join(1)


class EndsTheRun:
    """Offers a network, and ends the watcher's run as soon as somebody comes for it."""

    name, seconds = "here", 60.0

    def __init__(self, file: Path) -> None:
        self.file = file
        self.watcher: Watcher | None = None

    def offers(self, _: Check) -> list[Offer]:
        return [Offer("detector", "new", weights.version_of(self.file), self.bring)]

    def bring(self, _: Check) -> Path:
        assert self.watcher is not None
        self.watcher.stop()
        return self.file


def test_the_thread_ends_in_the_middle_of_a_trial(
    watch: Callable[..., Watcher], models: Models, variant: Variant, tmp_path: Path, lines: list[str]
) -> None:
    source = EndsTheRun(variant("detector.onnx", tmp_path / "detector.onnx"))
    source.watcher = watch(source)
    source.watcher.start()

    assert source.watcher.join(5)
    assert source.watcher.models is models
    assert lines == []


def test_a_thread_that_was_never_started_has_ended(folder: Files, watch: Callable[..., Watcher]) -> None:
    assert watch(folder).join(0)
