"""Claims without a ledger, that people register by hand, and the account that they are paid to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0013_0.1"
down_revision = "office_0012_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "registered_claim",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column(
            "account",
            sa.String(length=10),
            nullable=False,
            comment="of the ledger, that what is paid of the principal goes to",
        ),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False, comment="what the gate found and let pass, as in a receipt"),
        sa.Column(
            "frozen",
            sa.String(length=64),
            nullable=False,
            comment="fingerprint of the claim, as a receipt has it of an offer",
        ),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["manual_act.number"], name=op.f("fk_registered_claim_act")),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_registered_claim_claim")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_registered_claim")),
        sa.UniqueConstraint("act", name=op.f("uq_registered_claim_act")),
        sa.UniqueConstraint("claim", name=op.f("uq_registered_claim_claim")),
    )
    op.create_table(
        "creditor_ledgerless",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "account",
            sa.String(length=10),
            nullable=False,
            comment="that claims from now on are paid to; empty: none",
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_creditor_ledgerless_creditor")),
        sa.PrimaryKeyConstraint("creditor", name=op.f("pk_creditor_ledgerless")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("creditor_ledgerless")
    op.drop_table("registered_claim")
