"""The rights that Kravbro's login needs while it works, and no more: each column that a statement reads or writes.

They are worked out from the closed list of statements, for the tables and columns that each database has now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.sql import visitors

from kravbro.db.catalogue import columns_of
from kravbro.db.definitions import Right
from kravbro.db.engines import reading
from kravbro.ledgers.visma_business import queries, statements, windows
from kravbro.ledgers.visma_business.databases import COMPANY, SYSTEM, Databases
from kravbro.ledgers.visma_business.layout import Database, Found, Need, Relied, found, renamed
from kravbro.ledgers.visma_business.setup import Setup, Way
from kravbro.ledgers.visma_business.tables import OURS, Tables, installation, ours, tables_of

_READ, _WRITE, _ADD = "SELECT", "UPDATE", "INSERT"
_DELIVERING = {"new_batch", "new_batch_line", "last_batch"}
_INSTALLING = {"window_views", "new_window"}


class Granted(msgspec.Struct, frozen=True):
    """What a login needs in one database."""

    database: str
    rights: tuple[Right, ...]


def needed(databases: Databases, setup: Setup, companies: Iterable[int]) -> Iterator[Granted]:
    """What the login needs: in the system database, in that of our tables, and in each of these companies'."""
    layout = renamed(setup.names)
    schema = databases.schema(SYSTEM, None)
    there = _found(databases, layout, None)
    sent = {name: build for name, build in statements.SYSTEM.items() if name not in _INSTALLING}
    yield Granted(schema, tuple(_rights(layout, there, _used(sent, tables_of(there)))))
    own = [right for table in ours.sorted_tables for right in (Right(_READ, table.name), Right(_ADD, table.name))]
    own += [Right(_READ, window.view) for window in windows.WINDOWS]
    own.remove(Right(_ADD, installation.name))
    yield Granted(databases.schema(OURS, setup.ours), tuple(own))
    for company in companies:
        there = _found(databases, layout, company)
        tables = tables_of(there)
        used = _used(_sent_to_company(setup), tables)
        rights = [*_rights(layout, there, used), *_marking(tables)]
        if company != setup.ours and databases.united:
            rights += [Right(_READ, one.view) for one in windows.WINDOWS]
        yield Granted(databases.schema(COMPANY, company), tuple(rights))


def _found(databases: Databases, layout: tuple[Relied, ...], company: int | None) -> dict[str, Found]:
    token, database = (SYSTEM, Database.SYSTEM) if company is None else (COMPANY, Database.COMPANY)
    with reading(databases.engine(company)) as connection:
        return found(layout, database, columns_of(connection, databases.schema(token, company)))


Build = Callable[[Tables], sa.Executable]
Used = dict[tuple[str, str], set[str]]
"""By verb and our name of a table, our names of columns."""


def _sent_to_company(setup: Setup) -> dict[str, Build]:
    """What is said to a company, by name: batches are written where vouchers go that way."""
    by_file = setup.delivery is Way.FILE
    sent: dict[str, Build] = {
        name: build for name, build in statements.COMPANY.items() if not (by_file and name in _DELIVERING)
    }
    for name, (build, of) in statements.OF_A_TABLE.items():
        sent |= {f"{name}:{table}": partial(_about, build, table) for table in of}
    return sent


def _about(build: Callable[[Tables, str], sa.Executable], table: str, tables: Tables) -> sa.Executable:
    return build(tables, table)


def _used(sent: Mapping[str, Build], tables: Tables) -> Used:
    """What these statements read, and where they add rows."""
    used: Used = {}
    names = {id(table): name for name, table in tables.there.items()}
    for build in sent.values():
        try:
            statement: Any = build(tables)
        except (KeyError, AttributeError):  # a statement about what is not there is never sent
            continue
        if isinstance(statement, sa.Insert):
            name = names[id(statement.table)]
            used.setdefault((_ADD, name), set()).update(tables[name].c.keys())
            continue
        parts = statement.whereclause if isinstance(statement, sa.Update) else statement
        for one in visitors.iterate(parts):
            if isinstance(one, sa.Column) and id(one.table) in names:
                used.setdefault((_READ, names[id(one.table)]), set()).add(str(one.key))
    return used


def _rights(layout: tuple[Relied, ...], there: Mapping[str, Found], used: Used) -> Iterator[Right]:
    """What is used, and what is looked for: a login does not see columns that it has no right to."""
    for table in (one for one in layout if one.name in there):
        columns = there[table.name].columns
        read = used.get((_READ, table.name), set())
        read = read | {one.name for one in table.columns if one.need is not Need.MORE}
        for verb, names in ((_READ, read), (_ADD, used.get((_ADD, table.name), set()))):
            if wanted := tuple(sql for name, sql in columns.items() if name in names):
                yield Right(verb, there[table.name].sql, wanted)


def _marking(tables: Tables) -> Iterator[Right]:
    """What is written on an entry and its open item."""
    for name in ("entries", "open_items"):
        if tables.has(name):
            table = tables[name]
            yield Right(_WRITE, table.name, tuple(table.c[one].name for one in queries.MARKED if one in table.c))
