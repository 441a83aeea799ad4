"""The render process itself; needs the render environment."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from cart.scenes.render.protocol import read_picture, write_job
from cart.scenes.stage.lens import rendered_size
from tests.scenes.render.takes import models, resting, take

ROOT = Path(__file__).parents[3]


def run(python: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [python, "-m", "cart.scenes.render.blender", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@pytest.fixture(scope="module")
def trip(render_python, tmp_path_factory):
    """A trip of five frames: still, still, an item moves, has moved, and is gone."""
    items = resting(5, [(0.0, 0.0, 0.5), (0.12, 0.1, 0.5)])
    items[6:9, 1, 2] = 0.52, 0.54, 0.56
    items[9:, 1, 2] = 0.6
    items[12:, 1] = np.nan
    job = write_job(tmp_path_factory.mktemp("trip"), take(items, size=(192, 144)), models(2))
    return job, run(render_python, job.folder)


@pytest.mark.slow
def test_each_frame_is_told_and_lies_there_in_the_pinhole_size(trip):
    job, done = trip
    assert done.returncode == 0, done.stderr
    assert [line["frame"] for line in lines(done)] == [0, 1, 2, 3, 4]
    width, height = rendered_size(job.take.camera)
    for frame in range(5):
        picture = read_picture(job.frame_file(frame))
        assert picture.shape == (height, width, 3)
        assert picture.std() > 10
        assert read_picture(job.ids_file(frame)).shape == (height, width)
    assert not [file for file in job.folder.iterdir() if file.name.startswith(".")]


@pytest.mark.slow
def test_only_what_changed_is_rendered(trip):
    job, done = trip
    shares = [line["rendered_share"] for line in lines(done)]
    assert shares[:2] == [1.0, 0.0]
    assert all(0 < share < 0.7 for share in shares[2:])
    first, still, moving = (read_picture(job.frame_file(frame)) for frame in (0, 1, 2))
    assert np.array_equal(first, still)
    changed = np.abs(first.astype(int) - moving).max(axis=2) > 12
    assert changed.any()
    assert not changed[:, :60].any()


@pytest.mark.slow
def test_a_part_looks_as_if_all_had_been_rendered(trip, render_python, tmp_path):
    job, _ = trip
    moments = job.take.frames[3]
    alone = take(job.take.items[moments], size=(192, 144))
    whole = write_job(tmp_path, alone, models(2))
    (tmp_path / "meter.json").write_text((job.folder / "meter.json").read_text())
    assert run(render_python, tmp_path).returncode == 0
    apart = np.abs(read_picture(whole.frame_file(0)).astype(int) - read_picture(job.frame_file(3)))
    assert apart.mean() < 1.5
    assert np.percentile(apart, 99) < 16


@pytest.mark.slow
def test_the_mask_is_what_cycles_sees(trip, render_python):
    job, _ = trip
    flat = job.folder / "flat.png"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    script = Path(__file__).with_name("flat.py")
    command = [render_python, str(script), str(job.folder), "3", str(flat)]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    ours, theirs = read_picture(job.ids_file(3)), read_picture(flat)
    assert (ours == 2).sum() > 50
    assert (ours != theirs).mean() < 0.005
    assert (ours != theirs)[(ours == 1) | (ours == 2)].mean() < 0.05


@pytest.mark.slow
def test_a_killed_process_leaves_whole_files_and_the_next_goes_on(render_python, tmp_path):
    items = resting(4, [(0.0, 0.0, 0.5)])
    items[:, 0, 0] = np.linspace(-0.1, 0.1, 12)
    job = write_job(tmp_path, take(items, size=(96, 72)), models(1))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [render_python, "-m", "cart.scenes.render.blender", str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while '"frame": 0' not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
    done = [frame for frame in range(4) if job.is_done(frame)]
    assert 0 in done
    assert len(done) < 4
    before = {frame: job.frame_file(frame).stat().st_mtime_ns for frame in done}
    for file in tmp_path.glob("frame_*.png"):
        read_picture(file)
    time.sleep(0.01)
    again = run(render_python, tmp_path)
    assert [line["frame"] for line in lines(again)] == [n for n in range(4) if n not in done]
    assert {frame: job.frame_file(frame).stat().st_mtime_ns for frame in done} == before


@pytest.mark.slow
def test_a_folder_that_is_no_job_and_frames_there_are_not_end_with_one_line(render_python, trip, tmp_path):
    for arguments in ([tmp_path], [trip[0].folder, "--frames", "3:99"], [trip[0].folder, "--frames", "x"]):
        done = run(render_python, *arguments)
        assert done.returncode == 2
        assert len(lines(done)) == 1
        assert "error" in lines(done)[0]
        assert "Traceback" not in done.stderr
