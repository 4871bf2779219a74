"""A trial Visma Business on SQL Server, and the closed list of what the adapter may say to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kravbro.db import sqlserver
from kravbro.db.catalogue import catalogue_statement, leading_columns, types_statement
from kravbro.db.sqlserver_dialect import DIALECTS
from kravbro.ledgers.visma_business import statements
from kravbro.ledgers.visma_business.databases import COMPANY as COMPANY_TOKEN
from kravbro.ledgers.visma_business.databases import SYSTEM, databases_at
from kravbro.ledgers.visma_business.install import new_tables, view_steps
from kravbro.ledgers.visma_business.layout import LAYOUT, Database, found, renamed
from kravbro.ledgers.visma_business.source import VismaSource
from kravbro.ledgers.visma_business.tables import OURS as OUR_TOKEN
from kravbro.ledgers.visma_business.tables import Tables, tables_of
from kravbro.ledgers.visma_business.trial.erp import Erp
from kravbro.ledgers.visma_business.trial.schema import RICH, Generation, tables
from tests.ledgers.visma_business.acting import CLOCK, COMPANY, OTHER, OURS, Trial, fill, setup
from tests.places import new_folder
from tests.sqlserver import SqlServer, living
from tests.tds.server import ADMINISTRATOR, USER, Server

SYSTEM_DATABASE = "vbsys"
DATABASES = (SYSTEM_DATABASE, *(f"F{number:04d}" for number in (COMPANY, OTHER, OURS)))


@cache
def dialect(driver: str) -> sa.Dialect:
    """The dialect of a driver, as it is where no server has been asked yet."""
    kind: Any = DIALECTS[driver]
    found: sa.Dialect = kind(dbapi=kind.import_dbapi())
    return found


def our_tables_of(database: Database) -> Tables:
    """What of the layout the trial's databases have, as the adapter finds it."""
    catalogue = {table.name: tuple(column.name for column in table.c) for table in tables(RICH)[0].sorted_tables}
    return tables_of(found(renamed(dict(RICH.names), LAYOUT), database, catalogue))


@cache
def every_statement() -> dict[str, sa.Executable]:
    """Everything that is sent while the adapter works, by name."""
    system, company = our_tables_of(Database.SYSTEM), our_tables_of(Database.COMPANY)
    sent = statements.every_statement(system, company)
    for name in DATABASES:
        sent[f"columns of {name}"], _ = catalogue_statement(sqlserver.DIALECT, f"{name}.dbo")
    sent["types of ours"], _ = types_statement(sqlserver.DIALECT, f"F{OURS:04d}.dbo")
    for name in DATABASES[1:]:
        sent[f"indexes of {name}"] = leading_columns(name)
    return sent


def definitions() -> dict[str, sa.Executable]:
    """Everything that makes our tables and views, by name."""
    made = [*new_tables({}), *view_steps({}, None, beside=True), *view_steps({}, COMPANY, beside=False)]
    return {f"{place} {one.name}": one.statement for place, one in enumerate(made)}


def texts(statement: sa.Executable, driver: str) -> Iterator[str]:
    """How a statement is sent to each company, and to our own database alone."""
    system, ours = f"{SYSTEM_DATABASE}.dbo", f"F{OURS:04d}.dbo"
    for company in (COMPANY, OTHER):
        yield _text(statement, driver, {SYSTEM: system, COMPANY_TOKEN: f"F{company:04d}.dbo", OUR_TOKEN: ours})
    yield _text(statement, driver, {SYSTEM: system, OUR_TOKEN: "dbo"})


def _text(statement: sa.Executable, driver: str, schemas: dict[str, str]) -> str:
    """The text, with percent signs as a driver sends them."""
    compiled = statement.compile(  # type: ignore[attr-defined] # every statement has it
        dialect=dialect(driver), schema_translate_map=schemas, render_schema_translate=True
    )
    return str(compiled).replace("%%", "%")


@cache
def closed_list(driver: str) -> tuple[str, ...]:
    """Everything that the adapter may say, and what an engine says when a transaction begins."""
    snapshots = sqlserver.allowing_snapshots(DATABASES).compile(dialect=dialect(driver))
    told = (text for one in every_statement().values() for text in texts(one, driver))
    return (sqlserver.TAKE_LOCK, str(snapshots), *told)


@cache
def _template(generation: Generation) -> Server:
    """A server with the trial's databases, made once and copied often."""
    server = Server(new_folder(f"visma-sqlserver-{generation.name}"))
    _make(server, server.url("pymssql", SYSTEM_DATABASE, user=ADMINISTRATOR), generation)
    return server


def _make(server: SqlServer, url: sa.URL, generation: Generation) -> None:
    for name in DATABASES:
        server.add_database(name)
    databases = databases_at(_address(url), SYSTEM_DATABASE, OURS)
    fill(databases, generation, OURS)
    databases.close()


def _address(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


class SqlServerTrial(Trial):
    """The trial on a server. Its users say what they like; the adapter is held to the list of the rich generation."""

    def __init__(
        self,
        folder: Path,
        kind: str,
        driver: str,
        generation: Generation = RICH,
        ours: int = OURS,
        **changes: Any,
    ) -> None:
        if kind == "living":
            self.server: SqlServer = living()
            url = users = self.server.url(driver, SYSTEM_DATABASE)
            _make(self.server, url, generation)
        else:
            listed = closed_list(driver) if generation is RICH else None
            stand_in = Server(folder, listed, _template(generation))
            url, users = (stand_in.url(driver, SYSTEM_DATABASE, user=user) for user in (USER, ADMINISTRATOR))
            self.server = stand_in
        self.address = _address(url)
        self.setup = setup(generation=generation, ours=ours, **changes)
        self.databases = databases_at(_address(users), SYSTEM_DATABASE, ours)
        self.erp = Erp(self.databases, COMPANY, generation, CLOCK)
        self._opened: list[VismaSource] = []

    def close(self) -> None:
        """Close everything, and the server or what was made on it."""
        for source in self._opened:
            source.close()
        self.databases.close()
        self.server.close()
