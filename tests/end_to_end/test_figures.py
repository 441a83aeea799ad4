"""What the pipeline must reach on the clips at hand; the same figures as `make evaluate` prints."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from cart import Options, process
from cart.catalog import load_catalog
from cart.checkout.domain import make_receipt, write_ledger

ROOT = Path(__file__).parents[2]
TRIP = ROOT / "tests" / "footage" / "starter_trip.mp4"
BOUGHT = {"2900000075870": 119, "2900000074231": 169, "2900000075467": 249}
"""GTINs of what is left in the cart at the end of the starter trip, with their prices in cents."""

pytestmark = pytest.mark.slow


def load_benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "judged_clips", ROOT / "benchmarks" / "accuracy_parts" / "clips.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


clips = load_benchmark()


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return clips.catalogs(tmp_path_factory.mktemp("basket"))


@pytest.mark.parametrize("clip", clips.CLIPS, ids=lambda clip: clip.name)
def test_a_clip_has_no_more_errors_than_it_may(clip: object, catalogs: dict[str, Path]) -> None:
    if not clip.video.is_file():
        pytest.skip("the real footage is not at hand (../shared/footage)")

    report = clips.judge(clip, catalogs)

    assert report.by_action.errors <= clip.errors_by_action
    if clip.errors_by_product is not None:
        assert report.by_product.errors <= clip.errors_by_product


def test_the_receipt_of_the_starter_trip_is_exact() -> None:
    catalog = load_catalog(ROOT / "tests" / "footage" / "catalog")
    events = list(process(TRIP, Options(catalog=catalog.folder)))

    receipt = make_receipt("trip", write_ledger(events, catalog.get), catalog.currency)

    assert {line.gtin: line.total for line in receipt.lines} == BOUGHT
    assert (receipt.total, receipt.pending_reviews) == (sum(BOUGHT.values()), 0)
