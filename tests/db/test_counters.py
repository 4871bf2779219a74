"""Numbers without gaps: taken in order, and what is missing or too many is told without counting to the end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.counters import (
    LOST,
    MOST,
    burn,
    burnt,
    burnt_table,
    counter_table,
    gaps,
    last_taken,
    take,
    unlike,
    use_burnt,
)
from kravbro.db.engines import writing
from kravbro.db.sqlite import open_sqlite

metadata = sa.MetaData()
counters = counter_table(metadata)
burnt_table(metadata)
ACT = Act("tester", date(2026, 11, 16), datetime(2026, 11, 16, 8, tzinfo=UTC))
rows = sa.Table("numbered", metadata, sa.Column("number", sa.Integer, primary_key=True))


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    engine = open_sqlite(tmp_path / "counters.db")
    with writing(engine) as connection:
        metadata.create_all(connection)
        first = take(connection, counters, "row", 5)
        connection.execute(sa.insert(rows), [{"number": number} for number in range(first, first + 5)])
    return engine


def found(engine: sa.Engine, *changes: str) -> list[int]:
    with writing(engine) as connection:
        for change in changes:
            connection.exec_driver_sql(change)
        return gaps(connection, counters, rows.c.number, "row")


def test_numbers_follow_each_other_by_series(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        assert take(connection, counters, "row") == 6
        assert take(connection, counters, "row", 3) == 7
        assert take(connection, counters, "row", scope="other") == 1
        assert last_taken(connection, counters, "row") == 9
        assert last_taken(connection, counters, "never") == 0


def take_and_fail(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        take(connection, counters, "row", 10)
        raise ZeroDivisionError


def test_a_rollback_burns_no_number(engine: sa.Engine) -> None:
    with pytest.raises(ZeroDivisionError):
        take_and_fail(engine)
    with writing(engine) as connection:
        assert last_taken(connection, counters, "row") == 5


def test_missing_and_superfluous_rows_are_told(engine: sa.Engine) -> None:
    assert found(engine) == []
    assert found(engine, "DELETE FROM numbered WHERE number = 2") == [2]
    assert found(engine, "INSERT INTO numbered VALUES (9)") == [2, 9]
    assert found(engine, "DELETE FROM counter") == [LOST]


def test_a_wild_counter_costs_nothing(engine: sa.Engine) -> None:
    assert len(found(engine, "UPDATE counter SET last = 4611686018427387904")) == MOST
    assert unlike({1, 2, 4}, 4) == [3]
    assert unlike({2**62, -1}, 2) == [-1, 1, 2, 2**62]


def test_a_burnt_number_is_never_taken_and_needs_no_row(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        assert burn(connection, counters, "row", "", 8, "a restore", ACT) == 3
        assert burn(connection, counters, "row", "", 8, "again", ACT) == 0
        assert take(connection, counters, "row") == 9
        connection.execute(sa.insert(rows).values(number=9))
        assert gaps(connection, counters, rows.c.number, "row") == []
    assert found(engine, "DELETE FROM numbered WHERE number = 2") == [2]


def test_numbers_that_are_used_are_not_burnt_and_burnt_ones_may_be_used_after_all(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        for number in (7, 10):
            connection.execute(sa.insert(rows).values(number=number))
        assert burn(connection, counters, "row", "", 12, "a restore", ACT, used={7, 10}) == 5
        assert burnt(connection, "row") == {6, 8, 9, 11, 12}
        assert gaps(connection, counters, rows.c.number, "row") == []
        use_burnt(connection, "row", "", {9, 11}, "again", ACT)
        assert burnt(connection, "row") == {6, 8, 12}
        assert gaps(connection, counters, rows.c.number, "row") == [9, 11]
        connection.execute(sa.insert(rows), [{"number": 9}, {"number": 11}])
        assert gaps(connection, counters, rows.c.number, "row") == []


def test_a_row_under_a_burnt_number_and_a_burnt_range_that_was_stretched_are_told(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        burn(connection, counters, "row", "", 8, "a restore", ACT)
    assert found(engine, "INSERT INTO numbered VALUES (7)") == [7]
    assert found(engine, "DELETE FROM numbered WHERE number = 7", "UPDATE burnt_number SET first = 5") == [6, 7, 8]
