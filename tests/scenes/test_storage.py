"""What was made is known after a kill."""

from pathlib import Path

from cart.scenes.storage import Manifest, digest
from cart.scenes.trips.script import Script, Step


def test_a_manifest_remembers_and_forgives_a_cut_line(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    manifest.add(3, stills=2)
    manifest.add(1)
    with (tmp_path / "manifest.jsonl").open("a") as file:
        file.write('{"seed": 7, "sti')
    again = Manifest(tmp_path)
    assert 3 in again
    assert 7 not in again
    assert [line["seed"] for line in again] == [1, 3]


def test_other_scripts_have_other_digests() -> None:
    one = Script(steps=(Step(do="hand"),))
    assert digest(one) == digest(Script(steps=(Step(do="hand"),)))
    assert digest(one) != digest(one.model_copy(update={"seed": 1}))
    assert digest(one) == digest(one.model_copy(update={"noise": 2.0}))
    assert digest(one) != digest(one.model_copy(update={"gloves": "wool"}))
