"""Run by Alembic for every owner: the caller passes the open connection and the owner's tables."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from kravbro.db.columns import Moment


def as_plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write `Moment` as the type it is stored as, so that a step never depends on today's code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    render_item=as_plain_type,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
