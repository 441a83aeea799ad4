"""Recorded footage to cart events: everything that `cart process` needs, put together from its options."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from cart.catalog import Catalog, load_catalog
from cart.errors import FootageBroken, InputError
from cart.events import CartEvent
from cart.settings import settings
from cart.vision.announce import Announcer
from cart.vision.detection import Detector, load_detector
from cart.vision.embedding import load_embedder
from cart.vision.evidence import EvidenceFolder, Pictures
from cart.vision.footage import Footage, Warn, log_warning, open_footage, sample
from cart.vision.gallery import Progress, build_gallery
from cart.vision.opening import WHOLE_PICTURE, Point, load_polygon, opening_for
from cart.vision.pipeline import Camera, Sight
from cart.vision.recognition import Recogniser


@dataclass(frozen=True, kw_only=True)
class Options:
    """How footage is processed; the defaults are those of `cart process`.

    Attributes:
        opening: file with the cart's opening; None looks for NAME.opening.toml beside the footage.
        catalog: folder of the store's products; None sends events without products.
        detector: weights; None takes the packaged ones.
        fps: frames a second of a folder of stills, or of video without timestamps.
        every: look at one frame each so many seconds; None looks at all.
        gated: let the detector sleep while nothing moves.
        cart, session: ids for the events; None names the session after the footage's content.
        start: aware time of the first frame; None takes the container's, else the present.
        evidence: folder for a picture of each event; None keeps none.
        hold_pictures: hold a picture of each event for `Run.pictures.take`.
    """

    opening: Path | None = None
    catalog: Path | None = None
    detector: Path | None = None
    fps: float | None = None
    every: float | None = None
    gated: bool = True
    cart: str = "1"
    session: str | None = None
    start: datetime | None = None
    evidence: Path | None = None
    hold_pictures: bool = False


class Run:
    """One run over footage: iterate for what each frame showed, then `finish`.

    Attributes:
        footage: the footage, opened.
        catalog: the products, or None.
        camera: the pipeline.
        pictures: of the events.
        opening_file: where the opening was read from; None: the whole picture.
    """

    def __init__(
        self,
        source: str | Path,
        options: Options,
        *,
        warn: Warn = log_warning,
        progress: Progress | None = None,
    ) -> None:
        """Open all that the run needs.

        Args:
            source: a video file, a folder of stills, or a stream's URL.
            options: how to process it.
            warn: takes a line for each thing that is odd but can be worked with.
            progress: told how many of how many pictures of the catalog are embedded.

        Raises:
            InputError: something that cannot be used, from any of the options.
        """
        check_ids(options)
        self.opening_file, polygon = find_opening(source, options.opening)
        self.catalog = load_catalog(options.catalog) if options.catalog is not None else None
        folder = EvidenceFolder(options.evidence) if options.evidence is not None else None
        self.pictures = Pictures(folder, held=options.hold_pictures, warn=warn)
        detector = load_detector(options.detector, threads=settings().threads)
        self.footage: Footage = open_footage(source, fps=options.fps, warn=warn)
        self._frames = sample(self.footage, options.every)
        recogniser = load_recogniser(self.catalog, warn, progress)
        self.camera = Camera(
            detector, opening_for(polygon, self.footage.size), recogniser, gated=options.gated
        )
        self._announcer = Announcer(
            cart=options.cart,
            session=options.session or _session_of(self.footage),
            start=options.start or self.footage.created or datetime.now(UTC),
            digest=self.footage.digest,
            model=model_version(detector, recogniser),
            review_below=settings().review_below,
            pictures=self.pictures,
        )

    @property
    def session(self) -> str:
        """The session's id."""
        return self._announcer.session

    def __iter__(self) -> Iterator[tuple[Sight, list[CartEvent]]]:
        """Yield what each frame showed, and the events that became sure with it.

        Raises:
            FootageBroken: the footage broke off; call `finish` for what was seen until then.
        """
        for frame in self._frames:
            sight = self.camera.see(frame)
            yield sight, [self._announcer.announce(noticed) for noticed in sight.noticed]

    def finish(self) -> list[CartEvent]:
        """Return the events that the end of the footage leaves open."""
        return [self._announcer.announce(noticed) for noticed in self.camera.finish()]

    def initial(self) -> list[str | None]:
        """Return the GTIN of each item that lay in the cart at the start; None for an unknown one."""
        return [product.gtin if product is not None else None for product in self.camera.initial_products()]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.footage.close()


def process(source: str | Path, options: Options | None = None) -> Iterator[CartEvent]:
    """Yield the cart events in footage, each as soon as it is sure.

    Args:
        source: a video file, a folder of stills, or a stream's URL.
        options: how to process it; by default as `cart process` does.

    Raises:
        InputError: the footage or one of the options cannot be used.
        FootageBroken: the footage broke off, after the events seen until then have been yielded.
    """
    with Run(source, options or Options()) as run:
        broken: FootageBroken | None = None
        try:
            for _, events in run:
                yield from events
        except FootageBroken as error:
            broken = error
        yield from run.finish()
        if broken is not None:
            raise broken


def check_ids(options: Options) -> None:
    """Refuse what no event can carry before the footage is read.

    Raises:
        InputError: the cart's id has a character that an event's source cannot have, or the start no zone,
            or so far a year that the events' times would leave the calendar.
    """
    if not re.fullmatch(r"[^/?#\s]+", options.cart):
        raise InputError(f"--cart {options.cart!r}: an id is one word without / ? #")
    if options.start is None:
        return
    if options.start.tzinfo is None:
        raise InputError("--start needs a zone: write it like 2026-01-31T12:00:00Z")
    if not MINYEAR < options.start.year < MAXYEAR:
        raise InputError(f"--start is in the year {options.start.year}: no event of it could be dated")


def find_opening(source: str | Path, given: Path | None) -> tuple[Path | None, tuple[Point, ...]]:
    """Return the file with the opening and its polygon in fractions; without one the whole picture.

    Raises:
        InputError: the file cannot be read, or holds no opening.
    """
    path = given if given is not None or "://" in str(source) else _opening_beside(Path(source))
    return (path, load_polygon(path)) if path is not None else (None, WHOLE_PICTURE)


def _opening_beside(source: Path) -> Path | None:
    """Return NAME.opening.toml beside NAME.mp4 or the folder of stills NAME; None where there is none."""
    footage = source.absolute()
    name = footage.name if footage.is_dir() else footage.stem
    beside = footage.parent / f"{name}.opening.toml"
    return beside if beside.is_file() else None


def load_recogniser(catalog: Catalog | None, warn: Warn, progress: Progress | None) -> Recogniser | None:
    """Return what names items by a store's products; None without a catalog."""
    if catalog is None:
        return None
    embedder = load_embedder(threads=settings().threads)
    for line in catalog.warnings:
        warn(line)
    return Recogniser(build_gallery(catalog, embedder, warn=warn, progress=progress), embedder)


def _session_of(footage: Footage) -> str:
    """Name a session after the footage, so that the same footage is the same session."""
    digest = footage.digest
    return f"footage-{digest[:16]}" if digest is not None else f"live-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def model_version(detector: Detector, recogniser: Recogniser | None) -> str:
    """Return the versions of all that has looked, for the events."""
    return detector.version if recogniser is None else f"{detector.version} {recogniser.version}"
