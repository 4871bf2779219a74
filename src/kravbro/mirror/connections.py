"""Which ledger the mirror is of: the kind of adapter, where the ledger is, and what the adapter was told."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.columns import written
from kravbro.mirror.tables import connection as table
from kravbro.mirror.tables import origin


class Connection(msgspec.Struct, frozen=True):
    """An adapter by its name, the ledger's address without any password, and the adapter's settings as TOML."""

    kind: str
    address: str
    settings: str = ""


def connection_of(database: sa.Connection) -> Connection:
    """The ledger that was connected. Raises DataFault `mirror.not_connected`."""
    row = database.execute(sa.select(table.c.kind, table.c.address, table.c.settings)).one_or_none()
    if row is None:
        raise DataFault("mirror.not_connected")
    return Connection(*row)


def connect(database: sa.Connection, wanted: Connection, act: Act) -> None:
    """Connect the mirror with a ledger; another address or other settings of the same kind take the place of what was
    there. Whether it is the same installation is seen when the ledger is asked (`mirror.origin`).

    Raises DataFault `mirror.other_kind` for a ledger of another kind.
    """
    known = database.execute(sa.select(table.c.kind)).scalar()
    if known not in {None, wanted.kind}:
        raise DataFault("mirror.other_kind", known=known, found=wanted.kind)
    values = {**msgspec.structs.asdict(wanted), **written(act)}
    if known is None:
        database.execute(sa.insert(table).values(id=1, **values))
    else:
        database.execute(sa.update(table).values(**values))


def known_installation(database: sa.Connection) -> str:
    """The installation that the mirror was begun for; empty before the ledger was asked the first time."""
    return str(database.execute(sa.select(origin.c.installation)).scalar() or "")
