"""What access finds wrong with itself: numbers without rows, and rows that do not bear their seals."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from kravbro.access.rows import SEALED, seal
from kravbro.access.tables import access, counter
from kravbro.db.counters import gaps

GAP, CONTENT = "number_without_row", "content_differs"


def audit(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """Each fault: its kind, and the row."""
    for name, columns in SEALED.items():
        table = access.tables[name]
        for missing in gaps(connection, counter, table.c.number, name):
            yield GAP, f"{name} {missing}"
        chosen = sa.select(*(table.c[one] for one in columns), table.c.seal).order_by(table.c.number)
        for row in connection.execute(chosen, execution_options={"yield_per": 1000}):
            if seal(name, dict(zip(columns, row, strict=False))) != row.seal:
                yield CONTENT, f"{name} {row.number}"
