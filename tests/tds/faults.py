"""SQL Server's errors: their numbers, and what SQLite's stand for."""

from __future__ import annotations

import sqlite3

NO_TABLE, NO_COLUMN, SYNTAX = 208, 207, 102
DUPLICATE_KEY, DUPLICATE_IN_INDEX, NULL_REFUSED, CONSTRAINT = 2627, 2601, 515, 547
LOCK_TIMEOUT, UPDATE_CONFLICT, DEADLOCK = 1222, 3960, 1205
DAMAGED, FULL = 823, 1105
NO_TRANSACTION, CANNOT_OPEN, LOGIN_FAILED = 3902, 4060, 18456
NOT_LISTED = 50000
"""This server's own: a statement that is not in its list."""


class Fault(Exception):  # noqa: N818 - the word for all that a server refuses
    """An error that the client is told: number, message, severity and state."""

    def __init__(self, number: int, message: str, severity: int = 16, state: int = 1) -> None:
        super().__init__(f"{number}: {message}")
        self.number = number
        self.message = message
        self.severity = severity
        self.state = state


def fault_of(error: sqlite3.Error) -> Fault:
    """The error that SQL Server would give."""
    said = str(error)
    extended = getattr(error, "sqlite_errorname", "")
    if said.startswith("UNIQUE constraint failed: index"):
        return Fault(DUPLICATE_IN_INDEX, f"Cannot insert duplicate key row in object with unique index ({said}).", 14)
    if said.startswith("UNIQUE constraint failed"):
        return Fault(DUPLICATE_KEY, f"Violation of UNIQUE KEY constraint. Cannot insert duplicate key ({said}).", 14)
    named = {
        "NOT NULL constraint failed": (NULL_REFUSED, "Cannot insert the value NULL into a column"),
        "CHECK constraint failed": (CONSTRAINT, "The statement conflicted with the CHECK constraint"),
        "FOREIGN KEY constraint failed": (CONSTRAINT, "The statement conflicted with the FOREIGN KEY constraint"),
        "no such table": (NO_TABLE, "Invalid object name"),
        "no such column": (NO_COLUMN, "Invalid column name"),
        "database or disk is full": (FULL, "Could not allocate space for object because the filegroup is full"),
        "database disk image is malformed": (DAMAGED, "The operating system returned an incorrect checksum"),
    }
    for words, (number, message) in named.items():
        if said.startswith(words):
            return Fault(number, f"{message} ({said}).")
    if extended == "SQLITE_BUSY_SNAPSHOT":
        return Fault(UPDATE_CONFLICT, "Snapshot isolation transaction aborted due to update conflict.")
    if "locked" in said:
        return Fault(LOCK_TIMEOUT, "Lock request time out period exceeded.")
    return Fault(SYNTAX, f"Incorrect syntax, as SQLite sees it: {said}", 15)
