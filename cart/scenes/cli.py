"""`cart scenes`: rendered cart trips with perfect truth."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cart.errors import InputError

app = typer.Typer(
    help="Render cart trips and stills with perfect truth: to train, to show, to try a camera's place.",
    no_args_is_help=True,
)

Jobs = Annotated[int, typer.Option(min=1, max=64, help="Render processes at once; each needs about 1 GB.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="What is not said is drawn from it.")]
Width = Annotated[int, typer.Option(min=96, max=1920, help="Of the picture, in pixels; even.")]
Height = Annotated[int, typer.Option(min=96, max=1080, help="Of the picture, in pixels; even.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Range = Annotated[int, typer.Option(min=0, max=9999, help="Seed of the range of products to shop from.")]
Told = Callable[[str, int, int], None]
_JOBS = os.cpu_count() or 1


@app.command()
def setup(
    python: Annotated[
        str | None, typer.Option(help="A Python 3.11 to make it from. [default: this one, or python3.11]")
    ] = None,
) -> None:
    """Make the render environment: Blender and MuJoCo, about 1.5 GB, apart from everything else."""
    from cart.scenes.environment import setup as make  # noqa: PLC0415  (keeps --help fast)

    console = Console(stderr=True)
    with console.status("looking") as status:
        make(status.update, python)
    console.print("the render environment is ready")


@app.command()
def trip(
    context: typer.Context,
    script: Annotated[
        Path | None, typer.Argument(help="What happens, a .toml file; left out: a trip drawn from --seed.")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for NAME.mp4, NAME.truth.json and NAME.opening.toml.")
    ] = Path(),
    seed: Seed = 0,
    count: Annotated[
        int, typer.Option(min=1, max=10_000, help="So many trips, of this seed and the next ones.")
    ] = 1,
    seconds: Annotated[float, typer.Option(min=3, max=300, help="Length of a drawn trip, about.")] = 15.0,
    fps: Annotated[float, typer.Option(min=1, max=60, help="Frames a second of a drawn trip.")] = 12.0,
    width: Width = 480,
    height: Height = 360,
    labels: Annotated[
        bool,
        typer.Option("--labels", help="Also NAME.labels: boxes, id mask and who holds what, for each frame."),
    ] = False,
    range_seed: Range = 0,
    jobs: Jobs = _JOBS,
    as_json: AsJson = False,
) -> None:
    """Render trips: footage, truth and opening. What was rendered before is not rendered again."""
    from cart.scenes.production import make_trip  # noqa: PLC0415
    from cart.scenes.products.range import products  # noqa: PLC0415
    from cart.scenes.trips.draw import draw_script  # noqa: PLC0415
    from cart.scenes.trips.script import read_script  # noqa: PLC0415

    goods = products(seed=range_seed)
    if script is not None:
        _refuse_beside_a_script(context)
        scripts = [read_script(script)]
    elif seed + count > 2**32:
        raise InputError(f"--count: seeds end at {2**32 - 1}; start from a lower --seed")
    else:
        scripts = [draw_script(seed + k, seconds, goods, fps=fps, size=(width, height)) for k in range(count)]
    with _bar() as progress:
        made = [make_trip(one, goods, out, jobs, _told(progress, one.name), labels=labels) for one in scripts]
    if as_json:
        typer.echo(
            json.dumps(
                [{"video": str(m.video), "cpu_seconds": m.cpu_seconds, "rendered": m.rendered} for m in made]
            )
        )
        return
    for footage in made:
        typer.echo(f"{footage.video}")


def _refuse_beside_a_script(context: typer.Context) -> None:
    """Refuse options of drawn trips, which a script has an answer to."""
    for name in ("seed", "count", "seconds", "fps", "width", "height"):
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise InputError(
                f"--{name} is for drawn trips: write it into the script, or leave the script out"
            )


@app.command()
def stills(
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many there shall be.")] = 100,
    seed: Seed = 0,
    width: Width = 480,
    height: Height = 360,
    range_seed: Range = 0,
    gloves: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of scenes with gloved hands. [default: about one in seven]"),
    ] = None,
    jobs: Jobs = _JOBS,
    as_json: AsJson = False,
) -> None:
    """Render stills with YOLO labels into $CART_DATA; those of a seed that are there are kept."""
    from cart.scenes.products.range import products  # noqa: PLC0415
    from cart.scenes.stills import make_stills  # noqa: PLC0415

    with _bar() as progress:
        goods, told = products(seed=range_seed), _told(progress, "stills")
        made = make_stills(count, seed, goods, (width, height), jobs, told, gloves)
    if as_json:
        facts = {
            "folder": str(made.folder),
            "count": made.count,
            "made": made.made,
            "cpu_seconds": made.cpu_seconds,
        }
        typer.echo(json.dumps(facts))
    else:
        typer.echo(made.folder)


@app.command()
def catalog(
    out: Annotated[
        Path, typer.Argument(help="Folder for products.csv and images/: new, empty, or broken off.")
    ],
    count: Annotated[int, typer.Option(min=1, max=100_000, help="How many products.")] = 320,
    only: Annotated[
        list[str] | None, typer.Option(help="Only this product, by GTIN or name; may be given again.")
    ] = None,
    range_seed: Range = 0,
    jobs: Jobs = _JOBS,
) -> None:
    """Write the range of products as a catalog folder, with reference pictures."""
    from cart.scenes.catalog import make_catalog  # noqa: PLC0415

    with _bar() as progress:
        made = make_catalog(out, count, only or [], range_seed, jobs, _told(progress, "catalog"))
    typer.echo(f"{out}: {made} products")


@app.command()
def sheet(
    stills: Annotated[Path, typer.Argument(help="Folder of stills, or a trip's video.")],
    out: Annotated[Path, typer.Option(help="Picture to write, a .png or .jpg.")] = Path("sheet.jpg"),
    columns: Annotated[int, typer.Option(min=1, max=20, help="Pictures side by side.")] = 5,
    rows: Annotated[int, typer.Option(min=1, max=20, help="Pictures below each other.")] = 4,
    seed: Seed = 0,
    boxes: Annotated[bool, typer.Option("--boxes", help="Draw the labels.")] = False,
) -> None:
    """Draw a contact sheet: random stills, or frames of a trip at equal distances."""
    from cart.scenes.sheet import write_sheet  # noqa: PLC0415

    write_sheet(stills, out, columns, rows, seed, boxes=boxes)
    typer.echo(out)


@contextmanager
def _bar() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield progress


def _told(progress: Progress, name: str) -> Told:
    tasks: dict[str, int] = {}

    def told(what: str, done: int, total: int) -> None:
        label = name if what == name else f"{name}: {what}"
        if label not in tasks:
            tasks[label] = progress.add_task(label, total=total)
        progress.update(tasks[label], completed=done, total=total)  # type: ignore[arg-type]

    return told
