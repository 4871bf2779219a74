"""Tables of parties. A `debtor` is a card: a party as one creditor knows it. A `party` is all cards of one person.

Rows are only ever added; of rows about the same thing the one with the highest number counts. `party_number` alone may
change in one column: `party`, when two parties are found to be the same.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Date, ForeignKey, Integer, String

from kravbro.db.columns import written_columns
from kravbro.office.tables import content_fingerprint
from kravbro.office.tables import office as office  # noqa: PLC0414 - whoever wants all tables of the office asks here

party = sa.Table("party", office, Column("id", Integer, primary_key=True, autoincrement=False), *written_columns())
party_number = sa.Table(
    "party_number",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digits", String(11), nullable=False, unique=True, comment="an identity, D- or organisation number"),
    Column("party", Integer, ForeignKey("party.id"), nullable=False, index=True),
    content_fingerprint(),
    *written_columns(),
)
party_member = sa.Table(
    "party_member",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of a card's the highest counts"),
    Column("debtor", Integer, ForeignKey("debtor.id"), nullable=False, index=True),
    Column("party", Integer, ForeignKey("party.id"), nullable=False, index=True),
    Column("how", String(10), nullable=False, comment="number, alone, join or split"),
    Column("because", String(200), nullable=False, comment="empty where no person decided"),
    Column("set_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
party_fact = sa.Table(
    "party_fact",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of a party and sort the highest counts"),
    Column("party", Integer, ForeignKey("party.id"), nullable=False, index=True),
    Column("sort", String(20), nullable=False, comment="protection, language or joined_into"),
    Column("value", String(30), nullable=False),
    Column("told_by", String(10), nullable=False, comment="ledger or person"),
    Column("because", String(200), nullable=False, comment="empty where a ledger told it"),
    Column("set_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
party_access = sa.Table(
    "party_access",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("party", Integer, ForeignKey("party.id"), nullable=False, index=True),
    Column("because", String(200), nullable=False, comment="why somebody read the address"),
    Column("seen_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
case_party = sa.Table(
    "case_party",
    office,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="of a case, card and role the highest"),
    Column("case", Integer, ForeignKey("case.id"), nullable=False, index=True),
    Column("debtor", Integer, ForeignKey("debtor.id"), nullable=False, index=True),
    Column("role", String(20), nullable=False),
    Column("stands_for", Integer, ForeignKey("debtor.id"), nullable=False, comment="who of those that owe"),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, comment="included; none: until further notice"),
    Column("told_by", String(10), nullable=False, comment="ledger or person"),
    Column("because", String(200), nullable=False, comment="empty where a ledger told it"),
    Column("set_on", Date, nullable=False),
    content_fingerprint(),
    *written_columns(),
)
