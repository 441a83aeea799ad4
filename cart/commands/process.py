"""`cart process`: run the pipeline over footage, tell what happens as it happens, end with the receipt."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from cart.checkout.domain import NAME_OF_UNKNOWN, InitialItem, Receipt, make_receipt, write_ledger
from cart.commands.annotate import Annotator
from cart.commands.interrupt import CtrlC
from cart.commands.outputs import EventsFile, check_apart, check_output, write_text
from cart.commands.screen import Screen
from cart.commands.sending import Sending
from cart.delivery.outbox import Trip
from cart.errors import CartError
from cart.events import CartEvent
from cart.vision.recorded import Options, Run


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where a run's results go, besides the terminal."""

    events: Path | None = None
    receipt: Path | None = None
    annotate: Path | None = None
    to: str | None = None
    store: str = "1"


@dataclass
class _Session:
    """What a run has come to so far, and where it is told."""

    run: Run
    screen: Screen
    events_file: EventsFile
    sending: Sending
    annotator: Annotator | None = None
    events: list[CartEvent] = field(default_factory=list)

    def read(self) -> None:
        """Take the footage from its first frame to its last, or to the first Ctrl-C.

        Raises:
            FootageBroken: the footage broke off.
            OutputFailed: an output cannot be written any further.
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        with CtrlC() as ctrl_c:
            for sight, events in self.run:
                self.tell(events)
                if self.annotator is not None:
                    self.annotator.show(sight, events, self.receipt)
                self.screen.advance(sight.frame.time)
                ctrl_c.check()

    def finish(self) -> None:
        """Tell what the end of the footage leaves open."""
        self.tell(self.run.finish())

    def tell(self, events: Sequence[CartEvent]) -> None:
        """Pass events on to everybody who wants them."""
        self.events += events
        for event in events:
            self.sending.send(event, self.run.pictures.take(str(event.id)))
        try:
            for event in events:
                self.events_file.write(event)
        finally:
            for event in events:
                self.screen.show_event(event, self.name_of(event.gtin))

    def name_of(self, gtin: str | None) -> str:
        """Return what to call a product."""
        product = self.run.catalog.get(gtin) if self.run.catalog is not None and gtin else None
        return product.name if product is not None else NAME_OF_UNKNOWN

    def receipt(self) -> Receipt:
        """Return the receipt of the events so far."""
        catalog = self.run.catalog
        counts = Counter(self.run.initial())
        return make_receipt(
            self.run.session,
            write_ledger(self.events, catalog.get if catalog is not None else None),
            catalog.currency if catalog is not None else None,
            [InitialItem(gtin, self.name_of(gtin), count) for gtin, count in counts.items()],
        )


def run(source: str, options: Options, outputs: Outputs, *, quiet: bool, as_json: bool) -> int:
    """Process footage and return the exit code.

    Raises:
        InputError: the footage, an option or an output cannot be used.
    """
    _check(source, options, outputs)
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(quiet=quiet, as_json=as_json))
        reader = stack.enter_context(
            Run(source, options, warn=screen.warn, progress=screen.embedding_progress)
        )
        session = _Session(
            reader,
            screen,
            stack.enter_context(EventsFile(outputs.events)),
            stack.enter_context(_sending(reader, options, outputs, screen)),
        )
        session.annotator = stack.enter_context(Annotator(outputs.annotate, reader, session.name_of))
        screen.begin(source, reader.footage.duration, reader.opening_file)
        code = _read_to_the_end(session)
        receipt = session.receipt()
        screen.show_receipt(receipt)
        if outputs.receipt is not None:
            write_text(outputs.receipt, receipt.to_json() + "\n", "--receipt")
    return code


def _sending(reader: Run, options: Options, outputs: Outputs, screen: Screen) -> Sending:
    trip = Trip(reader.session, options.cart, outputs.store)
    return Sending(outputs.to, trip, screen.warn)


def _check(source: str, options: Options, outputs: Outputs) -> None:
    """Refuse outputs that cannot be written, or that would replace one another or what is read."""
    files = {"--events": outputs.events, "--receipt": outputs.receipt, "--annotate": outputs.annotate}
    for flag, path in files.items():
        check_output(path, flag)
    products = options.catalog / "products.csv" if options.catalog is not None else None
    inputs = (Path(source), options.opening, options.detector, products)
    check_apart(files | {"--evidence": options.evidence}, [path for path in inputs if path is not None])


def _read_to_the_end(session: _Session) -> int:
    """Read the footage; whatever ends it, what was seen until then is told."""
    code = 0
    for step in (session.read, session.finish, session.sending.finish):
        try:
            step()
        except KeyboardInterrupt:
            session.screen.warn("stopped by Ctrl-C; what was seen until then follows")
            code = 130
        except CartError as error:
            session.screen.error(str(error))
            code = error.exit_code
    return code
