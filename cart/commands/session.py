"""One cart's session in a run: its events so far, and everybody who is told of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from cart.catalog import Catalog
from cart.checkout.domain import NAME_OF_UNKNOWN, InitialItem, Receipt, make_receipt, write_ledger
from cart.commands.annotate import Annotator
from cart.commands.drawing import Drawing, Viewed
from cart.commands.outputs import EventsFile, OutputFailed, check_apart, check_output, write_text
from cart.commands.screen import Screen
from cart.commands.sending import Sending
from cart.delivery.outbox import Trip
from cart.errors import CartError
from cart.events import CameraEvent, CartEvent
from cart.vision.evidence import Pictures
from cart.vision.footage import Image
from cart.vision.pipeline import Sight
from cart.vision.recorded import Options


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where a run's results go, besides the terminal."""

    events: Path | None = None
    receipt: Path | None = None
    annotate: Path | None = None
    to: str | None = None
    store: str = "1"

    def check(self, options: Options, sources: Sequence[str]) -> None:
        """Refuse outputs that cannot be written, or that would replace one another or what is read.

        Raises:
            InputError: says which and why.
        """
        files = {"--events": self.events, "--receipt": self.receipt, "--annotate": self.annotate}
        for flag, path in files.items():
            check_output(path, flag)
        products = options.catalog / "products.csv" if options.catalog is not None else None
        inputs = (*map(Path, sources), options.opening, options.detector, products)
        check_apart(files | {"--evidence": options.evidence}, [path for path in inputs if path is not None])

    def numbered(self, place: int) -> "Outputs":
        """Return the outputs of one camera of several: its number is in the names, as in `r-2.json`."""
        return replace(
            self,
            events=_numbered(self.events, place),
            receipt=_numbered(self.receipt, place),
            annotate=_numbered(self.annotate, place),
        )


def _numbered(path: Path | None, place: int) -> Path | None:
    return path.with_stem(f"{path.stem}-{place}") if path is not None else None


class Watched(Viewed, Protocol):
    """A camera, or recorded footage, with the session that it watches."""

    @property
    def session(self) -> str:
        """The session's id."""

    def initial(self) -> list[str | None]:
        """Return the GTIN of each item that lay in the cart at the start; None for an unknown one."""


@dataclass
class Session:
    """What a session has come to so far, and where it is told; `open_session` makes one.

    Attributes:
        failed: whether an output could not be written any further, or not be sent; the rest goes on.
    """

    watched: Watched
    catalog: Catalog | None
    pictures: Pictures
    screen: Screen
    events_file: EventsFile
    annotator: Annotator
    sending: Sending
    receipt_file: Path | None
    label: str = ""
    events: list[CartEvent] = field(default_factory=list)
    failed: bool = False

    def __post_init__(self) -> None:
        self._drawing = Drawing(self.watched, self.name_of)

    def tell(self, events: Sequence[CartEvent]) -> None:
        """Pass events on to everybody who wants them."""
        if not events:
            return
        self.events += events
        for event in events:
            self.sending.send(event, self.pictures.take(str(event.id)))
        for event in events:
            self._try_to_write(event)
            self.screen.show_event(event, self.name_of(event.gtin), self.label)
        lines = [line for line in self.receipt().lines if not line.needs_review]
        self._drawing.note(events, [f"{line.quantity} {line.name}" for line in lines])

    def tell_condition(self, events: Sequence[CameraEvent]) -> None:
        """Pass on what changed with the camera itself."""
        label = self.label or "camera "
        for event in events:
            self.sending.send(event)
            self._try_to_write(event)
            if event.type == "cart.camera.degraded":
                self.screen.warn(f"{label}{event.data.reason}: {event.data.detail}")
            else:
                self.screen.note(f"{label}no longer {event.data.reason}: {event.data.detail}")

    def show(self, sight: Sight, *, drawn: bool = False) -> Image | None:
        """Write a frame into the annotated video, where one is wanted; return it if it was drawn.

        Args:
            sight: what a frame showed.
            drawn: draw it though there is no video.
        """
        if not (drawn or self.annotator.wanted):
            return None
        image = self._drawing.draw(sight)
        try:
            self.annotator.write(image, sight.frame.time)
        except OutputFailed as reason:
            self._note_failure(reason)
        return image

    def finish_sending(self) -> None:
        """Wait a while for the tally service to answer, and say what it did not.

        Raises:
            CartError: some events are still to be sent; they are kept.
        """
        self.sending.finish()

    def end(self) -> None:
        """Show the receipt, and write it where that was asked for.

        Raises:
            OutputFailed: the receipt cannot be written.
        """
        receipt = self.receipt()
        self.screen.show_receipt(receipt)
        if self.receipt_file is not None:
            write_text(self.receipt_file, receipt.to_json() + "\n", "--receipt")

    def name_of(self, gtin: str | None) -> str:
        """Return what to call a product."""
        product = self.catalog.get(gtin) if self.catalog is not None and gtin else None
        return product.name if product is not None else NAME_OF_UNKNOWN

    def receipt(self) -> Receipt:
        """Return the receipt of the events so far."""
        counts = Counter(self.watched.initial())
        return make_receipt(
            self.watched.session,
            write_ledger(self.events, self.catalog.get if self.catalog is not None else None),
            self.catalog.currency if self.catalog is not None else None,
            [InitialItem(gtin, self.name_of(gtin), count) for gtin, count in counts.items()],
        )

    def _try_to_write(self, event: CartEvent | CameraEvent) -> None:
        try:
            self.events_file.write(event)
        except OutputFailed as reason:
            self._note_failure(reason)

    def _note_failure(self, reason: CartError) -> None:
        self.screen.error(str(reason))
        self.failed = True


@contextmanager
def open_session(
    watched: Watched,
    outputs: Outputs,
    screen: Screen,
    *,
    catalog: Catalog | None,
    pictures: Pictures,
    cart: str,
    size: tuple[int, int],
    fps: float | None = None,
    label: str = "",
) -> Iterator[Session]:
    """Open a session's outputs; they are closed at the end.

    Args:
        watched: the camera or footage.
        outputs: where results go.
        screen: the terminal.
        catalog: the products, or None.
        pictures: of the events.
        cart: the cart's id.
        size: width and height of the frames in pixels.
        fps: nominal frames a second, where known.
        label: what to call the camera where there are several.

    Raises:
        InputError: an output cannot be used, or the tally service refuses the session.
    """
    with ExitStack() as stack:
        yield Session(
            watched,
            catalog,
            pictures,
            screen,
            stack.enter_context(EventsFile(outputs.events)),
            stack.enter_context(Annotator(outputs.annotate, size, fps)),
            stack.enter_context(Sending(outputs.to, Trip(watched.session, cart, outputs.store), screen.warn)),
            outputs.receipt,
            label,
        )
