"""A company's set-up gets a history, so that the audit finds what was altered. What stands is where it begins."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from kravbro.core.fingerprints import fingerprint

revision = "books_0007"
down_revision = "books_0006"
branch_labels = None
depends_on = None

KEPT = (
    ("account", "account", ("number",), ("name",)),
    ("number_series", "number series", ("code",), ("name", "first_number")),
    ("voucher_type", "voucher type", ("code",), ("name", "meaning", "series")),
    ("dunning_code", "dunning code", ("code",), ("name", "to_collector")),
    ("sub_ledger_type", "sub-ledger type", ("code",), ("name", "receivable_account")),
    ("dunning_routine", "dunning routine", ("sub_ledger_type", "dunning_code"), ("days_after_due",)),
    ("setup", "collector set-up", (), ("collector_registrar", "collector_voucher_type", "post_collector_vouchers")),
)
BOOLEANS = ("to_collector", "post_collector_vouchers")


def upgrade() -> None:
    """Apply this step."""
    table = op.create_table(
        "setup_change",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False, comment="what was changed"),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("value_before", sa.Text(), nullable=False),
        sa.Column("value_after", sa.Text(), nullable=False, comment="of the last change: what stands in the set-up"),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_setup_change")),
    )
    op.create_index(op.f("ix_setup_change_subject"), "setup_change", ["subject"], unique=False)
    rows = []
    for number, (subject, item, value, row) in enumerate(_standing(), 1):
        day = row.written_at.date()
        content = (number, subject, item, "", value, "", day, row.actor)
        names = ("number", "subject", "item", "value_before", "value_after", "because", "changed_on", "actor")
        marked = dict(zip(names, content, strict=True))
        rows.append({**marked, "fingerprint": fingerprint(*content), "written_at": row.written_at})
    if rows:
        op.bulk_insert(table, rows)
        counter = sa.table("counter", sa.column("scope"), sa.column("name"), sa.column("last"))
        op.execute(sa.insert(counter).values(scope="", name="setup_change", last=len(rows)))


def _standing() -> list[tuple[str, str, str, Any]]:
    """Subject, item and value of all that stands, with its row."""
    found = []
    for name, called, keys, items in KEPT:
        typed: dict[str, Any] = {**{item: sa.Boolean() for item in BOOLEANS}, "written_at": sa.DateTime()}
        columns: list[Any] = [sa.column(one, typed.get(one)) for one in (*keys, *items, "actor", "written_at")]
        table = sa.table(name, *columns)
        for row in op.get_bind().execute(sa.select(table).order_by(*(table.c[key] for key in keys))):
            subject = " ".join([called, *(["/".join(getattr(row, key) for key in keys)] if keys else ())])
            values = ((item, _shown(getattr(row, item))) for item in items)
            found += [(subject, item, value, row) for item, value in values if value]
    return found


def _shown(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index(op.f("ix_setup_change_subject"), table_name="setup_change")
    op.drop_table("setup_change")
    op.execute("DELETE FROM counter WHERE name = 'setup_change'")
