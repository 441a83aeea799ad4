"""What carts tell of their cameras."""

import sqlalchemy as sa
from alembic import op

from cart.checkout.tables import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the column for what is wrong now."""
    op.create_table(
        "camera_events",
        sa.Column("source", sa.String(120), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("session", sa.String(100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_camera_events_session")),
        sa.PrimaryKeyConstraint("source", "id", name=op.f("pk_camera_events")),
    )
    op.create_index(op.f("ix_camera_events_session"), "camera_events", ["session"])
    op.add_column("sessions", sa.Column("faults", sa.Text()))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("sessions", "faults")
    op.drop_index(op.f("ix_camera_events_session"), table_name="camera_events")
    op.drop_table("camera_events")
