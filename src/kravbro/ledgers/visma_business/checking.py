"""What a Visma Business lacks for its part of the work, and what cures it: a line of the set-up, or a statement."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import KravbroError
from kravbro.db.catalogue import columns_of, leads_an_index, types_of
from kravbro.db.definitions import script
from kravbro.db.engines import reading
from kravbro.db.place import company_owner
from kravbro.db.sqlserver import DIALECT as SQL_SERVER
from kravbro.db.sqlserver import without_snapshots
from kravbro.ledgers.visma_business import queries
from kravbro.ledgers.visma_business.databases import COMPANY, SYSTEM, Databases
from kravbro.ledgers.visma_business.install import Step, compared, new_tables, shown_company, view_steps
from kravbro.ledgers.visma_business.layout import Database, Found, Need, Relied, found, missing
from kravbro.ledgers.visma_business.setup import Setup, Way
from kravbro.ledgers.visma_business.tables import OURS, tables_of
from kravbro.mirror.source import Lack
from kravbro.texts.sentences import explain, sentence

_INDEXED = (("entries", "changed_on"), ("entries", "customer"), ("open_items", "customer"))
_EITHER, _ITEMS = ("reminders", "reminded_on"), ("entries", "open_items")
"""What may stand on the entry or on its open item."""
_WHOLE = ("currencies", "countries", "accounts", "ledger_entries", "windows", "users")
"""Tables of which every column is there for one thing."""
_LOST = {
    "changed_on": "changes",
    "changed_at": "changes",
    "address_2": "address",
    "address_3": "address",
    "batches.text": "text",
    "batch_lines.text": "text",
    "batch_lines.reference": "reference",
    "batch_lines.value_date": "value_date",
    "batch_lines.invoice_no": "invoice_no",
}
"""What is lost without a column, where it is not told by the column's own name or its table's."""
_SHOWN = 12


class Checked(msgspec.Struct, frozen=True):
    """What is looked at: the databases, the set-up, and the layout with its names."""

    databases: Databases
    setup: Setup
    layout: tuple[Relied, ...]


def lacks(checked: Checked, companies: Sequence[int]) -> Iterator[Lack]:
    """Everything that is missing, each thing once with the companies that lack it."""
    yield from _of_system(checked)
    yield from _of_ours(checked)
    yield from _of_files(checked.setup)
    by_thing: dict[tuple[str, str, str, bool], list[int]] = {}
    for company in companies:
        for lack in _of_company(checked, company):
            by_thing.setdefault((lack.thing, lack.purpose, lack.cure, lack.needed), []).append(company)
    for (thing, purpose, cure, needed), lacking in by_thing.items():
        shown = ", ".join(map(str, lacking[:_SHOWN])) + (" ..." if len(lacking) > _SHOWN else "")
        yield Lack(f"{thing} ({shown})", purpose, cure, needed)


def _of_system(checked: Checked) -> Iterator[Lack]:
    databases, setup = checked.databases, checked.setup
    with reading(databases.engine(None)) as connection:
        there = found(checked.layout, Database.SYSTEM, columns_of(connection, databases.schema(SYSTEM, None)))
        tables = tables_of(there)
        if setup.user and tables.has("users.name"):
            count = connection.execute(queries.users(tables), {"user": setup.user}).scalar()
            if not count:
                yield _lack(setup, setup.user, "user")
        yield from _of_snapshots(connection, setup, setup.system, company_owner(setup.ours))
    yield from _of_layout(checked, Database.SYSTEM, there)


def _of_snapshots(connection: sa.Connection, setup: Setup, *databases: str) -> Iterator[Lack]:
    """Without snapshots, those who work in SQL Server wait while we read."""
    if connection.dialect.name == SQL_SERVER:
        for name in without_snapshots(connection, databases):
            yield _lack(setup, name, "snapshots", needed=False, database=name)


def _of_company(checked: Checked, company: int) -> Iterator[Lack]:
    databases, setup = checked.databases, checked.setup
    try:
        with reading(databases.engine(company)) as connection:
            yield from _of_snapshots(connection, setup, company_owner(company))
            schema = databases.schema(COMPANY, company)
            columns = columns_of(connection, schema)
            there = found(checked.layout, Database.COMPANY, columns)
            yield from _of_layout(checked, Database.COMPANY, there)
            if company != setup.ours and databases.united:
                for step in view_steps(columns, company, beside=False):
                    yield _lack(setup, step.name, "views", needed=False, address=databases.name)
            tables = tables_of(there)
            for table, column in _INDEXED:
                if tables.has(f"{table}.{column}"):
                    names = str(tables[table].name), str(tables[table].c[column].name)
                    if not leads_an_index(connection, schema, *names):
                        facts = {"table": names[0], "column": names[1]}
                        yield _lack(setup, ".".join(names), "index", needed=False, **facts)
    except KravbroError as error:
        yield Lack(databases.schema(COMPANY, company), explain(error, setup.language), explain(error, setup.language))


def _of_layout(checked: Checked, database: Database, there: Mapping[str, Found]) -> Iterator[Lack]:
    """What of the layout is not there, each with what is lost without it."""
    setup = checked.setup
    for one in missing(checked.layout, database, there):
        table, _, column = one.name.partition(".")
        if column in _EITHER and any(column in there[other].columns for other in _ITEMS if other in there):
            continue
        needed = one.need is Need.MINIMUM or (one.need is Need.DELIVERY and setup.delivery is Way.TABLES)
        needed = needed or _is_relied_on(column, setup)
        lost = (
            one.need.value if one.need is not Need.MORE else _LOST.get(one.name) or _LOST.get(column) or column or table
        )
        if table in _WHOLE and one.need is Need.MORE:
            lost = table
        yield _lack(setup, one.sql or one.name, lost, "name", needed=needed, name=one.name)


def _is_relied_on(column: str, setup: Setup) -> bool:
    """Whether the set-up says something that cannot be known without a column."""
    relied = {
        "reminders": setup.minimum_reminders or setup.notice_reminder,
        "reminded_on": setup.notice_reminder,
        "preferences": setup.private_bit or setup.no_reminders_bit,
    }
    return bool(relied.get(column))


def _of_ours(checked: Checked) -> Iterator[Lack]:
    databases, setup = checked.databases, checked.setup
    engine = databases.ours()
    schema = databases.schema(OURS, setup.ours)
    with reading(engine) as connection:
        there, views = types_of(connection, schema), columns_of(connection, schema)
    additions, problems = compared(there, engine.dialect)
    shown = view_steps(views, shown_company(setup, setup.ours), beside=True)
    for step in (*new_tables(there), *(Step(one.name, one.statement) for one in additions), *shown):
        statement = script(step.statement, engine)
        yield _lack(setup, step.name, "ours", address=databases.name, statement=statement)
    for problem in problems:
        yield _lack(setup, problem, "our_column")


def _of_files(setup: Setup) -> Iterator[Lack]:
    if setup.delivery is Way.FILE and not os.access(Path(setup.import_folder), os.W_OK | os.X_OK):
        yield _lack(setup, setup.import_folder, "folder")


def _lack(setup: Setup, thing: str, what: str, cured_by: str = "", *, needed: bool = True, **facts: object) -> Lack:
    purpose = sentence(f"visma_business.lack.{what}", {}, setup.language)
    cure = sentence(f"visma_business.cure.{cured_by or what}", facts, setup.language)
    return Lack(thing, purpose, cure, needed)
