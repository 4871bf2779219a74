"""Tables of the bridge, `bridge.db`: how far each stream has come, and what people overrode.

A position is only a saving: without it a stream is read from the start, and every receiver drops what it has. What is
set aside is not: it is about things that a restore lost at the receiver, which a person has been told of.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String

from kravbro.db.columns import NAMING, written_columns
from kravbro.db.residence import residence_tables

bridge = sa.MetaData(naming_convention=NAMING)

residence_tables(bridge)

pairing = sa.Table(
    "pairing",
    bridge,
    Column("id", Integer, primary_key=True, autoincrement=False),
    sa.CheckConstraint("id = 1", name="one_row"),
    Column("ledger_installation", String(60), nullable=False),
    Column("collector_installation", String(60), nullable=False),
    *written_columns(),
)
position = sa.Table(
    "position",
    bridge,
    Column("company", Integer, primary_key=True, autoincrement=False),
    Column("stream", String(30), primary_key=True),
    Column("number", Integer, nullable=False),
    *written_columns(),
)
override = sa.Table(
    "override",
    bridge,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False),
    Column("company", Integer),
    Column("because", String(200), nullable=False),
    *written_columns(),
)
set_aside = sa.Table(
    "set_aside",
    bridge,
    Column("company", Integer, primary_key=True, autoincrement=False),
    Column("thing", String(120), primary_key=True, comment="what the receiver lost: see kravbro.bridge.cursor"),
    Column("because", String(200), nullable=False),
    *written_columns(),
)
