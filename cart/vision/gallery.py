"""The catalog's reference vectors: made once, kept in the user's cache, searched by similarity."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cart import gtin as gtins
from cart.catalog import Catalog, Product
from cart.errors import InputError
from cart.settings import settings
from cart.vision.embedding import Embedder
from cart.vision.footage.base import Warn, log_warning
from cart.vision.references import read_picture, views

Progress = Callable[[int, int], None]
"""Told how many pictures are done, and of how many."""

RECIPE = 1
"""Counted up when the way from pictures to vectors changes, so that cached galleries are made again."""


@dataclass(frozen=True)
class Gallery:
    """Reference vectors of products, each product's in one run.

    Attributes:
        gtins: all products of the catalog, as the catalog writes them, (P,).
        vectors: (V, D), of Euclidean length 1, rounded to the 16 bits in which they are kept.
        owners: number of the product that each vector shows, (V,), ascending.
    """

    gtins: tuple[str, ...]
    vectors: NDArray[np.float32]
    owners: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.gtins)

    def index(self, gtin: str) -> int | None:
        """Return the number of the product with that GTIN in any written length; None where it has none."""
        return self._by_gtin.get(gtins.canonical(gtin)) if gtins.is_valid(gtin) else None

    def similarities(
        self, queries: NDArray[np.float32], among: Collection[int] | None = None
    ) -> NDArray[np.float32]:
        """Return how similar each query is to each product: the cosine to the nearest of its vectors.

        Args:
            queries: (N, D), each of length 1.
            among: numbers of the only products to compare with; None for all.

        Returns:
            (N, P), from -1 to 1; -1 for products without pictures or not in `among`.
        """
        found = np.full((len(queries), len(self.gtins)), -1, np.float32)
        rows = slice(None) if among is None else np.flatnonzero(np.isin(self.owners, list(among)))
        products, first = np.unique(self.owners[rows], return_index=True)
        if len(products):
            cosines = queries @ self.vectors[rows].T
            found[:, products] = np.maximum.reduceat(cosines, first, axis=1)
        return found

    @cached_property
    def _by_gtin(self) -> dict[str, int]:
        return {gtins.canonical(gtin): number for number, gtin in enumerate(self.gtins)}


def build_gallery(
    catalog: Catalog,
    embedder: Embedder,
    *,
    warn: Warn = log_warning,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Gallery:
    """Return the gallery of a catalog, from the cache where it was made before.

    Args:
        catalog: the products and their pictures.
        embedder: turns pictures into vectors.
        warn: told of each picture that cannot be read while the product has others.
        progress: told after each picture; not called where the gallery is cached.
        cache: folder for galleries; None for the user's (`CART_CACHE`).

    Raises:
        InputError: none of a product's pictures can be read.
    """
    file = (cache or settings().cache) / "galleries" / f"{_key(catalog, embedder)}.npz"
    made = _load(file, catalog, embedder.length)
    if made is None:
        made = _embed(catalog, embedder, progress)
        _save(file, *made, warn)
    gallery, unreadable = made
    for picture in unreadable:
        warn(f"the picture {catalog.folder / picture} cannot be read and is left out: replace it")
    return gallery


def _key(catalog: Catalog, embedder: Embedder) -> str:
    text = f"{catalog.content_hash()} {embedder.version} {RECIPE}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _embed(
    catalog: Catalog, embedder: Embedder, progress: Progress | None
) -> tuple[Gallery, tuple[str, ...]]:
    """Return the gallery, and the pictures that cannot be read, as paths in the catalog's folder."""
    unreadable: list[Path] = []
    total, done = sum(len(product.images) for product in catalog), 0
    rows = [np.empty((0, embedder.length), np.float16)]
    owners: list[int] = []
    for number, product in enumerate(catalog):
        for vectors in _vectors(product, embedder, unreadable):
            rows.append(vectors.astype(np.float16))
            owners += [number] * len(vectors)
            done += 1
            if progress is not None:
                progress(done, total)
    names = tuple(product.gtin for product in catalog)
    gallery = Gallery(names, np.concatenate(rows).astype(np.float32), np.array(owners, np.int32))
    return gallery, tuple(path.relative_to(catalog.folder).as_posix() for path in unreadable)


def _vectors(product: Product, embedder: Embedder, unreadable: list[Path]) -> Iterator[NDArray[np.float32]]:
    """Yield the vectors of each picture of a product; none for one that cannot be read."""
    damaged = []
    for path in product.images:
        picture = read_picture(path)
        if picture is None:
            damaged.append(path)
        yield embedder.embed([] if picture is None else views(picture))
    if damaged and len(damaged) == len(product.images):
        raise InputError(f"no picture of {product.gtin} can be read, such as {damaged[0]}: replace it")
    unreadable += damaged


def _load(file: Path, catalog: Catalog, length: int) -> tuple[Gallery, tuple[str, ...]] | None:
    """Return a cached gallery; None where there is none or it is damaged."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            vectors, owners, unreadable = kept["vectors"], kept["owners"], kept["unreadable"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    if vectors.shape != (len(owners), length) or vectors.dtype != np.float16:
        return None
    gallery = Gallery(tuple(product.gtin for product in catalog), vectors.astype(np.float32), owners)
    return gallery, tuple(unreadable.tolist())


def _save(file: Path, gallery: Gallery, unreadable: tuple[str, ...], warn: Warn) -> None:
    """Write a gallery in one step, so that another process never sees half of one."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            np.savez(
                stream,
                vectors=gallery.vectors.astype(np.float16),
                owners=gallery.owners,
                unreadable=np.array(unreadable, np.str_),
            )
        Path(name).replace(file)
    except OSError as error:
        warn(f"cannot keep the gallery in {file.parent} ({error.strerror}): set CART_CACHE to another folder")
