"""first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "system_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "company",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("organisation_number", sa.String(length=9), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_company")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("installation")
    op.drop_table("company")
