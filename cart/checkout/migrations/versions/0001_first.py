"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_NOTIFY = """
CREATE FUNCTION cart_session_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('cart', NEW.store || ' ' || NEW.id); RETURN NULL; END $$;
CREATE FUNCTION cart_prices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('cart', 'prices'); RETURN NULL; END $$;
CREATE TRIGGER sessions_notify AFTER INSERT OR UPDATE ON sessions
    FOR EACH ROW EXECUTE FUNCTION cart_session_changed();
CREATE TRIGGER regions_notify AFTER UPDATE OF price_epoch ON regions
    FOR EACH STATEMENT EXECUTE FUNCTION cart_prices_changed();
CREATE TRIGGER stores_notify AFTER UPDATE OF price_epoch ON stores
    FOR EACH STATEMENT EXECUTE FUNCTION cart_prices_changed();
CREATE FUNCTION cart_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER lines_append_only BEFORE UPDATE OR DELETE ON lines
    FOR EACH STATEMENT EXECUTE FUNCTION cart_append_only();
"""
_FORGET = """
DROP TRIGGER sessions_notify ON sessions;
DROP TRIGGER regions_notify ON regions;
DROP TRIGGER stores_notify ON stores;
DROP TRIGGER lines_append_only ON lines;
DROP FUNCTION cart_session_changed();
DROP FUNCTION cart_prices_changed();
DROP FUNCTION cart_append_only();
"""
_APPEND_ONLY = """
CREATE TRIGGER lines_append_only_{event} BEFORE {event} ON lines
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
"""


def upgrade() -> None:
    """Make the tables."""
    _make_tables()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_NOTIFY)
    else:
        op.execute(_APPEND_ONLY.format(event="UPDATE"))
        op.execute(_APPEND_ONLY.format(event="DELETE"))


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FORGET)
    _drop_tables()


def _make_tables() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=100), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "idempotency",
        sa.Column("api_key", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("api_key", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_written_at"), "idempotency", ["written_at"], unique=False)
    op.create_table(
        "products",
        sa.Column("gtin14", sa.String(length=14), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tax_rate", sa.String(length=16), nullable=True),
        sa.Column("plu", sa.String(length=8), nullable=True),
        sa.Column("by_weight", sa.Boolean(), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("gtin14", name=op.f("pk_products")),
    )
    op.create_index(op.f("ix_products_plu"), "products", ["plu"], unique=False)
    op.create_table(
        "regions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_epoch", _ID, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
    )
    op.create_table(
        "prices",
        sa.Column("version", _ID, autoincrement=True, nullable=False),
        sa.Column("gtin14", sa.String(length=14), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["gtin14"], ["products.gtin14"], name=op.f("fk_prices_gtin14")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_prices")),
    )
    op.create_index("ix_prices_place_gtin14", "prices", ["scope", "place", "gtin14"], unique=False)
    op.create_table(
        "stores",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("price_policy", sa.String(length=16), nullable=False),
        sa.Column("price_epoch", _ID, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.id"], name=op.f("fk_stores_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("cart", sa.String(length=100), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", _ID, nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("corrections", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checkout_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["store"], ["stores.id"], name=op.f("fk_sessions_store")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(
        "ix_sessions_pending_since",
        "sessions",
        ["pending_since"],
        unique=False,
        sqlite_where=sa.text("pending_since IS NOT NULL"),
        postgresql_where=sa.text("pending_since IS NOT NULL"),
    )
    op.create_index("ix_sessions_store_state", "sessions", ["store", "state"], unique=False)
    op.create_index(
        "uq_sessions_open_cart",
        "sessions",
        ["cart"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'checkout')"),
        postgresql_where=sa.text("state IN ('open', 'checkout')"),
    )
    op.create_table(
        "entries",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("session", sa.String(length=100), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.String(length=16), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_entries_session")),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_entries")),
        sa.UniqueConstraint(
            "session", "sequence", "ordinal", name=op.f("uq_entries_session_sequence_ordinal")
        ),
    )
    op.create_index("ix_entries_id", "entries", ["id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("session", sa.String(length=100), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_evidence_session")),
        sa.PrimaryKeyConstraint("source", "event", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_session"), "evidence", ["session"], unique=False)
    op.create_table(
        "lines",
        sa.Column("session", sa.String(length=100), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("gtin14", sa.String(length=14), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("weight", sa.String(length=16), nullable=True),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("entry_method", sa.String(length=16), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("price_version", _ID, nullable=True),
        sa.Column("image", sa.String(length=500), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_lines_session")),
        sa.PrimaryKeyConstraint("session", "number", name=op.f("pk_lines")),
    )
    op.create_table(
        "receipts",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("session", sa.String(length=100), nullable=True),
        sa.Column("order_source", sa.String(length=64), nullable=True),
        sa.Column("order_number", sa.String(length=100), nullable=True),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_receipts_session")),
        sa.ForeignKeyConstraint(["store"], ["stores.id"], name=op.f("fk_receipts_store")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "order_source", "order_number", name=op.f("uq_receipts_order_source_order_number")
        ),
        sa.UniqueConstraint("session", name=op.f("uq_receipts_session")),
    )
    op.create_table(
        "reviews",
        sa.Column("session", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=36), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_reviews_session")),
        sa.ForeignKeyConstraint(["store"], ["stores.id"], name=op.f("fk_reviews_store")),
        sa.PrimaryKeyConstraint("session", "event", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_store_waiting", "reviews", ["store", "waiting"], unique=False)
    op.create_table(
        "returns",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("receipt", sa.String(length=40), nullable=False),
        sa.Column("store", sa.String(length=64), nullable=False),
        sa.Column("refund", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["receipt"], ["receipts.code"], name=op.f("fk_returns_receipt")),
        sa.ForeignKeyConstraint(["store"], ["stores.id"], name=op.f("fk_returns_store")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
    )
    op.create_index(op.f("ix_returns_receipt"), "returns", ["receipt"], unique=False)


def _drop_tables() -> None:
    op.drop_index(op.f("ix_returns_receipt"), table_name="returns")
    op.drop_table("returns")
    op.drop_index("ix_reviews_store_waiting", table_name="reviews")
    op.drop_table("reviews")
    op.drop_table("receipts")
    op.drop_table("lines")
    op.drop_index(op.f("ix_evidence_session"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_entries_id", table_name="entries")
    op.drop_table("entries")
    op.drop_index(
        "uq_sessions_open_cart",
        table_name="sessions",
        sqlite_where=sa.text("state IN ('open', 'checkout')"),
        postgresql_where=sa.text("state IN ('open', 'checkout')"),
    )
    op.drop_index("ix_sessions_store_state", table_name="sessions")
    op.drop_index(
        "ix_sessions_pending_since",
        table_name="sessions",
        sqlite_where=sa.text("pending_since IS NOT NULL"),
        postgresql_where=sa.text("pending_since IS NOT NULL"),
    )
    op.drop_table("sessions")
    op.drop_table("stores")
    op.drop_index("ix_prices_place_gtin14", table_name="prices")
    op.drop_table("prices")
    op.drop_table("regions")
    op.drop_index(op.f("ix_products_plu"), table_name="products")
    op.drop_table("products")
    op.drop_index(op.f("ix_idempotency_written_at"), table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_table("api_keys")
