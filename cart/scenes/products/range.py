"""The range: products drawn from the assortment in families of near-twins, the same for the same seed."""

import itertools
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

import numpy as np

from cart import gtin as gtins
from cart.errors import InputError
from cart.scenes.products.assortment import BRANDS, FRUITS, LINES, Fruit, Line

MOST_SEEDS = 10_000
"""Seeds go from 0 to one less: the seed is part of every GTIN of a range."""

_PACKAGED, _LOOSE = "28", "21"


@dataclass(frozen=True)
class Product:
    """One product of the range, and what its mesh and label are made from."""

    gtin: str
    """13 digits, of the numbers that GS1 leaves to a store."""
    name: str
    """What the receipt calls it."""
    brand: str
    price: str
    """Decimal, in euros."""
    shape: str
    style: str
    """Variant of the shape."""
    size: tuple[float, float, float]
    """Width (x), depth (y), height (z) in metres."""
    mass: float
    """Kilograms."""
    family: str
    """Near-twins share it: same brand and goods, other taste or amount."""
    seed: int
    """Draws what is its own: dents, wrinkles, print noise."""
    family_seed: int
    """Draws what the twins share: layout and inks."""
    title: str
    """What it is, without brand, taste and amount."""
    taste: str
    amount: str
    motif: str
    ink: str
    """Colour of the taste, #rrggbb."""
    food: str
    """Colour of what is inside, #rrggbb."""
    department: str
    plu: str | None = None
    """Price look-up number of loose produce."""


def products(count: int = 320, seed: int = 0) -> tuple[Product, ...]:
    """Return the first `count` products of the range of a seed; all shapes are among the first sixty.

    Raises:
        InputError: more products than the range has, less than one, or a seed out of 0..9999.
    """
    everything = _range(_checked_seed(seed))
    if not 1 <= count <= len(everything):
        raise InputError(
            f"a range has 1 to {len(everything)} products, not {count}: ask for fewer, or another seed's"
        )
    return everything[:count]


def product_by_gtin(gtin: str) -> Product:
    """Return the product of a GTIN, of whatever range: the GTIN tells the seed.

    Raises:
        InputError: not a GTIN, or none that a range has.
    """
    number = gtins.canonical(gtin)[1:]
    found = _by_gtin(int(number[2:6])).get(number)
    if found is None:
        raise InputError(
            f"no rendered product has the GTIN {gtin}: `cart scenes catalog` writes those there are"
        )
    return found


def _checked_seed(seed: int) -> int:
    if not 0 <= seed < MOST_SEEDS:
        raise InputError(f"the seed of a range is 0 to {MOST_SEEDS - 1}, not {seed}")
    return seed


@lru_cache(maxsize=8)
def _by_gtin(seed: int) -> dict[str, Product]:
    return {product.gtin: product for product in _range(seed)}


@lru_cache(maxsize=8)
def _range(seed: int) -> tuple[Product, ...]:
    """Return all products: one family of each shape, then the next of each; twins stand together."""
    rng = np.random.default_rng(seed)
    numbers = map(_number, itertools.count(1))
    families = [
        tuple(_packaged(line, brand, seed, numbers)) for line in LINES for brand in _brands(line, rng)
    ]
    families += [(_loose(fruit, seed, next(numbers)),) for fruit in FRUITS]
    seen: Counter[str] = Counter()
    ranked = []
    for n in rng.permutation(len(families)):
        shape = families[n][0].shape
        ranked.append((seen[shape], int(n)))
        seen[shape] += 1
    return tuple(product for _, n in sorted(ranked, key=itemgetter(0)) for product in families[n])


def _brands(line: Line, rng: np.random.Generator) -> list[str]:
    return [str(brand) for brand in rng.permutation(BRANDS[line.department])[: line.brands]]


def _packaged(line: Line, brand: str, seed: int, numbers: Iterator[int]) -> Iterator[Product]:
    family = f"{brand} {line.title or line.motif} {line.shape}"
    dear = float(np.random.default_rng(_seed(seed, family)).uniform(0.9, 1.25))
    for taste, amount in itertools.product(line.tastes, line.amounts):
        words = _words(line.title, taste.name)
        name = " ".join(filter(None, (brand, *words, amount.text)))
        yield Product(
            gtin=_gtin(_PACKAGED, seed, next(numbers)),
            name=name,
            brand=brand,
            price=_price(amount.price * dear),
            shape=line.shape,
            style=line.style,
            size=_metres(amount.millimetres),
            mass=amount.grams / 1000,
            family=family,
            seed=_seed(seed, name),
            family_seed=_seed(seed, family),
            title=line.title or taste.name,
            taste=taste.name if line.title else "",
            amount=amount.text,
            motif=line.motif,
            ink=taste.ink,
            food=taste.food,
            department=line.department,
        )


def _loose(fruit: Fruit, seed: int, number: int) -> Product:
    return Product(
        gtin=_gtin(_LOOSE, seed, number),
        name=fruit.name.capitalize(),
        brand="",
        price=_price(fruit.price),
        shape="produce",
        style=fruit.name,
        size=_metres(fruit.millimetres),
        mass=fruit.grams / 1000,
        family=fruit.name.split()[-1],
        seed=_seed(seed, fruit.name),
        family_seed=_seed(seed, fruit.name),
        title=fruit.name,
        taste="",
        amount="1 pc",
        motif="",
        ink="#808080",
        food="#808080",
        department="produce",
        plu=fruit.plu,
    )


def _words(title: str, taste: str) -> tuple[str, str]:
    """Return title and taste in the order in which one says them: `tuna in oil`, `fine rolled oats`."""
    return (title, taste) if taste.startswith(("in ", "with ")) else (taste, title)


def _gtin(prefix: str, seed: int, number: int) -> str:
    digits = f"{prefix}{seed:04d}{number:06d}"
    return digits + str(gtins.check_digit(digits))


def _number(position: int) -> int:
    """Return six digits of its own for each position: neighbours get numbers that do not look alike."""
    return position * 379_721 % 1_000_000


def _seed(seed: int, key: str) -> int:
    return zlib.crc32(f"{seed} {key}".encode())


def _price(euros: float) -> str:
    """Return a price that ends in 9, as most do; below half a euro as it is."""
    cents = round(euros * 100)
    return f"{(cents if cents < 50 else cents // 10 * 10 + 9) / 100:.2f}"


def _metres(millimetres: tuple[float, float, float]) -> tuple[float, float, float]:
    x, y, z = millimetres
    return x / 1000, y / 1000, z / 1000
