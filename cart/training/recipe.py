"""The recipe of a detector: everything its training depends on, in one file."""

import hashlib
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cart.errors import InputError

PACKAGED = Path(__file__).with_name("detector.toml")


class Section(BaseModel):
    """Part of a recipe file: frozen, and with no field that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_Recipe = TypeVar("_Recipe", bound=Section)


class Stills(Section):
    """A folder of labelled stills, or a stretch of it; see `labelled.read_stills`."""

    folder: Path
    first: int = Field(0, ge=0, description="index of the first still taken")
    last: int | None = Field(None, gt=0, description="index of the first still not taken; all if left out")


class Rendered(Section):
    """Stills that `cart scenes stills` rendered into $CART_DATA."""

    seed: int = Field(ge=0, description="their --seed")
    count: int = Field(gt=0, description="so many of them")
    size: tuple[int, int] = Field((480, 360), description="width and height, pixels")
    range_seed: int = Field(ge=0, description="their --range-seed: products that no test shows")
    gloves: float | None = Field(None, ge=0, le=1, description="their --gloves, if given")


class Sources(Section):
    """The pictures that are not composed; folders are relative to where the command runs."""

    stills: list[Stills] = Field(description="labelled stills to train on and to cut from")
    held_out: list[Stills] = Field(description="labelled stills to validate on")
    rendered: list[Rendered] = Field([], description="rendered stills to train on")
    rendered_held_out: list[Rendered] = Field([], description="rendered stills to validate on")
    packshots: Path | None = Field(None, description="folder of products photographed on white")


class Scenes(Section):
    """The composed pictures."""

    train: int = Field(gt=0, description="scenes to train on")
    validation: int = Field(gt=0, description="scenes to validate on, of cut-outs never trained on")
    items: int = Field(gt=0, description="drawn items that stand; as many lie")
    hands: int = Field(gt=0, description="drawn empty hands")
    grips: int = Field(gt=0, description="drawn hands that hold an item")
    still_copies: int = Field(1, ge=0, description="how often each still is trained on beside the scenes")
    rendered_copies: int = Field(1, ge=1, description="how often each rendered still is")
    closer: int = Field(0, ge=0, description="parts of each rendered still, as a nearer camera sees it")


class Training(Section):
    """How the network is trained; the names are those of ultralytics."""

    epochs: int = Field(gt=0)
    imgsz: int = Field(gt=31, multiple_of=32, description="side of the square training picture, pixels")
    batch: int = Field(16, gt=0)
    lr0: float = Field(1e-3, gt=0, description="first learning rate (AdamW, cosine)")
    mosaic: float = Field(0.3, ge=0, le=1, description="share of pictures put together of four")
    scale: float = Field(0.4, ge=0, lt=1, description="random zoom, 1 +- this")
    degrees: float = Field(10, ge=0, le=180, description="random turn")
    freeze: int = Field(0, ge=0, description="layers kept as in the start")


class Recipe(Section):
    """A recipe file."""

    start: str = Field(
        description="weights to start from: a path, a name that ultralytics fetches, or the .toml of a "
        "recipe, which is trained first"
    )
    seed: int = Field(0, ge=0)
    detection_size: int = Field(gt=31, multiple_of=32, description="longer side of a frame when detecting")
    workers: int = Field(2, gt=0, description="processes that compose scenes, then threads that train")
    sources: Sources
    scenes: Scenes
    training: Training

    def digest(self, *left_out: str) -> str:
        """Return twelve hex digits that stand for the recipe, without the fields named."""
        return digest_of(self, *left_out)


def read_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        InputError: it is missing, no TOML, or a field is wrong.
    """
    return read(path, Recipe)


def digest_of(recipe: Section, *left_out: str) -> str:
    """Return twelve hex digits that stand for a recipe, without the fields named."""
    text = recipe.model_dump_json(exclude=set(left_out))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read(path: Path, kind: type[_Recipe]) -> _Recipe:
    """Read a recipe file of a kind.

    Raises:
        InputError: it is missing, no TOML, or a field is wrong.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise InputError(f"no recipe at {path}: give the path of a recipe file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML file: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {where}: {first['msg']}") from error
