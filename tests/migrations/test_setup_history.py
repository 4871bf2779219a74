"""A company of an earlier release gets a history of its set-up when it is upgraded: it begins with what stands."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command

from kravbro.books import tables as t
from kravbro.books.queries.audit import audit
from kravbro.db.engines import reading, writing
from kravbro.db.postgresql_place import make_schema
from kravbro.db.setup_changes import changes_of
from kravbro.migrations.upgrade import configuration, upgrade
from tests.books.world import World
from tests.migrations.test_parties import insert
from tests.places import NewPlace


def test_what_stands_is_where_the_history_begins(new_place: NewPlace, tmp_path: Path) -> None:
    world, place = World(tmp_path / "world"), new_place()
    place.make()
    engine = place.open("F0001")
    with writing(engine) as connection, world.reading() as source:
        make_schema(connection)
        command.upgrade(configuration("books", connection), "books_0006")
        there = set(sa.inspect(connection).get_table_names())
        for table in t.company_books.sorted_tables:
            for row in source.execute(sa.select(table)).mappings() if table.name in there else ():
                plain = {name: value for name, value in row.items() if name != "written_at"}
                if (table.name, plain.get("name")) != ("counter", "setup_change"):
                    insert(connection, table.name, plain)
    assert upgrade(engine, "books")

    with reading(engine) as connection:
        kept = {(one.subject, one.item): one.value_after for one in changes_of(connection)}
        assert audit(connection) == []
    with world.reading() as connection:
        assert kept == {(one.subject, one.item): one.value_after for one in changes_of(connection)}
    assert kept["dunning routine KOM/PWS", "days_after_due"] == "30"
    assert kept["collector set-up", "post_collector_vouchers"] == "true"
