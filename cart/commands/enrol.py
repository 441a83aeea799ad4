"""`cart enrol`: embed a catalog's pictures ahead of the first run."""

from pathlib import Path

from rich.console import Console

from cart.catalog import load_catalog
from cart.commands.screen import Screen
from cart.settings import settings
from cart.vision.embedding import load_embedder
from cart.vision.gallery import build_gallery


def run(folder: Path) -> None:
    """Embed the pictures of a catalog, and say what came of it.

    Raises:
        InputError: the catalog cannot be used.
    """
    catalog = load_catalog(folder)
    with Screen(quiet=False, as_json=False) as screen:
        for line in catalog.warnings:
            screen.warn(line)
        embedder = load_embedder(threads=settings().threads)
        build_gallery(catalog, embedder, warn=screen.warn, progress=screen.embedding_progress)
    pictures = sum(len(product.images) for product in catalog)
    Console(highlight=False).print(f"enrolled {len(catalog)} products from {pictures} pictures")
