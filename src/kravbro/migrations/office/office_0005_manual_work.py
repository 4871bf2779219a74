"""Manual work with money: acts, choices for posting proposals, refunds and their files; payments that came in no file.

What was left out of posting proposals before becomes a choice by whoever left it out.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateIndex, CreateTable

from kravbro.core.fingerprints import fingerprint

revision = "office_0005_0.1"
down_revision = "office_0004_0.1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    _make_acts()
    _make_choices()
    _make_refunds()
    _loosen_payments()
    op.create_index(op.f("ix_payment_debit_account"), "payment", ["debit_account"], unique=False)
    op.add_column(
        "voucher",
        sa.Column(
            "replaces", sa.String(length=80), nullable=True, comment="key of the voucher that this one delivers again"
        ),
    )
    op.create_index(op.f("ix_voucher_replaces"), "voucher", ["replaces"], unique=False)
    _write_choices()


def _make_acts() -> None:
    op.create_table(
        "manual_act",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="register, reverse, move, refund or redeliver"),
        sa.Column("request_id", sa.String(length=80), nullable=False, comment="asking again changes nothing"),
        sa.Column("content", sa.String(length=64), nullable=False, comment="fingerprint of what was asked for"),
        sa.Column("payment", sa.Integer(), nullable=True, comment="registered, reversed or moved"),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column(
            "how",
            sa.String(length=20),
            nullable=False,
            comment="how the money came, or why it was taken back; empty: neither",
        ),
        sa.Column(
            "account",
            sa.String(length=10),
            nullable=False,
            comment="of the ledger, that the money stands on; empty: usual",
        ),
        sa.Column(
            "about",
            sa.String(length=80),
            nullable=False,
            comment="key of the voucher that is delivered again; else empty",
        ),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_manual_act_creditor")),
        sa.ForeignKeyConstraint(["payment"], ["payment.number"], name=op.f("fk_manual_act_payment")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_manual_act")),
        sa.UniqueConstraint("request_id", name=op.f("uq_manual_act_request_id")),
    )
    op.create_index(op.f("ix_manual_act_creditor"), "manual_act", ["creditor"], unique=False)
    op.create_index(op.f("ix_manual_act_payment"), "manual_act", ["payment"], unique=False)


def _make_choices() -> None:
    op.create_table(
        "posting_choice",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="of one thing the highest counts"
        ),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("journal", sa.Integer(), nullable=False),
        sa.Column(
            "row_no",
            sa.Integer(),
            nullable=True,
            comment="of the line's row; none: about the journal, or the voucher that it is in",
        ),
        sa.Column(
            "field", sa.String(length=20), nullable=False, comment="booked, account, department, project, text or dated"
        ),
        sa.Column("value", sa.String(length=200), nullable=True, comment="as it was chosen; none: as it is coded"),
        sa.Column("was", sa.String(length=200), nullable=False, comment="as it was coded when it was chosen"),
        sa.Column("because", sa.String(length=200), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_posting_choice_creditor")),
        sa.ForeignKeyConstraint(["journal"], ["journal.number"], name=op.f("fk_posting_choice_journal")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_posting_choice")),
    )
    op.create_index(op.f("ix_posting_choice_journal"), "posting_choice", ["journal"], unique=False)


def _make_refunds() -> None:
    op.create_table(
        "refund_file",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=35), nullable=False, comment="what the bank knows the file by"),
        sa.Column("version", sa.String(length=10), nullable=False),
        sa.Column("debtor_name", sa.String(length=140), nullable=False),
        sa.Column("debtor_account", sa.String(length=11), nullable=False),
        sa.Column("debtor_bic", sa.String(length=11), nullable=False),
        sa.Column("initiator_id", sa.String(length=35), nullable=False, comment="what the bank knows the sender by"),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.String(length=19), nullable=False, comment="as the file says it"),
        sa.Column("refund_count", sa.Integer(), nullable=False),
        sa.Column("sum_ore", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="of the file's bytes"),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_refund_file_creditor")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_refund_file")),
        sa.UniqueConstraint("message_id", name=op.f("uq_refund_file_message_id")),
    )
    op.create_table(
        "refund",
        sa.Column(
            "number", sa.Integer(), autoincrement=False, nullable=False, comment="numbered over the whole office"
        ),
        sa.Column("creditor", sa.Integer(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.Column("payment", sa.Integer(), nullable=False),
        sa.Column("case", sa.Integer(), nullable=True, comment="that it was overpaid on; none: it was unplaced"),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("account_number", sa.String(length=11), nullable=False, comment="that the money goes to"),
        sa.Column("name", sa.String(length=140), nullable=False, comment="of whom it goes to"),
        sa.Column("text", sa.String(length=140), nullable=False),
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False, comment="stored before the file is written"),
        sa.Column(
            "fingerprint", sa.String(length=64), nullable=False, comment="of the row's content as it was written"
        ),
        sa.Column("file", sa.Integer(), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["act"], ["manual_act.number"], name=op.f("fk_refund_act")),
        sa.ForeignKeyConstraint(["cancelled_by"], ["manual_act.number"], name=op.f("fk_refund_cancelled_by")),
        sa.ForeignKeyConstraint(["case"], ["case.id"], name=op.f("fk_refund_case")),
        sa.ForeignKeyConstraint(["creditor"], ["creditor.number"], name=op.f("fk_refund_creditor")),
        sa.ForeignKeyConstraint(["file"], ["refund_file.number"], name=op.f("fk_refund_file")),
        sa.ForeignKeyConstraint(["payment"], ["payment.number"], name=op.f("fk_refund_payment")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_refund")),
        sa.UniqueConstraint("act", name=op.f("uq_refund_act")),
        sa.UniqueConstraint("end_to_end_id", name=op.f("uq_refund_end_to_end_id")),
    )
    op.create_index(op.f("ix_refund_file"), "refund", ["file"], unique=False)
    op.create_index(op.f("ix_refund_payment"), "refund", ["payment"], unique=False)


def _loosen_payments() -> None:
    """A payment that a person registers came in no file, and by no payment agreement.

    SQLite takes no column's NOT NULL away: there the table is made anew, and its rows go out and in. What refers to
    them is checked when the step is committed, and finds the same rows there again.
    """
    connection = op.get_bind()
    loose = {"file": "none: registered by hand", "account_number": "none: by no bank"}
    if connection.dialect.name != "sqlite":
        for name, comment in loose.items():
            op.alter_column("payment", name, nullable=True, comment=comment)
        return
    table = sa.Table("payment", sa.MetaData(), autoload_with=connection)
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    connection.exec_driver_sql("CREATE TEMPORARY TABLE kept_payment AS SELECT * FROM payment")
    op.drop_table("payment")
    for name in loose:
        table.c[name].nullable = True
    connection.execute(CreateTable(table))
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        connection.execute(CreateIndex(index))
    names = [column.name for column in table.columns]
    kept = sa.table("kept_payment", *map(sa.column, names))
    connection.execute(sa.insert(table).from_select(names, sa.select(kept).order_by(kept.c.number)))
    connection.exec_driver_sql("DROP TABLE kept_payment")


def _write_choices() -> None:
    """Each exclusion as a choice, with the fingerprint of what it says."""
    connection = op.get_bind()
    excluded = sa.table("posting_exclusion", *map(sa.column, ("journal", "because", "actor", "written_at")))
    journal = sa.table("journal", sa.column("number"), sa.column("creditor"))
    rows = connection.execute(
        sa.select(excluded, journal.c.creditor)
        .join(journal, journal.c.number == excluded.c.journal)
        .order_by(excluded.c.journal)
    ).all()
    choices = [_choice(number, row) for number, row in enumerate(rows, 1)]
    if choices:
        op.bulk_insert(_choice_table(), choices)
        counter = sa.table("counter", sa.column("scope"), sa.column("name"), sa.column("last"))
        op.bulk_insert(counter, [{"scope": "", "name": "posting_choice", "last": len(choices)}])


def _choice(number: int, row: Any) -> dict[str, Any]:
    moment = row.written_at if isinstance(row.written_at, datetime) else datetime.fromisoformat(row.written_at)
    made_on: date = moment.date()
    content = (number, row.creditor, row.journal, None, "booked", "no", "", row.because, made_on, row.actor)
    names = ("number", "creditor", "journal", "row_no", "field", "value", "was", "because", "made_on", "actor")
    return dict(zip(names, content, strict=True)) | {"fingerprint": fingerprint(*content), "written_at": moment}


def _choice_table() -> sa.TableClause:
    plain = ("number", "creditor", "journal", "row_no", "field", "value", "was", "because", "actor", "fingerprint")
    return sa.table(
        "posting_choice",
        *map(sa.column, plain),
        sa.column("made_on", sa.Date()),
        sa.column("written_at", sa.DateTime()),
    )


def downgrade() -> None:
    """Take this step back; that payments need a file is not brought back, since some may have none."""
    op.drop_index(op.f("ix_voucher_replaces"), table_name="voucher")
    op.drop_column("voucher", "replaces")
    op.drop_index(op.f("ix_payment_debit_account"), table_name="payment")
    op.drop_table("refund")
    op.drop_table("refund_file")
    op.drop_table("posting_choice")
    op.drop_table("manual_act")
