"""The `cart` command: its subcommands and their flags; the work is done in `cart.commands`."""

import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cart.checkout.cli import app as checkout
from cart.errors import CartError
from cart.scenes.cli import app as scenes
from cart.training.cli import app as train

app = typer.Typer(
    name="cart",
    help="Know what lies in a shopping cart: footage in, add and remove events and a receipt out.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.add_typer(train, name="train")
app.add_typer(scenes, name="scenes")
app.add_typer(checkout)


def run() -> None:
    """Run the command line; every expected error is one line on stderr."""
    try:
        sys.exit(app(prog_name="cart", standalone_mode=False))
    except CartError as error:
        fail(str(error), error.exit_code)
    except typer.Abort:
        sys.exit(130)
    except OSError as error:
        fail(f"{error.filename or 'the output'}: {error.strerror or error}", 1)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        context: typer.Context | None = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "cart"
        fail(f"{error.format_message()} (see {command} --help)", 2)


def fail(message: str, exit_code: int) -> NoReturn:
    """End the program with one line on stderr."""
    typer.echo(f"error: {' '.join(message.splitlines())}", err=True)
    sys.exit(exit_code)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"smart-cart {version('smart-cart')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write a time like 2026-01-31T12:00:00Z") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


# Flags that several commands have.

CatalogFolder = Annotated[
    Path | None, typer.Option(help="The store's products: a folder with products.csv and images/.")
]
Weights = Annotated[
    Path | None,
    typer.Option(
        help="Weights to detect with: .onnx through OpenVINO, others through ultralytics. [default: ours]"
    ),
]
EventsFile = Annotated[Path | None, typer.Option(help="Write the events here, one JSON object a line.")]
ReceiptFile = Annotated[Path | None, typer.Option(help="Write the receipt here, as JSON.")]
AnnotatedVideo = Annotated[
    Path | None, typer.Option(help="Write a video here that shows what was seen (.mp4).")
]
EvidenceFolder = Annotated[
    Path | None, typer.Option(help="Keep a picture of each event's item in this folder.")
]
TallyUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Send the events, and a picture of each item, to this tally service (key: CART_KEY).",
    ),
]
StoreId = Annotated[str, typer.Option(help="The store's id, for --to.")]
Gate = Annotated[bool, typer.Option("--gate/--no-gate", help="Let the detector sleep while nothing moves.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing on stdout.")]


@app.command()
def process(
    footage: Annotated[
        str, typer.Argument(help="A video file, a folder of stills (with --fps), or a stream's URL.")
    ],
    opening: Annotated[
        Path | None,
        typer.Option(
            help="The cart's opening. [default: NAME.opening.toml beside the footage, else the whole picture]"
        ),
    ] = None,
    catalog: CatalogFolder = None,
    detector: Weights = None,
    events: EventsFile = None,
    receipt: ReceiptFile = None,
    annotate: AnnotatedVideo = None,
    evidence: EvidenceFolder = None,
    to: TallyUrl = None,
    cart: Annotated[str, typer.Option(help="The cart's id, for the events' source.")] = "1",
    store: StoreId = "1",
    session: Annotated[
        str | None, typer.Option(help="The session's id. [default: named after the footage's content]")
    ] = None,
    start: Annotated[
        datetime | None,
        typer.Option(
            parser=_moment,
            metavar="TIME",
            help="When the first frame was taken. [default: the container's time, else now]",
        ),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(help="Frames a second of stills, or of video that does not say when its frames are."),
    ] = None,
    every: Annotated[
        float | None, typer.Option(metavar="S", help="Look at one frame each S seconds.")
    ] = None,
    gate: Gate = True,
    quiet: Quiet = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the receipt as one JSON object, and nothing else.")
    ] = False,
) -> None:
    """Tell from footage what was added to and taken from the cart, and print the receipt.

    Without a catalog every item is just an item; with one, items have names and prices.
    Exit codes: 0 the whole footage was read, 1 it broke off, 2 input that cannot be used, 130 Ctrl-C.
    """
    from cart.commands import process as command  # noqa: PLC0415  (keeps --help fast)
    from cart.commands.session import Outputs  # noqa: PLC0415
    from cart.vision.recorded import Options  # noqa: PLC0415

    options = Options(
        opening=opening,
        catalog=catalog,
        detector=detector,
        fps=fps,
        every=every,
        gated=gate,
        cart=cart,
        session=session,
        start=start,
        evidence=evidence,
        hold_pictures=to is not None,
    )
    outputs = Outputs(events=events, receipt=receipt, annotate=annotate, to=to, store=store)
    raise typer.Exit(command.run(footage, options, outputs, quiet=quiet, as_json=as_json))


@app.command()
def webcam(
    cameras: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[INDEX|URL|FILE]...",
            help="A camera's number, an RTSP or HTTP (MJPEG) URL, or a file played at its own speed;"
            " several are watched at once, a session each. [default: 0]",
            show_default=False,
        ),
    ] = None,
    opening: Annotated[
        list[Path] | None,
        typer.Option(help="The cart's opening; several cameras take as many, in their order."),
    ] = None,
    catalog: CatalogFolder = None,
    detector: Weights = None,
    events: EventsFile = None,
    receipt: ReceiptFile = None,
    annotate: AnnotatedVideo = None,
    evidence: EvidenceFolder = None,
    to: TallyUrl = None,
    cart: Annotated[
        str, typer.Option(help="The cart's id; with several cameras their number is added, as in 1-2.")
    ] = "1",
    store: StoreId = "1",
    session: Annotated[
        str | None, typer.Option(help="The session's id. [default: named after the time and the cart]")
    ] = None,
    window: Annotated[
        bool | None,
        typer.Option("--window/--no-window", help="Show a window. [default: where there is a display]"),
    ] = None,
    metrics: Annotated[
        int | None,
        typer.Option(metavar="PORT", help="Serve figures for Prometheus at this port of this machine."),
    ] = None,
    models: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER|URL",
            help="Take new models from here while running: a folder with detector.onnx and embedder.onnx, or"
            " the URL of a manifest with checksums. [default: the files in use, when they are replaced]",
        ),
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Play files again and again.")] = False,
    seconds: Annotated[float | None, typer.Option(min=0, metavar="S", help="Stop after S seconds.")] = None,
    gate: Gate = True,
    quiet: Quiet = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print each receipt as one JSON object, and nothing else.")
    ] = False,
) -> None:
    """Watch live cameras: what is added and removed as it happens, and the receipt at the end.

    Keys, in the window or in the terminal: p pause, u undo the last event, c set the opening anew (in the
    window), q quit with the receipt.
    A camera that is lost is opened again; the session goes on, and what changed meanwhile is marked for
    review. New models are tried first, and taken between visits. No frame is kept or sent unless asked for.
    """
    from cart.commands import webcam as command  # noqa: PLC0415  (keeps --help fast)
    from cart.commands.session import Outputs  # noqa: PLC0415
    from cart.vision.recorded import Options  # noqa: PLC0415

    options = Options(
        catalog=catalog,
        detector=detector,
        gated=gate,
        cart=cart,
        session=session,
        evidence=evidence,
        hold_pictures=to is not None,
    )
    outputs = Outputs(events=events, receipt=receipt, annotate=annotate, to=to, store=store)
    watching = command.Watching(
        openings=tuple(opening or ()),
        models=models,
        window=window,
        metrics=metrics,
        loop=loop,
        seconds=seconds,
    )
    sources = cameras or ["0"]
    raise typer.Exit(command.run(sources, options, outputs, watching, quiet=quiet, as_json=as_json))


@app.command()
def enrol(
    catalog: Annotated[
        Path, typer.Argument(help="The store's products: a folder with products.csv and images/.")
    ],
) -> None:
    """Embed a catalog's pictures now, so that the first run need not: new products need no training."""
    from cart.commands import enrol as command  # noqa: PLC0415

    command.run(catalog)


@app.command()
def evaluate(
    events: Annotated[Path, typer.Argument(help="Events, as `cart process --events` writes them.")],
    truth: Annotated[Path, typer.Argument(help="What really happened: NAME.truth.json.")],
    catalog: Annotated[
        Path | None, typer.Option(help="Products, where the truth names them by their catalog name.")
    ] = None,
    since: Annotated[
        float, typer.Option("--from", metavar="S", help="Only judge from this second on.")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
) -> None:
    """Compare events with the truth: precision, recall and F1 by action and product, misses, false events."""
    from cart.commands import evaluate as command  # noqa: PLC0415

    command.run(events, truth, catalog, since, as_json=as_json)


@app.command()
def calibrate(
    footage: Annotated[
        str,
        typer.Argument(
            help="A video file, a folder of stills (with --fps), a stream's URL or a camera's number."
        ),
    ],
    polygon: Annotated[
        str | None,
        typer.Option(metavar="'X,Y X,Y ...'", help="The opening's corners in order, fractions 0..1."),
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="The file to write. [default: NAME.opening.toml beside the footage]")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the opening on a picture and keep it here (.png or .jpg).")
    ] = None,
    fps: Annotated[float | None, typer.Option(help="Frames a second of stills.")] = None,
    edit: Annotated[
        bool, typer.Option("--edit", help="Correct the corners by hand, however sure the proposal is.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether the camera has moved; exit code 1 if so.")
    ] = False,
) -> None:
    """Find the cart's opening in footage and write it to a file, once for each camera.

    Where it is not clear, the corners are dragged in a window or typed; with neither, give --polygon.
    """
    from cart.commands import calibrate as command  # noqa: PLC0415

    wishes = command.Wishes(
        polygon=polygon, write=write, picture=picture, fps=fps, edit=edit, force=force, check=check
    )
    raise typer.Exit(command.run(footage, wishes))
