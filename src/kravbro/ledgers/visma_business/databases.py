"""Where the databases are: one system database and one for each company, on one server or in one folder.

SQL Server keeps a database each, PostgreSQL a schema each in one database, SQLite a file each. Our tables stand in the
database of one company (7777 or one's own), and a transaction spans all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.db import postgresql, sqlserver
from kravbro.db.options import DATABASES, NAME, SCHEMA
from kravbro.db.place import company_owner
from kravbro.db.postgresql import open_postgresql
from kravbro.db.sqlite import change_counter, open_attached
from kravbro.db.sqlserver import open_sqlserver
from kravbro.ledgers.visma_business.layout import Database
from kravbro.ledgers.visma_business.tables import OURS

SYSTEM, COMPANY = Database.SYSTEM.value, Database.COMPANY.value
_UNKNOWN = -1


class Databases(Protocol):
    """The databases of one installation."""

    @property
    def name(self) -> str:
        """The address, for people: without a password."""
        ...

    @property
    def united(self) -> bool:
        """Whether one statement can name the databases of several companies."""
        ...

    def engine(self, company: int | None) -> sa.Engine:
        """An engine for a company (None: the system database alone), its tables translated."""
        ...

    def ours(self) -> sa.Engine:
        """An engine on the database of our own tables, which can be made and looked up by it."""
        ...

    def inside(self, company: int) -> sa.Engine | None:
        """An engine in the database of a company, for views that are made there and show our tables; None where a view
        cannot show what stands in another database."""
        ...

    def schema(self, token: str, company: int | None) -> str:
        """What a token is translated to."""
        ...

    def counter(self, company: int) -> int:
        """How often a company's database was changed, where that can be known without opening it; else -1."""
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...


def databases_at(address: str, system: str, our_company: int, owner: str = "dbo") -> Databases:
    """The databases at an address: a folder, `postgresql://...` or `mssql+...://`.

    Raises DataFault `visma_business.no_database` where a folder lacks the system database, and as the openers do.
    """
    if "://" not in address:
        return Folder(Path(address), system, our_company)
    return Server(address, system, our_company, owner)


class Folder:
    """A folder with one SQLite file per database: `vbsys.db`, `F0001.db`, `F7777.db`, ..."""

    united = False

    def __init__(self, folder: Path, system: str, our_company: int) -> None:
        self.name = str(folder)
        self.system = system
        self._folder = folder
        self._our_company = our_company

    def engine(self, company: int | None) -> sa.Engine:
        """An engine over the system file, with the company's and ours attached. Raises `visma_business.no_database`."""
        companies = {COMPANY: self._our_company if company is None else company}
        if company not in {None, self._our_company}:
            companies[OURS] = self._our_company
        attached = {token: self._file(company_owner(number)) for token, number in companies.items()}
        tokens = {token: self.schema(token, company) for token in (SYSTEM, OURS)}
        return open_attached(self._file(self.system), attached).execution_options(schema_translate_map=tokens)

    def ours(self) -> sa.Engine:
        """The same, for our own tables alone."""
        return self.engine(None)

    def inside(self, company: int) -> sa.Engine | None:
        """A view of SQLite shows what is in its own file."""
        return self.ours() if company == self._our_company else None

    def _file(self, name: str) -> Path:
        file = self._folder / f"{name}.db"
        if not file.is_file():
            raise DataFault("visma_business.no_database", database=str(file))
        return file

    def schema(self, token: str, company: int | None) -> str:
        """Files are attached under their tokens; one that is both a company's and ours, once."""
        if token == SYSTEM:
            return "main"
        return COMPANY if company in {None, self._our_company} else token

    def counter(self, company: int) -> int:
        """The file's own counter."""
        return change_counter(self._folder / f"{company_owner(company)}.db")

    def close(self) -> None:
        """Nothing is held open between transactions."""


@cache
def _opened(url: sa.URL) -> sa.Engine:
    """A process has one set of connections for each URL."""
    if url.get_backend_name() == postgresql.DIALECT:
        return open_postgresql(url, decimals=True)
    return open_sqlserver(url)


class Server:
    """A server: PostgreSQL with a schema per database, or SQL Server with its databases."""

    united = True

    def __init__(self, address: str, system: str, our_company: int, owner: str = "dbo") -> None:
        url = sa.make_url(address)
        self._owner = owner
        self._url = url
        self._postgresql = url.get_backend_name() == postgresql.DIALECT
        self._system = system
        self._our_company = our_company
        if self._postgresql:
            self.name = postgresql.public_name(url)
            self._base = self._beside = _opened(url)
        else:
            self.name = sqlserver.public_name(url)
            self._base = _opened(url.set(database=system))
            self._beside = _opened(url.set(database=company_owner(our_company)))

    def engine(self, company: int | None) -> sa.Engine:
        """The server's engine, for one company; it is alone there while it writes."""
        tokens = {token: self.schema(token, company) for token in (SYSTEM, OURS)}
        if company is not None:
            tokens[COMPANY] = self.schema(COMPANY, company)
        return self._translated(self._base, tokens, tokens.get(COMPANY, tokens[SYSTEM]))

    def ours(self) -> sa.Engine:
        """The server's engine, in the database of our own tables: SQL Server makes views in no other."""
        schema = self.schema(OURS, None)
        own = schema if self._postgresql else schema.rpartition(".")[2]
        return self._translated(self._beside, {SYSTEM: self.schema(SYSTEM, None), OURS: own}, schema)

    def inside(self, company: int) -> sa.Engine | None:
        """The server's engine, in the database of a company; nothing stays open of it."""
        if company == self._our_company:
            return self.ours()
        schema = self.schema(COMPANY, company)
        tokens = {OURS: self.schema(OURS, None), COMPANY: schema if self._postgresql else schema.rpartition(".")[2]}
        if self._postgresql:
            return self._translated(self._base, tokens, schema)
        own = open_sqlserver(self._url.set(database=company_owner(company)), keeps=False)
        return self._translated(own, tokens, schema)

    def _translated(self, engine: sa.Engine, tokens: Mapping[str, str], owner: str) -> sa.Engine:
        """An engine whose statements name these places, and whose writers are alone in the owner's."""
        databases = sorted({schema.partition(".")[0] for schema in tokens.values() if "." in schema})
        options = {"schema_translate_map": tokens, SCHEMA: owner, NAME: f"{owner} ({self.name})"}
        return engine.execution_options(**options, **({DATABASES: tuple(databases)} if databases else {}))

    def schema(self, token: str, company: int | None) -> str:
        """`f0001` on PostgreSQL, `F0001.dbo` on SQL Server, or with another owner of the tables there."""
        number = self._our_company if token == OURS else company
        owner = self._system if token == SYSTEM or number is None else company_owner(number)
        return owner.lower() if self._postgresql else f"{owner}.{self._owner}"

    def many(self, tokens: Mapping[str, int]) -> sa.Engine:
        """The server's engine for a statement that names several companies, each by a token of its own."""
        translated = {token: self.schema(COMPANY, company) for token, company in tokens.items()}
        return self._translated(self._base, translated, self.schema(SYSTEM, None))

    def counter(self, company: int) -> int:
        """A server does not tell."""
        return _UNKNOWN

    def close(self) -> None:
        """Close the connections."""
        self._base.dispose()
        self._beside.dispose()
