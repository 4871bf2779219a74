"""The tables and columns of Visma Business that are relied on, as data: what we call them, and what SQL calls them.

A name is confirmed where the vendor's documentation or public code shows it; the source stands beside it. One that is
not confirmed may be called otherwise, and every name can be changed by the set-up (`[names]`): an installation may
have columns that its consultant added. Without a name a column is not looked for until the set-up gives it one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from kravbro.core.errors import DataFault


class Kind(StrEnum):
    """What a column holds. Days are whole numbers `yyyymmdd` (0: none), amounts decimals in kroner."""

    NUMBER = "number"
    DAY = "day"
    AMOUNT = "amount"
    TEXT = "text"


class Need(StrEnum):
    """What a column is needed for; the adapter does not start without the minimum."""

    MINIMUM = "minimum"
    DELIVERY = "delivery"
    MORE = "more"


class Database(StrEnum):
    """Where a table stands; the value is the schema that statements name, before it is translated."""

    SYSTEM = "system"
    COMPANY = "company"


class Column(msgspec.Struct, frozen=True):
    """A column: our name, SQL's name (empty: only by set-up), what it holds, what for, and where the name is from."""

    name: str
    sql: str
    kind: Kind
    need: Need = Need.MINIMUM
    source: str = ""


class Relied(msgspec.Struct, frozen=True):
    """A table: our name, SQL's name, where it stands, its columns, and where the name is from."""

    name: str
    sql: str
    database: Database
    columns: tuple[Column, ...]
    source: str = ""
    need: Need = Need.MINIMUM


_MODELS = "public code: tadrian/VismaBusinessMcpServer, model classes"
_SQL = "public code: ON-IT/Visma.net-SQL-Import, Customers.sql"
_REFERENCE = "vendor's reference, column pages"
_IMPORT = "vendor's reference, importing batches: headings are the names in the database"
_WATERMARKS = "vendor's help, WebFaktura parameters: CustTrLasteChDt and CustTrLasteChTm"
NUMBER, DAY, AMOUNT, TEXT = Kind.NUMBER, Kind.DAY, Kind.AMOUNT, Kind.TEXT
MORE, DELIVERY = Need.MORE, Need.DELIVERY


def _of_an_item(keys: str, state: str, moment: str) -> tuple[Column, ...]:
    """What an entry and its open item have alike, with the sources of that table's names; the standard client changes
    both together."""
    return (
        Column("journal", "JNo", NUMBER, source=keys),
        Column("number", "EntNo", NUMBER, source=keys),
        Column("customer", "CustNo", NUMBER, source=keys),
        Column("amount", "Am", AMOUNT, source=keys),
        Column("remaining", "RAm", AMOUNT, source=keys),
        Column("status", "St", NUMBER, source=state),
        Column("exemption", "ExcRem", NUMBER, source=state),
        Column("proposal", "RemSt", NUMBER),
        Column("changed_on", "ChDt", DAY, MORE, moment),
        Column("changed_at", "ChTm", NUMBER, MORE, moment),
        Column("reminders", "", NUMBER, MORE),
        Column("reminded_on", "", DAY, MORE),
        Column("no_interest", "", TEXT, MORE),
        Column("case_number", "", TEXT, MORE),
        Column("case_status", "", TEXT, MORE),
        Column("reasons", "", TEXT, MORE),
    )


COMPANIES = Relied(
    "companies",
    "Frm",
    Database.SYSTEM,
    (Column("number", "FrmNo", NUMBER, source=_REFERENCE),),
)
USERS = Relied(
    "users",
    "usr",
    Database.SYSTEM,
    (Column("name", "", TEXT, MORE),),
    source="vendor's partner help",
    need=MORE,
)
CUSTOMERS = Relied(
    "customers",
    "Actor",
    Database.COMPANY,
    (
        Column("number", "CustNo", NUMBER, source=_MODELS),
        Column("name", "Nm", TEXT, source=_MODELS),
        Column("address_1", "Ad1", TEXT, source=_MODELS),
        Column("address_2", "Ad2", TEXT, MORE, _MODELS),
        Column("address_3", "Ad3", TEXT, MORE, _MODELS),
        Column("postcode", "PNo", TEXT, source=_MODELS),
        Column("place", "PArea", TEXT, source=_MODELS),
        Column("organisation_no", "BsNo", TEXT, source=_SQL),
        Column("country", "Ctry", NUMBER, MORE, _SQL),
        Column("identity_no", "", TEXT, MORE),
        Column("preferences", "", NUMBER, MORE),
    ),
    source=_MODELS,
)
ENTRIES = Relied(
    "entries",
    "CustTr",
    Database.COMPANY,
    (
        *_of_an_item(_MODELS, _REFERENCE, _WATERMARKS),
        Column("voucher_no", "VoNo", NUMBER, source=_MODELS),
        Column("voucher_date", "VoDt", DAY, source=_MODELS),
        Column("voucher_type", "VoTp", NUMBER),
        Column("due_date", "DueDt", DAY, source=_MODELS),
        Column("invoice_no", "InvoNo", TEXT, source=_REFERENCE),
        Column("kid", "CID", TEXT, source=_REFERENCE),
        Column("reference", "Ref", TEXT, source=_REFERENCE),
        Column("cross_reference", "AgRef", TEXT, source=_REFERENCE),
        Column("currency", "Cur", NUMBER, source=_MODELS),
        Column("text", "Txt", TEXT, source=_MODELS),
    ),
    source=_MODELS,
)
OPEN_ITEMS = Relied("open_items", "OpCustTr", Database.COMPANY, _of_an_item("", _REFERENCE, ""))
CURRENCIES = Relied(
    "currencies",
    "Cur",
    Database.COMPANY,
    (Column("number", "CurNo", NUMBER, MORE, _SQL), Column("iso", "ISO", TEXT, MORE, _SQL)),
    source=_SQL,
    need=MORE,
)
COUNTRIES = Relied(
    "countries",
    "Ctry",
    Database.COMPANY,
    (Column("number", "CtryNo", NUMBER, MORE, _SQL), Column("iso", "ISO", TEXT, MORE, _SQL)),
    source=_SQL,
    need=MORE,
)
ACCOUNTS = Relied(
    "accounts", "Ac", Database.COMPANY, (Column("number", "AcNo", NUMBER, MORE, _MODELS),), source=_MODELS, need=MORE
)
LEDGER_ENTRIES = Relied(
    "ledger_entries",
    "AcTr",
    Database.COMPANY,
    (
        Column("journal", "JNo", NUMBER, MORE),
        Column("voucher_no", "VoNo", NUMBER, MORE),
        Column("voucher_type", "VoTp", NUMBER, MORE, _MODELS),
    ),
    source=_MODELS,
    need=MORE,
)
BATCHES = Relied(
    "batches",
    "WaBnd",
    Database.COMPANY,
    (
        Column("number", "BndNo", NUMBER, DELIVERY, _REFERENCE),
        Column("value_date", "ValDt", DAY, DELIVERY, _IMPORT),
        Column("origin", "SrcTp", NUMBER, DELIVERY, _IMPORT),
        Column("text", "Descr", TEXT, MORE, _IMPORT),
    ),
    need=DELIVERY,
)
BATCH_LINES = Relied(
    "batch_lines",
    "WaVo",
    Database.COMPANY,
    (
        Column("batch", "BndNo", NUMBER, DELIVERY, _REFERENCE),
        Column("number", "LnNo", NUMBER, DELIVERY),
        Column("voucher_no", "VoNo", NUMBER, DELIVERY, _IMPORT),
        Column("voucher_date", "VoDt", DAY, DELIVERY, _IMPORT),
        Column("voucher_type", "VoTp", NUMBER, DELIVERY, _IMPORT),
        Column("debit_account", "DbAcNo", NUMBER, DELIVERY, _IMPORT),
        Column("debit_class", "DbAcCl", NUMBER, DELIVERY, _IMPORT),
        Column("credit_account", "CrAcNo", NUMBER, DELIVERY, _IMPORT),
        Column("credit_class", "CrAcCl", NUMBER, DELIVERY, _IMPORT),
        Column("amount", "Am", AMOUNT, DELIVERY, _IMPORT),
        Column("cross_reference", "AgRef", TEXT, DELIVERY, _IMPORT),
        Column("reference", "Ref", TEXT, MORE),
        Column("value_date", "ValDt", DAY, MORE, _IMPORT),
        Column("invoice_no", "InvoNo", TEXT, MORE, _IMPORT),
        Column("text", "Txt", TEXT, MORE, _IMPORT),
        Column("department", "", NUMBER, MORE),
        Column("project", "", NUMBER, MORE),
    ),
    need=DELIVERY,
)
WINDOWS = Relied(
    "windows",
    "",
    Database.SYSTEM,
    (Column("name", "", TEXT, MORE), Column("view", "", TEXT, MORE), Column("guide", "", TEXT, MORE)),
    need=MORE,
)
"""Where the standard client keeps its windows: known only where the set-up says it."""
LAYOUT = (
    COMPANIES,
    USERS,
    WINDOWS,
    CUSTOMERS,
    ENTRIES,
    OPEN_ITEMS,
    CURRENCIES,
    COUNTRIES,
    ACCOUNTS,
    LEDGER_ENTRIES,
    BATCHES,
    BATCH_LINES,
)
"""Every table that is relied on."""


def unconfirmed(layout: tuple[Relied, ...] = LAYOUT) -> list[str]:
    """The names that no source shows: `table` or `table.column`, in order."""
    return [
        name
        for table in layout
        for name, source in (
            (table.name, table.source),
            *((f"{table.name}.{one.name}", one.source) for one in table.columns),
        )
        if not source
    ]


def renamed(names: Mapping[str, str], layout: tuple[Relied, ...] = LAYOUT) -> tuple[Relied, ...]:
    """The layout with the names that a set-up gives (`open_items` or `entries.reminders` to the name in SQL).

    Raises DataFault `visma_business.unknown_name` for a thing that nothing relies on, and `visma_business.setup` where
    two columns would be one: what is written into the one would take the place of the other.
    """
    known = {table.name for table in layout} | {f"{table.name}.{one.name}" for table in layout for one in table.columns}
    for name in names:
        if name not in known:
            raise DataFault("visma_business.unknown_name", name=name, known=", ".join(sorted(known)))
    found = tuple(
        msgspec.structs.replace(
            table,
            sql=names.get(table.name, table.sql),
            columns=tuple(
                msgspec.structs.replace(one, sql=names.get(f"{table.name}.{one.name}", one.sql))
                for one in table.columns
            ),
        )
        for table in layout
    )
    for table in found:
        of_name: dict[str, str] = {}
        for one in table.columns:
            other = of_name.setdefault(one.sql.casefold(), one.name) if one.sql else one.name
            if other != one.name:
                problem = f"{table.name}.{other} and {table.name}.{one.name} are both {one.sql} in [names]"
                raise DataFault("visma_business.setup", problem=problem)
    return found


class Found(msgspec.Struct, frozen=True):
    """A table as a database has it: its name there, and the name there of every column that is there."""

    sql: str
    columns: dict[str, str]


def found(layout: tuple[Relied, ...], database: Database, catalogue: Mapping[str, tuple[str, ...]]) -> dict[str, Found]:
    """What of the layout a database has. Names are compared without regard to case, as SQL Server does."""
    tables = {table.casefold(): table for table in catalogue}
    there: dict[str, Found] = {}
    for table in layout:
        actual = tables.get(table.sql.casefold())
        if table.database is not database or actual is None:
            continue
        columns = {column.casefold(): column for column in catalogue[actual]}
        here = {one.name: columns[one.sql.casefold()] for one in table.columns if one.sql.casefold() in columns}
        there[table.name] = Found(actual, here)
    return there


class Missing(msgspec.Struct, frozen=True):
    """A table or column that a database lacks: our name, the name in SQL (may be empty), and what it is needed for."""

    name: str
    sql: str
    need: Need


def missing(layout: tuple[Relied, ...], database: Database, there: Mapping[str, Found]) -> list[Missing]:
    """What of the layout a database lacks, in order; of a table that is not there, only the table."""
    lacking: list[Missing] = []
    for table in (one for one in layout if one.database is database):
        here = there.get(table.name)
        if here is None:
            lacking.append(Missing(table.name, table.sql, table.need))
            continue
        lacking += [
            Missing(f"{table.name}.{one.name}", f"{here.sql}.{one.sql}" if one.sql else "", one.need)
            for one in table.columns
            if one.name not in here.columns
        ]
    return lacking
