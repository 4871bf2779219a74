"""How far a company of a foreign ledger was looked at."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.mirror.tables import watch


class Watch(msgspec.Struct, frozen=True):
    """The ledger's cursor of changes, and the day on which everything was compared; nothing before the first look."""

    seen_to: str = ""
    compared_on: date | None = None


def all_watches(connection: sa.Connection) -> dict[int, Watch]:
    """How far each company was looked at."""
    columns = sa.select(watch.c.company, watch.c.seen_to, watch.c.compared_on)
    return {row.company: Watch(row.seen_to, row.compared_on) for row in connection.execute(columns)}


def watch_of(connection: sa.Connection, company: int) -> Watch:
    """How far this company was looked at."""
    columns = sa.select(watch.c.seen_to, watch.c.compared_on).where(watch.c.company == company)
    row = connection.execute(columns).one_or_none()
    return Watch() if row is None else Watch(row.seen_to, row.compared_on)
