"""A living Tryton for tests: installed from the lock file, on the tests' PostgreSQL, one template database per run.

The first process that asks builds the template (a minute); every other takes a copy of it. Each test process has
a server of its own, which ends with it, even if it is killed. A machine on which Tryton cannot be installed or started
fails the tests that need it, and says why.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from kravbro.bootstrap.demo.foreign.living_tryton import install
from kravbro.core.errors import Stop
from kravbro.ledgers.tryton import trial, trial_work
from kravbro.ledgers.tryton.address import read_address
from kravbro.ledgers.tryton.wire import Client
from tests.ledgers.tryton import stock
from tests.postgresql import Server, programs, shared_server

ROOT = Path(__file__).parents[3]
ADMINISTRATOR, USER, PASSWORD = "admin", "kravbro", "not-a-secret-1"
TEMPLATE = "tryton_template"
MODULES = ("account_invoice", "account_dunning")
COMPANIES = ("Testvik kommune", "Testvik vann", "Testvik havn", "Testvik kino")
COMPANY, OTHER, OF_KIND = 1, 2, {"sqlite": 3, "postgresql": 4}
"""Where tests play; where little happens; and where the conformance suite plays, by the kind of the mirror."""
STOCK = {COMPANY: stock.FOR_TESTS} | dict.fromkeys(OF_KIND.values(), stock.FOR_CONFORMANCE)
PATIENCE_S, PAUSE_S = 60.0, 0.05
SERVE = """
import argon2, os, runpy, sys, threading
argon2.DEFAULT_TIME_COST, argon2.DEFAULT_MEMORY_COST, argon2.DEFAULT_PARALLELISM = 1, 8, 1
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a program that ends when its standard input does: with whoever started it. A password is hashed cheaply: each
login would cost 0.2 s, and tests log in hundreds of times."""


class UnavailableError(RuntimeError):
    """Tryton cannot be installed or started here; the text says what went wrong."""


def today() -> date:
    """The day on which a living Tryton works: the machine's, since nobody can tell it another."""
    return datetime.now(UTC).date()  # tidy: clock - Tryton posts on the day of its own machine, and no other


class Tryton:
    """One server process over one database: `stop` and `kill` end it, `start` begins anew at the same port."""

    def __init__(self, folder: Path, postgresql: Server, database: str) -> None:
        self.database = database
        self._folder = folder
        self._python = _python()
        self.port = _free_port()
        uri = postgresql.address("").rstrip("/")
        (folder / f"{database}.conf").write_text(
            f"[database]\nuri = {uri}/\n[web]\nlisten = 127.0.0.1:{self.port}\n[session]\ntimeout = 3600\n"
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._shelves: dict[int, stock.Shelf] = {}

    @property
    def address(self) -> str:
        """How Kravbro is told to reach it; every test looks back seconds instead of minutes."""
        return f"tryton+http://{USER}@127.0.0.1:{self.port}/{self.database}?claim_ended=TAP&overlap_s=3"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        program = self._python.parent / "trytond"
        words = [str(self._python), "-O", "-c", SERVE, str(program), "-c", str(self._folder / f"{self.database}.conf")]
        log = self._folder / f"{self.database}.log"
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [*words, "-d", self.database], stdin=subprocess.PIPE, stdout=said, stderr=said, start_new_session=True
            )
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            if _answers(self.port) or self._process.poll() is not None:
                break
            threading.Event().wait(PAUSE_S)
        if not _answers(self.port):
            raise UnavailableError(f"trytond does not start: {log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None

    def client(self) -> Client:
        """A session of the administrator."""
        return Client(read_address(self.address.replace(f"//{USER}@", f"//{ADMINISTRATOR}@")), PASSWORD)

    def shelf(self, company: int) -> stock.Shelf:
        """The invoices of a company that were written in advance; who takes one, takes it off."""
        if company not in self._shelves:
            client = self.client()
            self._shelves[company] = stock.shelf(client, company)
            client.close()
        return self._shelves[company]


def _python() -> Path:
    """The Python of Tryton's environment, which is made at the first use, by one process at a time."""
    lock = ROOT / ".venv-tryton.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            return install()
        except (Stop, OSError) as fault:
            raise UnavailableError(
                "Tryton is not installed, and could not be: the tests of ledgers/tryton need the packages of"
                f" requirements/tryton.txt from a package index ({fault})"
            ) from fault


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _template(postgresql: Server) -> str:
    """The name of the template: companies of trial with accounts, journals, fiscal years, and some invoices."""
    folder = postgresql.folder
    with (folder / "tryton.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = folder / "tryton.done"
        if not done.exists():
            _build(folder, postgresql)
            done.touch()
    return TEMPLATE


def _build(folder: Path, postgresql: Server) -> None:
    """Make the template, or take it from an earlier run: what it was made of then is in the name of that file."""
    postgresql.create(postgresql.address(TEMPLATE))
    kept = _python().parents[1] / f"template_{_made_of()}.dump"
    if kept.exists():
        _run("pg_restore", "--dbname", postgresql.address(TEMPLATE), "--no-owner", str(kept))
        return
    _activate_and_set_up(folder, postgresql)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    _run("pg_dump", "--format", "custom", "--file", str(unfinished), postgresql.address(TEMPLATE))
    unfinished.replace(kept)


def _made_of() -> str:
    """A fingerprint of all that a template depends on: Tryton's lock file, what sets it up, modules, and the years."""
    digest = sha256(f"{MODULES} {today().year} {PASSWORD}".encode())
    programs_ = (trial.__file__, trial_work.__file__, stock.__file__, __file__)
    for file in (ROOT / "requirements" / "tryton.txt", *map(Path, programs_)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(programs() / program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"{program} failed: {done.stderr[-2000:]}")


def _activate_and_set_up(folder: Path, postgresql: Server) -> None:
    tryton = Tryton(_scratch(folder), postgresql, TEMPLATE)
    passwords = tryton._folder / "password"
    passwords.write_text(f"{PASSWORD}\n")
    words = [str(_python().parent / "trytond-admin"), "-c", str(tryton._folder / f"{TEMPLATE}.conf"), "-d", TEMPLATE]
    words += ["--all", "--email", "nobody@example.org", "-u", *MODULES, "--activate-dependencies"]
    environment = os.environ | {"TRYTONPASSFILE": str(passwords)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"Tryton's modules cannot be activated: {done.stderr[-2000:]}")
    tryton.start()
    try:
        client = tryton.client()
        years = [today().year - 1, today().year]
        companies = trial.set_up(client, COMPANIES[0], years, others=COMPANIES[1:])
        trial.add_user(client, USER, PASSWORD, companies)
        for company, counts in STOCK.items():
            stock.fill(client, company, counts, today())
        client.close()
    finally:
        tryton.kill()


def _scratch(folder: Path) -> Path:
    made = folder / f"tryton_{os.getpid()}"
    made.mkdir(exist_ok=True)
    return made


@cache
def shared_tryton() -> Tryton:
    """The server of this process, over a database of its own."""
    return _copied("shared")


@contextlib.contextmanager
def own_tryton(name: str) -> Iterator[Tryton]:
    """A server for one test, which may kill it."""
    tryton = _copied(name)
    try:
        yield tryton
    finally:
        tryton.kill()


def _copied(name: str) -> Tryton:
    postgresql = shared_server()
    database = f"tryton_{name}_{os.getpid()}"
    postgresql.create(postgresql.address(database), postgresql.address(_template(postgresql)))
    tryton = Tryton(_scratch(postgresql.folder), postgresql, database)
    tryton.start()
    return tryton
