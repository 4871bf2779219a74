"""Items that were handed over earlier, their conversions, and the bookings that older cases have already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mirror_0003"
down_revision = "mirror_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "transferred_item",
        sa.Column("company", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column(
            "transferred",
            sa.Boolean(),
            nullable=False,
            comment="handed over earlier, or said not to be; the last row counts",
        ),
        sa.Column("case_number", sa.String(length=30), nullable=False, comment="of the older case; empty: not known"),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("marked_on", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("company", "number", name=op.f("pk_transferred_item")),
    )
    op.create_index("ix_transferred_item_company_entry", "transferred_item", ["company", "entry"], unique=False)
    op.create_table(
        "conversion",
        sa.Column("company", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("offer", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column(
            "joined",
            sa.Boolean(),
            nullable=False,
            comment="with the claim of an older case; else a new case is asked for",
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=False, comment="the last booking when it was made"),
        sa.Column("earlier", sa.BigInteger(), nullable=True, comment="the collector's number of the older claim"),
        sa.Column("case_number", sa.String(length=30), nullable=False, comment="of the older case; empty: none"),
        sa.Column(
            "cut_off", sa.Date(), nullable=True, comment="what counts before this day is in the older case's amounts"
        ),
        sa.Column(
            "collector_ore", sa.BigInteger(), nullable=True, comment="what remained of the principal on the older case"
        ),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("converted_on", sa.Date(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False, comment="over its content"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company", "offer"], ["offer.company", "offer.number"], name=op.f("fk_conversion_company_offer")
        ),
        sa.PrimaryKeyConstraint("company", "number", name=op.f("pk_conversion")),
        sa.UniqueConstraint("company", "offer", name=op.f("uq_conversion_company_offer")),
    )
    op.create_index("ix_conversion_company_entry", "conversion", ["company", "entry"], unique=False)
    op.create_table(
        "opening_booking",
        sa.Column("company", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company", "booking"],
            ["booking.company", "booking.number"],
            name=op.f("fk_opening_booking_company_booking"),
        ),
        sa.ForeignKeyConstraint(
            ["company", "offer"], ["offer.company", "offer.number"], name=op.f("fk_opening_booking_company_offer")
        ),
        sa.PrimaryKeyConstraint("company", "offer", "booking", name=op.f("pk_opening_booking")),
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("opening_booking")
    op.drop_index("ix_conversion_company_entry", table_name="conversion")
    op.drop_table("conversion")
    op.drop_index("ix_transferred_item_company_entry", table_name="transferred_item")
    op.drop_table("transferred_item")
