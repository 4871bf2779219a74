"""Tables of access: one database for an installation, `access.db`, made with the first login or the first service.

A `service_login` row is a login as it was from that moment on: nothing is changed, and of each name the row with the
highest number counts. A `message` row is a call from outside that wrote something, kept after it was done.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Boolean, Column, Index, Integer, String, Text, UniqueConstraint

from kravbro.db.columns import NAMING, Ore, written_columns
from kravbro.db.counters import burnt_table, counter_table
from kravbro.db.residence import residence_tables

access = sa.MetaData(naming_convention=NAMING)

counter = counter_table(access)
burnt_number = burnt_table(access)
residence_tables(access)

service_login = sa.Table(
    "service_login",
    access,
    Column("number", Ore, primary_key=True, autoincrement=False),
    Column("name", String(40), nullable=False),
    Column("companies", Text, nullable=False, comment="JSON: the numbers of the companies that it may see, in order"),
    Column("kind", String(12), nullable=False, comment="access.logins.Kind"),
    Column(
        "secret", String(200), nullable=False, comment="argon2id hash, or a certificate's SHA-256; never a password"
    ),
    Column("enabled", Boolean, nullable=False),
    Column("because", String(200), nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
    Index("ix_service_login_name", "name"),
    Index("ix_service_login_secret", "secret"),
)
message = sa.Table(
    "message",
    access,
    Column("number", Ore, primary_key=True, autoincrement=False),
    Column("login", String(40), nullable=False),
    Column("message", String(400), nullable=False, comment="the id that the caller gave it"),
    Column("function", String(60), nullable=False),
    Column("company", Integer, nullable=False),
    Column("content", String(64), nullable=False, comment="fingerprint of the whole call"),
    Column("new", Integer, nullable=False, comment="rows that were new when it was done"),
    Column("known", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("seal", String(64), nullable=False, comment="over its content"),
    *written_columns(),
    UniqueConstraint("login", "message"),
)
