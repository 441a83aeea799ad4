"""Single adds and removes, made from crops of rendered stills: what is marked for review, what goes wrong.

An add is recognised among the whole catalog, a removal among the products that lie in its scene; that the
item was added or removed at all is taken as certain. Fused ones are given all crops of the product in the
scene's stills (before, in hand, after), single ones one crop alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from accuracy_parts.row import Row, limit_text, share_row
from accuracy_parts.sights import Scene, read_scenes, see
from accuracy_parts.work import Work
from cart.events import Action
from cart.settings import settings
from cart.vision.announce import is_doubtful
from cart.vision.recognition import Crop, Recogniser

PART = "single adds and removes, products held out"
LEAST = 2000
"""So many are asked for."""
RIGHT, MOST_MARKED = 0.998, 0.10


@dataclass(frozen=True)
class Single:
    """An add or a removal of one item.

    Attributes:
        action: which of them.
        fused: recognised by all crops of the scene, else by one.
        marked: for review.
        right: whether it names the product that it is.
    """

    action: Action
    fused: bool
    marked: bool
    right: bool


def rows(work: Work) -> Iterator[Row]:
    """Recognise every add and removal."""
    missing = work.data.stills.missing or work.data.catalog.missing
    if missing:
        yield Row(PART, "unmarked lines right", missing, limit_text(RIGHT, 1))
        yield Row(PART, "lines marked", missing, limit_text(0, MOST_MARKED))
        return
    recogniser = Recogniser(work.gallery, work.embedder)
    found = list[Single]()
    for labels, products in work.track(read_scenes(work.data.stills.folder), "single adds and removes"):
        found += singles(see(labels, products), recogniser)
    yield from counted(found)


def singles(scene: Scene, recogniser: Recogniser) -> Iterator[Single]:
    """Yield an add and a removal for each product of a scene, and for each crop."""
    together: dict[str, list[Crop]] = {}
    for sight in scene.sights:
        together.setdefault(sight.gtin, []).append(sight.crop)
    cases = [(gtin, crops, True) for gtin, crops in together.items()]
    cases += [(sight.gtin, [sight.crop], False) for sight in scene.sights]
    choices: dict[Action, frozenset[str] | None] = {"add": None, "remove": scene.products}
    for gtin, crops, fused in cases:
        for action, among in choices.items():
            product = recogniser.recognise(crops, among)
            marked = is_doubtful(product, product.confidence, settings().review_below)
            yield Single(action, fused, marked, product.gtin == gtin)


def counted(found: Sequence[Single]) -> Iterator[Row]:
    """Yield what is marked, and what of the rest is right: of all, then by kind."""
    enough = len(found) >= LEAST
    for row in _both(found, "", RIGHT, MOST_MARKED):
        yield row if enough else replace(row, held=None)
    for fused, kind in ((True, "all crops of a scene"), (False, "one crop")):
        for action in ("add", "remove"):
            some = [one for one in found if (one.fused, one.action) == (fused, action)]
            yield from _both(some, f", {action}s by {kind}")


def _both(found: Sequence[Single], of: str, right: float = 0.0, marked: float = 1.0) -> Iterator[Row]:
    unmarked = [one for one in found if not one.marked]
    yield share_row(
        PART, f"unmarked lines right{of}", sum(one.right for one in unmarked), len(unmarked), least=right
    )
    yield share_row(PART, f"lines marked{of}", len(found) - len(unmarked), len(found), most=marked)
