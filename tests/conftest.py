"""What many tests start from: cart events, small catalogs, the real footage where it is at hand."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings

from cart.events import EVENT_TYPES, Action, CartEvent, EventData, Evidence

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

START = datetime(2026, 1, 31, 12, tzinfo=UTC)

MakeEvent = Callable[..., CartEvent]
MakeCatalog = Callable[..., Path]


def _event(
    number: int, action: Action, gtin: str | None, media_time: float, data: dict[str, Any]
) -> CartEvent:
    seen = {"sequence": number, "visit": number, "confidence": 0.9, "model": "test"} | data
    return CartEvent(
        id=UUID(int=number),
        source="/carts/test",
        subject="session-1",
        type=EVENT_TYPES[action],
        time=START + timedelta(seconds=media_time),
        data=EventData(
            gtin=gtin, media_time=media_time, evidence=Evidence(from_=media_time, to=media_time), **seen
        ),
    )


@pytest.fixture(scope="session")
def make_event() -> MakeEvent:
    """Make events with an id each: `make_event("add", gtin, media_time, **other_fields_of_data)`."""
    numbers: Iterator[int] = count(1)

    def make(action: Action, gtin: str | None = None, media_time: float = 0.0, **data: Any) -> CartEvent:
        return _event(next(numbers), action, gtin, media_time, data)

    return make


@pytest.fixture
def make_catalog(tmp_path: Path) -> MakeCatalog:
    """Make a catalog folder of the lines of its products.csv and of the pictures' places under images/."""

    def make(*lines: str, pictures: tuple[str, ...] = (), encoding: str = "utf-8") -> Path:
        folder = tmp_path / "catalog"
        folder.mkdir()
        (folder / "products.csv").write_text("\n".join(lines), encoding=encoding)
        for picture in pictures:
            file = folder / "images" / picture
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"picture")
        return folder

    return make


@pytest.fixture(scope="session")
def footage() -> Path:
    """Return the folder of real footage beside the checkout."""
    folder = Path(__file__).parents[2] / "shared" / "footage"
    if not folder.is_dir():
        pytest.skip("the real footage is not at hand (../shared/footage)")
    return folder
