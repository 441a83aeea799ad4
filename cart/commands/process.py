"""`cart process`: run the pipeline over footage, tell what happens as it happens, end with the receipt."""

from contextlib import ExitStack

from cart.commands.interrupt import CtrlC, take_steps
from cart.commands.screen import Screen
from cart.commands.session import Outputs, Session, open_session
from cart.vision.footage.container import shown
from cart.vision.recorded import Options, Run


def run(source: str, options: Options, outputs: Outputs, *, quiet: bool, as_json: bool) -> int:
    """Process footage and return the exit code.

    Raises:
        InputError: the footage, an option or an output cannot be used.
    """
    outputs.check(options, [source])
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(quiet=quiet, as_json=as_json))
        reader = stack.enter_context(
            Run(source, options, warn=screen.warn, progress=screen.embedding_progress)
        )
        session = stack.enter_context(
            open_session(
                reader,
                outputs,
                screen,
                catalog=reader.catalog,
                pictures=reader.pictures,
                cart=options.cart,
                size=reader.footage.size,
                fps=reader.footage.fps,
            )
        )
        screen.begin(shown(source), reader.footage.duration, reader.opening_file)
        code = take_steps(
            screen,
            lambda: _read(reader, session),
            lambda: session.tell(reader.finish()),
            session.finish_sending,
        )
        session.end()
    return code or int(session.failed)


def _read(reader: Run, session: Session) -> None:
    """Take the footage from its first frame to its last, or to the first Ctrl-C.

    Raises:
        FootageBroken: the footage broke off.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    with CtrlC() as ctrl_c:
        for sight, events in reader:
            session.tell(events)
            session.show(sight)
            session.screen.advance(sight.frame.time)
            ctrl_c.check()
