"""What a training run was made of and how it went: `run.json` in the run's folder."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from cart.errors import InputError

FILE = "run.json"

LIBRARIES = ("torch", "ultralytics", "onnx", "numpy")
"""Libraries whose versions a run records, where they are installed."""


def library_versions() -> dict[str, str]:
    """Return the versions of those of `LIBRARIES` that are installed."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


class Run(BaseModel):
    """A run of one training; only what can be reproduced: no paths, no names of machines."""

    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="strings")

    model: Literal["detector", "embedder"]
    unit: Literal["epoch", "step"] = Field(description="what the curve counts")
    recipe: str = Field(description="digest of the recipe")
    seed: int
    settings: dict[str, int | float | str] = Field(description="what the recipe says, plain values")
    data: dict[str, int] = Field(description='how much of each kind, such as {"composed scenes": 3000}')
    device: str = Field(description='such as "cpu, 2 threads"')
    versions: dict[str, str] = Field(default_factory=library_versions)
    started: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))
    ended: AwareDatetime | None = None
    seconds: float = Field(0.0, ge=0, description="time trained, without the breaks between resumptions")
    curve: list[dict[str, int | float]] = Field([], description='such as {"epoch": 1, "box loss": 1.2}')
    figures: dict[str, float] = Field({}, description="what the model reached in the end")

    @model_validator(mode="after")
    def _counts_upwards(self) -> Self:
        steps = [point.get(self.unit, 0) for point in self.curve]
        if steps != sorted(set(steps)) or (steps and steps[0] < 1):
            raise ValueError(f"the curve does not count its {self.unit}s upwards from 1")
        return self

    def line(self, name: str) -> tuple[list[float], list[float]]:
        """Return the steps at which a value of the curve is known, and its values there."""
        known = [point for point in self.curve if name in point]
        return [point[self.unit] for point in known], [point[name] for point in known]

    def names(self) -> list[str]:
        """Return the names of the curve's values, in order of appearance."""
        return list(dict.fromkeys(name for point in self.curve for name in point if name != self.unit))


class History:
    """The record of a run that is going on; every change is on disk at once, whole or not at all."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self.run = folder, run
        self._seconds_before, self._since = run.seconds, time.monotonic()

    @classmethod
    def start(cls, folder: Path, run: Run, *, resumed: bool = False) -> Self:
        """Begin the record of a run, and write it.

        Args:
            folder: of the run; made where it is missing.
            run: what it is made of.
            resumed: the training goes on from a checkpoint: keep the curve that the folder has, if any.

        Raises:
            InputError: the record that is to go on is damaged, or of another recipe.
        """
        if resumed and (folder / FILE).exists():
            run = _joined(cls.load(folder).run, run, folder)
        folder.mkdir(parents=True, exist_ok=True)
        history = cls(folder, run)
        history._write()
        return history

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the record of a run.

        Raises:
            InputError: there is none, or it is damaged.
        """
        return cls(folder, read_run(folder))

    def add(self, step: int, /, **values: float) -> None:
        """Add a point to the curve; those of the same and later steps, of a run cut short, are dropped.

        Args:
            step: epochs or steps done, from 1.
            values: by their names. Names ending in "loss" are drawn together, those ending in "learning rate"
                too, and all others as figures of the validation, which go from 0 to 1.
        """
        unit = self.run.unit
        earlier = [point for point in self.run.curve if point[unit] < step]
        self.run.curve = [*earlier, {unit: step, **values}]
        self._write()

    def finish(self, figures: Mapping[str, float]) -> None:
        """Close the record with what the model reached."""
        self.run.figures = dict(figures)
        self.run.ended = datetime.now(UTC)
        self._write()

    def _write(self) -> None:
        self.run.seconds = round(self._seconds_before + time.monotonic() - self._since, 1)
        part = self.folder / f"{FILE}.part"
        part.write_text(self.run.model_dump_json(indent=1) + "\n", encoding="utf-8")
        part.replace(self.folder / FILE)


def is_trained(folder: Path) -> bool:
    """Return whether a run's folder holds the record of a training that came to its end.

    Raises:
        InputError: the record is damaged.
    """
    return (folder / FILE).exists() and read_run(folder).ended is not None


def read_run(folder: Path) -> Run:
    """Read what a run's folder holds about it.

    Raises:
        InputError: it is missing or damaged.
    """
    file = folder / FILE
    try:
        return Run.model_validate_json(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"no {FILE} in {folder}: {_where_runs_lie(folder)}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"{file} is damaged: {where}: {first['msg']}; train again") from error


def _joined(earlier: Run, now: Run, folder: Path) -> Run:
    """Return the run that goes on: what was recorded, and what it goes on with."""
    if (earlier.model, earlier.recipe) != (now.model, now.recipe):
        raise InputError(f"{folder} holds a run of another recipe, {earlier.recipe}: choose another folder")
    device = earlier.device if earlier.device.endswith(now.device) else f"{earlier.device}, then {now.device}"
    kept = {"started": earlier.started, "seconds": earlier.seconds, "curve": earlier.curve}
    return now.model_copy(update={**kept, "device": device})


def _where_runs_lie(folder: Path) -> str:
    runs = sorted(file.parent for file in folder.glob(f"*/{FILE}"))
    return f"give a run's folder, such as {runs[0]}" if runs else "give the folder of a run of cart train"
