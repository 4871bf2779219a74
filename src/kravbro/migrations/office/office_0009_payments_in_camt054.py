"""Payments in camt.054: what a bank tells beside a payment, reasons for going past a warning, and two indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0009_0.1"
down_revision = "office_0008_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "payment_detail",
        sa.Column("payment", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payer_name", sa.String(length=140), nullable=False),
        sa.Column(
            "payer_account", sa.String(length=35), nullable=False, comment="as the bank wrote it, also a foreign one"
        ),
        sa.Column("text", sa.Text(), nullable=False, comment="what the payer wrote, whole"),
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False, comment="the payer's own reference"),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["payment"], ["payment.number"], name=op.f("fk_payment_detail_payment")),
        sa.PrimaryKeyConstraint("payment", name=op.f("pk_payment_detail")),
    )
    op.create_table(
        "payment_file_override",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False, comment="what was gone past: other_format"),
        sa.Column("payment_count", sa.Integer(), nullable=False, comment="how many payments it was about"),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file"], ["payment_file.number"], name=op.f("fk_payment_file_override_file")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_payment_file_override")),
    )
    op.create_index(op.f("ix_payment_file_override_file"), "payment_file_override", ["file"], unique=False)
    op.create_index(op.f("ix_payment_reference"), "payment", ["reference"], unique=False)
    op.create_index("ix_payment_account_day", "payment", ["account_number", "settlement_date"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_payment_account_day", table_name="payment")
    op.drop_index(op.f("ix_payment_reference"), table_name="payment")
    op.drop_index(op.f("ix_payment_file_override_file"), table_name="payment_file_override")
    op.drop_table("payment_file_override")
    op.drop_table("payment_detail")
