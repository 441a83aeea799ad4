import dataclasses

import numpy as np
import pytest

from cart.scenes.render.protocol import (
    read_job,
    read_model,
    read_picture,
    write_job,
    write_model,
    write_picture,
    write_text,
)
from cart.scenes.take import ArmSpec
from tests.scenes.render.takes import box, models, resting, take


def test_a_job_is_read_as_it_was_written(tmp_path):
    items = resting(2, [(0, 0, 0.5), (0.1, 0, 0.5)])
    items[0, 1] = np.nan
    written = take(items)
    write_job(tmp_path / "job", written, models(2))
    read = read_job(tmp_path / "job")
    assert read.take.description() == written.description()
    assert np.array_equal(read.take.items, items, equal_nan=True)
    assert read.take.camera == written.camera
    assert read.take.light.lamps == written.light.lamps
    model = read.model("item0")
    assert np.allclose(model.vertices, box().vertices)
    assert model.materials[0].picture == "label"


def test_a_model_keeps_its_looks_and_pictures(tmp_path):
    model = box(picture=True)
    write_model(tmp_path / "m.npz", model)
    read = read_model(tmp_path / "m.npz")
    assert read.materials == model.materials
    assert np.array_equal(read.pictures["label"], model.pictures["label"])
    assert read.sharp_degrees == model.sharp_degrees


def test_frames_of_the_same_take_are_kept_and_of_another_removed(tmp_path):
    one = take(resting(1, [(0, 0, 0.5)]))
    job = write_job(tmp_path, one, models(1))
    write_picture(job.frame_file(0), np.zeros((4, 4, 3), np.uint8))
    write_picture(job.ids_file(0), np.zeros((4, 4), np.uint8))
    assert write_job(tmp_path, one, models(1)).is_done(0)
    other = dataclasses.replace(one, seed=4)
    assert not write_job(tmp_path, other, models(1)).is_done(0)


def test_a_picture_is_read_as_it_was_written(tmp_path):
    picture = np.random.default_rng(0).integers(0, 255, (5, 7, 3)).astype(np.uint8)
    write_picture(tmp_path / "p.png", picture)
    assert np.array_equal(read_picture(tmp_path / "p.png"), picture)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    file = tmp_path / "meter.json"
    write_text(file, "old")
    monkeypatch.setattr("pathlib.Path.write_text", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_text(file, "new")
    monkeypatch.undo()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_takes_that_cannot_be_rendered_are_refused(tmp_path):
    with pytest.raises(ValueError, match="too many"):
        write_job(tmp_path, take(resting(1, [(0, 0, 1)] * 500)), models(500))
    with pytest.raises(ValueError, match="no model for product item1"):
        write_job(tmp_path, take(resting(1, [(0, 0, 1)] * 2)), models(1))
    with_arm = dataclasses.replace(take(resting(1, [(0, 0, 1)])), arms=(ArmSpec(),))
    with pytest.raises(ValueError, match="needs the folder of the body"):
        write_job(tmp_path, with_arm, models(1))


def test_a_folder_that_is_no_job_is_refused(tmp_path):
    with pytest.raises(ValueError, match="is no render job"):
        read_job(tmp_path)
