"""Tables of manual work with money. All are append-only but for the file that a refund has gone into.

Numbers run over the whole office: counters `manual_act`, `posting_choice`, `refund` and `refund_file`.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Date, ForeignKey, Integer, String

from kravbro.db.columns import Ore, written_columns
from kravbro.office.parties.tables import office
from kravbro.office.tables import content_fingerprint

__all__ = ["manual_act", "office", "posting_choice", "refund", "refund_file"]

manual_act = sa.Table(
    "manual_act",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False, index=True),
    Column("kind", String(20), nullable=False, comment="register, reverse, move, refund or redeliver"),
    Column("request_id", String(80), nullable=False, unique=True, comment="asking again changes nothing"),
    Column("content", String(64), nullable=False, comment="fingerprint of what was asked for"),
    Column("payment", Integer, ForeignKey("payment.number"), index=True, comment="registered, reversed or moved"),
    Column("amount_ore", Ore, nullable=False),
    Column("how", String(20), nullable=False, comment="how the money came, or why it was taken back; empty: neither"),
    Column("account", String(10), nullable=False, comment="of the ledger, that the money stands on; empty: usual"),
    Column("about", String(80), nullable=False, comment="key of the voucher that is delivered again; else empty"),
    Column("because", String(200), nullable=False),
    Column("done_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
posting_choice = sa.Table(
    "posting_choice",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of one thing the highest counts"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("journal", Integer, ForeignKey("journal.number"), nullable=False, index=True),
    Column("row_no", Integer, comment="of the line's row; none: about the journal, or the voucher that it is in"),
    Column("field", String(20), nullable=False, comment="booked, account, department, project, text or dated"),
    Column("value", String(200), comment="as it was chosen; none: as it is coded"),
    Column("was", String(200), nullable=False, comment="as it was coded when it was chosen"),
    Column("because", String(200), nullable=False),
    Column("made_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
refund_file = sa.Table(
    "refund_file",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("message_id", String(35), nullable=False, unique=True, comment="what the bank knows the file by"),
    Column("version", String(10), nullable=False),
    Column("debtor_name", String(140), nullable=False),
    Column("debtor_account", String(11), nullable=False),
    Column("debtor_bic", String(11), nullable=False),
    Column("initiator_id", String(35), nullable=False, comment="what the bank knows the sender by"),
    Column("requested_on", Date, nullable=False),
    Column("created_at", String(19), nullable=False, comment="as the file says it"),
    Column("refund_count", Integer, nullable=False),
    Column("sum_ore", Ore, nullable=False),
    Column("sha256", String(64), nullable=False, comment="of the file's bytes"),
    content_fingerprint(),
    *written_columns(),
)
refund = sa.Table(
    "refund",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("creditor", Integer, ForeignKey("creditor.number"), nullable=False),
    Column("act", Integer, ForeignKey("manual_act.number"), nullable=False, unique=True),
    Column("payment", Integer, ForeignKey("payment.number"), nullable=False, index=True),
    Column("case", Integer, ForeignKey("case.id"), comment="that it was overpaid on; none: it was unplaced"),
    Column("amount_ore", Ore, nullable=False),
    Column("account_number", String(11), nullable=False, comment="that the money goes to"),
    Column("name", String(140), nullable=False, comment="of whom it goes to"),
    Column("text", String(140), nullable=False),
    Column("end_to_end_id", String(35), nullable=False, unique=True, comment="stored before the file is written"),
    content_fingerprint(),
    Column("file", Integer, ForeignKey("refund_file.number"), index=True),
    Column("cancelled_by", Integer, ForeignKey("manual_act.number")),
    *written_columns(),
)
