"""The tables of the service. `migrations/` makes them; a test holds the two to each other."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class Utc(sa.TypeDecorator[datetime]):
    """Aware UTC times, on databases without time zones too."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """Give a naive time its zone back."""
        if value is None or value.tzinfo is UTC:
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
OPEN_STATES = ("open", "checkout")
"""States of a session that is not closed; the others are `paid` and `abandoned`."""
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")

regions = sa.Table(
    "regions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("price_epoch", _Id, nullable=False, server_default="0"),
)
stores = sa.Table(
    "stores",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("region", sa.ForeignKey("regions.id"), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("tax_included", sa.Boolean, nullable=False),
    sa.Column("price_policy", sa.String(16), nullable=False),
    sa.Column("price_epoch", _Id, nullable=False, server_default="0"),
)
products = sa.Table(
    "products",
    metadata,
    sa.Column("gtin14", sa.String(14), primary_key=True),
    sa.Column("gtin", sa.String(14), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("tax_rate", sa.String(16)),
    sa.Column("plu", sa.String(8), index=True),
    sa.Column("by_weight", sa.Boolean, nullable=False),
    sa.Column("department", sa.String(100)),
)
prices = sa.Table(
    "prices",
    metadata,
    sa.Column("version", _Id, primary_key=True, autoincrement=True),
    sa.Column("gtin14", sa.ForeignKey("products.gtin14"), nullable=False),
    sa.Column("scope", sa.String(8), nullable=False),
    sa.Column("place", sa.String(64), nullable=False),
    sa.Column("amount", sa.BigInteger),
    sa.Column("since", Utc, nullable=False),
    sa.Column("written_at", Utc, nullable=False),
    sa.Index("ix_prices_place_gtin14", "scope", "place", "gtin14"),
)
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("cart", sa.String(100), nullable=False),
    sa.Column("store", sa.ForeignKey("stores.id"), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("version", _Id, nullable=False),
    sa.Column("book", sa.Text, nullable=False),
    sa.Column("corrections", sa.Integer, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("active_at", Utc, nullable=False),
    sa.Column("pending_since", Utc),
    sa.Column("checkout_at", Utc),
    sa.Column("closed_at", Utc),
    sa.Column("payment", sa.String(200)),
    sa.Column("faults", sa.Text),
    sa.Column("bill", sa.Text),
    sa.Index(
        "uq_sessions_open_cart",
        "cart",
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'checkout')"),
        postgresql_where=sa.text("state IN ('open', 'checkout')"),
    ),
    sa.Index("ix_sessions_store_state", "store", "state"),
    sa.Index(
        "ix_sessions_pending_since",
        "pending_since",
        sqlite_where=sa.text("pending_since IS NOT NULL"),
        postgresql_where=sa.text("pending_since IS NOT NULL"),
    ),
)
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("source", sa.String(120), nullable=False),
    sa.Column("id", sa.String(36), nullable=False),
    sa.Column("session", sa.ForeignKey("sessions.id"), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("doubt", sa.String(16)),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("source", "id"),
    sa.UniqueConstraint("session", "sequence", "ordinal"),
    sa.Index("ix_entries_id", "id"),
)
camera_events = sa.Table(
    "camera_events",
    metadata,
    sa.Column("source", sa.String(120), nullable=False),
    sa.Column("id", sa.String(36), nullable=False),
    sa.Column("session", sa.ForeignKey("sessions.id"), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("source", "id"),
)
lines = sa.Table(
    "lines",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("gtin14", sa.String(14)),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("weight", sa.String(16)),
    sa.Column("reverses", sa.Integer),
    sa.Column("reason", sa.String(16)),
    sa.Column("entry_method", sa.String(16), nullable=False),
    sa.Column("price", sa.BigInteger),
    sa.Column("price_version", _Id),
    sa.Column("image", sa.String(500)),
    sa.Column("at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("session", "number"),
)
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("session", sa.ForeignKey("sessions.id"), nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("store", sa.ForeignKey("stores.id"), nullable=False),
    sa.Column("waiting", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("resolution", sa.Text),
    sa.Column("by", sa.String(36)),
    sa.Column("at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("session", "event"),
    sa.Index("ix_reviews_store_waiting", "store", "waiting"),
)
evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("source", sa.String(120), nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("session", sa.ForeignKey("sessions.id"), nullable=False, index=True),
    sa.Column("jpeg", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    sa.PrimaryKeyConstraint("source", "event"),
)
receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("code", sa.String(40), primary_key=True),
    sa.Column("session", sa.ForeignKey("sessions.id"), unique=True),
    sa.Column("order_source", sa.String(64)),
    sa.Column("order_number", sa.String(100)),
    sa.Column("store", sa.ForeignKey("stores.id"), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("written_at", Utc, nullable=False),
    sa.UniqueConstraint("order_source", "order_number"),
)
returns = sa.Table(
    "returns",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("receipt", sa.ForeignKey("receipts.code"), nullable=False, index=True),
    sa.Column("store", sa.ForeignKey("stores.id"), nullable=False),
    sa.Column("refund", sa.BigInteger, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("written_at", Utc, nullable=False),
)
api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("scope", sa.String(100)),
    sa.Column("label", sa.String(200), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("revoked_at", Utc),
)
idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("api_key", sa.String(36), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("written_at", Utc, nullable=False, index=True),
    sa.PrimaryKeyConstraint("api_key", "key"),
)
