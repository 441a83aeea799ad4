"""`cart calibrate`: find the opening in footage, have it corrected, write it; tell if the camera moved."""

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import cv2
import typer
from rich.console import Console
from rich.progress import Progress

from cart.commands.display import has_display
from cart.commands.dragging import drag_corners, draw_opening
from cart.errors import FootageBroken, InputError
from cart.settings import settings
from cart.vision.calibration import (
    Proposal,
    Survey,
    compare,
    load_fingerprint,
    propose,
    survey,
    take_fingerprint,
    write_opening,
)
from cart.vision.calibration.corners import corners_text, parse_corners
from cart.vision.calibration.proposal import SURE
from cart.vision.detection import load_detector
from cart.vision.footage import Frame, Image, open_footage
from cart.vision.footage.container import is_url
from cart.vision.live.places import camera_at
from cart.vision.live.shot import frames_of
from cart.vision.opening import WHOLE_PICTURE, Point, load_polygon

_SECONDS, _LIVE_SECONDS = 120.0, 30.0
"""How much is looked at: of a recording, of a camera at work."""

_PICTURES = {".png", ".jpg", ".jpeg"}

Polygon = tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What is asked of the command: its flags.

    Attributes:
        polygon: the corners as typed; None lets them be proposed.
        write: file to write; None takes NAME.opening.toml beside the footage.
        picture: file for a picture of the opening; None writes none.
        fps: frames a second of stills.
        edit: correct the proposal, however sure it is.
        force: replace a file that is there.
        check: only tell whether the camera has moved.
    """

    polygon: str | None = None
    write: Path | None = None
    picture: Path | None = None
    fps: float | None = None
    edit: bool = False
    force: bool = False
    check: bool = False


def run(source: str, wishes: Wishes) -> int:
    """Calibrate on footage, or check it; return the exit code: 1 where `check` finds that the camera moved.

    Raises:
        InputError: the footage or a flag cannot be used, or the opening has to be given by hand.
    """
    file = wishes.write or _beside(source)
    if wishes.check:
        return _check(source, file, wishes)
    if file.exists() and not wishes.force:
        raise InputError(f"{file} is there already: give --force to replace it, or --write FILE")
    if wishes.picture is not None and wishes.picture.suffix.lower() not in _PICTURES:
        raise InputError(f"--picture {wishes.picture}: the name must end in .png or .jpg")
    given = parse_corners(wishes.polygon) if wishes.polygon is not None else None
    seen = _survey(source, wishes.fps, with_items=given is None)
    polygon = given or _found(seen, edit=wishes.edit)
    fingerprint = take_fingerprint(seen, polygon)
    write_opening(file, polygon, fingerprint, force=wishes.force)
    typer.echo(f"wrote {file}: {corners_text(polygon)}")
    if wishes.picture is not None:
        _write_picture(wishes.picture, draw_opening(seen.picture, polygon))
    return 0


def _beside(source: str) -> Path:
    if _is_live(source):
        raise InputError("a camera has no place beside it: say where the opening is with --write FILE")
    footage = Path(source).absolute()
    return footage.parent / f"{footage.name if footage.is_dir() else footage.stem}.opening.toml"


def _is_live(source: str) -> bool:
    return source.isdecimal() or is_url(source)


def _check(source: str, file: Path, wishes: Wishes) -> int:
    fingerprint, polygon = load_fingerprint(file), load_polygon(file)
    drift = compare(fingerprint, _survey(source, wishes.fps, with_items=False), polygon)
    if drift.widths is None:
        typer.echo(f"the camera shows another view than in {file}: calibrate again with --force")
    elif drift.moved:
        typer.echo(f"the view has shifted by {drift.widths:.1%} of its width: calibrate again with --force")
    else:
        typer.echo("the camera is where it was")
    return 1 if drift.moved else 0


def _survey(source: str, fps: float | None, *, with_items: bool) -> Survey:
    detector = load_detector(threads=settings().threads) if with_items else None
    seconds = _LIVE_SECONDS if _is_live(source) else _SECONDS
    with closing(_frames(source, fps)) as frames:
        return survey(_first(seconds, frames), detector)


def _frames(source: str, fps: float | None) -> Generator[Frame]:
    """Yield the frames of a camera or of footage; what breaks off serves as far as it goes."""
    camera = camera_at(source)
    if camera is not None:
        yield from frames_of(camera)
        return
    with open_footage(source, fps=fps) as footage:
        try:
            yield from footage
        except FootageBroken as broken:
            typer.echo(f"warning: {broken}", err=True)


def _first(seconds: float, frames: Iterator[Frame]) -> Iterator[Frame]:
    """Yield the frames of the first seconds, under a bar that moves along."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("looking", total=seconds)
        for frame in takewhile(lambda frame: frame.time < seconds, frames):
            progress.update(task, completed=frame.time)
            yield frame


def _found(seen: Survey, *, edit: bool) -> Polygon:
    proposal = propose(seen)
    sure = proposal is not None and proposal.confidence >= SURE
    if proposal is not None and sure and not edit:
        typer.echo(f"found the opening, {proposal.confidence:.0%} sure")
        return proposal.polygon
    if has_display():
        return _dragged(seen.picture, proposal.polygon if proposal is not None else WHOLE_PICTURE)
    if sys.stdin.isatty():
        return _asked(proposal)
    raise InputError(
        f"{_doubt(proposal)}: say where it is with --polygon 'x,y x,y x,y x,y', fractions 0..1 of the picture"
    )


def _doubt(proposal: Proposal | None) -> str:
    if proposal is None:
        return "no opening found in this footage"
    return f"only {proposal.confidence:.0%} sure of the opening at {corners_text(proposal.polygon)}"


def _asked(proposal: Proposal | None) -> Polygon:
    """Ask for the corners at the terminal until they make a polygon."""
    typer.echo(f"{_doubt(proposal)}. Its corners in order, fractions 0..1 of the picture's width and height:")
    default = corners_text(proposal.polygon if proposal is not None else WHOLE_PICTURE)
    while True:
        try:
            return parse_corners(str(typer.prompt("corners", default=default)))
        except InputError as error:
            typer.echo(str(error).removeprefix("--polygon: "))


def _dragged(picture: Image, polygon: Polygon) -> Polygon:
    """Let the corners be dragged in a window.

    Raises:
        Abort: the window was left with Esc or closed.
    """
    corners = drag_corners(picture, polygon)
    if corners is None:
        raise typer.Abort
    return corners


def _write_picture(file: Path, picture: Image) -> None:
    try:
        file.write_bytes(cv2.imencode(file.suffix.lower(), picture)[1].tobytes())
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror or error}") from None
    typer.echo(f"drew it in {file}")
