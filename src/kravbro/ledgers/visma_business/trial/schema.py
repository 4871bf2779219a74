"""The tables of a Visma Business as far as they are relied on, made anew on SQLite or PostgreSQL.

A generation says which columns there are and what they are called: installations differ. The same tables compile for
SQL Server.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.db.engines import writing_anywhere
from kravbro.db.kroner import Kroner
from kravbro.db.place import company_owner
from kravbro.db.postgresql import DIALECT as POSTGRESQL
from kravbro.ledgers.visma_business.databases import COMPANY, SYSTEM, Databases, Folder
from kravbro.ledgers.visma_business.layout import LAYOUT, Database, Kind, Need, Relied, renamed

_KEYS = {
    "companies": ("number",),
    "customers": ("number",),
    "entries": ("journal", "number"),
    "open_items": ("journal", "number"),
    "currencies": ("number",),
    "countries": ("number",),
    "accounts": ("number",),
    "batches": ("number",),
    "batch_lines": ("batch", "number"),
}
_INDEXES = {
    "entries": (("customer",), ("changed_on", "changed_at")),
    "open_items": (("customer",),),
    "batch_lines": (("voucher_type", "voucher_no"),),
}
CONSULTANTS = {
    "users.name": "UsrNm",
    "windows": "Wnd",
    "windows.name": "Nm",
    "windows.view": "TblNm",
    "windows.guide": "HelpUrl",
    "customers.identity_no": "Inf7",
    "customers.preferences": "CustPrf",
    "batch_lines.department": "R1",
    "batch_lines.project": "R2",
} | {
    f"{table}.{column}": sql
    for table in ("entries", "open_items")
    for column, sql in {
        "reminders": "NoRem",
        "reminded_on": "LstRemDt",
        "no_interest": "IntFree",
        "case_number": "CollNo",
        "case_status": "CollSt",
        "reasons": "CollTxt",
    }.items()
}
"""Names that a consultant could have given to what has no known name."""


class Generation(msgspec.Struct, frozen=True):
    """What a database has: what for, under which names (as a set-up says them), and what nothing relies on."""

    name: str
    needs: frozenset[Need]
    names: tuple[tuple[str, str], ...] = ()
    extra_columns: tuple[str, ...] = ()
    extra_tables: tuple[str, ...] = ()


MINIMUM = Generation("minimum", frozenset({Need.MINIMUM}))
RICH = Generation("rich", frozenset(Need), tuple(CONSULTANTS.items()))
RENAMED = Generation(
    "renamed",
    frozenset(Need),
    (
        *((name, f"U{sql}") for name, sql in CONSULTANTS.items()),
        ("open_items", "KndPost"),
        ("open_items.changed_on", "EndrDt"),
        ("batches", "Bunt"),
        ("batch_lines.reference", "Mref"),
    ),
)
EXTENDED = Generation(
    "extended",
    frozenset(Need),
    tuple(CONSULTANTS.items()),
    ("Unknown1", "Unknown2"),
    ("FreeInf9", "AutoCollLog"),
)
GENERATIONS = (MINIMUM, RICH, RENAMED, EXTENDED)


@cache
def tables(generation: Generation) -> tuple[sa.MetaData, dict[str, sa.Table]]:
    """The tables of a generation, and those of them that are relied on by our names. Columns have SQL's names."""
    metadata = sa.MetaData()
    known = {}
    for relied in renamed(dict(generation.names), LAYOUT):
        if relied.sql and relied.need in generation.needs:
            known[relied.name] = _table(metadata, relied, generation)
    for name in generation.extra_tables:
        sa.Table(name, metadata, sa.Column("Key", sa.Integer, primary_key=True), schema=COMPANY)
    return metadata, known


def _table(metadata: sa.MetaData, relied: Relied, generation: Generation) -> sa.Table:
    keys = _KEYS.get(relied.name, ())
    columns = [one for one in relied.columns if one.sql and one.need in generation.needs]
    table = sa.Table(
        relied.sql,
        metadata,
        *(_column(one.sql, one.kind, key=one.name in keys) for one in columns),
        *(_column(name, Kind.TEXT, key=False) for name in generation.extra_columns),
        schema=relied.database.value,
    )
    sql = {one.name: one.sql for one in columns}
    for place, names in enumerate(_INDEXES.get(relied.name, ()), 1):
        if all(name in sql for name in names):
            sa.Index(f"{relied.sql}_{place}", *(table.c[sql[name]] for name in names))
    return table


def _column(name: str, kind: Kind, *, key: bool) -> sa.Column[object]:
    types = {Kind.AMOUNT: Kroner(), Kind.TEXT: sa.String(250)}
    nothing = "''" if kind is Kind.TEXT else "0"
    kind_of: sa.types.TypeEngine[object] = types.get(kind, sa.Integer())  # type: ignore[assignment] # one of three
    return sa.Column(
        name, kind_of, primary_key=key, autoincrement=False, nullable=False, server_default=sa.text(nothing)
    )


def make(databases: Databases, companies: dict[int, Generation]) -> None:
    """Make a system database that knows these companies, and their databases; the company of our tables is one."""
    system = next(iter(companies.values()))
    if isinstance(databases, Folder):
        _make_files(Path(databases.name), databases, list(companies))
    _create(databases, None, tables(system)[0], Database.SYSTEM)
    for company, generation in companies.items():
        _create(databases, company, tables(generation)[0], Database.COMPANY)
    listed = tables(system)[1]["companies"]
    rows = [{"FrmNo": company} for company in companies]
    with writing_anywhere(databases.engine(None)) as connection:
        connection.execute(sa.insert(listed), rows)


def _make_files(folder: Path, databases: Folder, companies: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in (databases.system, *map(company_owner, companies)):
        (folder / f"{name}.db").touch()


def _create(databases: Databases, company: int | None, metadata: sa.MetaData, database: Database) -> None:
    engine = databases.engine(company)
    token = SYSTEM if database is Database.SYSTEM else COMPANY
    wanted = [table for table in metadata.sorted_tables if table.schema == token]
    with writing_anywhere(engine) as connection:
        if connection.dialect.name == POSTGRESQL:
            connection.execute(sa.schema.CreateSchema(databases.schema(token, company), if_not_exists=True))
        metadata.create_all(connection, tables=wanted, checkfirst=False)
