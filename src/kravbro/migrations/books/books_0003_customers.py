"""Customers: addresses that are protected, languages, and who stands beside whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "books_0003"
down_revision = "books_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "customer_protection",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of a customer's the highest counts"
        ),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=25), nullable=False),
        sa.Column("because", sa.String(length=200), nullable=False, comment="empty where it came with the customer"),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.number"], name=op.f("fk_customer_protection_customer")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customer_protection")),
    )
    op.create_index(op.f("ix_customer_protection_customer"), "customer_protection", ["customer"], unique=False)

    op.create_table(
        "customer_relation",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of the same three the highest counts"
        ),
        sa.Column("customer", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False, comment="what the other is beside the customer"),
        sa.Column("other", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True, comment="included; none: until further notice"),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer"], ["customer.number"], name=op.f("fk_customer_relation_customer")),
        sa.ForeignKeyConstraint(["other"], ["customer.number"], name=op.f("fk_customer_relation_other")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customer_relation")),
    )
    op.create_index(op.f("ix_customer_relation_customer"), "customer_relation", ["customer"], unique=False)

    op.add_column(
        "customer",
        sa.Column("protection", sa.String(length=25), server_default="none", nullable=False, comment="of the address"),
    )
    op.add_column(
        "customer",
        sa.Column("language", sa.String(length=2), server_default="", nullable=False, comment="nb, nn, en or nothing"),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("customer", "language")
    op.drop_column("customer", "protection")

    op.drop_index(op.f("ix_customer_relation_customer"), table_name="customer_relation")

    op.drop_table("customer_relation")
    op.drop_index(op.f("ix_customer_protection_customer"), table_name="customer_protection")

    op.drop_table("customer_protection")
