"""Bring an owner's database to the newest schema.

Every owner (system, books, office, bridge) has a history of its own below this package, so that companies can be
upgraded one by one. A step runs in one transaction with the version it sets: a kill leaves the step done or not begun.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kravbro.books.conversion_tables import company_books
from kravbro.books.tables import system
from kravbro.bridge.tables import bridge
from kravbro.core.errors import Stop
from kravbro.db.engines import reading, writing_anywhere
from kravbro.db.options import database_name
from kravbro.db.postgresql_place import make_schema, sort_by_bytes
from kravbro.office.adjustments.tables import office

OWNERS: dict[str, sa.MetaData] = {"system": system, "books": company_books, "office": office, "bridge": bridge}
_HERE = Path(__file__).parent


def upgrade(engine: sa.Engine, owner: str) -> bool:
    """Apply the steps that are missing. Answers whether there were any.

    Raises Stop `db.newer_than_program` when the database was written by a newer release.
    """
    if version(engine, owner) == newest(owner):
        return False
    with writing_anywhere(engine) as connection:
        make_schema(connection)
        command.upgrade(configuration(owner, connection), "head")
        sort_by_bytes(connection)
    return True


def version(engine: sa.Engine, owner: str) -> str | None:
    """The version a database stands at; None when it has no tables yet."""
    with reading(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in _known(owner):
        raise Stop("db.newer_than_program", database=database_name(engine), version=current)
    return current


@cache
def newest(owner: str) -> str:
    """The newest version of an owner's history."""
    head = _history(owner).get_current_head()
    assert head is not None, f"the history of {owner} is empty"  # noqa: S101 - shipped with the package
    return head


def configuration(owner: str, connection: sa.Connection) -> Config:
    """Alembic's settings for one owner over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("version_locations", str(_HERE / owner))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = OWNERS[owner]
    return config


@cache
def _history(owner: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("version_locations", str(_HERE / owner))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


@cache
def _known(owner: str) -> frozenset[str]:
    return frozenset(script.revision for script in _history(owner).walk_revisions())
