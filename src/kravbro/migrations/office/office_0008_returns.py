"""Claims given back to their creditors, and the creditors' withdrawals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0008_0.1"
down_revision = "office_0007_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "withdrawal",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="the ledger's"),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_withdrawal_claim")),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_withdrawal_creditor")),
        sa.PrimaryKeyConstraint("creditor", "number", name=op.f("pk_withdrawal")),
    )
    op.create_index(op.f("ix_withdrawal_claim"), "withdrawal", ["claim"], unique=False)
    op.create_table(
        "claim_return",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.String(length=10),
            nullable=False,
            comment="withdrawn by its creditor, or returned by the office",
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column(
            "withdrawal", sa.Integer(), nullable=True, comment="of the creditor's ledger; none: said to the office"
        ),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_claim_return_claim")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_claim_return")),
        sa.UniqueConstraint("claim", name=op.f("uq_claim_return_claim")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("claim_return")
    op.drop_index(op.f("ix_withdrawal_claim"), table_name="withdrawal")
    op.drop_table("withdrawal")
