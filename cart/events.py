"""The cart event: the one message that vision sends and checkout reads, a CloudEvents 1.0 JSON object.

Beside it stands the camera event, which tells that a camera can, or can no longer, be believed. It is no
line of a tally and has no place in the session's sequence, so that one lost leaves no gap there.

Unknown fields are ignored when an event is read, so that a newer sender can talk to an older reader.
"""

import json
import re
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from uuid import UUID, uuid5

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    ValidationError,
    model_validator,
)

from cart import gtin
from cart.errors import InputError

Action = Literal["add", "remove"]
EventType = Literal["cart.item.added", "cart.item.removed"]

CameraEventType = Literal["cart.camera.degraded", "cart.camera.recovered"]
Fault = Literal["covered", "blurred", "dark", "frozen", "moved", "lost"]

EVENT_TYPES: dict[Action, EventType] = {"add": "cart.item.added", "remove": "cart.item.removed"}
_ACTIONS: dict[EventType, Action] = {type_: action for action, type_ in EVENT_TYPES.items()}

EVENT_NAMESPACE = UUID("5f0c7c1e-6a43-4c0b-9d8e-3b1f2a7d9c64")
"""UUIDv5 namespace of recorded events; were it to change, footage sent again would be applied again."""

_CAMERA_LINE = re.compile(r'"type"\s*:\s*"cart\.camera\.')
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _round_to(decimals: int) -> AfterValidator:
    return AfterValidator(lambda value: round(value, decimals) + 0.0)  # + 0.0 turns -0.0 into 0.0


def _parse_gtin(text: str) -> str:
    try:
        return gtin.parse(text)
    except InputError as error:
        raise ValueError(str(error)) from None


def _require_rfc3339(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _RFC3339.fullmatch(value)):
        return value
    raise ValueError("not a time with its zone: write it like 2026-01-31T12:00:00.000Z")


def _to_utc_milliseconds(value: datetime) -> datetime:
    try:
        utc = value.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time lies outside the years 1 to 9999") from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _rfc3339(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Gtin = Annotated[str, AfterValidator(_parse_gtin)]
Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False), _round_to(3)]
Confidence = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False), _round_to(4)]
Count = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Timestamp = Annotated[
    AwareDatetime,
    BeforeValidator(_require_rfc3339),
    AfterValidator(_to_utc_milliseconds),
    PlainSerializer(_rfc3339, return_type=str, when_used="json"),
]


class _Value(BaseModel):
    model_config = ConfigDict(
        frozen=True, use_attribute_docstrings=True, serialize_by_alias=True, validate_by_name=True
    )


class Candidate(_Value):
    """A product that the item may be."""

    gtin: Gtin
    """As the catalog writes it."""
    confidence: Confidence
    """How much the item looks like this product, 0..1."""


class Evidence(_Value):
    """Where in the footage the event can be seen."""

    image: str | None = None
    """The picture kept of the item: its file, or null where none is kept."""
    from_: Annotated[Seconds, Field(alias="from")]
    """Start of the stretch that shows the event, in seconds of media time."""
    to: Seconds
    """End of that stretch, in seconds of media time, not before `from`."""

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.to < self.from_:
            raise ValueError(f"ends at {self.to} s, before it starts at {self.from_} s")
        return self


class EventData(_Value):
    """What was seen."""

    sequence: Count
    """Number of the event in its session: 1, 2, 3, ..."""
    media_time: Seconds
    """When it happened, in seconds of the footage, whose first frame is 0; kept to the millisecond."""
    gtin: Gtin | None
    """The product, as the catalog writes it; null where it is not known."""
    quantity: Count = 1
    """How many items of the product, at least 1."""
    confidence: Confidence
    """How sure vision is of the event and its product, 0..1; kept to four decimals."""
    candidates: tuple[Candidate, ...] = ()
    """The products that the item may be, most likely first."""
    entry_method: Literal["camera", "barcode"] = "camera"
    """What told the product: its look or its barcode."""
    needs_review: StrictBool = False
    """True where the shopper or an associate has to decide."""
    from_initial: StrictBool = False
    """True for the removal of what lay in the cart at the start; it is never billed."""
    visit: Count
    """Number of the visit in its session that the event belongs to: 1, 2, 3, ..."""
    evidence: Evidence
    """Where in the footage the event can be seen."""
    model: str
    """Version of the detector and the embedder that saw it."""


class _CloudEvent(_Value):
    specversion: Literal["1.0"] = "1.0"
    """Version of CloudEvents."""
    id: UUID
    """For recorded footage by `event_id_recorded`, live by `event_id_live`."""
    source: Annotated[str, Field(pattern=r"^/carts/[^/?#\s]+$")]
    """The cart: `/carts/<cart>`."""
    subject: Annotated[str, Field(min_length=1)]
    """The session: one shopping trip of that cart."""
    type: str
    """What happened."""
    time: Timestamp
    """When it happened, aware; kept in UTC and to the millisecond."""
    datacontenttype: Literal["application/json"] = "application/json"
    """Media type of `data`."""

    def to_json(self) -> str:
        """Return the event as one line of JSON without a line end; the same event gives the same text."""
        return self.model_dump_json()


class CartEvent(_CloudEvent):
    """One item added to a cart, or removed from it: a CloudEvents 1.0 JSON object.

    `(source, id)` is the only key by which an event sent twice is known.
    """

    type: EventType
    """Whether the item was added or removed."""
    data: EventData
    """What was seen."""

    @model_validator(mode="after")
    def _only_removals_are_from_initial(self) -> Self:
        if self.data.from_initial and self.action == "add":
            raise ValueError("data.from_initial is true for an add: only a removal can be from the start")
        return self

    @property
    def action(self) -> Action:
        """`add` or `remove`."""
        return _ACTIONS[self.type]

    @property
    def gtin(self) -> str | None:
        """The product, as the catalog writes it; None where it is not known."""
        return self.data.gtin

    @property
    def media_time(self) -> float:
        """When it happened, in seconds of the footage."""
        return self.data.media_time

    @property
    def confidence(self) -> float:
        """How sure vision is of the event and its product, 0..1."""
        return self.data.confidence

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read an event from its JSON.

        Raises:
            InputError: `text` is no JSON, or not a cart event; names the first field that is wrong.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InputError(f"not a cart event: {first_problem(error)}") from None


class CameraEventData(_Value):
    """What is wrong with a camera, or was."""

    media_time: Seconds
    """When the state was sure, in seconds of the footage, whose first frame is 0; kept to the millisecond."""
    since: Seconds
    """When it began, in seconds of the footage, not after `media_time`."""
    reason: Fault
    """What is wrong; in `cart.camera.recovered`, what was. `lost`: no frames came."""
    detail: str
    """The same in one line for a person, with what to do about it."""
    measure: Annotated[float, Field(strict=True, allow_inf_nan=False), _round_to(4)]
    """The figure behind it, whose unit depends on the reason (see `cart.vision.health.Health`)."""

    @model_validator(mode="after")
    def _begins_before_it_is_sure(self) -> Self:
        if self.since > self.media_time:
            raise ValueError(f"since is {self.since} s, after media_time at {self.media_time} s")
        return self


class CameraEvent(_CloudEvent):
    """A camera whose pictures can no longer be believed, or can again: a CloudEvents 1.0 JSON object.

    It carries no sequence: the tally neither waits for it nor books it.
    """

    type: CameraEventType
    """Whether the camera went bad or is good again."""
    data: CameraEventData
    """What is wrong, or was."""

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read an event from its JSON.

        Raises:
            InputError: `text` is no JSON, or not a camera event; names the first field that is wrong.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InputError(f"not a camera event: {first_problem(error)}") from None


def first_problem(error: ValidationError) -> str:
    """Return in one line the first thing that pydantic found wrong, with the place where it stands."""
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def read_events(path: Path) -> list[CartEvent]:
    """Read a file of one event a line, as `cart process --events` writes it.

    Blank lines are skipped, and so are camera events, which say nothing of items.

    Raises:
        InputError: the file cannot be read, or a line is not a cart event; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the events in {path}: {_reason(error)}") from None
    read = [_read_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    return [event for event in read if isinstance(event, CartEvent)]


def _read_line(path: Path, number: int, line: str) -> CartEvent | CameraEvent:
    try:
        return CameraEvent.from_json(line) if _CAMERA_LINE.search(line) else CartEvent.from_json(line)
    except InputError as error:
        raise InputError(f"{path}, line {number}: {error}") from None


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8 text"


def event_id_recorded(session: str, digest: str, visit: int, ordinal: int, action: Action) -> UUID:
    """Return the id of an event in recorded footage, so that the same footage sent twice is applied once.

    UUIDv5 in `EVENT_NAMESPACE` of the JSON list of the arguments.

    Args:
        session: the session's id.
        digest: digest of the footage, in hexadecimal.
        visit: number of the visit in the session.
        ordinal: which event of that visit it is.
        action: what happened.
    """
    return uuid5(EVENT_NAMESPACE, json.dumps([session, digest, visit, ordinal, action]))


def event_id_live() -> UUID:
    """Return a new id of a live event: a UUIDv7, which begins with the time, so that ids sort by it.

    Source: RFC 9562, section 5.7: 48 bits of Unix milliseconds, version, 12 random bits, variant,
    62 random bits.
    """
    milliseconds = time.time_ns() // 1_000_000
    version, variant = 0x7, 0b10
    bits = (milliseconds & (1 << 48) - 1) << 80 | version << 76 | secrets.randbits(12) << 64
    return UUID(int=bits | variant << 62 | secrets.randbits(62))
