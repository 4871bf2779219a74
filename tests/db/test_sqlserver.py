"""What SQL Server's transactions, types and errors come to, with each driver over the wire."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError, Retry, Stop
from kravbro.db import sqlserver
from kravbro.db.bulk import insert_rows, plain_rows, portions
from kravbro.db.columns import Moment, Ore, written_columns
from kravbro.db.counters import counter_table, take
from kravbro.db.engines import reading, writing, writing_anywhere
from kravbro.db.options import DATABASES, SCHEMA
from kravbro.db.residence import remembered, residence_tables, settle
from kravbro.db.sqlserver import open_sqlserver, public_name, without_snapshots
from tests.sqlserver import DRIVERS, SqlServer
from tests.tds.server import Server

ACT = Act("kari", date(2026, 11, 22), datetime(2026, 11, 22, 10, 11, 12, 123456, tzinfo=UTC))
WRITERS, TURNS = 3, 6
OURS = sa.MetaData()
COUNTERS = counter_table(OURS)
THING = sa.Table(
    "thing",
    OURS,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(60), nullable=False, unique=True),
    sa.Column("note", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("seen_at", Moment),
    sa.Column("amount_ore", Ore),
    sa.Column("amount", sa.Numeric(28, 6)),
    sa.Column("open", sa.Boolean),
)
WRITTEN = sa.Table("written", OURS, sa.Column("number", sa.BigInteger, primary_key=True), *written_columns())
LEDGER = sa.Table(
    "CustTr",
    sa.MetaData(),
    sa.Column("JNo", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("RAm", sa.Numeric(28, 6)),
    schema="company",
)
COLUMNS = [column.name for column in THING.c]
ROW = (1, "Åse", None, None, None, None, None, None)


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def engine(sql_server: SqlServer, driver: str) -> Iterator[sa.Engine]:
    sql_server.add_database("F0001")
    with _opened(sql_server, driver, "F0001") as opened:
        with writing_anywhere(opened) as connection:
            OURS.create_all(connection)
        yield opened


@contextmanager
def _opened(server: SqlServer, driver: str, database: str) -> Iterator[sa.Engine]:
    engine = open_sqlserver(server.url(driver, database))
    try:
        yield engine
    finally:
        engine.dispose()


# Every plane of Unicode but lone halves of a pair, and no NUL, which no text holds.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
AMOUNTS = st.decimals(Decimal(-(10**15)), Decimal(10**15), places=6, allow_nan=False)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001 - it is given one
ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        TEXTS.map(lambda text: text + "."),  # blanks at the end do not count
        st.none() | TEXTS | st.just("Ø" * 5_000),
        st.none() | st.dates(),
        st.none() | MOMENTS,
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | AMOUNTS,
        st.none() | st.booleans(),
    ),
    max_size=4,
    unique_by=(lambda row: row[0], lambda row: row[1]),
)


@given(rows=ROWS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_goes_in_comes_out_as_itself(engine: sa.Engine, rows: list[tuple[Any, ...]]) -> None:
    for inserted in (_in_bulk, _one_by_one):
        with writing_anywhere(engine) as connection:
            connection.execute(sa.delete(THING))
            inserted(connection, rows)
        with reading(engine) as connection:
            found = {tuple(row) for row in connection.execute(sa.select(THING))}
            assert found == set(rows)
            for row in rows:
                told = [(column, value) for column, value in zip(THING.c, row, strict=True) if value is not None]
                same = [column == value for column, value in told if column is not THING.c.note]  # too long to compare
                assert connection.execute(sa.select(THING.c.number).where(*same)).scalar_one() == row[0]


def _in_bulk(connection: sa.Connection, rows: list[tuple[Any, ...]]) -> None:
    insert_rows(connection, THING, COLUMNS, rows, None)


def _one_by_one(connection: sa.Connection, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        connection.execute(sa.insert(THING).values(dict(zip(COLUMNS, row, strict=True))))


def test_many_rows_go_in_at_once_and_are_found_by_as_many_keys(engine: sa.Engine) -> None:
    numbers = range(1, 2_501)
    with writing_anywhere(engine) as connection:
        insert_rows(connection, WRITTEN, ["number"], [(number,) for number in numbers], ACT)
    with reading(engine) as connection:
        asked = (sa.select(WRITTEN.c.number).where(WRITTEN.c.number.in_(some)) for some in portions(numbers))
        assert sorted(number for one in asked for number in connection.execute(one).scalars()) == list(numbers)
        assert connection.execute(sa.select(WRITTEN.c.actor, WRITTEN.c.written_at).distinct()).all() == [
            (ACT.actor, ACT.at)
        ]
        with plain_rows(connection, sa.select(WRITTEN.c.number).order_by(WRITTEN.c.number), 1_000) as pages:
            assert [(len(page), page[0]) for page in pages] == [(1_000, (1,)), (1_000, (1_001,)), (500, (2_001,))]


def test_rows_go_one_after_another_until_one_fails(engine: sa.Engine) -> None:
    rows = [dict(zip(COLUMNS, (number, "twice", *ROW[2:]), strict=True)) for number in (1, 2, 3)]
    with pytest.raises(sa.exc.IntegrityError), writing_anywhere(engine) as connection:
        connection.execute(sa.insert(THING), rows)
    with writing_anywhere(engine) as connection:
        assert connection.execute(sa.select(THING.c.number)).all() == []
        connection.execute(sa.insert(THING), [row | {"name": f"{row['number']}"} for row in rows])
        raised = sa.update(THING).where(THING.c.number == sa.bindparam("which")).values(amount_ore=sa.bindparam("ore"))
        connection.execute(raised, [{"which": number, "ore": number * 100} for number in (1, 2, 3)])
        assert connection.execute(sa.select(sa.func.sum(THING.c.amount_ore))).scalar_one() == 600


def test_two_results_of_one_connection_do_not_disturb_each_other(engine: sa.Engine) -> None:
    with writing_anywhere(engine) as connection:
        insert_rows(connection, WRITTEN, ["number"], [(number,) for number in range(1, 6)], ACT)
        found = []
        for (number,) in connection.execute(sa.select(WRITTEN.c.number).order_by(WRITTEN.c.number)):
            again = sa.select(WRITTEN.c.number).where(WRITTEN.c.number == number)
            found.append(connection.execute(again).scalar_one())
        assert found == [1, 2, 3, 4, 5]


def test_keys_that_differ_by_case_are_two_and_blanks_at_the_end_do_not_count(engine: sa.Engine) -> None:
    with writing_anywhere(engine) as connection:
        insert_rows(connection, THING, COLUMNS, [ROW, (2, "åse", *ROW[2:])], None)
        assert connection.execute(sa.select(THING.c.number).where(THING.c.name == "åse  ")).scalars().all() == [2]
    with pytest.raises(sa.exc.IntegrityError), writing_anywhere(engine) as connection:
        insert_rows(connection, THING, COLUMNS, [(3, "Åse ", *ROW[2:])], None)


def test_numbers_are_taken_one_after_another_however_many_write(engine: sa.Engine) -> None:
    taken: list[int] = []
    together = Barrier(WRITERS)

    def write() -> None:
        together.wait()
        for _ in range(TURNS):
            with writing(engine) as connection:
                taken.append(take(connection, COUNTERS, "tested"))

    writers = [Thread(target=write) for _ in range(WRITERS)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert taken == list(range(1, WRITERS * TURNS + 1))


def test_owners_with_locks_of_their_own_do_not_wait_for_each_other(engine: sa.Engine) -> None:
    one, other = (engine.execution_options(**{SCHEMA: name}) for name in ("F0001", "F0002"))
    with writing_anywhere(one), writing_anywhere(other) as connection:
        assert connection.execute(sa.select(sa.literal(1))).scalar_one() == 1


def test_who_waits_too_long_for_another_writer_is_told(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlserver, "LOCK_TIMEOUT_MS", 1)
    with writing(engine), pytest.raises(Retry, match=r"db\.locked"), writing(engine):
        raise AssertionError("two writers at once")


def test_a_reader_sees_one_moment_and_neither_waits_nor_is_waited_for(engine: sa.Engine) -> None:
    with reading(engine) as before:
        assert _last(before) == 0
        with writing(engine) as connection:
            take(connection, COUNTERS, "tested")
            assert _last(before) == 0
        assert _last(before) == 0
    with reading(engine) as after:
        assert _last(after) == 1


def test_without_snapshots_a_reader_keeps_writers_away(
    sql_server: SqlServer, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlserver, "LOCK_TIMEOUT_MS", 1)
    sql_server.add_database("F0001", snapshots=False)
    with _opened(sql_server, driver, "F0001") as engine:
        with writing_anywhere(engine) as connection:
            OURS.create_all(connection)
        with writing(engine) as connection:
            take(connection, COUNTERS, "tested")
        with reading(engine) as before:
            assert _last(before) == 1
            assert without_snapshots(before) == ["F0001"]
            with pytest.raises(Retry, match=r"db\.locked"), writing(engine) as connection:
                take(connection, COUNTERS, "tested")
            assert _last(before) == 1


def _last(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(COUNTERS.c.last), 0))).scalar_one())


def test_databases_of_one_server_are_written_together_or_not_at_all(sql_server: SqlServer, driver: str) -> None:
    for name in ("F0001", "F0002", "vbsys"):
        sql_server.add_database(name)
    with _opened(sql_server, driver, "vbsys") as base:
        companies = [
            base.execution_options(schema_translate_map={"company": f"{name}.dbo"}) for name in ("F0001", "F0002")
        ]
        for one in companies:
            with writing_anywhere(one) as connection:
                LEDGER.metadata.create_all(connection, checkfirst=False)

        def fail() -> None:
            with writing_anywhere(base) as connection:
                _write_both(connection)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert [_sum(one) for one in companies] == [None, None]
        with writing_anywhere(base) as connection:
            _write_both(connection)
        assert [_sum(one) for one in companies] == [Decimal("10.10"), Decimal("20.20")]


def _write_both(connection: sa.Connection) -> None:
    for name, amount in (("F0001", "10.10"), ("F0002", "20.20")):
        there = connection.execution_options(schema_translate_map={"company": f"{name}.dbo"})
        insert_rows(there, LEDGER, ["JNo", "RAm"], [(1, Decimal(amount))], None)


def _sum(engine: sa.Engine) -> Decimal | None:
    both = engine.execution_options(**{DATABASES: ("F0001", "F0002")})
    with reading(both) as connection:
        assert without_snapshots(connection, ("F0001", "F0002", "F0003")) == ["F0003"]
        found: Decimal | None = connection.execute(sa.select(sa.func.sum(LEDGER.c.RAm))).scalar_one()
        return found


def test_a_database_knows_where_it_is(engine: sa.Engine) -> None:
    homes = sa.MetaData()
    residence_tables(homes)
    with writing_anywhere(engine) as connection:
        homes.create_all(connection)
        settle(connection, "made", ACT)
    with writing(engine) as connection:
        assert remembered(connection).at_home
        assert remembered(connection).ages == {"": 2}


def _write_and_wait(address: str, told: Connection) -> None:
    """What a process does that is killed in the middle of a transaction."""
    with writing(open_sqlserver(sa.make_url(address))) as connection:
        take(connection, COUNTERS, "tested")
        told.send(os.getpid())
        signal.pause()


def test_nothing_stays_of_a_client_that_was_killed(engine: sa.Engine, sql_server: SqlServer, driver: str) -> None:
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe()
    address = sql_server.url(driver, "F0001").render_as_string(hide_password=False)
    process = context.Process(target=_write_and_wait, args=(address, there))
    process.start()
    os.kill(here.recv(), signal.SIGKILL)
    process.join()
    with writing(engine) as connection:
        assert _last(connection) == 0
        assert take(connection, COUNTERS, "tested") == 1


def test_a_server_that_went_is_a_retry_and_the_next_transaction_has_it_again(
    engine: sa.Engine, sql_server: SqlServer
) -> None:
    def lose() -> None:
        with writing(engine) as connection:
            take(connection, COUNTERS, "tested")
            sql_server.kill_all()
            take(connection, COUNTERS, "tested")

    with pytest.raises(Retry, match=r"db\.connection_lost"):
        lose()
    with reading(engine) as connection:
        assert _last(connection) == 0


def test_a_server_that_is_not_there_is_a_retry_also_after_a_login_was_refused(tmp_path: Path) -> None:
    server = Server(tmp_path)
    wrong, closed = server.url("pymssql", "master", password="wrong"), server.url("pymssql", "master")
    with pytest.raises(Stop, match=r"db\.sqlserver_login_refused"), reading(open_sqlserver(wrong)):
        raise AssertionError("let in with a wrong password")
    server.close()
    with pytest.raises(Retry, match=r"db\.unreachable"), reading(open_sqlserver(closed)):
        raise AssertionError("there is no server")


TOLD: tuple[tuple[int, str, type[KravbroError], str], ...] = (
    (1205, "Transaction (Process ID 52) was deadlocked on lock resources with another process", Retry, "db.locked"),
    (1222, "Lock request time out period exceeded.", Retry, "db.locked"),
    (3960, "Snapshot isolation transaction aborted due to update conflict.", Retry, "db.locked"),
    (596, "Cannot continue the execution because the session is in the kill state.", Retry, "db.connection_lost"),
    (229, "The SELECT permission was denied on the object 'CustTr'.", Stop, "db.sqlserver_no_rights"),
    (262, "CREATE TABLE permission denied in database 'F7777'.", Stop, "db.sqlserver_no_rights"),
    (916, 'The server principal "k" is not able to access the database', Stop, "db.sqlserver_no_rights"),
    (1105, "Could not allocate space for object 'dbo.CustTr'", Stop, "db.disk_full"),
    (9002, "The transaction log for database 'F0001' is full due to 'LOG_BACKUP'.", Stop, "db.disk_full"),
    (823, "The operating system returned error 21 to SQL Server during a read", DataFault, "db.damaged"),
    (824, "SQL Server detected a logical consistency-based I/O error", DataFault, "db.damaged"),
    (2628, "String or binary data would be truncated in table 'CustTr'", DataFault, "db.value_too_large"),
    (8115, "Arithmetic overflow error converting numeric", DataFault, "db.value_too_large"),
    (3906, "Failed to update database 'F0001' because the database is read-only.", Stop, "db.unusable"),
    (3952, "Snapshot isolation transaction failed accessing database 'F0001'", Stop, "db.unusable"),
)


def test_what_a_server_says_is_told_by_its_name(tmp_path: Path, driver: str) -> None:
    server = Server(tmp_path)
    with _opened(server, driver, "master") as engine:
        for number, message, kind, code in TOLD:
            server.fail_next(number, message)
            with pytest.raises(kind) as raised, writing_anywhere(engine) as connection:
                connection.exec_driver_sql("SELECT 1 AS one")
            assert (number, raised.value.code) == (number, code)
            assert str(raised.value.facts.get("reason", message)).rstrip(".") == message.rstrip(".")
    server.close()


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (
            (18456, b"DB-Lib error message 20018, severity 14:\nGeneral SQL Server error\n"),
            "login_refused",
            "error 18456",
        ),
        ((18456, b"DB-Lib error message 20009, severity 9:\nUnable to connect\n"), "unreachable", "Unable to connect"),
        ((20017, b"DB-Lib error message 20017, severity 9:\nUnexpected EOF\n"), "connection_lost", "Unexpected EOF"),
    ],
)
def test_what_a_library_says_is_told_unless_it_says_nothing(
    tmp_path: Path, error: tuple[int, bytes], code: str, reason: str
) -> None:
    server = Server(tmp_path)
    with _opened(server, "pymssql", "master") as engine:
        told = sqlserver.fault(engine.dialect.loaded_dbapi.OperationalError(error), engine)
    server.close()
    assert told is not None
    assert told.code.endswith(code)
    assert told.facts["reason"] == reason


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Failed to load the driver. Please read the documentation", "db.sqlserver_no_driver"),
        ("[Microsoft][ODBC Driver 18 for SQL Server]Communication link failure", "db.connection_lost"),
        ("[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Invalid column name 'x'.", None),
    ],
)
def test_what_a_driver_that_gives_no_number_says_is_known_by_its_words(
    tmp_path: Path, words: str, code: str | None
) -> None:
    server = Server(tmp_path)
    with _opened(server, "mssqlpython", "master") as engine:
        told = sqlserver.fault(
            engine.dialect.loaded_dbapi.OperationalError("Connection operation failed", words), engine
        )
    server.close()
    assert (told and told.code) == code


def test_what_had_no_room_is_not_repeated(engine: sa.Engine) -> None:
    with pytest.raises(DataFault, match=r"db\.value_too_large") as raised, writing_anywhere(engine) as connection:
        insert_rows(connection, THING, COLUMNS, [(1, "Ola Nordmann " * 9, *ROW[2:])], None)
    assert raised.value.facts["reason"] == "String or binary data would be truncated"


def test_a_commit_of_what_was_rolled_back_is_an_error(engine: sa.Engine) -> None:
    """Whoever goes on after an error has nothing to commit: nothing may look as if it were done."""

    def go_on_after_an_error() -> None:
        with writing_anywhere(engine) as connection:
            take(connection, COUNTERS, "tested")
            with pytest.raises(sa.exc.DBAPIError):
                connection.exec_driver_sql("SELECT nothing FROM counter")

    with pytest.raises(sa.exc.DBAPIError, match="no corresponding BEGIN TRANSACTION"):
        go_on_after_an_error()
    with reading(engine) as connection:
        assert _last(connection) == 0


def test_no_password_is_shown() -> None:
    address = "mssql+pymssql://kravbro:secret@db.example/vbsys?pwd=secret&tds_version=7.4"
    assert public_name(sa.make_url(address)) == "mssql+pymssql://kravbro@db.example/vbsys?tds_version=7.4"


def test_days_and_moments_are_before_and_after_others(engine: sa.Engine) -> None:
    rows = [
        (
            number,
            f"{number}",
            None,
            ACT.on + timedelta(days=number),
            ACT.at + timedelta(microseconds=number),
            0,
            None,
            True,
        )
        for number in (1, 2, 3)
    ]
    with writing_anywhere(engine) as connection:
        insert_rows(connection, THING, COLUMNS, rows, None)
        for column, place in ((THING.c.due_on, 3), (THING.c.seen_at, 4)):
            after = sa.select(THING.c.number).where(column > rows[0][place]).order_by(column.desc())
            assert connection.execute(after).scalars().all() == [3, 2]
            between = sa.select(sa.func.max(column)).where(column.between(rows[0][place], rows[1][place]))
            assert connection.execute(between).scalar_one() == rows[1][place]
