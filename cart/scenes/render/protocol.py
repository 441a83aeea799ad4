"""A render job as a folder: what goes in, what comes out, and how both sides read it.

In:  `take.json` (the take's values), `take.npz` (its arrays), `models/<gtin>.npz` (a mesh, its looks and
pictures).
Out: `frame_00012.png` (8-bit sRGB, a pinhole picture of `lens.rendered_size`) and `ids_00012.png` (8-bit: 0
background, 1 and up the items in the take's order, 200 and up the arms, 255 the cart) for frame 12. Each
file appears whole or not at all, so a job goes on where it was broken off: a frame whose two files are there
is not rendered again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cart.scenes.geometry import Bytes, Material, Model
from cart.scenes.take import ArmSpec, CameraSpec, CartSpec, LightSpec, SurroundingsSpec, Take

ARM_ID = 200
CART_ID = 255
ARRAYS = ("times", "frames", "items", "joints", "floor_shift", "held")
_HELPED = "helped"  # an array that takes from before second hands were told lack


@dataclass(frozen=True)
class Job:
    """What a job folder holds."""

    folder: Path
    take: Take
    assets: Path | None
    """Where the shapes of arms are read from (`cart.scenes.hands.body.load_body`)."""

    def model(self, gtin: str) -> Model:
        """Read one product's model."""
        return read_model(self.folder / "models" / f"{gtin}.npz")

    def frame_file(self, frame: int) -> Path:
        """Return where the picture of a frame lies or will lie."""
        return self.folder / f"frame_{frame:05d}.png"

    def ids_file(self, frame: int) -> Path:
        """Return where the id mask of a frame lies or will lie."""
        return self.folder / f"ids_{frame:05d}.png"

    def is_done(self, frame: int) -> bool:
        """Whether a frame is rendered."""
        return self.frame_file(frame).exists() and self.ids_file(frame).exists()


def write_job(folder: Path, take: Take, models: Mapping[str, Model], assets: Path | None = None) -> Job:
    """Write a job's folder; frames that lie in it from another take are removed.

    Args:
        folder: Is made if it is missing.
        take: What to render.
        models: The model of each product of the take, by GTIN.
        assets: Where arms are read from; needed if the take has arms.

    Raises:
        ValueError: The take has more items than an id mask can tell apart, lacks a model, or has arms
        without assets.
    """
    if len(take.products) >= ARM_ID:
        raise ValueError(
            f"{len(take.products)} items are too many: an id mask tells at most {ARM_ID - 1} apart"
        )
    missing = sorted(set(take.products) - set(models))
    if missing:
        raise ValueError(f"no model for product {missing[0]}")
    if take.arms and assets is None:
        raise ValueError("a take with arms needs the folder of the body's shapes")
    (folder / "models").mkdir(parents=True, exist_ok=True)
    job = Job(folder, take, assets)
    description = json.dumps(
        {"take": take.description(), "assets": str(assets) if assets else None}, indent=1
    )
    arrays = {name: getattr(take, name) for name in (*ARRAYS, _HELPED)}
    if not _same_take(folder, description, arrays):
        for old in [*folder.glob("frame_*.png"), *folder.glob("ids_*.png"), *folder.glob("meter.json")]:
            old.unlink()
    for gtin in sorted(set(take.products)):
        write_model(folder / "models" / f"{gtin}.npz", models[gtin])
    with _whole(folder / "take.npz") as part:
        np.savez(part, **arrays)
    write_text(folder / "take.json", description)
    return job


def read_job(folder: Path) -> Job:
    """Read a job's folder.

    Raises:
        ValueError: It is none, or was not written to its end.
    """
    try:
        described = json.loads((folder / "take.json").read_text())
        with np.load(folder / "take.npz") as arrays:
            loaded = {name: arrays[name] for name in ARRAYS}
            loaded[_HELPED] = arrays.get(_HELPED, np.full_like(loaded["held"], -1))
    except (OSError, KeyError, ValueError) as broken:
        raise ValueError(f"{folder} is no render job: {broken}") from broken
    values = described["take"]
    values["camera"] = CameraSpec(**_tuples(values["camera"]))
    values["cart"] = CartSpec(**_tuples(values["cart"]))
    values["light"] = LightSpec(**_tuples(values["light"]))
    values["surroundings"] = SurroundingsSpec(**_tuples(values["surroundings"]))
    values["arms"] = tuple(ArmSpec(**_tuples(arm)) for arm in values["arms"])
    values["products"] = tuple(values["products"])
    assets = described["assets"]
    return Job(folder, Take(**values, **loaded), Path(assets) if assets else None)


def write_model(file: Path, model: Model) -> None:
    """Write a model as one file."""
    names = sorted(model.pictures)
    about = {
        "materials": [asdict(m) for m in model.materials],
        "pictures": names,
        "sharp": model.sharp_degrees,
    }
    pictures: dict[str, Any] = {f"picture_{n}": model.pictures[name] for n, name in enumerate(names)}
    with _whole(file) as part:
        np.savez(
            part,
            about=np.frombuffer(json.dumps(about).encode(), np.uint8),
            vertices=model.vertices.astype(np.float32),
            faces=model.faces.astype(np.int32),
            uvs=model.uvs.astype(np.float32),
            face_materials=model.face_materials.astype(np.int16),
            **pictures,
        )


def read_model(file: Path) -> Model:
    """Read a model that `write_model` wrote."""
    with np.load(file) as held:
        about = json.loads(held["about"].tobytes())
        return Model(
            vertices=held["vertices"],
            faces=held["faces"],
            uvs=held["uvs"],
            face_materials=held["face_materials"],
            materials=tuple(Material(**_tuples(m)) for m in about["materials"]),
            pictures={name: held[f"picture_{n}"] for n, name in enumerate(about["pictures"])},
            sharp_degrees=about["sharp"],
        )


def read_models(folder: Path, gtins: Iterable[str]) -> dict[str, Model]:
    """Read the models of products from a job's folder."""
    return {gtin: read_model(folder / "models" / f"{gtin}.npz") for gtin in set(gtins)}


def write_picture(file: Path, picture: Bytes) -> None:
    """Write a picture (H, W) or, in RGB, (H, W, 3) as PNG, whole or not at all."""
    shown = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".png", shown)
    if not done:
        raise OSError(f"cannot encode {file.name}")
    with _whole(file) as part:
        part.write_bytes(data.tobytes())


def read_picture(file: Path) -> Bytes:
    """Read a picture that `write_picture` wrote."""
    picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise OSError(f"cannot read {file}")
    return np.asarray(picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def write_text(file: Path, text: str) -> None:
    """Write a text, whole or not at all."""
    with _whole(file) as part:
        part.write_text(text)


class _whole:  # noqa: N801
    """Gives a name beside a file to write to, which takes the file's place once all is written."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._part = file.with_name(f".{file.stem}.{id(self)}.part{file.suffix}")

    def __enter__(self) -> Path:
        return self._part

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._part.replace(self._file)
        else:
            self._part.unlink(missing_ok=True)


def _same_take(folder: Path, description: str, arrays: dict[str, np.ndarray]) -> bool:
    """Whether a folder holds this very take already."""
    try:
        if (folder / "take.json").read_text() != description:
            return False
        with np.load(folder / "take.npz") as held:
            return all(np.array_equal(held[name], arrays[name], equal_nan=name != "held") for name in ARRAYS)
    except (OSError, KeyError, ValueError):
        return False


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    """Return values with tuples in place of JSON's lists."""
    return {name: _tuple(value) for name, value in values.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(each) for each in value) if isinstance(value, list) else value
