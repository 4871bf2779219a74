"""Make what is ours in a Visma Business: tables, views, the installation's id, and windows where their place is known.

What is there stays as it is, so it may be run again at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.db.catalogue import columns_of
from kravbro.db.columns import written
from kravbro.db.engines import writing_anywhere
from kravbro.ledgers.visma_business import queries, windows
from kravbro.ledgers.visma_business.databases import SYSTEM, Databases
from kravbro.ledgers.visma_business.layout import Database, found, renamed
from kravbro.ledgers.visma_business.setup import Setup
from kravbro.ledgers.visma_business.tables import OURS, installation, ours, tables_of


def install(databases: Databases, setup: Setup, installation_id: str, act: Act) -> list[str]:
    """Make what is missing; answers the names of what was made. An id that was given before stays."""
    made = []
    engine = databases.ours()
    with writing_anywhere(engine) as connection:
        for name, statement in statements(columns_of(connection, databases.schema(OURS, setup.ours))):
            connection.execute(statement)
            made.append(name)
        of_system = {"system": setup.system}
        if connection.execute(queries.installation(), of_system).scalar() is None:
            connection.execute(queries.new_row(installation), {**of_system, "id": installation_id, **written(act)})
    with writing_anywhere(databases.engine(None)) as connection:
        made += _deliver_windows(connection, databases, setup)
    return made


def statements(there: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, sa.Executable]]:
    """What makes our tables and views where this is there already: a name and a statement each, in order."""
    for table in ours.sorted_tables:
        if table.name not in there:
            yield str(table.name), sa.schema.CreateTable(table)
            for index in sorted(table.indexes, key=lambda one: str(one.name)):
                yield f"{table.name} ({index.name})", sa.schema.CreateIndex(index)
    for name, chosen in windows.views().items():
        if name not in there:
            yield name, windows.create_view(name, chosen)


def _deliver_windows(connection: sa.Connection, databases: Databases, setup: Setup) -> list[str]:
    """Windows for the standard client, where the set-up names the table of windows and its columns."""
    catalogue = columns_of(connection, databases.schema(SYSTEM, None))
    system = tables_of(found(renamed(setup.names), Database.SYSTEM, catalogue))
    if not system.has_all("windows", "name", "view", "guide"):
        return []
    known = set(connection.execute(queries.window_names(system)).scalars())
    missing = [window for window in windows.WINDOWS if window.name not in known]
    rows = [{"new_name": window.name, "new_view": window.view, "new_guide": window.guide(setup)} for window in missing]
    if rows:
        connection.execute(queries.new_window(system), rows)
    return [window.name for window in missing]
