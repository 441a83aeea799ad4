"""The wheel carries all that a run needs: built, installed elsewhere, and run on the sample trip."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from cart.events import read_events

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_with_its_models_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(name for name in names if name.endswith("/METADATA"))
        text = archive.read(metadata).decode()

    assert {"cart/models/detector.onnx", "cart/models/embedder.onnx", "cart/settings.py"} <= names
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "cart").rglob("*.py")}
    assert modules <= names
    assert {f"cart/vision/live/rollout/smoke/{name}.jpg" for name in ("cart", "can", "bottle")} <= names
    assert {name.split("/")[0] for name in names} == {"cart", metadata.split("/")[0]}
    assert "License-Expression: AGPL-3.0-or-later" in text
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_an_installed_wheel_runs_away_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    python = environment_with(wheel, tmp_path / "environment")
    trip = ROOT / "tests" / "footage" / "starter_trip.mp4"
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    clean["CART_CACHE"] = str(tmp_path / "cache")

    where = [python, "-c", "import cart; print(cart.__file__)"]
    imported = subprocess.run(where, cwd=tmp_path, env=clean, capture_output=True, text=True, check=True)
    command = [python.with_name("cart"), "process", trip, "--every", "0.5", "--events", "events.jsonl"]
    command += ["--catalog", catalog_of_one(tmp_path / "catalog")]
    run = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)

    assert imported.stdout.startswith(str(tmp_path))
    assert (run.returncode, run.stderr) == (0, "")
    assert "Receipt of footage-" in run.stdout
    models = {event.data.model for event in read_events(tmp_path / "events.jsonl")}
    assert all(model.startswith("detector-") and " embedder-" in model for model in models)


def catalog_of_one(folder: Path) -> Path:
    """Copy a product of the starter trip's catalog with one picture: enough to need the embedder."""
    whole = ROOT / "tests" / "footage" / "catalog"
    header, line, *_ = (whole / "products.csv").read_text().splitlines()
    picture = Path("images", line.partition(",")[0], "0.jpg")
    (folder / picture).parent.mkdir(parents=True)
    (folder / picture).write_bytes((whole / picture).read_bytes())
    (folder / "products.csv").write_text(f"{header}\n{line}\n")
    return folder


def environment_with(wheel: Path, folder: Path) -> Path:
    """Make an environment that has the wheel and, beneath it, what is installed here but for this project.

    Packages are found by a path that pip adds, so that the editable install of the repository, which works
    by a `.pth` file among them, is not.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--no-deps",
            "--no-index",
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python
