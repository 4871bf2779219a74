"""where a database lives, and how far its history has come, and numbers never to be taken again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0006_0.1"
down_revision = "office_0005_0.1"
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
    op.create_table(
        "burnt_number",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", "first", name=op.f("pk_burnt_number")),
    )
    op.create_table(
        "lost_voucher_receipt",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_lost_voucher_receipt_creditor")),
        sa.PrimaryKeyConstraint("creditor", "number", name=op.f("pk_lost_voucher_receipt")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("lost_voucher_receipt")
    op.drop_table("burnt_number")
    op.drop_table("known_age")
    op.drop_table("residence")
