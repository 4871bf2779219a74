"""Open items that were handed to a collector before the ledger was joined with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "books_0005"
down_revision = "books_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "transferred_item",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of an item's the highest counts"
        ),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column(
            "transferred",
            sa.Boolean(),
            nullable=False,
            comment="handed to a collector before the ledger was joined with it",
        ),
        sa.Column("case_number", sa.String(length=30), nullable=False, comment="as people know it; empty: not known"),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_transferred_item_entry")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_transferred_item")),
    )
    op.create_index(op.f("ix_transferred_item_entry"), "transferred_item", ["entry"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("transferred_item")
