"""An index on what became of vouchers: those that were deleted are asked about at every run."""

from __future__ import annotations

from alembic import op

revision = "mirror_0002"
down_revision = "mirror_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_index("ix_voucher_event_company_fate", "voucher_event", ["company", "fate"])


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_voucher_event_company_fate", table_name="voucher_event")
