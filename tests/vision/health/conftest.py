"""The sample trip, for a look at real compression."""

from pathlib import Path

import pytest


@pytest.fixture
def sample_trip_file() -> str:
    """Return the path of the sample trip."""
    return str(Path(__file__).parents[2] / "footage" / "starter_trip.mp4")
