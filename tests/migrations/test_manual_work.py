"""An office of an earlier release keeps its payments and exclusions when it is upgraded, and can work by hand then."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from kravbro.db.engines import Engine, reading, writing
from kravbro.db.postgresql_place import make_schema
from kravbro.migrations.upgrade import configuration, upgrade
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.manual.tables import posting_choice
from kravbro.office.posting import approve_posting, exclude_from_posting, generate_posting
from tests.migrations.test_parties import insert
from tests.office.builders import TODAY, Desk, invoice_kid, offer, open_desk, payment
from tests.office.manual.acts import move, register, reverse
from tests.places import NewPlace

BEFORE = "office_0004_0.1"


def worked(folder: Path) -> Desk:
    """Payments of every kind, one that is left out, and an approved proposal; nothing by hand."""
    desk = open_desk(folder)
    desk.offer(offer(1, 1), offer(2, 2))
    desk.pay(
        payment(1, 50_000, invoice_kid(1)), payment(2, 700, ""), payment(3, 900, invoice_kid(2)),
        payment(4, -900, invoice_kid(2)),
    )  # fmt: skip
    with desk.writing() as connection:
        exclude_from_posting(connection, 4, "bokført for hånd", desk.act)
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)
    return desk


def earlier(new_place: NewPlace, desk: Desk) -> Engine:
    """The same office as the release before kept it."""
    place = new_place()
    place.make()
    engine = place.open("office")
    with writing(engine) as connection, desk.reading() as source:
        make_schema(connection)
        command.upgrade(configuration("office", connection), BEFORE)
        there = set(sa.inspect(connection).get_table_names())
        for table in t.office.sorted_tables:
            for row in source.execute(sa.select(table)).mappings() if table.name in there else ():
                plain = {name: value for name, value in row.items() if name != "written_at"}
                if (table.name, plain.get("name")) != ("counter", "posting_choice"):
                    insert(connection, table.name, plain)
    return engine


def test_payments_stay_what_they_are_and_exclusions_become_choices(new_place: NewPlace, tmp_path: Path) -> None:
    before = worked(tmp_path)
    engine = earlier(new_place, before)
    assert upgrade(engine, "office")
    desk = Desk(engine)

    with reading(engine) as connection:
        assert audit(connection, 1) == []
    assert [tuple(row)[:-1] for row in desk.rows(t.payment)] == [tuple(row)[:-1] for row in before.rows(t.payment)]
    (choice,) = desk.rows(posting_choice)
    assert (choice.journal, choice.field, choice.value, choice.because) == (4, "booked", "no", "bokført for hånd")
    with pytest.raises(sa.exc.IntegrityError), desk.writing() as connection:
        connection.execute(sa.update(t.unplaced).values(payment=99))


def test_work_by_hand_goes_on_from_there(new_place: NewPlace, tmp_path: Path) -> None:
    engine = earlier(new_place, worked(tmp_path))
    upgrade(engine, "office")
    desk = Desk(engine)
    register(desk, 1_000)
    move(desk, 1, "1-000002", amount_ore=100)
    reverse(desk, 5)

    assert [row.file for row in desk.rows(t.payment)][-2:] == [None, None]
    with reading(engine) as connection:
        assert audit(connection, 1) == []
    assert desk.on == TODAY
