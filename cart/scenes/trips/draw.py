"""What a script leaves open is drawn from its seed; whole scripts as well."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import ValidationError

from cart.errors import InputError
from cart.scenes.products.range import Product
from cart.scenes.trips.script import BAG, MOST_ITEMS, Action, Script, Step, items_of, what_is_wrong

TAKEN: dict[str, str] = {"remove": "product", "move": "product", "dig": "product", "swap": "second"}
"""Field of a step that names what it takes hold of inside, by what it does."""

_SHARES: dict[Action, float] = {
    "add": 0.36,
    "remove": 0.16,
    "add_twin": 0.06,
    "add_two": 0.06,
    "fast_add": 0.06,
    "drop": 0.05,
    "swap": 0.06,
    "show": 0.06,
    "hand": 0.06,
    "move": 0.04,
    "dig": 0.03,
}
_MORE: dict[Action, int] = {"remove": -1, "dig": -1, "add_two": 2, "swap": 0, "show": 0, "hand": 0, "move": 0}
"""Items that lie in the cart more after an action; 1 where it is not named."""
GLOVES = ("wool", "latex", "leather")
_BAGS = 0.05
"""Share of trips in which a bag is laid in the cart."""
_ROLLING = 0.2
"""Share of carts that are pushed along between the steps."""
_ONE_HAND = 0.085
"""Metres that one hand spans with ease."""
_STEP_SECONDS = 3.6  # what a step takes, about, its pause included


def draw_script(
    seed: int,
    seconds: float,
    products: Sequence[Product],
    *,
    fps: float = 12.0,
    size: tuple[int, int] = (480, 360),
) -> Script:
    """Draw a whole trip of about so many seconds; the same seed gives the same trip.

    Raises:
        InputError: the seed, the size or the length makes no sense.
    """
    rng = np.random.default_rng([seed, 1])
    cart = str(rng.choice(["wire", "basket", "tray"], p=[0.6, 0.25, 0.15]))
    initial = [
        _any(products, rng)
        for _ in range(int(rng.choice([0, 0, 1, 2, 4, 8], p=[0.3, 0.2, 0.2, 0.15, 0.1, 0.05])))
    ]
    steps: list[Step] = []
    inside = len(initial)
    brought = len(initial)
    for _ in range(max(1, round((seconds - 2) / _STEP_SECONDS))):
        action = _draw_action(inside, rng, brings=brought < MOST_ITEMS - 3)
        steps.append(
            Step(
                do=action,
                pause=round(float(rng.uniform(0.4, 1.6)), 2),
                speed=round(float(rng.uniform(0.7, 1.4)), 2),
                shopper=2 if rng.random() < 0.15 else 1,
            )
        )
        inside += _MORE.get(action, 1)
        brought += len(items_of(steps[-1]))
    if cart != "tray":
        _lay_bag(steps, np.random.default_rng([seed, 7]))
    return _checked(
        {
            "name": f"trip_{seed}",
            "seed": seed,
            "fps": fps,
            "size": size,
            "cart": cart,
            "initial": initial,
            "steps": steps,
            "rolling": cart == "wire" and rng.random() < _ROLLING,
        }
    )


def complete(script: Script, products: Sequence[Product]) -> Script:
    """Return the script with every product named by its GTIN, and what was left open drawn from its seed.

    Raises:
        InputError: it names a product that there is none of, or takes out what is not there.
    """
    rng = np.random.default_rng([script.seed, 2])
    by_name = {p.name: p for p in products} | {p.gtin: p for p in products}
    find = _finder(by_name)
    initial = [find(product, "initial").gtin for product in script.initial]
    inside = Counter(initial)
    last: Product | None = None
    steps = []
    for number, step in enumerate(script.steps, 1):
        where = f"step {number} ({step.do})"
        named: dict[str, str] = {}
        if step.do in TAKEN:
            field = TAKEN[step.do]
            named[field] = _taken(getattr(step, field), inside, find, where, rng)
        brought = []
        for field, product in zip(("product", "second"), items_of(step), strict=False):
            if product == BAG:
                continue
            chosen = find(product, where) if product is not None else _bring(step, last, products, rng)
            named[field] = chosen.gtin
            brought.append(chosen)
        if step.do in {"remove", "dig", "swap"}:
            inside[named[TAKEN[step.do]]] -= 1
        if step.do != "show":
            inside.update(product.gtin for product in brought)
            last = brought[-1] if brought else last
        hand = step.hand or str(rng.choice(["right", "left"], p=[0.7, 0.3]))
        steps.append(step.model_copy(update=named | {"hand": hand}))
    return script.model_copy(update={"initial": tuple(initial), "steps": tuple(steps)})


def _finder(by_name: dict[str, Product]) -> Callable[[str, str], Product]:
    def find(product: str, where: str) -> Product:
        if product not in by_name:
            raise InputError(
                f"{where}: there is no product '{product}'; `cart scenes catalog` writes what there is"
            )
        return by_name[product]

    return find


def _taken(
    product: str | None,
    inside: Counter[str],
    find: Callable[[str, str], Product],
    where: str,
    rng: np.random.Generator,
) -> str:
    there = sorted(gtin for gtin, count in inside.items() if count > 0)
    if product is None:
        if not there:
            raise InputError(f"{where}: the cart is empty then, so nothing can be taken")
        return str(rng.choice(there))
    gtin = find(product, where).gtin
    if gtin not in there:
        raise InputError(f"{where}: there is no '{product}' in the cart then; add it before")
    return gtin


def _bring(
    step: Step, last: Product | None, products: Sequence[Product], rng: np.random.Generator
) -> Product:
    if step.do == "add_twin" and last is not None:
        twins = [p for p in products if p.family == last.family and p.gtin != last.gtin]
        return twins[int(rng.integers(len(twins)))] if twins else last
    if step.do == "add_two":
        products = [p for p in products if min(p.size) < _ONE_HAND] or products
    return products[int(rng.integers(len(products)))]


def _any(products: Sequence[Product], rng: np.random.Generator) -> str:
    return products[int(rng.integers(len(products)))].gtin


def _lay_bag(steps: list[Step], rng: np.random.Generator) -> None:
    """Have a shopper lay a bag inside first, in some trips."""
    if rng.random() < _BAGS:
        steps.insert(0, Step(do="bag", pause=round(float(rng.uniform(0.4, 1.6)), 2)))


def _draw_action(inside: int, rng: np.random.Generator, *, brings: bool = True) -> Action:
    possible = [a for a in _SHARES if inside > 0 or a not in TAKEN]
    if not brings:
        possible = [a for a in possible if not items_of(Step(do=a))]
    shares = np.array([_SHARES[a] for a in possible])
    return possible[int(rng.choice(len(possible), p=shares / shares.sum()))]


def draw_still_script(
    seed: int, attempt: int, products: Sequence[Product], size: tuple[int, int], gloved: float | None = None
) -> Script:
    """Draw a short trip to take stills of: a cart that holds something, and one or two things hands do.

    Args:
        seed: where from.
        attempt: another number draws another trip of the seed.
        products: what there is.
        size: width and height of the picture, pixels.
        gloved: share of trips whose shoppers all wear gloves; None: as in any trip.
    """
    rng = np.random.default_rng([seed, 6, attempt])
    cart = str(rng.choice(["wire", "basket", "tray"], p=[0.45, 0.3, 0.25]))
    least, most = ((0, 0), (1, 3), (4, 8), (9, 15))[int(rng.choice(4, p=[0.12, 0.35, 0.35, 0.18]))]
    filled = int(rng.integers(least, most + 1))
    initial = [_any(products, rng) for _ in range(min(filled, 8) if cart == "tray" else filled)]
    light = str(rng.choice(["even", "dim", "glaring", "mixed"], p=[0.45, 0.2, 0.15, 0.2]))
    steps, inside = list[Step](), len(initial)
    for _ in range(1 + int(rng.random() < 0.25)):
        action = _draw_action(inside, rng)
        steps.append(Step(do=action, pause=0.2, speed=round(float(rng.uniform(0.7, 1.6)), 2)))
        inside += _MORE.get(action, 1)
    wear = None
    if gloved is not None:
        wear = str(rng.choice(GLOVES)) if rng.random() < gloved else "none"
    return _checked(
        {
            "name": f"still_{seed}",
            "seed": (seed + 7_919 * attempt) % 2**32,
            "size": size,
            "cart": cart,
            "light": light,
            "gloves": wear,
            "initial": initial,
            "steps": steps,
            "tail": 0.2,
        }
    )


def _checked(fields: Mapping[str, Any]) -> Script:
    try:
        return Script.model_validate(fields)
    except ValidationError as error:
        raise InputError(what_is_wrong(error)) from None
