"""Claims on cases of an older system, until they are joined with the ledger's open items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0007_0.1"
down_revision = "office_0006_0.1"
branch_labels = None
depends_on = None

_AMOUNTS = (
    "principal_ore",
    "interest_ore",
    "fees_ore",
    "costs_ore",
    "paid_principal_ore",
    "paid_interest_ore",
    "paid_fees_ore",
    "paid_costs_ore",
)


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "earlier_claim",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=30), nullable=False, comment="of the older system"),
        sa.Column("case_kid", sa.String(length=25), nullable=False, comment="that debtors were given; empty: none"),
        sa.Column("customer_no", sa.Integer(), nullable=False),
        sa.Column("invoice_no", sa.String(length=20), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _AMOUNTS),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_earlier_claim_creditor")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_earlier_claim")),
        sa.UniqueConstraint(
            "creditor",
            "case_number",
            "customer_no",
            "invoice_no",
            name=op.f("uq_earlier_claim_creditor_case_number_customer_no_invoice_no"),
        ),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("earlier_claim")
