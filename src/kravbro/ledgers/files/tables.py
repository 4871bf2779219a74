"""The tables of the state: one database for each company, and one that names the installation.

They hold what the files said last, so that no file is read twice, and what was written, so that nothing is written
twice. They are the ledger's memory, not the office's: they stand with the folder, and a backup of the office that is
put back leaves them alone.
"""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.db.columns import NAMING, Ore, written_columns

system = sa.MetaData(naming_convention=NAMING)
installation = sa.Table("installation", system, sa.Column("id", sa.String(50), primary_key=True), *written_columns())

company = sa.MetaData(naming_convention=NAMING)
newest = sa.Table(
    "newest",
    company,
    sa.Column("change", sa.Integer, primary_key=True, autoincrement=False, comment="how many snapshots changed it"),
    sa.Column("format", sa.String(20), nullable=False),
    sa.Column("name", sa.String(255), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("made_on", sa.Date, nullable=False, comment="the moment in its name"),
    sa.Column("made_number", sa.Integer, nullable=False),
    sa.Column("changed_ns", Ore, nullable=False, comment="when it was last written to, as its folder says"),
    sa.Column("starts", sa.Date, comment="the first day that any snapshot covers; NULL: they have no period"),
    sa.Column("because", sa.Text, nullable=False, comment="why it was read though it lacks most of what was known"),
    sa.Column("not_derived", sa.Integer, nullable=False, comment="lines that could not be derived in full"),
    *written_columns(),
    comment="every snapshot that was taken in; the highest change is what is known now",
)
file = sa.Table(
    "file",
    company,
    sa.Column("name", sa.String(255), primary_key=True),
    sa.Column("size", Ore, nullable=False),
    sa.Column("changed_ns", Ore, nullable=False, comment="when it was last written to, as its folder says"),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("outcome", sa.String(10), nullable=False, comment="read, known or refused"),
    sa.Column("error", sa.String(20), nullable=False),
    sa.Column("code", sa.String(100), nullable=False),
    sa.Column("facts", sa.Text, nullable=False, comment="JSON"),
    sa.Column("at_change", sa.Integer, nullable=False, comment="what was known when it was refused"),
    *written_columns(),
    comment="what was made of each file that lies, or lay, in the folder",
)
line = sa.Table(
    "line",
    company,
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("customer", sa.String(70), nullable=False, index=True),
    sa.Column("account", sa.String(10), nullable=False),
    sa.Column("dated", sa.Date, nullable=False, index=True),
    sa.Column("amount_ore", Ore, nullable=False),
    sa.Column("place", sa.Integer, nullable=False, comment="the order in which lines were seen first"),
    sa.Column("seen_on", sa.Date, nullable=False, comment="the day of the first snapshot that had it"),
    sa.Column("voucher_no", sa.Integer, nullable=False, index=True, comment="of ours; 0: the ledger's own"),
    sa.Column("voucher_line", sa.Integer, nullable=False, comment="0: which line, its text does not say"),
    sa.Column("content", sa.Text, nullable=False, comment="JSON"),
    *written_columns(),
)
customer = sa.Table(
    "customer",
    company,
    sa.Column("id", sa.String(70), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("balance_ore", Ore, nullable=False),
    sa.Column("unmatched_ore", Ore, nullable=False),
    sa.Column("content", sa.Text, nullable=False, comment="JSON"),
    *written_columns(),
)
item = sa.Table(
    "item",
    company,
    sa.Column("entry", Ore, primary_key=True, autoincrement=False, comment="from the line's key: the same in any copy"),
    sa.Column("line_key", sa.String(255), nullable=False, index=True),
    sa.Column("customer", sa.String(70), nullable=False, index=True),
    sa.Column("invoice_no", sa.String(40), nullable=False, index=True),
    sa.Column("change", sa.Integer, nullable=False, index=True, comment="the snapshot that changed it last"),
    sa.Column("is_gone", sa.Boolean, nullable=False, comment="the newest snapshot does not have it"),
    sa.Column("remaining_ore", Ore, nullable=False),
    sa.Column("content", sa.Text, nullable=False, comment="JSON"),
    *written_columns(),
)
approval = sa.Table(
    "approval",
    company,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", Ore, nullable=False),
    sa.Column("approved", sa.String(30), nullable=False, comment="the moment that the file says"),
    sa.Column("is_answered", sa.Boolean, nullable=False),
    sa.Column("content", sa.Text, nullable=False, comment="JSON"),
    *written_columns(),
    sa.UniqueConstraint("entry", "approved"),
)
wish = sa.Table(
    "wish",
    company,
    sa.Column("entry", Ore, primary_key=True, autoincrement=False),
    sa.Column("because", sa.String(200), nullable=False),
    *written_columns(),
)
shown_answer = sa.Table(
    "shown_answer",
    company,
    sa.Column("entry", Ore, primary_key=True, autoincrement=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    *written_columns(),
)
shown_status = sa.Table(
    "shown_status",
    company,
    sa.Column("entry", Ore, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    *written_columns(),
)
outgoing = sa.Table(
    "outgoing",
    company,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(255), nullable=False, unique=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("is_published", sa.Boolean, nullable=False),
    *written_columns(),
    comment="the files that we wrote; each gets its own name once",
)
voucher = sa.Table(
    "voucher",
    company,
    sa.Column("voucher_key", sa.String(100), primary_key=True),
    sa.Column("voucher_no", sa.Integer, nullable=False, unique=True, comment="of our own series, never used again"),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("file", sa.String(255), nullable=False, unique=True),
    sa.Column("delivered_on", sa.Date, nullable=False),
    sa.Column("fate", sa.String(20), nullable=False),
    sa.Column("fate_on", sa.Date, nullable=False),
    sa.Column("ledger_no", sa.String(40), nullable=False),
    sa.Column("because", sa.String(400), nullable=False),
    *written_columns(),
)
voucher_line = sa.Table(
    "voucher_line",
    company,
    sa.Column("voucher_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("line_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer", sa.String(70), nullable=False, comment="empty: a line on an account"),
    sa.Column("entry", Ore, nullable=False, comment="the open item that it settles; 0: none"),
    sa.Column("amount_ore", Ore, nullable=False),
    *written_columns(),
)
