"""How statements, types and results of SQL Server differ from what SQLAlchemy makes of them by itself.

- Text is NVARCHAR, which holds every letter; VARCHAR turns what its code page lacks into question marks, in silence.
- Our own columns compare by code points (`COLLATION`): by itself SQL Server takes `a` and `A` for one key. Blanks at
  the end of a text never count there, in any collation.
- Days are DATE also when a script is written without a server, moments DATETIME2(6): DATETIME rounds to 1/300 second.
- A result is read whole before the next statement: one connection holds one open result, and pymssql forgets the rest
  of the first without a word when a second statement comes.
- Rows that go by one statement are sent one after another, so that the first that fails is the last that was sent. A
  driver that sends them together guesses one type for each column, and says nothing of what it does after an error.
- Transactions are begun and ended by the statements of `db/sqlserver.py`; the drivers are told to do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.mssql.base import MSExecutionContext, MSTypeCompiler
from sqlalchemy.dialects.mssql.mssqlpython import MSDialect_mssqlpython
from sqlalchemy.dialects.mssql.pymssql import MSDialect_pymssql
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.sql.elements import TypeClause

from kravbro.db.sqlserver import DIALECT

COLLATION = "Latin1_General_100_BIN2"
DATABASE_DEFAULT = "database_default"
"""The collation to name for a column that is to compare as its database does."""
LONGEST = 4_000
"""Code units that NVARCHAR holds when it names a length."""


class _Types(MSTypeCompiler):
    """Types as they are written in statements."""

    def visit_string(self, type_: sa.String, **kw: Any) -> str:
        length = str(type_.length) if type_.length and type_.length <= LONGEST else "max"
        collation = type_.collation or COLLATION
        converted = isinstance(kw.get("type_expression"), TypeClause)
        return f"NVARCHAR({length})" if converted else f"NVARCHAR({length}) COLLATE {collation}"

    visit_text = visit_unicode = visit_unicode_text = visit_string

    def visit_date(self, type_: sa.Date, **kw: Any) -> str:
        return "DATE"

    def visit_datetime(self, type_: sa.DateTime, **kw: Any) -> str:
        return "DATETIME2(6)"


class _Text(sa.String):
    """Text whose literals in scripts are national ones too."""

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[str], str]:
        return lambda value: "N'" + value.replace("'", "''") + "'"


class _Day(sa.Date):
    """A day goes as ISO text, like a moment, and comes back as a day also where nothing says its type.

    A driver that sends days as such refuses those before 1753, which DATE takes.
    """

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[date | None], str | None]:
        return lambda value: None if value is None else value.isoformat()

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], date | None]:
        def day(value: Any) -> date | None:
            if isinstance(value, str):
                return date.fromisoformat(value[:10])
            return value.date() if isinstance(value, datetime) else value

        return day


class _Moment(sa.DateTime):
    """A moment goes as ISO text, which means the same in every language of a login and loses no microsecond."""

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[datetime | None], str | None]:
        return lambda value: None if value is None else value.isoformat(timespec="microseconds")

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return lambda value: datetime.fromisoformat(value[:26]) if isinstance(value, str) else value


class _Whole(MSExecutionContext):
    """A statement whose result is read at once."""

    def post_exec(self) -> None:
        super().post_exec()  # type: ignore[no-untyped-call] # SQLAlchemy's
        read = isinstance(self.cursor_fetch_strategy, FullyBufferedCursorFetchStrategy)
        if self.cursor.description and not read and not self.isinsert:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, self.cursor.description, self.cursor.fetchall()
            )


_COLUMNS = {sa.String: _Text, sa.Date: _Day, sa.DateTime: _Moment}


class _Ours:
    """What both drivers' dialects have alike."""

    type_compiler_cls: Any = _Types
    execution_ctx_cls: Any = _Whole
    supports_sane_multi_rowcount = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"supports_comments": False, "deprecate_large_types": True, **options})

    def do_begin(self, dbapi_connection: Any) -> None:
        """The engine has said it already."""

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """A row at a time; `db/bulk.py` is for many."""
        for row in parameters:
            cursor.execute(statement, row)

    def do_commit(self, dbapi_connection: Any) -> None:
        """Commit. An error when the server has rolled back already: nothing may look committed that is not."""
        _say(dbapi_connection, "COMMIT TRANSACTION")

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Roll back what is open, if anything is: an error may have done so."""
        _say(dbapi_connection, "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION")


def _say(dbapi_connection: Any, statement: str) -> None:
    cursor = dbapi_connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()


class Pymssql(_Ours, MSDialect_pymssql):
    """Over FreeTDS, which comes inside pymssql."""

    supports_statement_cache = True
    colspecs = MSDialect_pymssql.colspecs | _COLUMNS


class MssqlPython(_Ours, MSDialect_mssqlpython):
    """Over Microsoft's own driver, which comes with mssql-python."""

    supports_statement_cache = True
    colspecs = MSDialect_mssqlpython.colspecs | _COLUMNS


DIALECTS: dict[str, type[sa.Dialect]] = {"pymssql": Pymssql, "mssqlpython": MssqlPython}
"""By the name of the driver in a URL."""


def registered(driver: str) -> str:
    """The name by which SQLAlchemy finds the dialect of a driver."""
    name = f"{DIALECT}.kravbro_{driver}"
    registry.register(name, __name__, DIALECTS[driver].__name__)
    return name.replace(".", "+")
