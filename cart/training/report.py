"""What a training run was, as a section of the model's card, with its pictures."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from cart.errors import InputError
from cart.training.curves import draw_curves, draw_reliability
from cart.training.history import Run, read_run
from cart.training.reliability import Bin, expected_calibration_error, read_reliability

BEGIN, END = "<!-- run: begin -->", "<!-- run: end -->"
"""Lines of a model card; what stands between them is written from the run."""

CURVES = ".curves.png"


def report(folder: Path, card: Path | None = None, picture: Path | None = None) -> str:
    """Draw a run's pictures, and write its section into the model card.

    Args:
        folder: of the run.
        card: a Markdown file with the lines `BEGIN` and `END`; nothing is rewritten where left out.
        picture: the `.png` to draw the curves into; left out: beside the card, else in the run's folder. The
            reliability, where the run measured it, is drawn beside it.

    Returns:
        The section, in Markdown.

    Raises:
        InputError: the run is missing, damaged or has no curve yet, the card lacks the two lines, or a
            picture cannot be written.
    """
    run, bins = read_run(folder), read_reliability(folder)
    if not run.names():
        raise InputError(f"the run in {folder} has no curve yet: train for one {run.unit} at least")
    around = _around_section(card) if card else None
    curves = picture or (card.with_suffix(CURVES) if card else folder / f"{run.model}{CURVES}")
    draw_curves(run, curves)
    pictures = {f"Curves of the training of the {run.model}": curves}
    if bins:
        reliability = curves.with_name(
            f"{curves.name.removesuffix(CURVES).removesuffix('.png')}.reliability.png"
        )
        draw_reliability(bins, run.model, reliability)
        pictures[f"Reliability of the {run.model}"] = reliability
    text = section(run, bins, _links(pictures, card.parent if card else curves.parent))
    if card and around:
        card.write_text(f"{around[0]}{BEGIN}\n{text}{END}{around[1]}", encoding="utf-8")
    return text


def section(run: Run, bins: Sequence[Bin], links: Iterable[str]) -> str:
    """Return a run as Markdown: a table, a sentence on its reliability if measured, and its pictures."""
    rows = "".join(f"| {name} | {value} |\n" for name, value in _rows(run))
    parts = [f"| | |\n|---|---|\n{rows}"]
    if bins:
        count = sum(one.count for one in bins)
        error = expected_calibration_error(bins)
        parts.append(
            f"Over {count} answers, confidence and the share that is right lie {error:.3f} apart on average\n"
            f"(expected calibration error, {len(bins)} bins).\n"
        )
    return "\n".join(parts + [f"{link}\n" for link in links])


def _rows(run: Run) -> Iterable[tuple[str, str]]:
    settings = ", ".join(f"{name} {value}" for name, value in run.settings.items())
    yield "recipe", f"`{run.recipe}`: {settings}" if settings else f"`{run.recipe}`"
    yield "data", ", ".join(f"{count} {kind}" for kind, count in run.data.items())
    yield "seed", str(run.seed)
    yield f"{run.unit}s", f"{run.curve[-1][run.unit]}"
    yield "device", run.device
    yield "time", f"{run.seconds / 3600:.2f} h"
    yield "versions", ", ".join(f"{name} {number}" for name, number in run.versions.items())
    figures = ", ".join(f"{name} {value:.3f}" for name, value in run.figures.items())
    yield "reached", figures if run.ended else "not finished"


def _around_section(card: Path) -> tuple[str, str]:
    """Return what stands before and behind the section of a card."""
    try:
        text = card.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {card}: give the Markdown file of a model card") from error
    before, begin, rest = text.partition(BEGIN)
    _, end, behind = rest.partition(END)
    if not begin or not end:
        raise InputError(f"{card} has no place for the run: add the two lines {BEGIN} and {END}")
    return before, behind


def _links(pictures: dict[str, Path], beside: Path) -> list[str]:
    return [
        f"![{title}]({Path(os.path.relpath(file, beside)).as_posix()})" for title, file in pictures.items()
    ]
