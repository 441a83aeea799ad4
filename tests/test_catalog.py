import csv
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.catalog import currency_exponent, load_catalog, minor_units
from cart.errors import InputError
from cart.gtin import check_digit

MakeCatalog = Callable[..., Path]

HEADER = "gtin,name,price,currency"
TEA = "4006381333931,Herbal tea,2.49,EUR"
RICE = "96385074,Rice,1.00,EUR"


def test_products_prices_and_pictures_are_read(make_catalog: MakeCatalog) -> None:
    pictures = ("4006381333931/b.JPG", "4006381333931/a.png", "4006381333931/notes.txt", "96385074/0.webp")
    folder = make_catalog(HEADER, TEA, RICE, pictures=pictures)
    catalog = load_catalog(folder)
    tea, rice = catalog
    assert (tea.gtin, tea.name, tea.price_minor, tea.currency) == ("4006381333931", "Herbal tea", 249, "EUR")
    assert [image.name for image in tea.images] == ["a.png", "b.JPG"]
    assert rice.images == (folder / "images/96385074/0.webp",)
    assert (len(catalog), catalog.currency, catalog.warnings) == (2, "EUR", ())


def test_optional_columns_any_order_and_a_byte_order_mark(make_catalog: MakeCatalog) -> None:
    header = "department,Unit,currency,tax_rate,price, name ,gtin,plu,colour"
    line = 'fruit,kg,EUR,0.07,2.5,"Apples, red",2000000040110,4011,red'
    (apples,) = load_catalog(make_catalog(header, line, "", encoding="utf-8-sig"))
    assert (apples.name, apples.price_minor, apples.tax_rate) == ("Apples, red", 250, Decimal("0.07"))
    assert (apples.plu, apples.unit, apples.department) == ("4011", "kg", "fruit")


def test_a_product_is_found_by_any_form_of_its_gtin(make_catalog: MakeCatalog) -> None:
    catalog = load_catalog(make_catalog(HEADER, "614141000036,Soap,1,USD", pictures=("0614141000036/1.jpg",)))
    soap = catalog.get("00614141000036")
    assert soap is catalog.get("614141000036") is catalog.get("0614141000036") is catalog.named("Soap")
    assert soap is not None
    assert soap.gtin == "614141000036"
    assert len(soap.images) == 1
    assert catalog.get("4006381333931") is None
    assert catalog.get("no number") is None
    assert catalog.named("Soup") is None


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], r"line 1: no column gtin, name, price, currency: "),
        (["gtin;name;price;currency"], r"line 1: no column .* with commas between"),
        (["gtin,name,price", "4006381333931,Tea,1"], "line 1: no column currency"),
        ([HEADER], "has no products: add a line for each"),
        (
            [HEADER, "", TEA, "4006381333932,Cup,1,EUR"],
            "line 4: GTIN 4006381333932 has a wrong check digit, 1",
        ),
        ([HEADER, TEA, RICE, TEA], "line 4: GTIN 4006381333931 is the product of line 2: keep one"),
        (
            [HEADER, "614141000036,A,1,EUR", "0614141000036,B,1,EUR"],
            "GTIN 0614141000036 is the product of line 2",
        ),
        ([HEADER, "4006381333931,Tea,-1,EUR"], "line 2: price -1 is negative: write 0 or more"),
        ([HEADER, "4006381333931,Tea,,EUR"], "line 2: price '' is not a number: write it like 2.49"),
        ([HEADER, "4006381333931,Tea,1e3,EUR"], "line 2: price '1e3' is not a number"),
        ([HEADER, "4006381333931,Tea,nan,EUR"], "line 2: price 'nan' is not a number"),
        (
            [HEADER, "4006381333931,Tea,2.499,EUR"],
            "price 2.499 has more than the 2 decimals of EUR: round it",
        ),
        ([HEADER, "4006381333931,Tea,2.5,JPY"], "price 2.5 has more than the 0 decimals of JPY"),
        ([HEADER, "4006381333931,Tea,2.5,euro"], "line 2: 'euro' is not a currency: write its ISO 4217 code"),
        ([HEADER, "4006381333931,Tea,2.5,XAU"], "line 2: 'XAU' is not a currency"),
        ([HEADER, TEA, "96385074,Rice,1,USD"], "line 3: priced in USD, the lines before in EUR"),
        ([HEADER, "4006381333931,,2.5,EUR"], "line 2: no name"),
        ([HEADER, "4006381333931,Tea, green,2.5,EUR"], "line 2: 5 cells where the header has 4: put quotes"),
        ([HEADER, '4006381333931,"Tea,2.5,EUR'], "line 2: unexpected end of data"),
        (
            [HEADER + ",tax_rate", TEA + ",19"],
            "line 2: tax_rate 19 is not between 0 and 1: write 0.19 for 19 %",
        ),
        ([HEADER + ",tax_rate", TEA + ",low"], "line 2: tax_rate 'low' is not a number"),
    ],
)
def test_what_is_wrong_in_products_csv_is_said(
    make_catalog: MakeCatalog, lines: list[str], message: str
) -> None:
    folder = make_catalog(*lines)
    with pytest.raises(InputError, match=message) as raised:
        load_catalog(folder)
    assert str(folder / "products.csv") in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_without_products_csv_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"products\.csv is not there: a catalog folder holds"):
        load_catalog(tmp_path)


def test_products_csv_in_another_encoding_is_told(make_catalog: MakeCatalog) -> None:
    with pytest.raises(InputError, match="is not UTF-8 text: save it"):
        load_catalog(make_catalog(HEADER, "4006381333931,Tee für dich,2.49,EUR", encoding="latin-1"))


def test_products_csv_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "products.csv").mkdir()
    with pytest.raises(InputError, match=r"cannot read .*directory"):
        load_catalog(tmp_path)


def test_products_without_pictures_and_pictures_without_products_are_warned_of(
    make_catalog: MakeCatalog,
) -> None:
    pictures = ("4006381333931/0.jpg", "tea/0.jpg", "0614141000036/0.jpg", ".hidden/0.jpg")
    catalog = load_catalog(make_catalog(HEADER, TEA, RICE, pictures=pictures))
    stray, bare = catalog.warnings
    assert "no product has the GTIN of 2 folders (0614141000036, tea)" in stray
    assert "no pictures of 1 product (96385074)" in bare


def test_a_catalog_without_pictures_works_by_barcode(make_catalog: MakeCatalog) -> None:
    catalog = load_catalog(make_catalog(HEADER, TEA, RICE))
    assert [warning.partition(": ")[2] for warning in catalog.warnings] == [
        "no pictures; products are told by barcode only"
    ]


def test_the_content_hash_follows_gtins_and_pictures_only(make_catalog: MakeCatalog) -> None:
    folder = make_catalog(HEADER, TEA, RICE, pictures=("4006381333931/0.jpg",))
    table, picture = folder / "products.csv", folder / "images/4006381333931/0.jpg"
    before = load_catalog(folder).content_hash()

    table.write_text("\n".join([HEADER, TEA.replace("2.49", "1.99"), RICE]))
    assert load_catalog(folder).content_hash() == before

    table.write_text("\n".join([HEADER, TEA]))
    assert load_catalog(folder).content_hash() != before

    table.write_text("\n".join([HEADER, TEA, RICE]))
    os.utime(picture, ns=(0, 0))
    assert load_catalog(folder).content_hash() != before

    catalog = load_catalog(folder)
    picture.unlink()
    assert catalog.content_hash() != load_catalog(folder).content_hash() != before


def test_ten_thousand_products_are_read(tmp_path: Path) -> None:
    bodies = [f"29{number:010d}" for number in range(10_000)]
    with (tmp_path / "products.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER.split(","))
        rows.writerows((f"{body}{check_digit(body)}", f"Product {body}", "1.99", "EUR") for body in bodies)
    catalog = load_catalog(tmp_path)
    assert len({product.gtin for product in catalog}) == 10_000
    assert catalog.get(f"{bodies[-1]}{check_digit(bodies[-1])}") is catalog.products[-1]


def test_the_starter_catalog_loads_without_a_warning(footage: Path) -> None:
    catalog = load_catalog(footage / "starter_catalog")
    assert (len(catalog), catalog.currency, catalog.warnings) == (8, "EUR", ())


@given(st.integers(0, 10**9), st.sampled_from(["EUR", "JPY", "KWD", "CLF", "HUF"]))
def test_a_price_keeps_its_minor_units(minor: int, currency: str) -> None:
    price = Decimal(minor).scaleb(-currency_exponent(currency))
    assert minor_units(f"{price:f}", currency) == minor
