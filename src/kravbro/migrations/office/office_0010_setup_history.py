"""The whole of the office's set-up gets a history: workflows, sub-ledgers, and all that a creditor's own row says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from kravbro.core.fingerprints import fingerprint

revision = "office_0010_0.1"
down_revision = "office_0009_0.1"
branch_labels = None
depends_on = None

CREDITOR = (
    "name", "organisation_number", "ledger_installation", "company", "money_account", "interest_account", "fee_account",
    "cost_account", "interim_account", "refund_account", "collects", "minimum_ore", "days_after_due",
    "identity_number_missing", "organisation_number_missing", "foreign_address", "overpayment", "department", "project",
)  # fmt: skip
"""Items of a creditor that had no history: its orders of coverage and its intermediate account had one."""
CHANGE = (
    "number", "subject", "item", "value_before", "value_after", "because", "changed_on", "actor", "fingerprint",
    "written_at",
)  # fmt: skip


def upgrade() -> None:
    """Apply this step."""
    counter = sa.table("counter", sa.column("scope"), sa.column("name"), sa.column("last"))
    own = sa.and_(counter.c.scope == "", counter.c.name == "setup_change")
    last = op.get_bind().execute(sa.select(counter.c.last).where(own)).scalar()
    rows = []
    for number, (subject, item, value, row) in enumerate(_standing(), (last or 0) + 1):
        day = row.written_at.date()
        content = (number, subject, item, "", value, "", day, row.actor)
        rows.append(dict(zip(CHANGE, (*content, fingerprint(*content), row.written_at), strict=True)))
    if not rows:
        return
    typed: dict[str, Any] = {"number": sa.Integer(), "changed_on": sa.Date(), "written_at": sa.DateTime()}
    op.bulk_insert(sa.table("setup_change", *(sa.column(name, typed.get(name)) for name in CHANGE)), rows)
    reached = rows[-1]["number"]
    if last is None:
        op.execute(sa.insert(counter).values(scope="", name="setup_change", last=reached))
    else:
        op.execute(sa.update(counter).where(own).values(last=reached))


def _standing() -> Iterator[tuple[str, str, str, Any]]:
    """Subject, item and value of all that stands and has no history, with its row."""
    for row in _rows("workflow", 1, "code", "name", "starts_after_notice"):
        yield f"workflow {row.code}", "name", row.name, row
        yield f"workflow {row.code}", "starts_after_notice", "true" if row.starts_after_notice else "false", row
    for row in _rows("creditor", 1, "number", *CREDITOR):
        for item in CREDITOR:
            value = str(getattr(row, item))
            if value:
                yield f"creditor {row.number}", item, value, row
    for row in _rows("creditor_sub_ledger", 2, "creditor", "sub_ledger_type", "receivable_account", "workflow"):
        for item in ("receivable_account", "workflow"):
            yield f"creditor {row.creditor}", f"{item}.{row.sub_ledger_type}", getattr(row, item), row


def _rows(name: str, keys: int, *columns: str) -> list[Any]:
    typed: dict[str, Any] = {"starts_after_notice": sa.Boolean(), "written_at": sa.DateTime()}
    chosen: list[Any] = [sa.column(column, typed.get(column)) for column in (*columns, "actor", "written_at")]
    table = sa.table(name, *chosen)
    return list(op.get_bind().execute(sa.select(table).order_by(*[table.c[one] for one in columns[:keys]])))


def downgrade() -> None:
    """Leave the history as it is: it is append-only, and the earlier schema has the same table for it."""
