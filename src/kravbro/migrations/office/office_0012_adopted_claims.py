"""Claims of older cases that were joined with the ledger's open items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0012_0.1"
down_revision = "office_0011_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "adopted_claim",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("earlier_claim", sa.Integer(), nullable=False),
        sa.Column(
            "cut_off",
            sa.Date(),
            nullable=False,
            comment="what the ledger counts before this day is in the case's amounts",
        ),
        sa.Column("ledger_ore", sa.BigInteger(), nullable=False, comment="what remained of the open item then"),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column(
            "told",
            sa.String(length=64),
            nullable=False,
            comment="fingerprint of what the ledger told when it was adopted",
        ),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_adopted_claim_claim")),
        sa.ForeignKeyConstraint(
            ["earlier_claim"], ["earlier_claim.number"], name=op.f("fk_adopted_claim_earlier_claim")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_adopted_claim")),
        sa.UniqueConstraint("claim", name=op.f("uq_adopted_claim_claim")),
        sa.UniqueConstraint("earlier_claim", name=op.f("uq_adopted_claim_earlier_claim")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("adopted_claim")
