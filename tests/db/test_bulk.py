"""Many rows at once are the rows that one at a time would have been, on every kind of driver."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, postgresql

from kravbro.core.acts import Act
from kravbro.db import bulk
from kravbro.db.bulk import among, insert_rows, portions
from kravbro.db.columns import Ore, written, written_columns
from kravbro.db.engines import writing
from kravbro.db.postgresql_place import make_schema
from tests.places import NewPlace

METADATA = sa.MetaData()
TABLE = sa.Table(
    "sample",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("on", sa.Date),
    sa.Column("amount_ore", Ore),
    *written_columns(),
)
ACT = Act("kari", date(2026, 11, 23), datetime(2026, 11, 23, 12, tzinfo=UTC))
ROWS = [(number, date(2026, 1, 1 + number % 3) if number % 5 else None, number) for number in range(1, 2_502)]


@pytest.fixture
def engine(new_place: NewPlace) -> sa.Engine:
    engine = new_place.engine("office")
    with writing(engine) as connection:
        make_schema(connection)
        METADATA.create_all(connection)
    return engine


def test_rows_come_back_as_sqlalchemy_itself_writes_them(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        insert_rows(connection, TABLE, ("id", "on", "amount_ore"), ROWS, ACT)
        bulk_rows = connection.execute(sa.select(TABLE).order_by(TABLE.c.id)).all()
        connection.execute(sa.delete(TABLE))
        values = [dict(zip(("id", "on", "amount_ore"), row, strict=True)) | written(ACT) for row in ROWS]
        connection.execute(sa.insert(TABLE), values)

        assert bulk_rows == connection.execute(sa.select(TABLE).order_by(TABLE.c.id)).all()
        assert len(bulk_rows) == len(ROWS)


def test_columns_may_come_in_any_order_and_no_rows_are_no_statement(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        insert_rows(connection, TABLE, ("amount_ore", "id"), [(7, 1)], ACT)
        insert_rows(connection, TABLE, ("no such column",), [], ACT)
        (row,) = connection.execute(sa.select(TABLE)).all()

    assert (row.id, row.amount_ore, row.actor) == (1, 7, "kari")


NAMED = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves its dialects untyped
PLACED = mssql.pyodbc.dialect(paramstyle="qmark")  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("dialect", "text", "order"),
    [
        (NAMED, "INSERT INTO sample (id, amount_ore) VALUES (%(id)s, %(amount_ore)s)", None),
        (PLACED, "INSERT INTO sample (id, amount_ore) VALUES (?, ?)", (1, 0)),
    ],
)
def test_other_drivers_get_their_own_parameters(dialect: sa.Dialect, text: str, order: tuple[int, ...] | None) -> None:
    statement, places = bulk._statement(TABLE, ("amount_ore", "id"), dialect)

    assert statement.replace("::INTEGER", "").replace("::BIGINT", "") == text
    assert places == order


def test_portions_hold_everything_once() -> None:
    assert list(portions(range(5), 2)) == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize(
    ("values", "conditions"), [([], 0), ([3, 1, 2], 1), (list(range(0, 100_000, 50)), 2), ([1, 1_000_000], 1)]
)
def test_among_finds_every_number_that_is_asked_for(engine: sa.Engine, values: list[int], conditions: int) -> None:
    with engine.begin() as connection:
        insert_rows(connection, TABLE, ("id", "on", "amount_ore"), ROWS, ACT)
        asked = list(among(TABLE.c.id, values))
        found = {number for one in asked for number in connection.execute(sa.select(TABLE.c.id).where(one)).scalars()}

    assert len(asked) == conditions
    assert found >= set(values) & {row[0] for row in ROWS}
