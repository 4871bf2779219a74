"""Payment agreements: holder and served creditors, KID structures told apart by prefix, inbox, and a history of set-up.

What an agreement and a creditor's orders say now becomes the beginning of their history, by whoever wrote it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from kravbro.core.fingerprints import fingerprint

revision = "office_0003_0.1"
down_revision = "office_0002_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column(
        "creditor",
        sa.Column("intermediate_account", sa.String(length=10), nullable=False, server_default=""),
    )
    op.alter_column("payment_agreement", "creditor", new_column_name="holder")
    for name, length in (("bank_account", 10), ("inbox", 500), ("done_folder", 500)):
        op.add_column("payment_agreement", sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    _make_agreement_creditor()
    _remake_kid_structure()
    _make_setup_change()
    _write_history()


def _make_agreement_creditor() -> None:
    """Each agreement serves the creditor in whose books it stands."""
    op.create_table(
        "agreement_creditor",
        sa.Column("account_number", sa.String(length=11), nullable=False),
        sa.Column("creditor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_number"], ["payment_agreement.account_number"], name=op.f("fk_agreement_creditor_account_number")
        ),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_agreement_creditor_creditor")),
        sa.PrimaryKeyConstraint("account_number", "creditor", name=op.f("pk_agreement_creditor")),
    )
    op.execute(
        "INSERT INTO agreement_creditor (account_number, creditor, actor, written_at)"
        " SELECT account_number, holder, actor, written_at FROM payment_agreement"
    )


def _remake_kid_structure() -> None:
    """A key that is grown by a column is a new table."""
    columns = ("account_number", "length", "method", "names", "actor", "written_at")
    old = sa.table("kid_structure", *(sa.column(name) for name in columns))
    kept = [dict(row) for row in op.get_bind().execute(sa.select(old)).mappings()]
    op.drop_table("kid_structure")
    new = op.create_table(
        "kid_structure",
        sa.Column("account_number", sa.String(length=11), nullable=False),
        sa.Column("length", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prefix", sa.String(length=24), nullable=False, comment="what its KIDs begin with"),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("names", sa.String(length=10), nullable=False, comment="case or invoice"),
        sa.Column("creditor", sa.Integer(), nullable=True, comment="whose; none: any that the agreement serves"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_number"], ["payment_agreement.account_number"], name=op.f("fk_kid_structure_account_number")
        ),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_kid_structure_creditor")),
        sa.PrimaryKeyConstraint("account_number", "length", "prefix", name=op.f("pk_kid_structure")),
    )
    if kept:
        rows = [{**row, "prefix": "", "creditor": None, "written_at": _moment(row["written_at"])} for row in kept]
        op.bulk_insert(new, rows)


def _make_setup_change() -> None:
    op.create_table(
        "setup_change",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("subject", sa.String(length=40), nullable=False, comment="agreement ACCOUNT or creditor NUMBER"),
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


def _write_history() -> None:
    bind = op.get_bind()
    names = (
        "number", "subject", "item", "value_before", "value_after", "because", "changed_on", "fingerprint", "actor",
        "written_at",
    )  # fmt: skip
    table = sa.table(
        "setup_change",
        *(sa.column(name) for name in names[1:6]),
        sa.column("number", sa.Integer()),
        sa.column("changed_on", sa.Date()),
        sa.column("fingerprint"),
        sa.column("actor"),
        sa.column("written_at", sa.DateTime()),
    )
    rows = []
    for number, (subject, item, value, actor, written_at) in enumerate(_standing(bind), 1):
        day = written_at.date()
        mark = fingerprint(number, subject, item, "", value, "", day, actor)
        rows.append(dict(zip(names, (number, subject, item, "", value, "", day, mark, actor, written_at), strict=True)))
    if rows:
        bind.execute(sa.insert(table), rows)
        counter = sa.table("counter", sa.column("scope"), sa.column("name"), sa.column("last"))
        bind.execute(sa.insert(counter).values(scope="", name="setup_change", last=len(rows)))


def _standing(bind: sa.Connection) -> list[tuple[str, str, str, str, datetime]]:
    """What the set-up says now: subject, item, value, who wrote it and when, in a fixed order."""
    found = [
        (f"creditor {row.number}", "allocation.voluntary", row.allocation_order, *_written(row))
        for row in _rows(bind, "creditor", "number", "allocation_order")
    ]
    found += [
        (f"creditor {row.creditor}", f"allocation.{row.money}", row.order, *_written(row))
        for row in _rows(bind, "creditor_allocation", "creditor", "money", "order")
    ]
    structures: dict[str, list[str]] = {}
    for row in _rows(bind, "kid_structure", "account_number", "length", "method", "names"):
        structures.setdefault(row.account_number, []).append(f"{row.length},{row.method},{row.names}")
    for row in _rows(bind, "payment_agreement", "account_number", "holder", "name", "closed_on"):
        subject = f"agreement {row.account_number}"
        closed_on = "" if row.closed_on is None else str(row.closed_on)[:10]
        items = {
            "holder": str(row.holder),
            "name": row.name,
            "creditors": str(row.holder),
            "structures": " ".join(structures.get(row.account_number, ())),
            "closed_on": closed_on,
        }
        found += [(subject, item, value, *_written(row)) for item, value in items.items() if value]
    return found


def _rows(bind: sa.Connection, name: str, *columns: str) -> list[Any]:
    table = sa.table(name, *(sa.column(column) for column in (*columns, "actor", "written_at")))
    keys = [table.c[column] for column in columns[:2]]
    return list(bind.execute(sa.select(table).order_by(*keys)))


def _written(row: Any) -> tuple[str, datetime]:
    return row.actor, _moment(row.written_at)


def _moment(value: str | datetime) -> datetime:
    """SQLite tells a moment as text where no type is asked for."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def downgrade() -> None:
    """Take this step back: structures that only a beginning tells apart have no place in the earlier table."""
    op.drop_index(op.f("ix_setup_change_subject"), table_name="setup_change")
    op.drop_table("setup_change")
    op.execute("DELETE FROM counter WHERE name = 'setup_change'")
    columns = ("account_number", "length", "prefix", "method", "names", "actor", "written_at")
    now = sa.table("kid_structure", *(sa.column(name) for name in columns))
    kept = [dict(row) for row in op.get_bind().execute(sa.select(now).where(now.c.prefix == "")).mappings()]
    op.drop_table("kid_structure")
    earlier = op.create_table(
        "kid_structure",
        sa.Column("account_number", sa.String(length=11), nullable=False),
        sa.Column("length", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("names", sa.String(length=10), nullable=False, comment="case or invoice"),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_number"], ["payment_agreement.account_number"], name=op.f("fk_kid_structure_account_number")
        ),
        sa.PrimaryKeyConstraint("account_number", "length", name=op.f("pk_kid_structure")),
    )
    if kept:
        rows = [{**row, "written_at": _moment(row["written_at"])} for row in kept]
        op.bulk_insert(earlier, [{name: row[name] for name in row if name != "prefix"} for row in rows])
    op.drop_table("agreement_creditor")
    for name in ("bank_account", "inbox", "done_folder"):
        op.drop_column("payment_agreement", name)
    op.alter_column("payment_agreement", "holder", new_column_name="creditor")
    op.drop_column("creditor", "intermediate_account")
