"""first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "bridge_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("company", sa.Integer(), nullable=True),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    op.create_table(
        "pairing",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ledger_installation", sa.String(length=60), nullable=False),
        sa.Column("collector_installation", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_pairing_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
    )
    op.create_table(
        "position",
        sa.Column("company", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stream", sa.String(length=30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("company", "stream", name=op.f("pk_position")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("position")
    op.drop_table("pairing")
    op.drop_table("override")
