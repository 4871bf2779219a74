"""Rows of every type through an archive, from either kind of database into either: the same values, to the last bit."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault
from kravbro.db.archive.manifest import FORMAT, FORMAT_VERSION, ColumnOf, Kind, Manifest, OwnerPart, Part
from kravbro.db.archive.reader import open_archive
from kravbro.db.archive.tables import columns_of, continue_sequences, fill, kind_of, rows_of, tables_of
from kravbro.db.archive.writer import new_archive
from kravbro.db.columns import Moment
from kravbro.db.engines import reading, writing_anywhere
from kravbro.db.place import Place
from kravbro.db.postgresql_place import make_schema
from tests.places import KINDS, NewPlace, new_places
from tests.places import Kind as PlaceKind

METADATA = sa.MetaData()
THING = sa.Table(
    "order",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("parent", sa.Integer, sa.ForeignKey("order.id")),
    sa.Column("big", sa.BigInteger),
    sa.Column("yes", sa.Boolean),
    sa.Column("day", sa.Date),
    sa.Column("at", Moment),
    sa.Column("short", sa.String(40)),
    sa.Column("text", sa.Text),
    sa.Column("bytes", sa.LargeBinary),
)
NAMES = [column.name for column in THING.columns]
LAST = datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)
ROWS: list[tuple[Any, ...]] = [
    (1, None, 2**63 - 1, True, date.min, datetime(1, 1, 1, tzinfo=UTC), "", "", b""),
    (2, 1, -(2**63), False, date.max, LAST, "Åse Ødegård 🦉", 'a"\\\n\t\r,', b"\x00\xff"),
    (3, 1, 0, None, date(2024, 2, 29), datetime(2026, 3, 29, 1, 30, 0, 1, UTC), "null", "\\N", bytes(range(256))),
    (4, 3, None, None, None, None, None, None, None),
]  # fmt: skip
MADE = datetime(2026, 11, 16, 8, tzinfo=UTC)


def manifest(*parts: Part) -> Manifest:
    owner = OwnerPart("office", "1", 0, (), parts)
    return Manifest(FORMAT, FORMAT_VERSION, MADE, "kari", "here", "0", "", "", (owner,))


def written(file: Path, columns: tuple[ColumnOf, ...], pages: Iterable[Sequence[Sequence[Any]]]) -> Path:
    with new_archive(file) as writer:
        writer.finish(manifest(writer.part("office", "order", columns, pages)))
    return file


def read(file: Path) -> list[tuple[Any, ...]]:
    with open_archive(file) as archive:
        (owner,) = archive.manifest.owners
        return [row for rows in archive.rows(owner, owner.parts[0]) for row in rows]


def holding(place: Place, rows: Sequence[Sequence[Any]]) -> Place:
    place.make()
    with writing_anywhere(place.open("office")) as connection:
        make_schema(connection)
        METADATA.create_all(connection)
        for row in rows:
            connection.execute(sa.insert(THING).values(dict(zip(NAMES, row, strict=True))))
    return place


@pytest.mark.parametrize("target", KINDS)
def test_every_value_is_what_it_was(target: PlaceKind, new_place: NewPlace, tmp_path: Path) -> None:
    source = holding(new_place(), ROWS)
    with reading(source.open("office")) as connection, new_archive(tmp_path / "all.zip") as writer:
        (table,) = tables_of(connection)
        pages = rows_of(connection, table, "office")
        writer.finish(manifest(writer.part("office", "order", columns_of(table), pages)))
    with new_places(tmp_path / "to", target) as places:
        place = holding(places(), [])
        with open_archive(tmp_path / "all.zip") as archive, writing_anywhere(place.open("office")) as connection:
            (table,) = tables_of(connection)
            (owner,) = archive.manifest.owners
            for rows in archive.rows(owner, owner.parts[0]):
                fill(connection, table, owner.parts[0], rows)
            continue_sequences(connection, [table])
        with writing_anywhere(place.open("office")) as connection:
            assert list(connection.execute(sa.select(THING).order_by(THING.c.id))) == ROWS
            connection.execute(sa.insert(THING).values(big=7))
            assert connection.execute(sa.select(THING.c.id).where(THING.c.big == 7)).scalar_one() == 5


VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE: st.dates(),
    Kind.MOMENT: st.datetimes(),
    Kind.TEXT: st.text(st.characters(exclude_categories=["Cs"])),
    Kind.BYTES: st.binary(),
}
COLUMNS = tuple(ColumnOf(kind, kind, nullable=True) for kind in Kind)
DRAWN = st.lists(st.tuples(*(st.none() | VALUES[column.kind] for column in COLUMNS)), max_size=5)


@settings(max_examples=25, deadline=None)
@given(pages=st.lists(DRAWN, max_size=3))
def test_what_is_read_is_what_was_written(
    pages: list[list[tuple[Any, ...]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("drawn") / "drawn.zip"
    assert read(written(file, COLUMNS, pages)) == [row for page in pages for row in page]


def test_a_type_that_no_archive_holds_is_a_fault_of_the_program() -> None:
    with pytest.raises(TypeError, match="rate"):
        kind_of(sa.Column("rate", sa.Float))


@pytest.mark.parametrize("value", ["'many'", "1.5", "x'00'"])
def test_what_is_not_of_its_columns_type_is_named(value: str, tmp_path: Path) -> None:
    with new_places(tmp_path, "sqlite") as places:
        place = holding(places(), [])
        with writing_anywhere(place.open("office")) as connection:
            connection.exec_driver_sql(f'INSERT INTO "order" (id, big) VALUES (1, {value})')
        with reading(place.open("office")) as connection, pytest.raises(DataFault) as caught:
            list(rows_of(connection, tables_of(connection)[0], "office.db"))
        assert (caught.value.code, caught.value.facts) == (
            "archive.wrong_value", {"database": "office.db", "table": "order"},
        )  # fmt: skip


def test_no_file_is_left_of_an_archive_that_was_not_finished(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        written(tmp_path / "half.zip", COLUMNS, [[(None,) * len(COLUMNS)], [(object(),)]])
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_was_taken_meanwhile_is_not_taken_away(tmp_path: Path) -> None:
    def takes_the_name() -> Iterator[list[tuple[Any, ...]]]:
        (tmp_path / "one.zip").write_text("another's", encoding="utf-8")
        yield [(None,) * len(COLUMNS)]

    with pytest.raises(DataFault) as caught:
        written(tmp_path / "one.zip", COLUMNS, takes_the_name())
    assert caught.value.code == "archive.exists"
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == ["another's"]


def test_a_large_table_is_never_held_whole(tmp_path: Path) -> None:
    """Written and read with a small part of its size in memory."""
    columns = (ColumnOf("text", Kind.TEXT, nullable=False),)
    page = [("x" * 1_000,)] * 1_000
    tracemalloc.start()
    try:
        with new_archive(tmp_path / "large.zip") as writer:
            writer.finish(manifest(writer.part("office", "order", columns, (page for _ in range(40)))))
        with open_archive(tmp_path / "large.zip") as archive:
            (owner,) = archive.manifest.owners
            assert sum(len(rows) for rows in archive.rows(owner, owner.parts[0])) == 40_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000, "of 40,000,000 bytes"
