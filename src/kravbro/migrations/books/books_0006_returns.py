"""Claims withdrawn from the collector and given back by it, and a person's word on whether an item bears interest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "books_0006"
down_revision = "books_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "offer_return",
        sa.Column("offer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=30), nullable=False),
        sa.Column("case_kid", sa.String(length=25), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column(
            "replaces",
            sa.String(length=64),
            nullable=False,
            comment="the fingerprint of the answer before it; empty: none",
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offer"], ["offer.number"], name=op.f("fk_offer_return_offer")),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_offer_return")),
        sa.UniqueConstraint("number", name=op.f("uq_offer_return_number")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_withdrawal_entry")),
        sa.ForeignKeyConstraint(["offer"], ["offer.number"], name=op.f("fk_withdrawal_offer")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("offer", name=op.f("uq_withdrawal_offer")),
    )
    op.create_index(op.f("ix_withdrawal_entry"), "withdrawal", ["entry"], unique=False)
    op.create_table(
        "interest_flag",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of an open item's the highest counts"
        ),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("no_interest", sa.Boolean(), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_interest_flag_entry")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_interest_flag")),
    )
    op.create_index(op.f("ix_interest_flag_entry"), "interest_flag", ["entry"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index(op.f("ix_interest_flag_entry"), table_name="interest_flag")
    op.drop_table("interest_flag")
    op.drop_index(op.f("ix_withdrawal_entry"), table_name="withdrawal")
    op.drop_table("withdrawal")
    op.drop_table("offer_return")
