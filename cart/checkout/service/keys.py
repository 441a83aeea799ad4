"""API keys: 256 random bits, of which the database keeps the SHA-256 only; roles and what they may touch."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import uuid4

import sqlalchemy as sa

from cart.checkout.problems import Conflict, Forbidden, Invalid
from cart.checkout.service.work import Work
from cart.checkout.tables import api_keys
from cart.errors import InputError

Role = Literal["cart", "shopper", "till", "associate", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
_MIN_TOKEN = 43
"""Characters of base64url that 256 bits take."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key's id, its role, and the cart, session or store that it is for."""

    id: str
    role: Role
    scope: str | None

    def require_session(self, session: str, cart: str, store: str) -> None:
        """Refuse a session that is not this key's.

        Raises:
            Forbidden: it is another cart's, shopper's or store's.
        """
        own = {"cart": cart, "shopper": session, "till": store, "associate": store}
        if self.role != "admin" and own[self.role] != self.scope:
            raise Forbidden("the session is not one of this key's")

    def require_store(self, store: str) -> None:
        """Refuse a store that is not this key's.

        Raises:
            Forbidden: it is another store, or the key is not for a store.
        """
        if self.role != "admin" and (self.role not in ("till", "associate") or self.scope != store):
            raise Forbidden("the store is not this key's")


def make_key(work: Work, role: Role, scope: str | None = None, label: str = "") -> tuple[str, str]:
    """Make a key and return its id and the key itself, which is nowhere kept.

    Args:
        work: the transaction.
        role: what the key may do.
        scope: the cart, session or store (of a till or an associate) that it is for; None for an admin.
        label: what the list of keys calls it.

    Raises:
        InputError: the role needs a scope, or takes none.
    """
    if (role == "admin") == (scope is not None):
        raise InputError(
            "an admin key takes no scope" if scope else f"a {role} key needs its cart, session or store"
        )
    key = secrets.token_urlsafe(32)
    return _keep(work, digest(key), role, scope, label), key


def admit_shopper(work: Work, session: str, token: str) -> None:
    """Let a token that the shopper's device made be the key to one session.

    Raises:
        Invalid: the token is too short to be 256 random bits.
        Conflict: it was used before.
    """
    if len(token) < _MIN_TOKEN:
        raise Invalid(f"shopper_token has fewer than {_MIN_TOKEN} characters: make it of 256 random bits")
    if work.tx.execute(sa.select(api_keys.c.id).where(api_keys.c.digest == digest(token))).first():
        raise Conflict("shopper_token was used before: make a new one for each session")
    _keep(work, digest(token), "shopper", session, "shopper token")


def _keep(work: Work, hashed: str, role: Role, scope: str | None, label: str) -> str:
    key_id = str(uuid4())
    row = {"id": key_id, "digest": hashed, "role": role, "scope": scope, "label": label, "made_at": work.at}
    work.tx.execute(sa.insert(api_keys), row)
    return key_id


def first_admin(work: Work) -> str | None:
    """Make an admin key where there has never been one; return it, else None."""
    if work.tx.execute(sa.select(api_keys.c.id).where(api_keys.c.role == "admin")).first():
        return None
    return make_key(work, "admin", label="first start")[1]


def find_caller(work: Work, hashed: str) -> Caller | None:
    """Return whose key has that digest, None where there is none or it is revoked."""
    query = sa.select(api_keys).where(api_keys.c.digest == hashed, api_keys.c.revoked_at.is_(None))
    row = work.tx.execute(query).one_or_none()
    return Caller(row.id, row.role, row.scope) if row else None


def list_keys(work: Work) -> list[dict[str, Any]]:
    """Return all keys without their secrets, oldest first."""
    columns = api_keys.c.id, api_keys.c.role, api_keys.c.scope, api_keys.c.label, api_keys.c.made_at
    query = sa.select(*columns, api_keys.c.revoked_at).order_by(api_keys.c.made_at, api_keys.c.id)
    return [dict(row) for row in work.tx.execute(query).mappings()]


def revoke_key(work: Work, key_id: str) -> datetime:
    """Revoke a key.

    Raises:
        InputError: there is no key of that id, or it is revoked already.
    """
    where = api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)
    if not work.tx.execute(sa.update(api_keys).where(*where).values(revoked_at=work.at)).rowcount:
        raise InputError(f"no key {key_id} is in use: see `cart keys list`")
    return work.at


def digest(key: str) -> str:
    """Return the SHA-256 of a key; 256 random bits need no slower hash."""
    return hashlib.sha256(key.encode()).hexdigest()
