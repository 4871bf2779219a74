"""What people charge and waive by hand, and where a creditor's costs stand until they are paid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0011_0.1"
down_revision = "office_0010_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "adjustment",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False, comment="of the charge; late_interest; waiver"),
        sa.Column(
            "part",
            sa.String(length=20),
            nullable=False,
            comment="costs, fees or interest: where it stands on the account",
        ),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False, comment="what the debtor owes more by it"),
        sa.Column(
            "dated",
            sa.Date(),
            nullable=False,
            comment="the day it arose; of late interest, the last day that it holds",
        ),
        sa.Column("deadline", sa.Date(), nullable=True, comment="of a letter"),
        sa.Column("with_vat", sa.Boolean(), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column(
            "account",
            sa.String(length=10),
            nullable=False,
            comment="of the ledger, that it is booked on; empty: not booked",
        ),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["manual_act.number"], name=op.f("fk_adjustment_act")),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_adjustment_claim")),
        sa.ForeignKeyConstraint(["undoes"], ["adjustment.number"], name=op.f("fk_adjustment_undoes")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_adjustment")),
        sa.UniqueConstraint("undoes", name=op.f("uq_adjustment_undoes")),
    )
    op.create_index(op.f("ix_adjustment_act"), "adjustment", ["act"], unique=False)
    op.create_index(op.f("ix_adjustment_claim"), "adjustment", ["claim"], unique=False)
    op.create_table(
        "creditor_costs",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "account",
            sa.String(length=10),
            nullable=False,
            comment="that costs stand on until they are paid; empty: none",
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_creditor_costs_creditor")),
        sa.PrimaryKeyConstraint("creditor", name=op.f("pk_creditor_costs")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("creditor_costs")
    op.drop_index(op.f("ix_adjustment_claim"), table_name="adjustment")
    op.drop_index(op.f("ix_adjustment_act"), table_name="adjustment")
    op.drop_table("adjustment")
