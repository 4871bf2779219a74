"""How far each stream has come, and the two installations that this bridge joins.

The pair is remembered at the first run: another installation behind either port later means a copied or swapped
database, and nothing may be carried until a person says so.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from kravbro.bridge.tables import override, pairing, position, set_aside
from kravbro.core.acts import Act
from kravbro.core.errors import Stop
from kravbro.db.bulk import portions
from kravbro.db.columns import written
from kravbro.db.engines import reading, require_writable, writing


class Positions:
    """The bridge's own memory, in `bridge.db`. Losing it costs time, never money."""

    def __init__(self, engine: sa.Engine, act: Act) -> None:
        self._engine = engine
        self._act = act

    def pair(self, ledger: str, collector: str) -> None:
        """Remember the two installations, or raise Stop `bridge.other_installation` if they are not those known."""
        with reading(self._engine) as connection:
            known = connection.execute(sa.select(pairing)).one_or_none()
        if known is None:
            with writing(self._engine) as connection:
                known = connection.execute(sa.select(pairing)).one_or_none()
                if known is None:
                    pair = {"ledger_installation": ledger, "collector_installation": collector}
                    connection.execute(sa.insert(pairing).values(id=1, **pair, **written(self._act)))
                    return
        if (known.ledger_installation, known.collector_installation) != (ledger, collector):
            raise Stop(
                "bridge.other_installation",
                known=f"{known.ledger_installation} / {known.collector_installation}",
                found=f"{ledger} / {collector}",
            )

    def require_writable(self) -> None:
        """Raise why nothing may be carried here, before anything is read."""
        require_writable(self._engine)

    def of(self, company: int, stream: str) -> int:
        """The number of the last row known to be delivered; 0 if none is kept."""
        with reading(self._engine) as connection:
            kept = connection.execute(
                sa.select(position.c.number).where(position.c.company == company, position.c.stream == stream)
            ).scalar()
        return int(kept or 0)

    def keep(self, company: int, stream: str, number: int) -> None:
        """Move the position to `number`."""
        here = sa.and_(position.c.company == company, position.c.stream == stream)
        with writing(self._engine) as connection:
            moved = connection.execute(sa.update(position).where(here).values(number=number, **written(self._act)))
            if moved.rowcount == 0:
                connection.execute(
                    sa.insert(position).values(company=company, stream=stream, number=number, **written(self._act))
                )

    def companies(self) -> list[int]:
        """Companies that something was carried for."""
        with reading(self._engine) as connection:
            found = connection.execute(sa.select(position.c.company).distinct().order_by(position.c.company))
            return [int(company) for company in found.scalars()]

    def forget(self, company: int, because: str) -> int:
        """The named override after a restore: read every stream of a company from the start, and note who said so.

        Answers how many positions were dropped. What the receivers lack is sent again; what they have they drop.
        """
        with writing(self._engine) as connection:
            return forget(connection, company, because, self._act)

    def note_override(self, name: str, company: int, because: str) -> None:
        """Note that a person ordered to go on where something had stopped, and why."""
        with writing(self._engine) as connection:
            row = {"name": name, "company": company, "because": because, **written(self._act)}
            connection.execute(sa.insert(override).values(**row))

    def set_aside(self, company: int) -> frozenset[str]:
        """What is not carried for a company, because a restore lost it at the receiver."""
        with reading(self._engine) as connection:
            found = connection.execute(sa.select(set_aside.c.thing).where(set_aside.c.company == company))
            return frozenset(found.scalars())


def forget(connection: sa.Connection, company: int, because: str, act: Act) -> int:
    """Drop the positions of a company, and note who said so and why; answers how many there were."""
    dropped = connection.execute(sa.delete(position).where(position.c.company == company))
    connection.execute(
        sa.insert(override).values(name="read_from_start", company=company, because=because, **written(act))
    )
    return dropped.rowcount


def carry_again(connection: sa.Connection, company: int, things: Collection[str]) -> None:
    """Carry what is about these things of a company again: their receiver has them again."""
    for some in portions(sorted(things)):
        connection.execute(sa.delete(set_aside).where(set_aside.c.company == company, set_aside.c.thing.in_(some)))


def put_aside(connection: sa.Connection, company: int, things: Collection[str], because: str, act: Act) -> None:
    """Carry nothing more about these things of a company; those that were set aside before stay as they are."""
    known = set(connection.execute(sa.select(set_aside.c.thing).where(set_aside.c.company == company)).scalars())
    rows = [
        {"company": company, "thing": thing, "because": because, **written(act)} for thing in sorted({*things} - known)
    ]
    if rows:
        connection.execute(sa.insert(set_aside), rows)
