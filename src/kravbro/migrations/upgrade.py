"""Bring an owner's database to the newest schema.

Every owner (system, books, office, bridge, mirror, access) has a history of its own below this package, so that
companies can be upgraded one by one. A step runs in one transaction with the version it sets: a kill leaves the step
done or not begun.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kravbro.access.tables import access
from kravbro.books.conversion_tables import company_books
from kravbro.books.tables import system
from kravbro.bridge.tables import bridge
from kravbro.core.errors import Stop
from kravbro.db.engines import reading, writing_anywhere
from kravbro.db.options import database_name
from kravbro.db.postgresql_place import make_schema, sort_by_bytes
from kravbro.mirror.conversion_tables import mirror
from kravbro.office.ledgerless.tables import office

OWNERS: dict[str, sa.MetaData] = {
    "system": system,
    "books": company_books,
    "office": office,
    "bridge": bridge,
    "mirror": mirror,
    "access": access,
}
_HERE = Path(__file__).parent


def upgrade(engine: sa.Engine, owner: str) -> bool:
    """Apply the steps that are missing. Answers whether there were any.

    Raises Stop `db.newer_than_program` when the database was written by a newer release.
    """
    if version(engine, owner) == newest(owner):
        return False
    with writing_anywhere(engine) as connection:
        make_schema(connection)
        bring_up(connection, owner)
    return True


def version(engine: sa.Engine, owner: str) -> str | None:
    """The version a database stands at; None when it has no tables yet."""
    with reading(engine) as connection:
        return version_of(connection, owner, database_name(engine))


def version_of(connection: sa.Connection, owner: str, database: str) -> str | None:
    """The same within a transaction, of a database that people know by this name."""
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None:
        require_known(current, owner, database)
    return current


def require_known(found: str, owner: str, database: str) -> None:
    """Raises Stop `db.newer_than_program` for a version that this release does not know."""
    if found not in _known(owner):
        raise Stop("db.newer_than_program", database=database, version=found)


def make_at(connection: sa.Connection, owner: str, older: str) -> None:
    """Make an owner's tables as they were at an older version, or at the newest."""
    command.upgrade(configuration(owner, connection), older)


def bring_up(connection: sa.Connection, owner: str) -> None:
    """The steps that are missing, within a transaction."""
    command.upgrade(configuration(owner, connection), "head")
    sort_by_bytes(connection)


def differences(connection: sa.Connection, owner: str) -> list[str]:
    """How the tables of a database differ from those that the newest version has, each in one line."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found = (_told(one) for one in compare_metadata(context, OWNERS[owner]))
    return sorted(one for one in found if not one.startswith(_COMMENT))


_COMMENT = "modify_comment"
"""Words for readers, which an upgrade may leave as they were."""


def _told(difference: Any) -> str:
    """A difference as Alembic lists it: what to do, and to what; changes of one column come as a list."""
    if isinstance(difference, list):
        return "; ".join(map(_told, difference))
    what, *of = difference
    names = [str(getattr(one, "name", None) or one) for one in of if isinstance(one, str | sa.Table | sa.Column)]
    return f"{what} {' '.join(names) or of[0]}"


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
