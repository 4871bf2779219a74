"""The tests' own SQL Server: what passes there must be right, so what it refuses is tested, and what it counts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pymssql._mssql import substitute_params

from tests.sqlserver import Living
from tests.tds.faults import Fault
from tests.tds.kinds import kind_of, stored
from tests.tds.literals import without_literals
from tests.tds.locks import GRANTED, TIMED_OUT, ApplicationLocks
from tests.tds.refusals import require_accepted
from tests.tds.server import ADMINISTRATOR, DRIVERS, Server
from tests.tds.shapes import shape
from tests.tds.translation import parsed

TABLES = (
    """
    CREATE TABLE CustTr (JNo INT NOT NULL, Nm NVARCHAR(20) NULL, Kid VARCHAR(20) NULL, RAm DECIMAL(28,6) NULL,
        Seen DATETIME NULL, CONSTRAINT pk PRIMARY KEY (JNo), UNIQUE (Kid))
    """,
    "INSERT INTO CustTr (JNo, Nm, Kid, RAm) VALUES (1, N'Åse', 'a', 0.1), (2, N'Łódź', 'b', 0.2)",
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    server.add_database("F0001")
    yield server
    server.close()


@pytest.fixture(params=DRIVERS)
def engine(server: Server, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """SQLAlchemy's own engine, with nothing of ours in it; it commits each statement."""
    engine = sa.create_engine(server.url(request.param, "F0001"), isolation_level="AUTOCOMMIT")
    _run(engine, *TABLES)
    yield engine
    engine.dispose()


def _run(engine: sa.Engine, *statements: str) -> list[Any]:
    """Run statements; answers the rows of the last, or how many it changed."""
    answer: list[Any] = []
    with engine.connect() as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
            answer = [tuple(row) for row in result] if result.returns_rows else [result.rowcount]
    return answer


def test_a_statement_that_is_not_in_the_list_is_refused(tmp_path: Path) -> None:
    server = Server(tmp_path, ["SELECT CustTr.JNo FROM CustTr WHERE CustTr.JNo IN (%(a_1)s, %(a_2)s)", *TABLES])
    server.add_database("F0001")
    engine = sa.create_engine(server.url("pymssql", "F0001"), isolation_level="AUTOCOMMIT")
    _run(engine, *TABLES)
    assert _run(engine, "SELECT CustTr.JNo FROM CustTr WHERE CustTr.JNo IN (1, 2, 3)") == [(1,), (2,)]
    with pytest.raises(sa.exc.DBAPIError, match="not in the closed list"):
        _run(engine, "SELECT CustTr.Nm FROM CustTr WHERE CustTr.JNo IN (1, 2, 3)")
    engine.dispose()
    administrator = sa.create_engine(server.url("pymssql", "F0001", user=ADMINISTRATOR))
    assert _run(administrator, "SELECT CustTr.Nm FROM CustTr WHERE CustTr.JNo = 1") == [("Åse",)]
    administrator.dispose()
    server.close()


def test_sums_are_exact_and_texts_compare_as_their_columns_do(engine: sa.Engine) -> None:
    assert _run(engine, "SELECT sum(RAm), max(RAm) - min(RAm) FROM CustTr") == [(Decimal("0.3"), Decimal("0.1"))]
    assert _run(engine, "SELECT JNo FROM CustTr WHERE RAm + RAm = 0.2 AND Nm = N'ÅSE  '") == [(1,)]
    assert _run(engine, "SELECT CAST(round(RAm * 100, 0) AS BIGINT) FROM CustTr ORDER BY RAm DESC") == [(20,), (10,)]


def test_what_a_column_does_to_a_value_is_done(engine: sa.Engine) -> None:
    _run(engine, "UPDATE CustTr SET Kid = N'Łódź', Seen = '2026-11-22T10:11:12.345', RAm = 1.0000005 WHERE JNo = 2")
    found = _run(engine, "SELECT Kid, Seen, RAm FROM CustTr WHERE JNo = 2")
    assert [(kid, seen.microsecond // 1_000, amount) for kid, seen, amount in found] == [
        ("?ód?", 347, Decimal("1.000001"))  # a code page without two of the letters, and a third of a hundredth
    ]


def test_a_second_null_in_a_unique_column_is_refused(engine: sa.Engine) -> None:
    _run(engine, "UPDATE CustTr SET Kid = NULL WHERE JNo = 1")
    with pytest.raises(sa.exc.IntegrityError):
        _run(engine, "UPDATE CustTr SET Kid = NULL WHERE JNo = 2")


def test_a_second_null_in_a_unique_index_is_refused_unless_the_index_leaves_it_out(engine: sa.Engine) -> None:
    _run(engine, "CREATE UNIQUE INDEX one ON CustTr (Seen) WHERE Seen IS NOT NULL")
    with pytest.raises(sa.exc.DBAPIError):
        _run(engine, "CREATE UNIQUE INDEX two ON CustTr (Seen, RAm)", "UPDATE CustTr SET RAm = 1 WHERE JNo > 0")


def test_how_many_rows_were_changed_is_told(engine: sa.Engine) -> None:
    assert _run(engine, "UPDATE CustTr SET RAm = 0 WHERE JNo > 0") == [2]
    assert _run(engine, "DELETE FROM CustTr WHERE JNo = 3") == [0]


def test_a_view_has_no_database_in_its_name(engine: sa.Engine) -> None:
    _run(engine, "CREATE VIEW dbo.Rest AS SELECT CustTr.JNo, CustTr.RAm FROM CustTr WHERE CustTr.RAm > 0.1")
    assert _run(engine, "SELECT JNo, RAm FROM [F0001].dbo.Rest") == [(2, Decimal("0.2"))]
    with pytest.raises(sa.exc.DBAPIError, match="database name as a prefix"):
        _run(engine, "CREATE VIEW [F0001].dbo.Other AS SELECT CustTr.JNo FROM CustTr")


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_driver_left_to_itself_commits_rolls_back_and_goes_back_to_a_savepoint(server: Server, driver: str) -> None:
    engine = sa.create_engine(server.url(driver, "F0001"))
    table = sa.Table("T", sa.MetaData(), sa.Column("a", sa.Integer, primary_key=True, autoincrement=False))
    with engine.begin() as connection:
        table.metadata.create_all(connection)
        connection.execute(sa.insert(table).values(a=1))
        with connection.begin_nested() as inner:
            connection.execute(sa.insert(table).values(a=2))
            inner.rollback()
    with engine.connect() as connection:
        connection.execute(sa.insert(table).values(a=3))
        connection.rollback()
        assert connection.execute(sa.select(table.c.a)).scalars().all() == [1]
    engine.dispose()


def test_a_snapshot_is_refused_of_a_database_that_does_not_allow_it(server: Server) -> None:
    server.add_database("F0002", snapshots=False)
    engine = sa.create_engine(server.url("pymssql", "F0001"), isolation_level="AUTOCOMMIT")
    _run(engine, "CREATE TABLE [F0002].dbo.T (a INT NOT NULL)")
    with pytest.raises(sa.exc.DBAPIError, match="3952"):
        _run(engine, "SET TRANSACTION ISOLATION LEVEL SNAPSHOT", "BEGIN TRANSACTION", "SELECT a FROM [F0002].dbo.T")
    engine.dispose()


@pytest.mark.parametrize("driver", DRIVERS)
def test_what_is_made_on_a_living_server_is_removed_and_nothing_else_is_touched(server: Server, driver: str) -> None:
    """The stand-in plays the living server: whoever opts in is not the first to try that."""
    address = server.url(driver, "master", user=ADMINISTRATOR)
    living = Living(address.render_as_string(hide_password=False))
    with pytest.raises(sa.exc.DBAPIError, match="already exists"):
        living.add_database("F0001")
    living.add_database("F0002")
    there = sa.create_engine(living.url(driver, "F0002"), isolation_level="AUTOCOMMIT")
    _run(there, TABLES[0])
    with there.connect() as connection:
        living.kill_all()
        with pytest.raises(sa.exc.DBAPIError):
            connection.exec_driver_sql("SELECT CustTr.JNo FROM CustTr")
    living.close()
    there.dispose()
    with server.inside() as inside:
        assert inside.execute("SELECT name FROM server_database ORDER BY name").fetchall() == [("F0001",), ("master",)]
        assert inside.execute("SELECT count(*) FROM server_column").fetchone() == (0,)


REFUSED = (
    "SELECT a FROM t LIMIT 1",
    "SELECT a FROM t WHERE b IS 1",
    "SELECT a FROM t WHERE TRUE",
    "SELECT a FROM t WHERE b",
    "SELECT a FROM t WHERE (a, b) IN ((1, 2))",
    "SELECT a = b FROM t WHERE a OR b = 1",
    "SELECT a, b FROM t GROUP BY a",
    "SELECT a, sum(b) FROM t",
    "SELECT DISTINCT a FROM t ORDER BY b",
    "SELECT a FROM (SELECT a FROM t ORDER BY a) AS x",
    "SELECT a FROM t OFFSET 2 ROWS",
    "SELECT a || b FROM t",
    "SELECT count(*) FILTER (WHERE a = 1) FROM t",
    "INSERT INTO t (a) VALUES (1) RETURNING a",
    "INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING",
    "SELECT a FROM t WHERE a IS DISTINCT FROM b",
)
ACCEPTED = (
    "SELECT TOP 1 a FROM t WHERE b IS NOT NULL ORDER BY c",
    "SELECT a, sum(b) AS s, 1 AS one FROM t WHERE a IN (SELECT x FROM u) GROUP BY a HAVING sum(b) > 0 ORDER BY s",
    "SELECT DISTINCT a FROM t ORDER BY a",
    "SELECT max(a), (SELECT count(*) FROM u) FROM t WHERE NOT (a = 1 OR b = 'LIMIT 1')",
    "INSERT INTO t (a, b) VALUES (1, 2), (3, 4)",
    "SELECT CASE WHEN a = 1 THEN b ELSE 0 END AS c FROM t UNION ALL SELECT a FROM u",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_what_sql_server_does_not_take_is_refused(statement: str) -> None:
    with pytest.raises(Fault):
        require_accepted(statement, parsed(statement), 0)


@pytest.mark.parametrize("statement", ACCEPTED)
def test_what_it_takes_is_not(statement: str) -> None:
    require_accepted(statement, parsed(statement), 2_100)


def test_too_many_parameters_are_refused() -> None:
    with pytest.raises(Fault, match="2100"):
        require_accepted("SELECT 1", [], 2_101)


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        (256, "TINYINT", 8115),
        (2**31, "INT", 8115),
        ("12x", "INT", 245),
        (Decimal(10), "DECIMAL(3,2)", 8115),
        (0.1, "DECIMAL(28,6)", 8114),
        ("😀", "NVARCHAR(1)", 2628),
        ("2026-02-30", "DATE", 241),
        ("22.11.2026", "DATETIME2", 241),
    ],
)
def test_a_value_that_has_no_room_is_refused_by_its_number(value: Any, kind: str, number: int) -> None:
    with pytest.raises(Fault) as raised:
        stored(value, kind)
    assert raised.value.number == number


@given(st.decimals(-(10**21), 10**21, places=6, allow_nan=False))
def test_decimals_are_kept_as_they_are(amount: Decimal) -> None:
    assert Decimal(stored(amount, "DECIMAL(28,6)")) == amount
    assert stored(stored(amount, "DECIMAL(28,6)"), "DECIMAL(28,6)") == stored(amount, "DECIMAL(28,6)")


@pytest.mark.parametrize("written", ["INT", "DECIMAL(28,6)", "NVARCHAR(20)", "NVARCHAR(MAX)", "DATETIME2(6)", "DATE"])
def test_a_type_is_written_as_it_is_read(written: str) -> None:
    assert str(kind_of(written)) == written


def test_statements_that_differ_in_values_only_have_one_shape() -> None:
    as_listed = "UPDATE t SET a=%(a)s, b=%(b)s WHERE t.c IN (__[POSTCOMPILE_c_1]) AND t.d IS NULL"
    as_sent = "UPDATE t SET a=N'it''s 1', b=NULL WHERE t.c IN (1, -2.5) AND t.d IS NULL"
    prepared = "UPDATE t SET a=@P1, b=@P2 WHERE t.c IN (@P3) AND t.d IS NULL"
    assert shape(as_listed) == shape(as_sent) == shape(prepared)
    assert shape(as_sent) != shape("UPDATE t SET a=1, b=2 WHERE t.c IN (1) AND t.d IS NOT NULL")


VALUES = (
    st.none() | st.integers() | st.booleans() | st.text() | st.decimals(places=6, allow_nan=False, allow_infinity=False)
)


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1)))
def test_rows_that_a_driver_wrote_into_a_statement_are_found_in_it(rows: list[list[Any]]) -> None:
    marks = ", ".join("(" + ", ".join(["%s"] * len(row)) + ")" for row in rows)
    names = ", ".join(f"c{place}" for place in range(len(rows[0])))
    sent = substitute_params(f"INSERT INTO t ({names}) VALUES {marks}", tuple(one for row in rows for one in row))
    found = without_literals(sent.decode(), {})
    assert [list(row.values()) for row in found.rows] == rows
    assert found.text == f"INSERT INTO t ({names}) VALUES ({', '.join(f'@value_{at}' for at in range(len(rows[0])))})"


def test_values_are_taken_out_of_conditions_and_nothing_else_is() -> None:
    found = without_literals(
        "SELECT TOP 5 a, 0 AS b FROM t1 WHERE a = N'it''s' AND b IN (1, -2) AND c > 1.50 AND d = @P1", {"P1": 7}
    )
    assert found.text == (
        "SELECT TOP 5 a, 0 AS b FROM t1 WHERE a = @literal_1 AND b IN (@literal_3, @literal_4)"
        " AND c > @literal_2 AND d = @P1"
    )
    assert list(found.values.values()) == [7, "it's", Decimal("1.50"), 1, -2]
    assert without_literals("CREATE TABLE t (a NVARCHAR(5) DEFAULT '')", {}).values == {}


def test_a_lock_is_one_sessions_or_shared() -> None:
    locks = ApplicationLocks()
    assert locks.take("F0001", 1, shared=False, timeout_ms=0) == GRANTED
    assert locks.take("F0001", 1, shared=True, timeout_ms=0) == GRANTED
    assert locks.take("F0001", 2, shared=True, timeout_ms=0) == TIMED_OUT
    assert locks.take("F0002", 2, shared=True, timeout_ms=0) == GRANTED
    assert locks.take("F0002", 1, shared=True, timeout_ms=0) == GRANTED
    assert locks.take("F0002", 1, shared=False, timeout_ms=0) == TIMED_OUT
    locks.let_go(1)
    assert locks.take("F0001", 2, shared=False, timeout_ms=0) == GRANTED
