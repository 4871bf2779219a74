"""Whose mirror it is: it belongs to the installation that it was begun for, and to no other."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import Stop
from kravbro.db.columns import written
from kravbro.db.engines import reading, writing
from kravbro.mirror.tables import origin


def require_origin(engine: sa.Engine, kind: str, installation: str, act: Act) -> None:
    """Begin the mirror for this installation, or make sure that it was begun for it.

    Raises Stop `mirror.other_installation`: another server, or a copy of the ledger's database, answers now.
    """
    with reading(engine) as connection:
        known = connection.execute(sa.select(origin.c.installation)).scalar()
    if known is None:
        with writing(engine) as connection:
            known = connection.execute(sa.select(origin.c.installation)).scalar()
            if known is None:
                row = {"id": 1, "kind": kind, "installation": installation, **written(act)}
                connection.execute(sa.insert(origin).values(**row))
                return
    if known != installation:
        raise Stop("mirror.other_installation", known=known, found=installation)
