"""The commands of the tally service: `serve`, `keys`, `rebuild`, `backup`, `restore`."""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from rich.console import Console
from rich.table import Column, Table

from cart.catalog import load_catalog
from cart.checkout import store as stores
from cart.checkout.api.app import create_app
from cart.checkout.api.observing import log_as_json
from cart.checkout.api.shapes import NAME
from cart.checkout.service.catalogs import load_catalog_folder
from cart.checkout.service.keys import ROLES, Role, first_admin, list_keys, make_key, revoke_key
from cart.checkout.service.upkeep import check_ledgers
from cart.checkout.service.work import Service
from cart.checkout.store import Store
from cart.errors import InputError
from cart.settings import ServiceSettings, service_settings

app = typer.Typer(no_args_is_help=True, help="The checkout-tally service.")
keys = typer.Typer(no_args_is_help=True, help="API keys: make, list, revoke.")
app.add_typer(keys, name="keys")

Database = Annotated[str | None, typer.Option("--database", help="sqlite:///FILE or postgresql://HOST/NAME")]
_GRACE_SECONDS = 3


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="address to listen at")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="port to listen at; 0 for a free one")] = 8000,
    database: Database = None,
    catalog: Annotated[Path | None, typer.Option(help="catalog folder to load at the start")] = None,
    workers: Annotated[int, typer.Option(min=1, help="processes; more than one needs PostgreSQL")] = 1,
) -> None:
    """Start the service. The first start prints an admin key, once."""
    settings = service_settings(database=database, catalog=catalog)
    if workers > 1 and Store(settings.database).is_sqlite:
        raise InputError("an SQLite file is for one process: leave --workers at 1, or use PostgreSQL")
    _check_address(host, port)
    with stores.only_process(settings.database):
        with _opened(settings) as service:
            _begin(service)
        log_as_json()
        _run(settings, host, port, workers)


def _check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened at, before anything is done."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"cannot listen at {host}, port {port}: {reason}; choose another") from None


def _run(settings: ServiceSettings, host: str, port: int, workers: int) -> None:
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "log_config": None,
        "access_log": False,
        "timeout_graceful_shutdown": _GRACE_SECONDS,
        "server_header": False,
        "workers": workers,
    }
    if workers == 1:
        uvicorn.run(create_app(Service(Store(settings.database), settings)), **options)
        return
    os.environ["CART_DATABASE"] = settings.database
    uvicorn.run("cart.checkout.api.app:from_environment", factory=True, **options)


def _begin(service: Service) -> None:
    """Load the catalog folder, and print the admin key of a first start."""
    settings = service.settings
    with service.work() as work:
        if settings.catalog:
            load_catalog_folder(work, load_catalog(settings.catalog), settings.region)
        key = first_admin(work)
    if key:
        print(f"admin key (shown once): {key}", flush=True)  # noqa: T201


@keys.command("make")
def make(
    role: Annotated[str, typer.Argument(help=", ".join(ROLES))],
    scope: Annotated[
        str | None, typer.Argument(help="the cart, session, or store (of a till or associate)")
    ] = None,
    label: Annotated[str, typer.Option(help="what the list calls it")] = "",
    database: Database = None,
) -> None:
    """Make a key and print it; it cannot be shown again."""
    with _opened(service_settings(database=database)) as service, service.work() as work:
        _, key = make_key(work, _role(role), _scope(scope), label[:200])
    print(key)  # noqa: T201


@keys.command("list")
def show(database: Database = None) -> None:
    """List the keys, without their secrets."""
    with _opened(service_settings(database=database)) as service, service.reading() as work:
        rows = list_keys(work)
    table = Table(Column("id", no_wrap=True), "role", "scope", "label", "made", "revoked", box=None)
    for row in rows:
        table.add_row(*map(_shown, row.values()))
    Console(soft_wrap=True).print(table)


@keys.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(help="the key's id")], database: Database = None) -> None:
    """Revoke a key; running services refuse it within seconds."""
    with _opened(service_settings(database=database)) as service, service.work() as work:
        revoke_key(work, key_id)


@app.command()
def rebuild(
    database: Database = None,
    repair: Annotated[bool, typer.Option("--repair", help="put the rebuilt tallies in place")] = False,
) -> None:
    """Rebuild every tally from the ledger and check that it equals the kept one; exit 1 if not."""
    with _opened(service_settings(database=database)) as service:
        differences = list(check_ledgers(service, repair=repair))
    for session, difference in differences:
        print(f"{session}: {difference}")  # noqa: T201
    if differences:
        raise typer.Exit(1)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="file to write")], database: Database = None) -> None:
    """Copy the embedded database to a file, also while the service runs."""
    stores.backup(service_settings(database=database).database, target)


@app.command()
def restore(
    saved: Annotated[Path, typer.Argument(help="file that `backup` wrote")], database: Database = None
) -> None:
    """Put a backup in the place of the embedded database; stop the service first."""
    stores.restore(service_settings(database=database).database, saved)


@contextmanager
def _opened(settings: ServiceSettings) -> Iterator[Service]:
    """Give the service's database, migrated; close it at the end."""
    store = Store(settings.database)
    try:
        store.migrate()
        yield Service(store, settings)
    finally:
        store.close()


def _shown(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value or "")


def _scope(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(NAME, text):
        raise InputError(f"{text!r} is no id of a cart, session or store: take letters, digits and -._")
    return text


def _role(text: str) -> Role:
    for role in ROLES:
        if role == text:
            return role
    raise InputError(f"no role {text!r}: write one of {', '.join(ROLES)}")
