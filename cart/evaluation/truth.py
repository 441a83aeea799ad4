"""Truth files, `NAME.truth.json`: what really happened in a piece of footage."""

from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
)

from cart.errors import InputError
from cart.events import Action, first_problem

Contents = dict[str, NonNegativeInt]
"""How many items of each product; a product is a GTIN or a name of the catalog."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class TruthEvent(_Value):
    """Items of one product that were added or removed at one moment."""

    t: NonNegativeFloat
    """Seconds of media time, by the contract's rule for `media_time`."""
    action: Action
    product: str
    """A GTIN or a name of the catalog."""
    count: PositiveInt = 1


class NoEvent(_Value):
    """A moment that looks like an event and is none, like a hand that leaves empty."""

    t: NonNegativeFloat
    what: str = ""


class Truth(_Value):
    """What happened in a clip; unknown fields, like a note, are ignored."""

    clip: str = ""
    """File name of the footage."""
    fps: float | None = None
    size: tuple[int, int] | None = None
    """Width and height in pixels."""
    opening: tuple[tuple[float, float], ...] = ()
    """Corners as fractions 0..1 of width and height."""
    initial: Contents
    """The contents before the first event."""
    events: tuple[TruthEvent, ...]
    no_event: tuple[NoEvent, ...] = ()
    final: Contents
    """The contents after the last event."""
    tolerance_s: Annotated[float, Field(gt=0)]
    """How far, in seconds, an event may be from its truth."""


def load_truth(path: Path) -> Truth:
    """Read a truth file.

    Raises:
        InputError: the file cannot be read or is not a truth file; names the first thing that is wrong.
    """
    try:
        return Truth.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read the truth in {path}: {error.strerror}") from None
    except ValidationError as error:
        raise InputError(f"{path} is not a truth file: {first_problem(error)}") from None
