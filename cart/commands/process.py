"""`cart process`: run the pipeline over footage, tell what happens as it happens, end with the receipt."""

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from cart.checkout.domain import NAME_OF_UNKNOWN, InitialItem, Receipt, make_receipt, write_ledger
from cart.commands.annotate import Annotator
from cart.commands.outputs import EventsFile, check_output, write_text
from cart.commands.screen import Screen
from cart.errors import CartError, FootageBroken
from cart.events import CartEvent
from cart.vision.recorded import Options, Run


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """Where a run's results go, besides the terminal."""

    events: Path | None = None
    receipt: Path | None = None
    annotate: Path | None = None


@dataclass
class _Session:
    """What a run has come to so far, and where it is told."""

    run: Run
    screen: Screen
    events_file: EventsFile
    annotator: Annotator | None = None
    events: list[CartEvent] = field(default_factory=list)

    def read(self) -> None:
        """Take the footage from its first frame to its last."""
        for sight, events in self.run:
            self.tell(events)
            if self.annotator is not None:
                self.annotator.show(sight, events, self.receipt)
            self.screen.advance(sight.frame.time)

    def tell(self, events: Iterable[CartEvent]) -> None:
        """Pass events on to everybody who wants them."""
        for event in events:
            self.events.append(event)
            self.events_file.write(event)
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
    check_output(outputs.receipt, "--receipt")
    check_output(outputs.annotate, "--annotate")
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(quiet=quiet, as_json=as_json))
        reader = stack.enter_context(
            Run(source, options, warn=screen.warn, progress=screen.embedding_progress)
        )
        session = _Session(
            reader,
            screen,
            stack.enter_context(EventsFile(outputs.events)),
        )
        session.annotator = stack.enter_context(Annotator(outputs.annotate, reader, session.name_of))
        screen.begin(source, reader.footage.duration, reader.opening_file)
        code = _read_to_the_end(session)
        receipt = session.receipt()
        if outputs.receipt is not None:
            write_text(outputs.receipt, receipt.to_json() + "\n", "--receipt")
        screen.show_receipt(receipt)
    return code


def _read_to_the_end(session: _Session) -> int:
    """Read the footage; whatever ends it, what was seen until then is told."""
    code = 0
    try:
        session.read()
    except FootageBroken as error:
        session.screen.error(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        session.screen.warn("stopped by Ctrl-C; what was seen until then follows")
        code = 130
    except CartError as error:
        session.screen.error(str(error))
        return 1
    session.tell(session.run.finish())
    return code
