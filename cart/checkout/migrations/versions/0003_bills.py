"""What a session owes, fixed at checkout."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; a session at checkout or closed before is priced when it is read, as it was."""
    op.add_column("sessions", sa.Column("bill", sa.Text()))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("sessions", "bill")
