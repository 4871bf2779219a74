"""The ledger's own keys of open items and bookings may be as large as any ledger has them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0014_0.1"
down_revision = "office_0013_0.1"
branch_labels = None
depends_on = None

KEYS = (("claim", "entry"), ("receipt", "entry"), ("ledger_transaction", "booking"))


def upgrade() -> None:
    """Apply this step. SQLite gives every whole number 64 bits already."""
    if op.get_bind().dialect.name != "sqlite":
        for table, column in KEYS:
            op.alter_column(table, column, existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False)


def downgrade() -> None:
    """Take this step back."""
    if op.get_bind().dialect.name != "sqlite":
        for table, column in KEYS:
            op.alter_column(table, column, existing_type=sa.BigInteger(), type_=sa.Integer(), existing_nullable=False)
