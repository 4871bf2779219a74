"""where a database lives, and how far its history has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "system_0002"
down_revision = "system_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "residence",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("location", sa.String(length=400), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_residence")),
    )
    op.create_table(
        "known_age",
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("age", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_known_age")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("known_age")
    op.drop_table("residence")
