"""Offers that have no answer in a table of their own, so that a poll with nothing new reads none of the others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "books_0008"
down_revision = "books_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table(
        "waiting_offer",
        sa.Column("offer", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["offer"], ["offer.number"], name=op.f("fk_waiting_offer_offer")),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_waiting_offer")),
        comment="offers that have no answer: what a poll looks at, so that those ever answered cost it nothing",
    )
    op.execute(
        "INSERT INTO waiting_offer (offer) SELECT number FROM offer"
        " WHERE NOT EXISTS (SELECT 1 FROM offer_receipt WHERE offer_receipt.offer = offer.number)"
        " AND NOT EXISTS (SELECT 1 FROM offer_return WHERE offer_return.offer = offer.number)"
    )


def downgrade() -> None:
    """Take this step back."""
    op.drop_table("waiting_offer")
