"""Conversions of items that were handed over earlier, and the bookings that older cases have already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "books_0009"
down_revision = "books_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "conversion",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offer", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column(
            "joined",
            sa.Boolean(),
            nullable=False,
            comment="with the claim of an older case; else a new case is asked for",
        ),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="the last booking when it was made"),
        sa.Column("earlier", sa.Integer(), nullable=True, comment="the collector's number of the older claim"),
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
        sa.ForeignKeyConstraint(["entry"], ["entry.number"], name=op.f("fk_conversion_entry")),
        sa.ForeignKeyConstraint(["offer"], ["offer.number"], name=op.f("fk_conversion_offer")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_conversion")),
        sa.UniqueConstraint("offer", name=op.f("uq_conversion_offer")),
    )
    op.create_index(op.f("ix_conversion_entry"), "conversion", ["entry"], unique=False)
    op.create_table(
        "opening_booking",
        sa.Column("offer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["booking"], ["booking.number"], name=op.f("fk_opening_booking_booking")),
        sa.ForeignKeyConstraint(["offer"], ["offer.number"], name=op.f("fk_opening_booking_offer")),
        sa.PrimaryKeyConstraint("offer", "booking", name=op.f("pk_opening_booking")),
    )
    op.create_index(op.f("ix_opening_booking_booking"), "opening_booking", ["booking"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index(op.f("ix_opening_booking_booking"), table_name="opening_booking")
    op.drop_table("opening_booking")
    op.drop_index(op.f("ix_conversion_entry"), table_name="conversion")
    op.drop_table("conversion")
