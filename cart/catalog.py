"""A store's products, prices and pictures, read from a folder: `products.csv` and `images/<gtin>/*.jpg`."""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from iso4217 import Currency

from cart import gtin as gtins
from cart.errors import InputError

COLUMNS = ("gtin", "name", "price", "currency")
"""What products.csv must have, in any order; tax_rate, plu, unit and department may stand beside."""

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})

_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,9})?", re.ASCII)
_NAMED_IN_WARNING = 5


@dataclass(frozen=True, slots=True)
class Product:
    """What is sold."""

    gtin: str
    """Its number, as products.csv writes it."""
    name: str
    price_minor: int
    """Price of one, tax included, in minor units of `currency` (cents), at least 0."""
    currency: str
    """ISO 4217 code."""
    tax_rate: Decimal | None = None
    """Share of tax on top of the net price, 0..1: 0.19 is 19 %; None where not given."""
    plu: str | None = None
    """Price look-up number of loose produce."""
    unit: str | None = None
    department: str | None = None
    images: tuple[Path, ...] = ()
    """Reference pictures, sorted by name; they may be damaged, they have not been opened."""


@dataclass(frozen=True)
class Catalog:
    """The products of a store, found by GTIN in any of its written lengths; all priced in one currency."""

    folder: Path
    currency: str
    products: tuple[Product, ...]
    warnings: tuple[str, ...] = ()
    """What is odd but does not hinder, a line each: products without pictures, pictures without a product."""

    def __len__(self) -> int:
        return len(self.products)

    def __iter__(self) -> Iterator[Product]:
        return iter(self.products)

    def get(self, gtin: str) -> Product | None:
        """Return the product of that GTIN, None where the catalog has none or `gtin` is not a GTIN."""
        return self._by_gtin.get(gtins.canonical(gtin)) if gtins.is_valid(gtin) else None

    def named(self, name: str) -> Product | None:
        """Return the first product of exactly that name, None where the catalog has none."""
        return self._by_name.get(name)

    def content_hash(self) -> str:
        """Return a SHA-256 in hexadecimal that changes with GTINs and pictures, to cache embeddings by.

        Of a picture its place in the folder, size and time of change count, not its bytes, so that 10,000
        products take a moment. Names and prices do not count: they change no embedding.
        """
        digest = hashlib.sha256()
        for product in self.products:
            digest.update(f"{product.gtin}\n".encode())
            for image in product.images:
                digest.update(f"{image.relative_to(self.folder).as_posix()}\0{_version(image)}\n".encode())
        return digest.hexdigest()

    @cached_property
    def _by_gtin(self) -> dict[str, Product]:
        return {gtins.canonical(product.gtin): product for product in self.products}

    @cached_property
    def _by_name(self) -> dict[str, Product]:
        return {product.name: product for product in reversed(self.products)}


def load_catalog(folder: Path) -> Catalog:
    """Read a catalog folder.

    Raises:
        InputError: there is no products.csv, or something in it cannot be used; names the file, the line
            and what to do.
    """
    images = folder / "images"
    pictures = _pictures(images)
    products = tuple(_read_products(folder / "products.csv", _by_canonical(pictures)))
    warnings = (*_stray_pictures(images, pictures, products), *_without_pictures(images, products))
    return Catalog(folder, products[0].currency, products, warnings)


def currency_exponent(currency: str) -> int:
    """Return how many decimals a price in that currency has, by ISO 4217.

    >>> currency_exponent("EUR"), currency_exponent("JPY")
    (2, 0)

    Raises:
        InputError: `currency` is no ISO 4217 code of money.
    """
    try:
        exponent = Currency(currency).exponent
    except ValueError:
        exponent = None
    if exponent is None:
        raise InputError(f"{currency!r} is not a currency: write its ISO 4217 code, like EUR")
    return exponent


def currencies() -> Iterator[str]:
    """Yield the ISO 4217 codes of money."""
    return (currency.code for currency in Currency if currency.exponent is not None)


def minor_units(price: str, currency: str) -> int:
    """Return a decimal price in whole minor units of its currency.

    >>> minor_units("2.49", "EUR")
    249

    Raises:
        InputError: not a decimal number, negative, or with more decimals than the currency has.
    """
    exponent = currency_exponent(currency)
    minor = _decimal(price, "price").scaleb(exponent)
    if minor < 0:
        raise InputError(f"price {price} is negative: write 0 or more")
    if minor != int(minor):
        raise InputError(f"price {price} has more than the {exponent} decimals of {currency}: round it")
    return int(minor)


def _version(image: Path) -> str:
    try:
        stat = image.stat()
    except OSError:
        return "missing"
    return f"{stat.st_size} {stat.st_mtime_ns}"


def _decimal(text: str, column: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise InputError(f"{column} {text!r} is not a number: write it like 2.49")
    return Decimal(text)


def _read_products(table: Path, pictures: dict[str, tuple[Path, ...]]) -> Iterator[Product]:
    line_of: dict[str, int] = {}
    currency = None
    for line, row in _rows(table):
        try:
            product = _product(row, pictures)
            currency = currency or product.currency
            _check_currency(product, currency)
            _check_new(product, line, line_of)
        except InputError as error:
            raise InputError(f"{table}, line {line}: {error}") from None
        yield product
    if currency is None:
        raise InputError(f"{table} has no products: add a line for each")


def _rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row's line number and cells by column name, blanks around them cut off."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = _header(table, next(reader, []))
            for cells in reader:
                if cells:
                    yield reader.line_num, _row(table, reader.line_num, header, cells)
    except FileNotFoundError:
        raise InputError(
            f"{table} is not there: a catalog folder holds products.csv with the header {','.join(COLUMNS)}"
        ) from None
    except UnicodeDecodeError:
        raise InputError(f"{table} is not UTF-8 text: save it as CSV in UTF-8") from None
    except OSError as error:
        raise InputError(f"cannot read {table}: {error.strerror}") from None
    except csv.Error as error:
        raise InputError(f"{table}, line {reader.line_num}: {error}: save the file as CSV") from None


def _header(table: Path, cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        raise InputError(
            f"{table}, line 1: no column {', '.join(missing)}: "
            f"the header is {','.join(COLUMNS)}, with commas between"
        )
    return header


def _row(table: Path, line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise InputError(
            f"{table}, line {line}: {len(cells)} cells where the header has {len(header)}: "
            "put quotes around text that holds a comma"
        )
    return {column: cell.strip() for column, cell in zip(header, cells, strict=True)}


def _product(row: dict[str, str], pictures: dict[str, tuple[Path, ...]]) -> Product:
    gtin = gtins.parse(row["gtin"])
    if not row["name"]:
        raise InputError("no name: write what the receipt shall call the product")
    return Product(
        gtin=gtin,
        name=row["name"],
        price_minor=minor_units(row["price"], row["currency"]),
        currency=row["currency"],
        tax_rate=_tax_rate(row.get("tax_rate")),
        plu=row.get("plu") or None,
        unit=row.get("unit") or None,
        department=row.get("department") or None,
        images=pictures.get(gtins.canonical(gtin), ()),
    )


def _tax_rate(text: str | None) -> Decimal | None:
    if not text:
        return None
    rate = _decimal(text, "tax_rate")
    if not 0 <= rate <= 1:
        raise InputError(f"tax_rate {text} is not between 0 and 1: write 0.19 for 19 %")
    return rate


def _check_currency(product: Product, currency: str) -> None:
    if product.currency != currency:
        raise InputError(
            f"priced in {product.currency}, the lines before in {currency}: a catalog has one currency"
        )


def _check_new(product: Product, line: int, line_of: dict[str, int]) -> None:
    """Note the line of a product; refuse one that stands in an earlier line, in whatever GTIN length."""
    first = line_of.setdefault(gtins.canonical(product.gtin), line)
    if first != line:
        raise InputError(f"GTIN {product.gtin} is the product of line {first}: keep one of the two lines")


def _pictures(images: Path) -> dict[str, tuple[Path, ...]]:
    """Return the pictures in each folder under `images`, by the folder's name; hidden files are left out."""
    return {folder.name: _pictures_in(folder) for folder in _visible(images) if folder.is_dir()}


def _pictures_in(folder: Path) -> tuple[Path, ...]:
    return tuple(file for file in _visible(folder) if file.suffix.lower() in PICTURE_SUFFIXES)


def _visible(folder: Path) -> list[Path]:
    try:
        paths = sorted(folder.iterdir(), key=attrgetter("name"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"cannot read {folder}: {error.strerror}") from None
    return [path for path in paths if not path.name.startswith(".")]


def _by_canonical(pictures: dict[str, tuple[Path, ...]]) -> dict[str, tuple[Path, ...]]:
    merged: dict[str, tuple[Path, ...]] = {}
    for name in filter(gtins.is_valid, pictures):
        gtin = gtins.canonical(name)
        merged[gtin] = merged.get(gtin, ()) + pictures[name]
    return merged


def _stray_pictures(images: Path, folders: Iterable[str], products: Iterable[Product]) -> Iterator[str]:
    known = {gtins.canonical(product.gtin) for product in products}
    stray = [name for name in folders if not (gtins.is_valid(name) and gtins.canonical(name) in known)]
    if stray:
        yield f"{images}: no product has the GTIN of {_listed(stray, 'folder')}; the pictures are not used"


def _without_pictures(images: Path, products: Sequence[Product]) -> Iterator[str]:
    bare = [product.gtin for product in products if not product.images]
    if len(bare) == len(products):
        yield f"{images}: no pictures; products are told by barcode only"
    elif bare:
        yield f"{images}: no pictures of {_listed(bare, 'product')}; told by barcode only"


def _listed(names: Sequence[str], noun: str) -> str:
    """Return a count and the first few names, `3 products (a, b, c)`."""
    shown = ", ".join(names[:_NAMED_IN_WARNING])
    more = ", ..." if len(names) > _NAMED_IN_WARNING else ""
    return f"{len(names)} {noun}{'s' if len(names) > 1 else ''} ({shown}{more})"
