"""Where an owner's database lives, how far its history has come, and what it has seen of the others.

A copy is noticed by its location: a database knows where it was last adopted, and finds itself elsewhere. One that was
put back from an older copy is noticed by its age: every transaction that writes adds one to it, and the other owners
remember the age that they saw.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import Stop
from kravbro.db.columns import Ore, written, written_columns
from kravbro.db.options import database_name
from kravbro.db.postgresql import DIALECT as POSTGRESQL
from kravbro.db.sqlserver import DIALECT as SQL_SERVER

OWN = ""
"""The row of `known_age` that is the database's own age."""
_MACHINE_IDS = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_HARDWARE_ID = "/sys/class/dmi/id/product_uuid"
Location = dict[str, str]
"""What tells one place from another; a part that cannot be read is left out, and then says nothing."""


def residence_tables(metadata: sa.MetaData) -> tuple[sa.Table, sa.Table]:
    """An owner's two tables: `residence`, append-only, whose highest row counts, and `known_age`."""
    residence = sa.Table(
        "residence",
        metadata,
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("location", sa.String(400), nullable=False, comment="JSON: machine and file, or server and table"),
        sa.Column("because", sa.String(200), nullable=False),
        *written_columns(),
    )
    known_age = sa.Table(
        "known_age",
        metadata,
        sa.Column("owner", sa.String(20), primary_key=True, comment="empty: the age of this database itself"),
        sa.Column("age", Ore, nullable=False, comment="how many transactions had written in it"),
    )
    return residence, known_age


residence, known_age = residence_tables(sa.MetaData())
"""The same tables for statements: every owner has them alike."""


class Remembered(msgspec.Struct, frozen=True):
    """What a database says of itself: whether it was settled, whether it is there still, and the ages it knows."""

    settled: bool
    at_home: bool
    ages: dict[str, int]


def remembered(connection: sa.Connection) -> Remembered:
    """What the database of this transaction remembers; one from before there was a memory is not settled."""
    here = _location(connection)
    stored = None if here is None else _stored(connection)
    if here is None or stored is None:
        return Remembered(settled=False, at_home=True, ages={})
    ages = {owner: int(age) for owner, age in connection.execute(sa.select(known_age.c.owner, known_age.c.age))}
    return Remembered(settled=True, at_home=same_place(stored, here), ages=ages)


def begin_writing(connection: sa.Connection) -> None:
    """Refuse to write in a copy, and let the database grow older. Raises Stop `db.copied`."""
    here = _location(connection)
    if here is None:
        return
    stored = _stored(connection)
    if stored is None:
        return
    if not same_place(stored, here):
        raise Stop("db.copied", database=database_name(connection.engine))
    connection.execute(sa.update(known_age).where(known_age.c.owner == OWN).values(age=known_age.c.age + 1))


def settle(connection: sa.Connection, because: str, act: Act) -> None:
    """Take this place as the database's own, from now on. Raises nothing where it is settled here already."""
    _write_location(connection, _location(connection) or {}, because, act)
    remember(connection, {OWN: remembered(connection).ages.get(OWN, 0) + 1})


def settle_nowhere(connection: sa.Connection, archive: str, because: str, act: Act) -> None:
    """Take no place as the database's own: it came out of an archive, and the file system may give it the number of the
    file that it replaces."""
    _write_location(connection, {"archive": archive}, because, act)


def _write_location(connection: sa.Connection, location: Location, because: str, act: Act) -> None:
    last = connection.execute(sa.select(sa.func.max(residence.c.number))).scalar() or 0
    row = {"number": last + 1, "location": msgspec.json.encode(location, order="deterministic").decode()}
    connection.execute(sa.insert(residence).values(**row, because=because, **written(act)))


def remember(connection: sa.Connection, ages: dict[str, int]) -> None:
    """Keep these ages by owner; others that are known stay."""
    for owner, age in sorted(ages.items()):
        here = known_age.c.owner == owner
        if connection.execute(sa.update(known_age).where(here).values(age=age)).rowcount == 0:
            connection.execute(sa.insert(known_age).values(owner=owner, age=age))


def same_place(stored: Location, here: Location) -> bool:
    """Whether two locations are one: they share something, and nothing that both know differs.

    >>> same_place({"machine": "a", "file": "7"}, {"file": "7"})
    True
    >>> same_place({"machine": "a", "file": "7"}, {"machine": "b", "file": "7"})
    False
    """
    shared = stored.keys() & here.keys()
    return bool(shared) and all(stored[part] == here[part] for part in shared)


def _stored(connection: sa.Connection) -> Location | None:
    newest = sa.select(residence.c.location).order_by(residence.c.number.desc()).limit(1)
    text = connection.execute(newest).scalar()
    return None if text is None else msgspec.json.decode(text, type=Location)


def _location(connection: sa.Connection) -> Location | None:
    """Where the database of this transaction is; None when it has no table to remember it in."""
    if connection.dialect.name == POSTGRESQL:
        return _in_server(connection)
    if connection.dialect.name == SQL_SERVER:
        return _in_sqlserver(connection)
    there = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'residence'"
    if not connection.exec_driver_sql(there).scalar_one():
        return None
    return _of_file(Path(str(connection.engine.url.database)))


def _in_server(connection: sa.Connection) -> Location | None:
    """Server, database and table by the numbers that the server gave them: a new name changes none, a restore all."""
    found = connection.exec_driver_sql(
        "SELECT to_regclass('residence')::oid AS residence, d.oid AS database, c.system_identifier AS server"
        " FROM pg_catalog.pg_database d, pg_catalog.pg_control_system() c WHERE d.datname = current_database()"
    ).one()
    if found.residence is None:
        return None
    return {"server": str(found.server), "database": str(found.database), "table": str(found.residence)}


def _in_sqlserver(connection: sa.Connection) -> Location | None:
    """Server by its name and instance, database and table by number and birth: a copy elsewhere is another."""
    found = connection.exec_driver_sql(
        "SELECT OBJECT_ID('residence') AS residence, CAST(SERVERPROPERTY('ServerName') AS NVARCHAR(128)) AS server,"
        " d.database_id AS number, CAST(d.create_date AS NVARCHAR(40)) AS born"
        " FROM sys.databases AS d WHERE d.database_id = DB_ID()"
    ).one()
    if found.residence is None:
        return None
    return {"server": found.server, "database": f"{found.number} {found.born}", "table": str(found.residence)}


def _of_file(file: Path) -> Location:
    """Machine and file: a new name on the same file system changes neither, a copy at least one."""
    location = {**_machine()}
    try:
        number = file.stat().st_ino
    except OSError:
        number = 0
    if number:
        location["file"] = str(number)
    return location


@cache
def _machine() -> Location:
    """What tells this machine from others, as far as whoever runs the program may read it."""
    found = {"machine": _windows_id() or _first_line(*_MACHINE_IDS), "hardware": _first_line(_HARDWARE_ID)}
    return {part: value for part, value in found.items() if value}


def _first_line(*files: str) -> str:
    for file in files:
        try:
            if value := Path(file).read_text(encoding="ascii").strip():
                return value
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def _windows_id() -> str:
    if sys.platform != "win32":
        return ""
    import winreg  # type: ignore[unreachable,unused-ignore] # only there

    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
        return str(winreg.QueryValueEx(key, "MachineGuid")[0])
