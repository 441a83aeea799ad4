"""The shared traces of items alone, without hands or motion: every add and remove, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from traces import mirrored, mirrored_opening, plain_look, run

from cart.vision.tracking import SeenItem
from cart.vision.visits import Observation

_FILE = Path(__file__).parents[4] / "shared" / "traces" / "crossings.json"
_DATA: dict[str, Any] = json.loads(_FILE.read_text("utf-8")) if _FILE.exists() else {"traces": []}

pytestmark = pytest.mark.skipif(not _FILE.exists(), reason="the traces are not at hand (../shared/traces)")


def _frames(trace: dict[str, Any], *, looks: bool) -> list[Observation]:
    return [
        Observation(
            number / _DATA["fps"],
            tuple(
                SeenItem(tuple(item["box"]), 0.9, plain_look(f"label {item['label']}") if looks else None)
                for item in items
            ),
        )
        for number, items in enumerate(trace["frames"])
    ]


@pytest.mark.parametrize("looks", [True, False], ids=["looks", "no looks"])
@pytest.mark.parametrize("mirror", [False, True], ids=["as filmed", "mirrored"])
@pytest.mark.parametrize("trace", _DATA["traces"], ids=lambda trace: trace["name"])
def test_adds_and_removes_of_the_shared_traces(trace: dict[str, Any], mirror: bool, looks: bool) -> None:
    frames, opening = _frames(trace, looks=looks), tuple((x, y) for x, y in _DATA["opening"])
    told, _ = run(mirrored(frames) if mirror else frames, mirrored_opening(opening) if mirror else opening)
    actions = [event.action for event in told]
    assert (actions.count("add"), actions.count("remove")) == (trace["adds"], trace["removes"])


def test_all_twelve_are_there() -> None:
    assert len(_DATA["traces"]) == 12
