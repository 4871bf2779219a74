"""What an administrator does with whole databases: make them, allow snapshots, throw out who is there, remove them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

from tests.tds import catalogue
from tests.tds.faults import Fault

_MAKE = re.compile(r"CREATE DATABASE \[(\w+)\](?: COLLATE \w+)?")
_SNAPSHOTS = re.compile(r"ALTER DATABASE \[(\w+)\] SET ALLOW_SNAPSHOT_ISOLATION (ON|OFF)")
_THROW_OUT = re.compile(r"ALTER DATABASE \[(\w+)\] SET SINGLE_USER WITH ROLLBACK IMMEDIATE")
_LET_IN = re.compile(r"ALTER DATABASE \[\w+\] SET MULTI_USER")
_REMOVE = re.compile(r"DROP DATABASE \[(\w+)\]")
_THERE_ALREADY = 1801


def administer(text: str, connection: sqlite3.Connection, throw_out: Callable[[str], None]) -> bool:
    """Do it, if a statement is one of these; answers whether it is. Raises Fault 1801 for a database that is there."""
    if found := _MAKE.fullmatch(text):
        try:
            catalogue.add_database(connection, found[1], snapshots=False)
        except sqlite3.IntegrityError as error:
            raise Fault(_THERE_ALREADY, f"Database '{found[1]}' already exists. Choose another name.") from error
    elif found := _SNAPSHOTS.fullmatch(text):
        change = "UPDATE server_database SET snapshots = ? WHERE name = ?"
        connection.execute(change, (found[2] == "ON", found[1]))
    elif found := _THROW_OUT.fullmatch(text):
        throw_out(found[1])
    elif found := _REMOVE.fullmatch(text):
        catalogue.remove_database(connection, found[1])
    else:
        return _LET_IN.fullmatch(text) is not None
    return True
