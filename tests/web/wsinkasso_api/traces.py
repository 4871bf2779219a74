"""What a ledger's databases hold, row for row: what must be the same before and after a call that was refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

OWNERS = ("system", "F0001", "F0002", "access")


def traces(folder: Path) -> str:
    """Every row of the ledger and of access."""
    lines = []
    for owner in OWNERS:
        with closing(sqlite3.connect(f"file:{folder / owner}.db?mode=ro", uri=True)) as connection:
            lines += [f"-- {owner}", *connection.iterdump()]
    return "\n".join(lines)
