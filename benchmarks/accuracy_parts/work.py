"""What all parts are given: where the rendered data lie, what was made of them, and a bar of progress."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import evaluation_data
from rich.progress import Progress

from cart.catalog import Catalog, load_catalog
from cart.settings import settings
from cart.vision.embedding import Embedder, load_embedder
from cart.vision.gallery import Gallery, build_gallery

Item = TypeVar("Item")


@dataclass(frozen=True)
class Rendered:
    """A folder of rendered files; less than `least` of them is not yet all.

    Attributes:
        folder: where they lie.
        pattern: of the files that are counted.
        least: how many there have to be.
    """

    folder: Path
    pattern: str
    least: int

    @property
    def files(self) -> list[Path]:
        """The files, in order of their names."""
        return sorted(self.folder.glob(self.pattern))

    @property
    def missing(self) -> str:
        """What to do where not all is there; empty where it is."""
        found = len(self.files)
        return "" if found >= self.least else f"skipped: {found} of {self.least}: {evaluation_data.MAKE}"


@dataclass(frozen=True)
class Data:
    """The rendered data that recognition, singles and trips are measured on."""

    catalog: Rendered
    stills: Rendered
    trips: Rendered


def data(catalog: Path | None, stills: Path | None, trips: Path | None) -> Data:
    """Return the reserved data, or other folders in their place, of which whatever is there is taken."""
    pictures = evaluation_data.PRODUCTS * evaluation_data.PICTURES_A_PRODUCT
    return Data(
        Rendered(catalog or evaluation_data.catalog(), "images/*/*.jpg", 1 if catalog else pictures),
        Rendered(stills or evaluation_data.stills(), "items/*.json", 1 if stills else evaluation_data.STILLS),
        Rendered(trips or evaluation_data.trips(), "*.truth.json", 1 if trips else evaluation_data.TRIPS),
    )


class Work:
    """What the parts share; made when it is first asked for."""

    def __init__(self, rendered: Data, progress: Progress) -> None:
        """Take where the rendered data lie, and the bar to show progress on."""
        self.data = rendered
        self._progress = progress

    def track(self, items: Sequence[Item], what: str) -> Iterator[Item]:
        """Yield the items, and show how many are done."""
        task = self._progress.add_task(what, total=len(items))
        for item in items:
            yield item
            self._progress.advance(task)
        self._progress.remove_task(task)

    @cached_property
    def embedder(self) -> Embedder:
        """The packaged embedder."""
        return load_embedder(threads=settings().threads)

    @cached_property
    def catalog(self) -> Catalog:
        """The rendered products."""
        return load_catalog(self.data.catalog.folder)

    @cached_property
    def gallery(self) -> Gallery:
        """The gallery of the rendered products."""
        task = self._progress.add_task("embedding the catalog", total=None)
        made = build_gallery(
            self.catalog,
            self.embedder,
            progress=lambda done, total: self._progress.update(task, completed=done, total=total),
        )
        self._progress.remove_task(task)
        return made
