"""The histories and the table definitions are the same thing, and an upgrade survives being killed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kravbro.core.errors import Stop
from kravbro.db.engines import reading, writing
from kravbro.db.postgresql_place import make_schema, sort_by_bytes
from kravbro.migrations.upgrade import OWNERS, newest, upgrade, version
from tests.places import NewPlace


@pytest.mark.parametrize("owner", OWNERS)
def test_models_equal_migrations(owner: str, new_place: NewPlace) -> None:
    engine = new_place.engine(owner)
    assert upgrade(engine, owner)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [one for one in compare_metadata(context, OWNERS[owner]) if not _of_a_comment(one)] == []


def _of_a_comment(difference: object) -> bool:
    """Whether two schemas differ in a comment alone: those are for readers of the code."""
    return isinstance(difference, list) and all(one[0] == "modify_comment" for one in difference)


@pytest.mark.parametrize("owner", OWNERS)
def test_a_fresh_schema_is_the_migrated_schema(owner: str, new_place: NewPlace) -> None:
    migrated, fresh = new_place.engine(owner), new_place.engine(owner)
    upgrade(migrated, owner)
    with writing(fresh) as connection:
        make_schema(connection)
        OWNERS[owner].create_all(connection)
        sort_by_bytes(connection)
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
def test_upgrading_again_does_nothing(owner: str, new_place: NewPlace) -> None:
    engine = new_place.engine(owner)
    assert version(engine, owner) is None
    assert upgrade(engine, owner)
    assert version(engine, owner) == newest(owner)
    assert not upgrade(engine, owner)


def test_a_database_from_a_newer_release_is_refused(new_place: NewPlace) -> None:
    engine = new_place.engine("bridge")
    upgrade(engine, "bridge")
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'bridge_9999'"))
    with pytest.raises(Stop) as caught:
        upgrade(engine, "bridge")
    assert caught.value.code == "db.newer_than_program"
