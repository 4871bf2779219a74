"""Rules of debts: rows of law that an operator adds or verifies, terms of interest, and orders of allocation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "office_0002_0.1"
down_revision = "office_0001_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "statute_row",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of two that overlap the later counts"
        ),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column(
            "up_to_ore",
            sa.BigInteger(),
            nullable=True,
            comment="the upper end of a band; none: the band above the last",
        ),
        sa.Column(
            "act",
            sa.Integer(),
            nullable=True,
            comment="the year of the act of collection; none: law outside those acts",
        ),
        sa.Column("value", sa.String(length=40), nullable=False, comment="exact: a decimal or a fraction"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True, comment="included; none: until a row that begins later"),
        sa.Column("law", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("confidence", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statute_row")),
    )
    op.create_table(
        "statute_verification",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "row_number",
            sa.Integer(),
            nullable=True,
            comment="of the row in statute_row that was read; none: a row that is shipped",
        ),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("up_to_ore", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "value", sa.String(length=40), nullable=False, comment="as it was read in the law, equal to the row's"
        ),
        sa.Column("source", sa.String(length=200), nullable=False, comment="where it was read"),
        sa.Column("verified_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statute_verification")),
    )
    op.create_table(
        "creditor_allocation",
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "money", sa.String(length=20), nullable=False, comment="the source of the money that this order is for"
        ),
        sa.Column("order", sa.String(length=60), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_creditor_allocation_creditor")),
        sa.PrimaryKeyConstraint("creditor", "money", name=op.f("pk_creditor_allocation")),
    )
    op.create_table(
        "interest_pause",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="over one day the highest counts"
        ),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True, comment="included; none: until further notice"),
        sa.Column(
            "pauses", sa.Boolean(), nullable=False, comment="whether interest pauses on these days, or runs again"
        ),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_interest_pause_claim")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_interest_pause")),
    )
    op.create_index(op.f("ix_interest_pause_claim"), "interest_pause", ["claim"], unique=False)
    op.create_table(
        "interest_terms",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of a claim's the highest counts"
        ),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("bears_interest", sa.Boolean(), nullable=False),
        sa.Column(
            "agreed_percent",
            sa.String(length=20),
            nullable=False,
            comment="a year, between businesses; empty: late interest",
        ),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["claim"], ["claim.id"], name=op.f("fk_interest_terms_claim")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_interest_terms")),
    )
    op.create_index(op.f("ix_interest_terms_claim"), "interest_terms", ["claim"], unique=False)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index(op.f("ix_interest_terms_claim"), table_name="interest_terms")
    op.drop_table("interest_terms")
    op.drop_index(op.f("ix_interest_pause_claim"), table_name="interest_pause")
    op.drop_table("interest_pause")
    op.drop_table("creditor_allocation")
    op.drop_table("statute_verification")
    op.drop_table("statute_row")
