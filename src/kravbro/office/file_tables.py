"""Tables of what comes with payment files: what a bank tells beside a payment, and what people said to an import.

Rows are only ever added.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Date, ForeignKey, Integer, String, Text

from kravbro.db.columns import written_columns
from kravbro.office.return_tables import office as office  # noqa: PLC0414 - whoever wants all tables asks here
from kravbro.office.tables import content_fingerprint

payment_detail = sa.Table(
    "payment_detail",
    office,
    Column("payment", Integer, ForeignKey("payment.number"), primary_key=True, autoincrement=False),
    Column("payer_name", String(140), nullable=False),
    Column("payer_account", String(35), nullable=False, comment="as the bank wrote it, also a foreign one"),
    Column("text", Text, nullable=False, comment="what the payer wrote, whole"),
    Column("end_to_end_id", String(35), nullable=False, comment="the payer's own reference"),
    content_fingerprint(),
    *written_columns(),
)
payment_file_override = sa.Table(
    "payment_file_override",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="numbered over the whole office"),
    Column("file", Integer, ForeignKey("payment_file.number"), nullable=False, index=True),
    Column("kind", String(30), nullable=False, comment="what was gone past: other_format"),
    Column("payment_count", Integer, nullable=False, comment="how many payments it was about"),
    Column("because", String(200), nullable=False),
    Column("made_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
