"""A short trip, rehearsed and rendered for real, small; needs the environment of `cart scenes setup`."""

import json
from pathlib import Path

import numpy as np
import pytest

from cart.errors import InputError
from cart.evaluation.truth import load_truth
from cart.scenes import storage
from cart.scenes.environment import CannotRehearse
from cart.scenes.production import Footage, make_trip, model_of, rehearsal
from cart.scenes.products.range import products
from cart.scenes.render.protocol import read_job
from cart.scenes.stills import make_stills
from cart.scenes.trips.draw import complete
from cart.scenes.trips.script import Camera, Script, Step, items_in_order
from cart.scenes.workers import Workers
from cart.settings import settings
from cart.vision.footage import open_footage
from cart.vision.opening import load_polygon

RANGE = products(60)
CAN = next(p for p in RANGE if p.shape == "can")
SCRIPT = Script(
    name="short",
    seed=3,
    fps=2,
    size=(128, 96),
    cart="basket",
    mount="overhead",
    light="even",
    initial=(CAN.gtin,),
    steps=(Step(do="add", product=CAN.gtin, pause=0.2), Step(do="remove", product=CAN.gtin, pause=0.2)),
    tail=0.6,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("scenes")]


@pytest.fixture(autouse=True, scope="module")
def data(render_python: Path, body_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    """Render into a folder of the tests' own, in the environment that is there."""
    folder = tmp_path_factory.mktemp("scenes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CART_DATA", str(folder))
        patch.setenv("CART_SCENES_PYTHON", str(render_python))
        patch.setattr("cart.scenes.production.body_assets", lambda: body_folder)
        settings.cache_clear()
        yield folder
    settings.cache_clear()


def quiet(what: str, done: int, total: int) -> None:
    assert 0 <= done <= total, what


@pytest.fixture(scope="module")
def footage(data: Path) -> Footage:
    return make_trip(SCRIPT, RANGE, data / "out", 2, quiet, labels=True)


def test_the_truth_is_what_the_script_says(footage: Footage) -> None:
    truth = load_truth(footage.truth)
    assert [(e.action, e.product) for e in truth.events] == [("add", CAN.gtin), ("remove", CAN.gtin)]
    assert truth.initial == truth.final == {CAN.gtin: 1}
    assert truth.size == (128, 96)


def test_the_video_lasts_as_long_as_the_trip(footage: Footage) -> None:
    with open_footage(footage.video) as video:
        frames = list(video)
    assert frames[0].image.shape == (96, 128, 3)
    assert frames[-1].time > load_truth(footage.truth).events[-1].t
    assert len(frames) == footage.rendered


def test_the_opening_is_read_by_the_pipeline(footage: Footage) -> None:
    assert len(load_polygon(footage.opening)) >= 3


def test_labels_show_a_hand_and_items_while_something_happens(footage: Footage) -> None:
    folder = footage.video.with_name("short.labels")
    kinds = {line.split()[0] for file in folder.glob("*.txt") for line in file.read_text().splitlines()}
    assert kinds == {"0", "1"}
    full = json.loads((folder / "boxes.json").read_text())
    assert len(full) == footage.rendered
    assert any(arm >= 0 for frame in full for arm in frame["held"])
    assert all(len(frame["helped"]) == len(frame["items"]) for frame in full)
    things = json.loads((folder / "things.json").read_text())
    assert things["items"] == [CAN.gtin, CAN.gtin]
    assert things["hands"] == [{"shopper": 1, "hand": "left"}, {"shopper": 1, "hand": "right"}]


@pytest.mark.usefixtures("footage")
def test_a_second_run_renders_nothing_and_a_broken_one_only_the_rest(data: Path) -> None:
    again = make_trip(SCRIPT, RANGE, data / "out", 2, quiet)
    assert again.rendered == 0
    job = storage.job_folder(storage.trips_folder(), complete(SCRIPT, RANGE))
    before = (job / "frame_00003.png").read_bytes()
    (job / "frame_00003.png").unlink()
    resumed = make_trip(SCRIPT, RANGE, data / "out", 2, quiet)
    assert resumed.rendered == 1
    assert (job / "frame_00003.png").read_bytes() == before


def test_a_kill_while_encoding_leaves_the_video_that_was_there(footage: Footage) -> None:
    before = footage.video.read_bytes()

    def stop(what: str, done: int, _: int) -> None:
        if (what, done) == ("encode", 5):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_trip(SCRIPT, RANGE, footage.video.parent, 1, stop)
    assert footage.video.read_bytes() == before


@pytest.mark.usefixtures("footage")
def test_the_same_script_gives_the_same_truth_and_motion(data: Path) -> None:
    whole = complete(SCRIPT, RANGE)
    first = storage.job_folder(storage.trips_folder(), whole)
    folder = storage.job_folder(data / "again", whole)
    storage.give_models(folder, items_in_order(whole), model_of)
    Workers(1, lambda _: None).run([rehearsal([folder])])
    assert (folder / "truth.json").read_text() == (first / "truth.json").read_text()
    with np.load(folder / "take.npz") as one, np.load(first / "take.npz") as other:
        assert all(np.array_equal(one[name], other[name], equal_nan=name != "held") for name in other)


def test_a_store_says_where_its_camera_is(data: Path) -> None:
    asked = Camera(place=(0.1, -0.4, 1.2), field_of_view=80)
    whole = complete(SCRIPT.model_copy(update={"name": "placed", "camera": asked}), RANGE)
    folder = storage.job_folder(data / "placed", whole)
    storage.give_models(folder, items_in_order(whole), model_of)
    Workers(1, lambda _: None).run([rehearsal([folder])])
    camera = read_job(folder).take.camera
    assert camera.place == (0.1, -0.4, 1.2)
    assert camera.field_of_view == pytest.approx(np.radians(80))


def test_what_cannot_be_played_is_told(data: Path) -> None:
    big = next(p for p in RANGE if p.shape == "egg_box")
    crowd = SCRIPT.model_copy(update={"name": "crowd", "initial": (big.gtin,) * 40})
    with pytest.raises(CannotRehearse, match="cannot be played as written"):
        make_trip(crowd, RANGE, data / "out", 1, quiet)


def test_stills_have_labels_and_are_made_once() -> None:
    made = make_stills(2, 1, RANGE, (128, 96), 2, quiet)
    assert made.made >= 2
    pictures, labels = (sorted((made.folder / name).iterdir()) for name in ("images", "labels"))
    assert [p.stem for p in pictures] == [p.stem for p in labels]
    assert len(pictures) == 2
    assert make_stills(2, 1, RANGE, (128, 96), 2, quiet).made == 0
    with pytest.raises(InputError, match="another --range-seed or --gloves"):
        make_stills(2, 1, products(60, 1), (128, 96), 2, quiet)
    make_stills(3, 1, RANGE, (128, 96), 2, quiet)
    assert len(list((made.folder / "images").iterdir())) == 3
