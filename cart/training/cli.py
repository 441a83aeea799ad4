"""`cart train`: the models, made again from their recipes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress

from cart.errors import InputError
from cart.training.recipe import PACKAGED, Recipe, read_recipe

if TYPE_CHECKING:
    from cart.training.embedder.recipe import EmbedderRecipe

EMBEDDER = Path(__file__).with_name("embedder") / "embedder.toml"

Device = Annotated[
    str | None,
    typer.Option(help="Where to train: cpu, cuda, cuda:1, mps; a GPU if there is one where left out."),
]

app = typer.Typer(
    help="Train the models that come with the package again, or your own.", no_args_is_help=True
)


@app.command()
def detector(
    recipe: Annotated[Path, typer.Option(help="Recipe file: sources, scenes, training.")] = PACKAGED,
    out: Annotated[Path, typer.Option(help="ONNX file to write.")] = Path("detector.onnx"),
    start: Annotated[
        str | None, typer.Option(help="Weights to start from: a path, or a name like yolo11n.pt.")
    ] = None,
    work: Annotated[Path, typer.Option(help="Folder for data set and checkpoints.")] = Path("runs/detector"),
    device: Device = None,
    preview: Annotated[
        Path | None, typer.Option(help="Only write a contact sheet of training scenes, a .png.")
    ] = None,
) -> None:
    """Compose the training pictures, train, and export the detector of hands and items."""
    chosen = read_recipe(recipe)
    if start is not None:
        chosen = chosen.model_copy(update={"start": start})
    if preview is not None:
        _write_preview(chosen, preview)
    else:
        _train(chosen, out, work, device)


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="Folder of the run, the one that holds run.json.")],
    card: Annotated[
        Path | None, typer.Option(help="Model card to rewrite; if left out, its section goes to stdout.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="The .png for the curves; beside the card, or in RUN, if left out.")
    ] = None,
) -> None:
    """Draw a run's curves, and write what the run was into the model card."""
    from cart.training.report import report as write  # noqa: PLC0415

    text = write(run, card, picture)
    typer.echo(text if card is None else f"{card}: written from {run}", nl=card is not None)


@app.command()
def embedder(
    recipe: Annotated[Path, typer.Option(help="Recipe file: sources, training.")] = EMBEDDER,
    out: Annotated[Path, typer.Option(help="ONNX file to write.")] = Path("embedder.onnx"),
    start: Annotated[
        Path | None, typer.Option(help="MobileNetV2 weights, or a recipe, to start from.")
    ] = None,
    work: Annotated[Path, typer.Option(help="Folder for checkpoints.")] = Path("runs/embedder"),
    device: Device = None,
) -> None:
    """Train and export the embedder, which tells products apart by their pictures."""
    from cart.training.embedder.recipe import read_recipe as read_embedder  # noqa: PLC0415

    chosen = read_embedder(recipe)
    if start is not None:
        chosen = chosen.model_copy(update={"start": start})
    _train_embedder(chosen, out, work, device)


@app.command()
def measure(
    stills: Annotated[
        Path,
        typer.Argument(
            help="Folder of stills, each NAME.jpg with its boxes in NAME.xml (VOC); or of cart scenes stills."
        ),
    ],
    detector: Annotated[
        Path | None, typer.Option(help="Weights to measure; the packaged ones if left out.")
    ] = None,
    first: Annotated[int, typer.Option(min=0, help="Index of the first still taken.")] = 0,
    last: Annotated[int | None, typer.Option(min=1, help="Index of the first still not taken.")] = None,
    score: Annotated[
        float, typer.Option(min=0.25, max=1, help="Leave out detections below this score.")
    ] = 0.4,
    by: Annotated[
        Literal["cart", "light", "gloves"] | None,
        typer.Option(help="Count rendered stills apart by what they were rendered under."),
    ] = None,
) -> None:
    """Print how much of what is labelled in stills a detector finds."""
    from cart.training.conditions import read_by_condition  # noqa: PLC0415
    from cart.training.labelled import read_stills  # noqa: PLC0415
    from cart.training.measure import measure as count  # noqa: PLC0415
    from cart.vision.detection import load_detector  # noqa: PLC0415

    console, model = Console(), load_detector(detector)
    if by is None:
        groups = {"": read_stills(stills, first, last)}
    else:
        groups = read_by_condition(stills, by, first, last)
    for name, pictures in groups.items():
        prefix = f"{by} {name}, " if by else ""
        for kind, found in count(model, pictures, score).items():
            console.print(
                f"{prefix}{kind}: {found.labelled} labelled, {found.found} found, {found.wrong} wrong, "
                f"precision {found.precision:.3f}, recall {found.recall:.3f}",
                highlight=False,
                soft_wrap=True,
            )


def _write_preview(recipe: Recipe, file: Path) -> None:
    import cv2  # noqa: PLC0415  (keeps --help fast)

    from cart.training import dataset, preview  # noqa: PLC0415

    stills = dataset.read_all(recipe.sources.stills)
    material = dataset.gather(recipe, 0, stills)
    made = dataset.scenes(material, recipe.seed, 48, recipe.training.imgsz)
    try:
        written = cv2.imwrite(str(file), preview.contact_sheet(made, columns=8, rows=6))
    except cv2.error:
        written = False
    if not written:
        raise InputError(f"cannot write {file}: give a .png file in a folder that exists")


def _train(recipe: Recipe, out: Path, work: Path, device: str | None) -> None:
    from cart.training.detector import run_folder, train_detector  # noqa: PLC0415

    console = Console()
    with _progress(console) as progress:
        figures = train_detector(
            recipe, out, work=work, device=device, report=console.print, progress=progress
        )
    console.print(
        f"{out}: mAP50 {figures['mAP50']:.3f}, mAP50-95 {figures['mAP50-95']:.3f} on the validation pictures"
    )
    console.print(f"for its model card: cart train report {run_folder(recipe, work)}", soft_wrap=True)


def _train_embedder(recipe: "EmbedderRecipe", out: Path, work: Path, device: str | None) -> None:
    from cart.training.embedder.run import run_folder, train_embedder  # noqa: PLC0415

    console = Console()

    def report(step: int, steps: int, figures: dict[str, float]) -> None:
        told = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
        console.print(f"step {step} of {steps}: {told}", highlight=False)

    with _progress(console) as progress:
        figures = train_embedder(recipe, out, work=work, device=device, report=report, progress=progress)
    console.print(f"{out}: top-1 {figures['top-1']:.3f} on the rendered products held out", highlight=False)
    console.print(f"for its model card: cart train report {run_folder(recipe, work)}", soft_wrap=True)


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Show bars of what is told: what is done, how much of it, and of how much."""
    with Progress(console=console, transient=True) as bar:
        tasks: dict[str, int] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield told
