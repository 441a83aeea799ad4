"""Openings, catalogs, weights, outputs and flags that cannot be used: refused before anything is written."""

import csv
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from cart.events import CartEvent
from cart.gtin import check_digit
from cart.vision import weights

Command = Callable[..., "Result"]  # noqa: F821  (conftest's)
Film = Callable[..., Path]
Told = Callable[[Path], list[CartEvent]]

HEADER = "gtin,name,price,currency"
TEA = "4006381333931,Herbal tea,2.49,EUR"
RICE = "96385074,Rice,1.00,EUR"


@pytest.fixture
def refusal(cart: Command, film: Film, colours: Path, tmp_path: Path) -> Callable[..., str]:
    """Run the command on sound footage with flags; return the one line with which it refuses."""

    def refuse(*flags: object, detector: Path = colours) -> str:
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        footage = tmp_path / "trip.mp4" if (tmp_path / "trip.mp4").exists() else film(seconds=1.0)
        content = footage.read_bytes()
        result = cart("process", footage, "--detector", detector, *flags)
        assert (result.code, result.out) == (2, [])
        (line,) = result.err
        assert line.startswith("error: ")
        assert footage.read_bytes() == content
        assert all(path.read_bytes() == old for path, old in before.items())
        return line.removeprefix("error: ")

    return refuse


@pytest.fixture
def catalog(tmp_path: Path) -> Callable[..., Path]:
    """Make a catalog of lines and pictures: `catalog(HEADER, TEA, pictures={"<gtin>/0.jpg": bytes})`."""

    def make(*lines: str, pictures: dict[str, bytes] | None = None) -> Path:
        folder = tmp_path / "catalog"
        folder.mkdir()
        (folder / "products.csv").write_text("\n".join(lines))
        for name, content in (pictures or {}).items():
            file = folder / "images" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        return folder

    return make


def jpeg(seed: int = 0) -> bytes:
    picture = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), np.uint8)
    return cv2.imencode(".jpg", cv2.resize(picture, (96, 96)))[1].tobytes()


@pytest.mark.parametrize(
    ("polygon", "message"),
    [
        ("[[0.1, 0.1], [0.9, 0.9]]", "the opening has 2 points; a polygon needs at least 3"),
        ("[[0.1, 0.1], [1.9, 0.1], [0.5, 0.9]]", "the point [1.9, 0.1] lies outside the picture"),
        ("[[0.1, 0.1], [0.9, 0.9], [0.9, 0.1], [0.1, 0.9]]", "the opening's edges cross"),
        ('"all of it"', "needs [opening] with polygon = [[x, y], ...], fractions 0..1"),
        ("[[0.1,", "cannot be read as TOML"),
    ],
)
def test_an_opening_that_makes_no_sense(
    refusal: Callable[..., str], tmp_path: Path, polygon: str, message: str
) -> None:
    file = tmp_path / "cart.toml"
    file.write_text(f"[opening]\npolygon = {polygon}\n")

    assert refusal("--opening", file).startswith(f"{file}: {message}")


def test_an_opening_beside_the_footage_is_judged_as_well(
    cart: Command, film: Film, colours: Path, tmp_path: Path
) -> None:
    footage = film(seconds=1.0)
    (tmp_path / "trip.opening.toml").write_text("[opening]\npolygon = [[0.1, 0.1], [0.9, 0.9]]\n")

    result = cart("process", footage, "--detector", colours)

    assert (result.code, len(result.err)) == (2, 1)
    assert "trip.opening.toml: the opening has 2 points" in result.err[0]


def test_an_opening_file_that_is_not_there(refusal: Callable[..., str], tmp_path: Path) -> None:
    assert "no such opening file" in refusal("--opening", tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([HEADER, "4006381333932,Cup,1,EUR"], "line 2: GTIN 4006381333932 has a wrong check digit, 1"),
        ([HEADER, TEA, RICE, TEA], "line 4: GTIN 4006381333931 is the product of line 2"),
        ([HEADER, "4006381333931,Tea,-1,EUR"], "line 2: price -1 is negative"),
        ([HEADER], "has no products"),
    ],
)
def test_a_catalog_that_cannot_be_used(
    refusal: Callable[..., str], catalog: Callable[..., Path], lines: list[str], message: str
) -> None:
    folder = catalog(*lines)

    line = refusal("--catalog", folder)

    assert str(folder / "products.csv") in line
    assert message in line


def test_a_catalog_that_is_not_there(refusal: Callable[..., str], tmp_path: Path) -> None:
    assert "products.csv is not there" in refusal("--catalog", tmp_path / "none")


def test_a_product_whose_only_picture_is_damaged(
    refusal: Callable[..., str], catalog: Callable[..., Path]
) -> None:
    folder = catalog(HEADER, TEA, pictures={"4006381333931/0.jpg": b"no picture"})

    assert refusal("--catalog", folder).startswith("no picture of 4006381333931 can be read, such as ")


def test_what_is_odd_about_a_catalog_is_warned_of(
    cart: Command, film: Film, colours: Path, catalog: Callable[..., Path], tmp_path: Path, told: Told
) -> None:
    pictures = {"4006381333931/0.jpg": jpeg(), "4006381333931/1.jpg": jpeg()[:99]}
    folder = catalog(HEADER, TEA, RICE, pictures=pictures)
    command = ["process", film(), "--detector", colours, "--catalog", folder]

    result = cart(*command, "--events", tmp_path / "events.jsonl")

    assert result.code == 0
    damaged = folder / "images" / "4006381333931" / "1.jpg"
    assert sorted(result.err) == [
        f"warning: {folder}/images: no pictures of 1 product (96385074); told by barcode only",
        f"warning: the picture {damaged} cannot be read and is left out: replace it",
    ]
    assert len(told(tmp_path / "events.jsonl")) == 3


def test_a_catalog_without_pictures_leaves_every_item_to_be_reviewed(
    cart: Command, film: Film, colours: Path, catalog: Callable[..., Path], tmp_path: Path, told: Told
) -> None:
    folder = catalog(HEADER, TEA)
    command = ["process", film(), "--detector", colours, "--catalog", folder]

    result = cart(*command, "--events", tmp_path / "events.jsonl")

    assert result.code == 0
    assert result.err == [f"warning: {folder}/images: no pictures; products are told by barcode only"]
    events = told(tmp_path / "events.jsonl")
    assert len(events) == 3
    assert all(event.gtin is None and event.data.needs_review for event in events)


def test_a_catalog_of_ten_thousand_products_works(
    cart: Command, film: Film, colours: Path, tmp_path: Path, told: Told
) -> None:
    folder, bodies = tmp_path / "catalog", [f"29{number:010d}" for number in range(10_000)]
    gtins = [f"{body}{check_digit(body)}" for body in bodies]
    for number, gtin in enumerate(gtins[::500]):
        (folder / "images" / gtin).mkdir(parents=True)
        (folder / "images" / gtin / "0.jpg").write_bytes(jpeg(number))
    with (folder / "products.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER.split(","))
        rows.writerows((gtin, f"Product {gtin}", "1.99", "EUR") for gtin in gtins)
    command = ["process", film(), "--detector", colours, "--catalog", folder, "--start", "2026-01-31"]

    first = _timed(lambda: cart(*command, "--events", tmp_path / "events.jsonl"))
    again = _timed(lambda: cart(*command, "--events", tmp_path / "again.jsonl"))

    print(f"10,000 products, 20 of them with a picture: {first:.1f} s, then {again:.1f} s")  # noqa: T201
    assert len(told(tmp_path / "events.jsonl")) == 3
    assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "events.jsonl").read_bytes()


def _timed(step: Callable[[], "Result"]) -> float:  # noqa: F821
    began = time.perf_counter()
    assert step().code == 0
    return time.perf_counter() - began


@pytest.mark.parametrize("flag", ["--events", "--receipt", "--annotate"])
def test_an_output_that_cannot_be_written(refusal: Callable[..., str], tmp_path: Path, flag: str) -> None:
    (tmp_path / "notes.txt").write_text("a file")
    (tmp_path / "folder").mkdir()

    assert f"there is no folder {tmp_path}/none; make it first" in refusal(flag, tmp_path / "none" / "out")
    assert "is a file, not a folder" in refusal(flag, tmp_path / "notes.txt" / "out")
    assert "is a folder; give the name of a file" in refusal(flag, tmp_path / "folder")


def test_an_evidence_folder_that_cannot_be(refusal: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("a file")

    assert "is a file: --evidence needs a folder" in refusal("--evidence", tmp_path / "notes.txt")
    assert "cannot create the folder" in refusal("--evidence", tmp_path / "none" / "evidence")


@pytest.mark.parametrize("flag", ["--events", "--receipt", "--annotate"])
def test_no_output_replaces_what_is_read(
    refusal: Callable[..., str], colours: Path, film: Film, tmp_path: Path, flag: str
) -> None:
    footage = film(seconds=1.0)
    (tmp_path / "link.mp4").symlink_to(footage)
    (tmp_path / "twin.mp4").hardlink_to(footage)

    for path in (
        footage,
        tmp_path / "folder" / ".." / "trip.mp4",
        tmp_path / "link.mp4",
        tmp_path / "twin.mp4",
    ):
        (tmp_path / "folder").mkdir(exist_ok=True)
        assert refusal(flag, path) == f"{flag} {path}: would replace what is to be read; choose another place"
    assert "would replace what is to be read" in refusal(flag, colours)


def test_two_outputs_of_one_name(refusal: Callable[..., str], tmp_path: Path) -> None:
    out, same = tmp_path / "out", tmp_path / "." / "out"

    assert refusal("--events", out, "--receipt", same) == (
        f"--events and --receipt are both {same}; choose another place for one"
    )
    assert "--receipt and --annotate are both" in refusal("--receipt", out, "--annotate", out)


def test_one_device_takes_any_number_of_outputs(cart: Command, film: Film, colours: Path) -> None:
    command = ["process", film(seconds=1.0), "--detector", colours]

    assert cart(*command, "--events", "/dev/null", "--receipt", "/dev/null").code == 0


@pytest.mark.parametrize("part", [0, 0.5])
def test_weights_missing_or_damaged(refusal: Callable[..., str], tmp_path: Path, part: float) -> None:
    whole = weights.packaged("embedder.onnx").read_bytes()
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(whole[: int(len(whole) * part)])

    assert refusal(detector=damaged) == f"{damaged} is damaged or no ONNX network: export the weights again"
    assert refusal(detector=tmp_path / "none.onnx").startswith(f"no weights at {tmp_path}/none.onnx: ")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--every", "0"], "--every must be more than 0 seconds, not 0"),
        (["--every", "-1"], "--every must be more than 0 seconds, not -1"),
        (["--every", "nan"], "--every must be more than 0 seconds, not nan"),
        (["--every", "often"], "Invalid value for '--every': "),
        (["--fps", "0"], "--fps must be more than 0"),
        (["--start", "tomorrow"], "Invalid value for '--start': write a time like 2026-01-31T12:00:00Z"),
        (["--start", "9999-12-31T23:59:59Z"], "--start is in the year 9999"),
        (["--cart", "a/b"], "--cart 'a/b': an id is one word without / ? #"),
        (["--cart", ""], "--cart '': an id is one word"),
        (["--nonsense"], "No such option: --nonsense (see cart process --help)"),
    ],
)
def test_flags_that_make_no_sense(refusal: Callable[..., str], flags: list[str], message: str) -> None:
    assert refusal(*flags).startswith(message)


def test_a_setting_that_makes_no_sense(refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CART_THREADS", "many")

    assert refusal().startswith("setting CART_THREADS: ")


def test_a_command_without_its_argument_and_a_command_that_is_none(cart: Command) -> None:
    for words in (["process"], ["shop"]):
        result = cart(*words)
        assert (result.code, result.out, len(result.err)) == (2, [], 1)
        assert result.err[0].startswith("error: ")
