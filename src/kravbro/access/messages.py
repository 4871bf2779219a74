"""Messages from outside that wrote something: each id is kept with a fingerprint of its call, after it was done.

The same id with the same content is no new message; what it carries is known to the ledger by the rows' own ids. The
same id with other content is two messages under one name, and the second is refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.access.rows import seal
from kravbro.access.tables import counter
from kravbro.access.tables import message as table
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.columns import written
from kravbro.db.counters import take
from kravbro.ports.identity import Delivered


class Message(msgspec.Struct, frozen=True):
    """What a call says of itself: the login's name, the caller's id, the function, the company, and a fingerprint of
    all of it."""

    login: str
    message: str
    function: str
    company: int
    content: str


class Kept(msgspec.Struct, frozen=True):
    """A message that was done, and what came of its rows then; `actor` is the login."""

    number: int
    login: str
    message: str
    function: str
    company: int
    new: int
    known: int
    waiting: int
    written_at: datetime


def is_kept(connection: sa.Connection, wanted: Message) -> bool:
    """Whether this very message was done. Raises DataFault `wsinkasso.message_differs` if its id was another's."""
    here = (table.c.login == wanted.login, table.c.message == wanted.message)
    content = connection.execute(sa.select(table.c.content).where(*here)).scalar()
    if content is not None and content != wanted.content:
        raise DataFault("wsinkasso.message_differs", message=wanted.message)
    return content is not None


def keep(connection: sa.Connection, done: Message, outcome: Delivered, act: Act) -> None:
    """Keep a message that was done, unless it is kept already. Raises as `is_kept`."""
    if is_kept(connection, done):
        return
    row: dict[str, Any] = {
        "number": take(connection, counter, "message"),
        **msgspec.structs.asdict(done),
        "new": outcome.new,
        "known": outcome.known,
        "waiting": outcome.waiting,
        **written(act),
    }
    connection.execute(sa.insert(table).values(**row, seal=seal("message", row)))


def messages(connection: sa.Connection, after: int, limit: int) -> list[Kept]:
    """What was done from outside, in order, after the given number."""
    columns = (table.c[one] for one in Kept.__struct_fields__)
    chosen = sa.select(*columns).where(table.c.number > after).order_by(table.c.number).limit(limit)
    return [Kept(*row) for row in connection.execute(chosen)]


def last_messages(connection: sa.Connection, count: int) -> list[Kept]:
    """The newest of them, in order."""
    columns = (table.c[one] for one in Kept.__struct_fields__)
    chosen = sa.select(*columns).order_by(table.c.number.desc()).limit(count)
    return [Kept(*row) for row in connection.execute(chosen)][::-1]
