"""Make what is ours in a Visma Business: tables, views, the installation's id, and windows where their place is known.

What is there stays as it is, and is given what a later version brought, so it may be run again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import Stop
from kravbro.db.catalogue import Held, columns_of, declared, types_of
from kravbro.db.columns import written
from kravbro.db.definitions import AddColumn, script
from kravbro.db.engines import reading, writing_anywhere
from kravbro.db.sqlserver import DIALECT as SQL_SERVER
from kravbro.ledgers.visma_business import queries, windows
from kravbro.ledgers.visma_business.databases import COMPANY, SYSTEM, Databases
from kravbro.ledgers.visma_business.layout import Database, found, renamed
from kravbro.ledgers.visma_business.setup import Setup
from kravbro.ledgers.visma_business.tables import OURS, Tables, installation, ours, tables_of

Catalogue = Mapping[str, Mapping[str, Held]]
"""The columns of each table that is there, and what they hold."""
Views = Mapping[str, tuple[str, ...]]
"""The columns of each table and view that is there."""
Row = dict[str, Any]
ABSENT = "\N{EN DASH}"
"""What stands in the place of a type where there is no column."""


class Step(msgspec.Struct, frozen=True):
    """One thing that is made: what it is called, and the statement; `row` is what it writes."""

    name: str
    statement: sa.Executable
    row: Row = {}


class Scripted(msgspec.Struct, frozen=True):
    """A statement that is to be run in a database, as a person would run it."""

    database: str
    name: str
    statement: str


class _Part(msgspec.Struct, frozen=True):
    """What is made in one database, in one transaction."""

    database: str
    engine: sa.Engine
    steps: Callable[[sa.Connection], Sequence[Step]]


def install(databases: Databases, setup: Setup, installation_id: str, act: Act) -> list[str]:
    """Make what is missing; answers the names of what was made. An id that was given before stays.

    Raises Stop `visma_business.our_tables` before anything is made in a database whose tables are not ours to mend.
    """
    made: list[str] = []
    for part in _parts(databases, setup, installation_id, act):
        with writing_anywhere(part.engine) as connection:
            for step in part.steps(connection):
                connection.execute(step.statement, step.row)
                if step.name:
                    made.append(step.name)
    return list(dict.fromkeys(made))


def scripted(databases: Databases, setup: Setup, installation_id: str, act: Act) -> list[Scripted]:
    """Every statement that `install` would run now, in order; nothing is run. Raises as `install` does."""
    told: list[Scripted] = []
    for part in _parts(databases, setup, installation_id, act):
        with reading(part.engine) as connection:
            steps = part.steps(connection)
            if steps and connection.dialect.name == SQL_SERVER:
                told.append(Scripted(part.database, "", f"USE [{part.database.partition('.')[0]}]"))
            for step in steps:
                statement = step.statement
                if step.row and isinstance(statement, sa.Insert):
                    statement = sa.insert(statement.table).values(
                        {column.key: value for column, value in _values(statement.table, step.row)}
                    )
                told.append(Scripted(part.database, step.name, script(statement, part.engine)))
    return told


def _values(table: sa.FromClause, row: Row) -> Iterator[tuple[sa.ColumnElement[Any], Any]]:
    for column in table.c:
        for name in (str(column.key), f"new_{column.key}"):
            if name in row:
                yield column, row[name]


def _parts(databases: Databases, setup: Setup, installation_id: str, act: Act) -> Iterator[_Part]:
    """Our tables first, then what shows them in each company, and the windows last."""

    def of_ours(connection: sa.Connection) -> Iterator[Step]:
        schema = databases.schema(OURS, setup.ours)
        there = types_of(connection, schema)
        changes, problems = compared(there, connection.dialect)
        rows = {one.table.name: connection.execute(queries.rows_of(one.table)).scalar() for one in changes if one.bare}
        problems += [one.problem for one in changes if one.bare and rows[one.table.name]]
        if problems:
            raise Stop("visma_business.our_tables", database=schema, columns=", ".join(problems))
        yield from new_tables(there)
        yield from (Step(one.name, one.statement) for one in changes)
        yield from view_steps(columns_of(connection, schema), shown_company(setup, setup.ours), beside=True)
        of_system = {"system": setup.system}
        is_whole = installation.name in there and all(one.table is not installation for one in changes)
        if not is_whole or connection.execute(queries.installation(), of_system).scalar() is None:
            row = {**of_system, "id": installation_id, **written(act)}
            yield Step("", queries.new_row(installation), row)

    yield _Part(databases.schema(OURS, setup.ours), databases.ours(), lambda connection: list(of_ours(connection)))
    for company in clients(databases, setup):
        engine = databases.inside(company)
        if engine is not None and company != setup.ours:
            yield _Part(databases.schema(COMPANY, company), engine, _of_company(databases, company))
    yield _Part(
        databases.schema(SYSTEM, None),
        databases.engine(None),
        lambda connection: _new_windows(connection, databases, setup),
    )


def _of_company(databases: Databases, company: int) -> Callable[[sa.Connection], list[Step]]:
    schema = databases.schema(COMPANY, company)
    return lambda connection: list(view_steps(columns_of(connection, schema), company, beside=False))


def clients(databases: Databases, setup: Setup) -> list[int]:
    """The companies whose databases show what is told of them; none where the system database does not list them."""
    with reading(databases.engine(None)) as connection:
        tables = _system_tables(connection, databases, setup)
        if not tables.has("companies.number"):
            return []
        numbers = connection.execute(queries.companies(tables)).scalars().all()
    return [number for number in numbers if number not in setup.without]


def shown_company(setup: Setup, company: int) -> int | None:
    """Which company a view in a company's database shows; None: all, in one that is no client itself."""
    return None if company in setup.without else company


def _system_tables(connection: sa.Connection, databases: Databases, setup: Setup) -> Tables:
    catalogue = columns_of(connection, databases.schema(SYSTEM, None))
    return tables_of(found(renamed(setup.names), Database.SYSTEM, catalogue))


def _new_windows(connection: sa.Connection, databases: Databases, setup: Setup) -> list[Step]:
    """Windows for the standard client, where the set-up names the table of windows and its columns."""
    system = _system_tables(connection, databases, setup)
    if not system.has_all("windows", "name", "view", "guide"):
        return []
    known = {str(view).strip() for view in connection.execute(queries.window_views(system)).scalars()}
    return [
        Step(
            name := window.name(setup.language),
            queries.new_window(system),
            {"new_name": name, "new_view": window.view, "new_guide": window.guide(setup)},
        )
        for window in windows.WINDOWS
        if window.view not in known
    ]


def new_tables(there: Catalogue) -> Iterator[Step]:
    """What makes the tables of ours that are not there, with their indexes, in order."""
    for table in ours.sorted_tables:
        if table.name not in there:
            yield Step(str(table.name), sa.schema.CreateTable(table))
            for index in sorted(table.indexes, key=lambda one: str(one.name)):
                yield Step(f"{table.name} ({index.name})", sa.schema.CreateIndex(index))


class Addition(msgspec.Struct, frozen=True):
    """A column that a table of ours lacks. `bare`: nothing says what rows that are there would hold in it."""

    table: sa.Table
    column: sa.Column[Any]
    bare: bool
    problem: str

    @property
    def name(self) -> str:
        """The table's and the column's name."""
        return f"{self.table.name}.{self.column.name}"

    @property
    def statement(self) -> AddColumn:
        """What adds it. A bare one may be NULL, which no row of ours ever is."""
        if not self.bare:
            return AddColumn(self.column)
        table = sa.Table(self.table.name, sa.MetaData(), sa.Column(self.column.name, self.column.type), schema=OURS)
        return AddColumn(table.c[self.column.name])


def compared(there: Catalogue, dialect: sa.Dialect) -> tuple[list[Addition], list[str]]:
    """What tables of ours that are there lack, and what of them is otherwise than it must be: each column with what
    stands there and what it must be. A key that lacks cannot be made up afterwards."""
    additions, problems = [], []
    for table in ours.sorted_tables:
        if table.name not in there:
            continue
        columns = {name.casefold(): what for name, what in there[table.name].items()}
        for column in table.c:
            wanted, actual = declared(column, dialect), columns.get(column.name.casefold())
            problem = f"{table.name}.{column.name} ({actual or ABSENT}; {wanted})"
            if not actual.holds(wanted) if actual else _is_key(column):
                problems.append(problem)
            elif actual is None:
                bare = column.server_default is None and not column.nullable
                additions.append(Addition(table, column, bare, problem))
    return additions, problems


def _is_key(column: sa.Column[Any]) -> bool:
    unique = (one for one in column.table.constraints if isinstance(one, sa.UniqueConstraint))
    return column.primary_key or any(column.name in one.columns for one in unique)


def view_steps(there: Views, company: int | None, *, beside: bool) -> Iterator[Step]:
    """What makes the views that are not there, or makes those anew that have other columns."""
    made = windows.views(company, beside=beside)
    for window in windows.WINDOWS:
        columns = tuple(name.casefold() for name in there.get(window.view, ()))
        if columns == window.columns:
            continue
        if columns:
            yield Step(window.view, windows.dropped(window.view, beside=beside))
        yield Step(window.view, made[window.view])
