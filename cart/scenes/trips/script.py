"""A trip as data: which cart and camera, what lies in it, and what hands do, step by step."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cart.errors import InputError

MOST_ITEMS = 60
"""Items in one trip, so that a cart can hold them and a frame can be rendered."""

Action = Literal[
    "add",  # an item is put inside
    "add_twin",  # a near-twin of what was added last, or one just like it where it has none
    "remove",  # an item that lies inside is taken out
    "add_two",  # two items at once: one in each hand, or both in one
    "fast_add",  # over the rim in under 0.3 s
    "drop",  # let go above the rim
    "swap",  # an item is put inside and another one taken out in one visit
    "show",  # held over the opening and taken back: no event
    "hand",  # an empty hand: no event
    "move",  # an item is put elsewhere inside: no event
    "dig",  # what lies on an item is put aside, then it is taken out
    "bag",  # a shopper's own bag is laid inside: no event
]


BAG = "bag"
"""Stands for a shopper's own bag among the products of a trip."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Step(_Value):
    """One thing that a shopper does."""

    do: Action
    product: str | None = None
    """GTIN or name of the product; left out: drawn (of `remove`, `move` and `dig`: from what lies inside)."""
    second: str | None = None
    """Of `add_two` the other product added; of `swap` the product taken out."""
    pause: Annotated[float, Field(ge=0, le=30)] = 1.0
    """Seconds in which nothing happens before it."""
    speed: Annotated[float, Field(gt=0.2, le=3)] = 1.0
    """1 is an ordinary hand."""
    shopper: Annotated[int, Field(ge=1, le=2)] = 1
    hand: Literal["left", "right"] | None = None
    """Left out: drawn."""


Metres = Annotated[float, Field(ge=-5, le=5)]


class Camera(_Value):
    """Where a store means to put its camera; lens and all that is left out are drawn as for the mount.

    Metres from the cart's centre on the store's floor: x to the right of who pushes it, y forward, z up.
    """

    place: tuple[Metres, Metres, Annotated[float, Field(gt=0, le=5)]] | None = None
    target: tuple[Metres, Metres, Annotated[float, Field(ge=0, le=5)]] | None = None
    """The point in the middle of its picture."""
    roll: Annotated[float, Field(ge=-180, le=180)] | None = None
    """Degrees by which it is turned about its line of sight."""
    field_of_view: Annotated[float, Field(ge=20, le=130)] | None = None
    """Degrees across the picture's width."""


class Script(_Value):
    """A whole trip. What is left out is drawn from the seed."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")] = "trip"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    fps: Annotated[float, Field(ge=1, le=60)] = 12.0
    size: tuple[Annotated[int, Field(ge=96, le=1920)], Annotated[int, Field(ge=96, le=1080)]] = (480, 360)
    cart: Literal["wire", "basket", "tray", "scan_zone"] = "wire"
    """A tray with or without an edge is drawn from the seed; a scan zone is a flat one."""
    mount: Literal["rim", "handle", "overhead", "side"] | None = None
    """Where the camera is; left out: drawn."""
    camera: Camera | None = None
    light: Literal["even", "dim", "glaring", "mixed"] | None = None
    gloves: Literal["none", "wool", "latex", "leather"] | None = None
    """What all shoppers wear on their hands; left out: drawn, mostly none."""
    noise: Annotated[float, Field(ge=0, le=4)] | None = None
    """How noisy the camera is: 0 not at all, 1 as usual, 4 as in the dark; left out: as the light asks."""
    rolling: bool = False
    """Whether the cart is pushed along between the steps."""
    initial: tuple[str, ...] = ()
    """Products that lie inside at the start."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=100)]
    tail: Annotated[float, Field(ge=0, le=30)] = 1.5
    """Seconds in which nothing happens at the end."""

    @model_validator(mode="after")
    def _even_size(self) -> "Script":
        if self.size[0] % 2 or self.size[1] % 2:
            raise ValueError("width and height must be even")
        return self

    @model_validator(mode="after")
    def _not_too_many(self) -> "Script":
        items = len(self.initial) + sum(len(items_of(step)) for step in self.steps)
        if items > MOST_ITEMS:
            raise ValueError(f"{items} items; a trip has at most {MOST_ITEMS}")
        return self


def items_of(step: Step) -> tuple[str | None, ...]:
    """Return the products that a step brings into the scene; None where one is to be drawn."""
    if step.do == "add_two":
        return (step.product, step.second)
    if step.do in {"add", "add_twin", "fast_add", "drop", "swap", "show"}:
        return (step.product,)
    return (BAG,) if step.do == "bag" else ()


def items_in_order(script: Script) -> tuple[str, ...]:
    """Return the product of each item of a complete script: the initial ones, then those of the steps."""
    of_steps = [product for step in script.steps for product in items_of(step)]
    return (*script.initial, *(product for product in of_steps if product is not None))


def read_script(file: Path) -> Script:
    """Read a script, a TOML file.

    Raises:
        InputError: it cannot be read, or is not a script; names the first thing that is wrong.
    """
    try:
        return Script.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"cannot read the script {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not TOML: {error}") from None
    except ValidationError as error:
        raise InputError(f"{file}: {what_is_wrong(error)}") from None


def what_is_wrong(error: ValidationError) -> str:
    """Return the first thing that is wrong with a script, in words."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    told = first["msg"].removeprefix("Value error, ")
    return f"{where}: {told}" if where else told
