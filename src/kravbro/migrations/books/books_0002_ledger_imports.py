"""What was imported of other ledgers' files: the files, their customers under their own ids, and their lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "books_0002"
down_revision = "books_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "ledger_import",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("imported_on", sa.Date(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False, comment="new ones"),
        sa.Column("lines", sa.Integer(), nullable=False, comment="new ones"),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_import")),
    )
    op.create_table(
        "imported_customer",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.Column(
            "source_id", sa.String(length=70), nullable=False, comment="what the other ledger calls the customer"
        ),
        sa.Column("ledger_import", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.number"], name=op.f("fk_imported_customer_customer")),
        sa.ForeignKeyConstraint(
            ["ledger_import"], ["ledger_import.number"], name=op.f("fk_imported_customer_ledger_import")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_imported_customer")),
        sa.UniqueConstraint("customer", name=op.f("uq_imported_customer_customer")),
        sa.UniqueConstraint("source_id", name=op.f("uq_imported_customer_source_id")),
    )
    op.create_table(
        "imported_line",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ledger_import", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(length=300), nullable=False, comment="what the line is known by in the file"),
        sa.Column("content", sa.String(length=64), nullable=False, comment="fingerprint of what the file said of it"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("voucher", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.number"], name=op.f("fk_imported_line_customer")),
        sa.ForeignKeyConstraint(
            ["ledger_import"], ["ledger_import.number"], name=op.f("fk_imported_line_ledger_import")
        ),
        sa.ForeignKeyConstraint(["voucher"], ["voucher.id"], name=op.f("fk_imported_line_voucher")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_imported_line")),
        sa.UniqueConstraint("source_key", name=op.f("uq_imported_line_source_key")),
        sa.UniqueConstraint("voucher", name=op.f("uq_imported_line_voucher")),
    )
    op.create_index(op.f("ix_imported_line_customer"), "imported_line", ["customer"], unique=False)
    op.create_index(op.f("ix_imported_line_ledger_import"), "imported_line", ["ledger_import"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index(op.f("ix_imported_line_ledger_import"), table_name="imported_line")
    op.drop_index(op.f("ix_imported_line_customer"), table_name="imported_line")
    op.drop_table("imported_line")
    op.drop_table("imported_customer")
    op.drop_table("ledger_import")
