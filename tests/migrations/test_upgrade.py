"""The histories and the table definitions are the same thing, and an upgrade survives being killed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kravbro.core.errors import Stop
from kravbro.db.engines import reading, writing
from kravbro.db.sqlite import open_sqlite
from kravbro.migrations.upgrade import OWNERS, newest, upgrade, version


@pytest.mark.parametrize("owner", OWNERS)
def test_models_equal_migrations(owner: str, tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "migrated.db")
    assert upgrade(engine, owner)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, OWNERS[owner]) == []


@pytest.mark.parametrize("owner", OWNERS)
def test_a_fresh_schema_is_the_migrated_schema(owner: str, tmp_path: Path) -> None:
    migrated, fresh = open_sqlite(tmp_path / "migrated.db"), open_sqlite(tmp_path / "fresh.db")
    upgrade(migrated, owner)
    with writing(fresh) as connection:
        OWNERS[owner].create_all(connection)
    assert described(migrated) == described(fresh)


def described(engine: sa.Engine) -> dict[str, object]:
    """Every table with its columns, keys, checks and indexes, as the database itself tells them."""
    inspector = sa.inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)],
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted(str(key) for key in inspector.get_foreign_keys(table)),
            sorted(str(key["column_names"]) for key in inspector.get_unique_constraints(table)),
            sorted(str(key["sqltext"]) for key in inspector.get_check_constraints(table)),
            sorted(str((key["name"], key["column_names"])) for key in inspector.get_indexes(table)),
        )
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


@pytest.mark.parametrize("owner", OWNERS)
def test_upgrading_again_does_nothing(owner: str, tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "again.db")
    assert version(engine, owner) is None
    assert upgrade(engine, owner)
    assert version(engine, owner) == newest(owner)
    assert not upgrade(engine, owner)


def test_a_database_from_a_newer_release_is_refused(tmp_path: Path) -> None:
    engine = open_sqlite(tmp_path / "newer.db")
    upgrade(engine, "bridge")
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'bridge_9999'"))
    with pytest.raises(Stop) as caught:
        upgrade(engine, "bridge")
    assert caught.value.code == "db.newer_than_program"
